/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/x86/simd-avx2.h"

#include "kernels/tmpl/gemm.h"

const SiambanDsp siamban_dsp_avx2 = {
    .rows = GEMM_ROWS,
    .gemm = gemm,
};
