/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_DEPTHWISE_H
#define SIAMBAN_DEPTHWISE_H

#include "kernels/conv.h"
#include "kernels/dsp.h"

/* A window of h x w filters, a tap @weight_pitch floats behind the one before
 * it, that slides over @in. */
typedef struct
{
  const SiambanDsp *dsp;
  const SiambanMaps *in;
  int h, w, stride, pad, dilation;
  const float *weight;
  size_t weight_pitch;
  const float *bias; /* or NULL */
  SiambanFinish finish;
} SiambanWindow;

/* @n pixels from (row, column) of image @image's output, @ldc apart at @c,
 * channels rounded up to SIAMBAN_PANEL. @add: NULL, or added, as far apart. */
void siamban_window_run (const SiambanWindow *window, int image, int row,
    int column, int n, const float *add, size_t ld_add, float *c, size_t ldc);

#endif
