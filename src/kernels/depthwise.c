/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/depthwise.h"

#include <math.h>

#include "kernels/conv-private.h"

/* Channels and taps at a time. */
#define CHANNELS 1024
#define TAPS     64

static const float zeros[CHANNELS];

static const float *
pixel_at (const SiambanMaps *in, int image, int y, int x, size_t channel)
{
  if (y < 0 || y >= in->h || x < 0 || x >= in->w)
    return zeros;
  return in->data + (((size_t)image * in->h + y) * in->w + x) * in->ld +
         channel;
}

/* Channels from @channel of at most SIAMBAN_DEPTHWISE_PIXELS pixels; @d has
 * the rest. */
static void
run_pixels (const SiambanWindow *window, int image, int row, int column, int n,
    size_t channel, SiambanDepthwise d)
{
  const float *taps[TAPS * SIAMBAN_DEPTHWISE_PIXELS];
  int all = window->h * window->w;
  int top = row * window->stride - window->pad;
  int left = column * window->stride - window->pad;
  for (int from = 0; from < all; from += TAPS) {
    int to = MIN (from + TAPS, all);
    for (int t = from; t < to; t++)
      for (int i = 0; i < n; i++)
        taps[(t - from) * SIAMBAN_DEPTHWISE_PIXELS + i] =
            pixel_at (window->in, image, top + t / window->w * window->dilation,
                left + i * window->stride + t % window->w * window->dilation,
                channel);
    d.taps = taps;
    d.n_taps = to - from;
    d.weight = window->weight + from * window->weight_pitch + channel;
    d.low = to == all ? window->low : -INFINITY;
    d.high = to == all ? window->high : INFINITY;
    window->dsp->depthwise (&d, n);
    d.bias = NULL;
    d.add = d.c;
    d.ld_add = d.ldc;
  }
}

void
siamban_window_run (const SiambanWindow *window, int image, int row, int column,
    int n, const float *add, size_t ld_add, float *c, size_t ldc)
{
  size_t channels = siamban_round_up (window->in->c, SIAMBAN_PANEL);
  for (int i = 0; i < n; i += SIAMBAN_DEPTHWISE_PIXELS)
    for (size_t k = 0; k < channels; k += CHANNELS) {
      SiambanDepthwise d = {
          .weight_pitch = window->weight_pitch,
          .channels = MIN (channels - k, CHANNELS),
          .c = c + i * ldc + k,
          .ldc = ldc,
          .bias = window->bias ? window->bias + k : NULL,
          .add = add ? add + i * ld_add + k : NULL,
          .ld_add = ld_add,
      };
      run_pixels (window, image, row, column + i,
          MIN (n - i, SIAMBAN_DEPTHWISE_PIXELS), k, d);
    }
}
