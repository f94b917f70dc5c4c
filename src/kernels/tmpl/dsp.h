/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All kernels, and DSP, the table of them. */
#include "kernels/dsp.h"

#include "kernels/tmpl/finish.h"
#include "kernels/tmpl/gemm.h"
#include "kernels/tmpl/depthwise.h"
#include "kernels/tmpl/winograd.h"
#include "kernels/tmpl/ops.h"
#include "kernels/tmpl/taps.h"

const SiambanDsp DSP = {
    .rows = GEMM_ROWS,
    .panels = GEMM_PANELS,
    .gemm = gemm,
    .depthwise = depthwise,
    .winograd =
        {
            {4, winograd_input_4, winograd_weight_4, winograd_output_4},
            {6, winograd_input_6, winograd_weight_6, winograd_output_6},
        },
    .widen = widen,
    .scale = scale,
    .sum = sum,
    .taps = taps,
};
