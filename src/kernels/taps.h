/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_TAPS_H
#define SIAMBAN_TAPS_H

#include "kernels/dsp.h"

typedef void (*SiambanTaps) (const float *a, size_t row, size_t step,
    size_t rows, size_t n, const float *b, float *c);

/* As SiambanDsp's, for the CPU level in use; in plain C where it has none. */
SiambanTaps siamban_taps (void);

#endif
