/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "kernels/x86/simd-int-avx2.h"

#include "kernels/tmpl/int.h"

const SiambanIntDsp siamban_int_dsp_avx2 = {
    .pixel_max = PIXEL_MAX,
    .weight_max = WEIGHT_MAX,
    .gemm8 = {INT8_ROWS, gemm8},
    .gemm16 = {INT16_ROWS, gemm16},
    .quantise8 = quantise8,
    .quantise16 = quantise16,
};
