/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interval.h"

#include <math.h>

#define DRAWS 10000
#define SEED  8
#define TAIL  0.025

static int
interval_rising (gconstpointer a, gconstpointer b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return left < right ? -1 : left > right ? 1 : 0;
}

static GArray *
without_nan (const double *values, guint n)
{
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < n; i++)
    if (!isnan (values[i]))
      g_array_append_val (kept, values[i]);
  return kept;
}

static double
drawn_mean (GRand *random, const GArray *values)
{
  double sum = 0;

  for (guint i = 0; i < values->len; i++) {
    gint32 at = g_rand_int_range (random, 0, (gint32)values->len);

    sum += g_array_index (values, double, at);
  }
  return sum / values->len;
}

static void
bootstrap (const GArray *values, EvalInterval *interval)
{
  GRand *random = g_rand_new_with_seed (SEED);
  GArray *means = g_array_sized_new (FALSE, FALSE, sizeof (double), DRAWS);

  for (guint i = 0; i < DRAWS; i++) {
    double mean = drawn_mean (random, values);

    g_array_append_val (means, mean);
  }
  g_array_sort (means, interval_rising);
  interval->low = g_array_index (means, double, (guint)(TAIL * DRAWS));
  interval->high = g_array_index (means, double, (guint)((1 - TAIL) * DRAWS));
  g_array_unref (means);
  g_rand_free (random);
}

EvalInterval
eval_interval (const double *values, guint n)
{
  GArray *kept = without_nan (values, n);
  EvalInterval interval = {NAN, NAN, NAN};
  double sum = 0;

  for (guint i = 0; i < kept->len; i++)
    sum += g_array_index (kept, double, i);
  if (kept->len > 0)
    interval.mean = sum / kept->len;
  if (kept->len > 1)
    bootstrap (kept, &interval);
  g_array_unref (kept);
  return interval;
}
