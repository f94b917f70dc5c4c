/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <float.h>

#include "kernels/conv-int.h"

SiambanSteps
siamban_steps_of (const SiambanRange *range, const SiambanIntDsp *dsp)
{
  float low = MIN (range->low, 0), high = MAX (range->high, 0);
  float step = MAX ((high - low) / dsp->pixel_max, FLT_MIN);

  return (SiambanSteps){step, rintf (-low / step)};
}

static float
pack_int8_largest (const float *x, size_t n)
{
  float most = 0, lanes[SIAMBAN_LANES] = {0};
  size_t i = 0;

  for (; i + SIAMBAN_LANES <= n; i += SIAMBAN_LANES)
    for (size_t k = 0; k < SIAMBAN_LANES; k++)
      lanes[k] = MAX (lanes[k], fabsf (x[i + k]));
  for (; i < n; i++)
    most = MAX (most, fabsf (x[i]));
  for (size_t k = 0; k < SIAMBAN_LANES; k++)
    most = MAX (most, lanes[k]);
  return most;
}

/* One output channel's weights, to the places for them in its panel, from that
 * channel's on. Returns the sum of what they became. */
static gint64
quantise_filter (const SiambanConvShape *shape, size_t lanes, float most,
    const float *weight, float step, gint8 *panel)
{
  size_t taps = (size_t)shape->kernel * shape->kernel;
  gint64 sum = 0;

  for (int i = 0; step > 0 && i < shape->in; i++)
    for (size_t t = 0; t < taps; t++) {
      size_t group = (t * lanes + i) / SIAMBAN_INT_GROUP;
      gint8 byte = siamban_round (CLAMP (*weight / step, -most, most));

      panel[group * SIAMBAN_PANEL * SIAMBAN_INT_GROUP + i % SIAMBAN_INT_GROUP] =
          byte;
      sum += byte;
      weight++;
    }
  return sum;
}

void
siamban_pack_int8 (const SiambanConvShape *shape, const SiambanIntDsp *dsp,
    const SiambanSteps *steps, size_t lanes, const float *weight, gint8 *packed,
    float *scale, float *bias)
{
  size_t taps = (size_t)shape->kernel * shape->kernel;
  size_t terms = shape->in * taps;

  for (int o = 0; o < shape->out; o++) {
    float step = pack_int8_largest (weight, terms) / dsp->weight_max;
    gint8 *panel = packed + o / SIAMBAN_PANEL * taps * lanes * SIAMBAN_PANEL +
                   o % SIAMBAN_PANEL * SIAMBAN_INT_GROUP;
    gint64 sum =
        quantise_filter (shape, lanes, dsp->weight_max, weight, step, panel);

    scale[o] = steps->step * step;
    bias[o] -= (double)steps->step * step * steps->zero * sum;
    weight += terms;
  }
}
