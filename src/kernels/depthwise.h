/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_DEPTHWISE_H
#define SIAMBAN_DEPTHWISE_H

#include "kernels/conv.h"
#include "kernels/dsp.h"

/* A window of h x w filters, a tap @weight_pitch floats behind the one before
 * it, that slides over @in and makes @out. */
typedef struct
{
  const SiambanDsp *dsp;
  const SiambanMaps *in, *out;
  int h, w, stride, pad, dilation;
  const float *weight;
  size_t weight_pitch;
  const float *bias;      /* or NULL */
  const SiambanMaps *add; /* or NULL; may be @out */
  SiambanFinish finish;
} SiambanWindow;

/* Rows begin..end-1 of image @image, panels first..last-1 of SIAMBAN_PANEL
 * channels. */
void siamban_window_run (const SiambanWindow *window, int image, int begin,
    int end, int first, int last);

#endif
