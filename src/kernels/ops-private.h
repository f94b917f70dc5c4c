/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_OPS_PRIVATE_H
#define SIAMBAN_OPS_PRIVATE_H

#include <string.h>

#include "kernels/ops.h"

/* Row @row, counted over all images. */
static inline float *
siamban_map_row (const SiambanMaps *maps, int row)
{
  return maps->data + (size_t)row * maps->w * maps->ld;
}

/* Clears the channels that @pixel has no values for. */
static inline void
siamban_zero_behind (const SiambanMaps *out, float *pixel)
{
  if (out->c < out->ld)
    memset (pixel + out->c, 0, (out->ld - out->c) * sizeof *pixel);
}

/* NULL where the level has none of its own. */
SiambanOpRows siamban_op_rows_simd (SiambanCpu level, SiambanOp op);

#endif
