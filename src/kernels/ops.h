/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_OPS_H
#define SIAMBAN_OPS_H

#include "kernels/conv.h"

/* What an operation other than a convolution is told; see SiambanNode. */
typedef struct
{
  int kernel, stride, pad;
  int top, left;
  SiambanAct act;
  float factor;         /* exp (map * factor) */
  const float *weights; /* weighted sum: one a map */
} SiambanOpArgs;

/* Makes rows begin..end-1 of @out, counted over all images (n * h), from the
 * maps @in. A row does not depend on how the rows are split among calls.
 * Channels out.c..out.ld-1 are written 0. @out overlaps no map of @in. */
typedef void (*SiambanOpRows) (const SiambanOpArgs *args, const SiambanMaps *in,
    int n_in, const SiambanMaps *out, int begin, int end);

/* NULL for image, feature and conv. */
SiambanOpRows siamban_op_rows (SiambanCpu level, SiambanOp op);

/* Row @row, counted over all images, of a map from one image's planes (c x h x
 * w floats), or from its interleaved B, G, R bytes; and back to planes, or to
 * pixels (h x w x c floats). */
void siamban_row_from_planes (
    const float *planes, const SiambanMaps *out, int row);
void siamban_row_from_pixels (
    const guint8 *pixels, const SiambanMaps *out, int row);
void siamban_row_to_planes (const SiambanMaps *in, int row, float *planes);
void siamban_row_to_pixels (const SiambanMaps *in, int row, float *pixels);

#endif
