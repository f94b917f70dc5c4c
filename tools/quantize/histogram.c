/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "histogram.h"

#include <float.h>
#include <math.h>

#define HALF  2048 /* bins on either side of 0 */
#define BINS  (2 * HALF)
#define TRIES 100 /* ranges, from 1 / TRIES of what occurred up to all */

struct _Histogram
{
  float reach; /* bins span -reach..reach; a power of 2, or 0 when empty */
  float low, high;
  guint64 not_finite;
  double count[BINS];
};

Histogram *
histogram_new (void)
{
  return g_new0 (Histogram, 1);
}

void
histogram_free (Histogram *histogram)
{
  g_free (histogram);
}

/* Twice as wide bins: each takes two of the old ones, from the middle on. */
static void
widen (Histogram *h)
{
  for (int i = 0; i < HALF; i++) {
    double up = 0, down = 0;

    if (i < HALF / 2) {
      up = h->count[HALF + 2 * i] + h->count[HALF + 2 * i + 1];
      down = h->count[HALF - 1 - 2 * i] + h->count[HALF - 2 - 2 * i];
    }
    h->count[HALF + i] = up;
    h->count[HALF - 1 - i] = down;
  }
  h->reach *= 2;
}

static void
reach_for (Histogram *h, float x)
{
  int exponent;

  if (h->reach == 0) {
    frexpf (x, &exponent);
    h->reach = ldexpf (1, CLAMP (exponent, -100, 126));
  }
  while (h->reach < x && h->reach < FLT_MAX / 4)
    widen (h);
}

void
histogram_add (Histogram *h, const float *x, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    if (!(fabsf (x[i]) < FLT_MAX / 4)) {
      h->not_finite++;
      continue;
    }
    if (fabsf (x[i]) > h->reach)
      reach_for (h, fabsf (x[i]));
    h->low = MIN (h->low, x[i]);
    h->high = MAX (h->high, x[i]);
    if (x[i] != 0) {
      int bin = floorf (x[i] / h->reach * HALF);

      h->count[HALF + CLAMP (bin, -HALF, HALF - 1)]++;
    }
  }
}

guint64
histogram_n_not_finite (const Histogram *h)
{
  return h->not_finite;
}

static double
squared_error (const Histogram *h, SiambanRange range, int levels)
{
  double step = ((double)range.high - range.low) / levels, sum = 0;

  for (int i = 0; i < BINS; i++) {
    double x = (i - HALF + 0.5) / HALF * h->reach, beyond = 0;

    if (x > range.high)
      beyond = x - range.high;
    if (x < range.low)
      beyond = range.low - x;
    sum += h->count[i] * (beyond * beyond + step * step / 12);
  }
  return sum;
}

SiambanRange
histogram_best_range (const Histogram *h, int levels)
{
  SiambanRange best = {h->low, h->high};
  double least = squared_error (h, best, levels);

  for (int i = TRIES; i-- > 1;) {
    SiambanRange range = {h->low * i / TRIES, h->high * i / TRIES};
    double error = squared_error (h, range, levels);

    if (error < least) {
      least = error;
      best = range;
    }
  }
  return best;
}
