/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/x86/simd-avx2.h"

#define DSP siamban_dsp_avx2
#include "kernels/tmpl/dsp.h"
