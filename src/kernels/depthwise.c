/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/depthwise.h"

#include "kernels/conv-private.h"

/* Channels and taps at a time. */
#define CHANNELS 1024
#define TAPS     64

static const float zeros[CHANNELS];

/* Pointers to channel @channel of what tap @tap takes for @n pixels. */
static void
point (const SiambanWindow *window, int image, int row, int column, int n,
    int tap, size_t channel, const float **taps)
{
  const SiambanMaps *in = window->in;
  int y =
      row * window->stride - window->pad + tap / window->w * window->dilation;
  int x = column * window->stride - window->pad +
          tap % window->w * window->dilation;
  gboolean inside = y >= 0 && y < in->h;
  const float *line = in->data + channel;
  if (inside)
    line += ((size_t)image * in->h + y) * in->w * in->ld;
  for (int i = 0; i < n; i++, x += window->stride)
    taps[i] = inside && x >= 0 && x < in->w ? line + (size_t)x * in->ld : zeros;
}

/* Channels from @channel of at most SIAMBAN_DEPTHWISE_PIXELS pixels; @d has
 * the rest. */
static void
run_pixels (const SiambanWindow *window, int image, int row, int column, int n,
    size_t channel, SiambanDepthwise d)
{
  const float *taps[TAPS * SIAMBAN_DEPTHWISE_PIXELS];
  int all = window->h * window->w;
  for (int from = 0; from < all; from += TAPS) {
    int to = MIN (from + TAPS, all);
    for (int t = from; t < to; t++)
      point (window, image, row, column, n, t, channel,
          taps + (t - from) * SIAMBAN_DEPTHWISE_PIXELS);
    d.taps = taps;
    d.n_taps = to - from;
    d.weight = window->weight + from * window->weight_pitch + channel;
    if (to == all)
      d.finish = window->finish;
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
          .finish = siamban_act_finish (SIAMBAN_ACT_NONE),
      };
      run_pixels (window, image, row, column + i,
          MIN (n - i, SIAMBAN_DEPTHWISE_PIXELS), k, d);
    }
}
