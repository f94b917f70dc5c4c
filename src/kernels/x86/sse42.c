/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/x86/simd-sse42.h"

#define DSP siamban_dsp_sse42
#include "kernels/tmpl/dsp.h"
