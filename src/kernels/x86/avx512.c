/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/x86/simd-avx512.h"

#define DSP siamban_dsp_avx512
#include "kernels/tmpl/dsp.h"
