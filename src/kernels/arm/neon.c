/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/arm/simd-neon.h"

#define DSP siamban_dsp_neon
#include "kernels/tmpl/dsp.h"
