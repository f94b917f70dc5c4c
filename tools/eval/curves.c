/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "figures.h"

#include <math.h>

typedef gboolean (*Passes) (const EvalFrame *frame, double x);

static gboolean
overlap_above (const EvalFrame *frame, double x)
{
  return frame->overlap > x;
}

static gboolean
distance_within (const EvalFrame *frame, double x)
{
  return frame->distance <= x;
}

static gboolean
relative_within (const EvalFrame *frame, double x)
{
  return frame->relative <= x;
}

static void
shares (const EvalRun *run, const double *x, guint n, double *y, Passes passes)
{
  guint present = 0;

  for (guint i = 0; i < n; i++)
    y[i] = 0;
  for (guint k = 0; k < run->frames->len; k++) {
    const EvalFrame *frame = eval_run_frame (run, k);

    if (frame->kind != EVAL_PRESENT)
      continue;
    present++;
    for (guint i = 0; i < n; i++)
      y[i] += passes (frame, x[i]);
  }
  for (guint i = 0; i < n; i++)
    y[i] = present ? y[i] / present : NAN;
}

void
eval_curve_success (const EvalRun *run, const double *x, guint n, double *y)
{
  shares (run, x, n, y, overlap_above);
}

void
eval_curve_precision (const EvalRun *run, const double *x, guint n, double *y)
{
  shares (run, x, n, y, distance_within);
}

void
eval_curve_norm_precision (
    const EvalRun *run, const double *x, guint n, double *y)
{
  shares (run, x, n, y, relative_within);
}

/* Precision and recall at one threshold of confidence. */
static void
lt_point (
    const EvalRun *run, double threshold, double *precision, double *recall)
{
  guint told = 0, visible = 0;
  double sum = 0;

  for (guint k = 1; k < run->frames->len; k++) {
    const EvalFrame *frame = eval_run_frame (run, k);

    if (frame->kind == EVAL_UNKNOWN)
      continue;
    visible += frame->kind == EVAL_PRESENT;
    if (frame->track.confidence < threshold)
      continue;
    told++;
    sum += frame->bounded;
  }
  *precision = told ? sum / told : 1;
  *recall = visible ? sum / visible : NAN;
}

void
eval_curve_lt_precision (
    const EvalRun *run, const double *x, guint n, double *y)
{
  double recall;

  for (guint i = 0; i < n; i++)
    lt_point (run, x[i], &y[i], &recall);
}

void
eval_curve_lt_recall (const EvalRun *run, const double *x, guint n, double *y)
{
  double precision;

  for (guint i = 0; i < n; i++)
    lt_point (run, x[i], &precision, &y[i]);
}

static int
falling (gconstpointer a, gconstpointer b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return left < right ? 1 : left > right ? -1 : 0;
}

void
eval_lt_thresholds (const GPtrArray *runs, double *x, guint n)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint r = 0; r < runs->len; r++) {
    const EvalRun *run = runs->pdata[r];

    for (guint k = 1; k < run->frames->len; k++)
      g_array_append_val (all, eval_run_frame (run, k)->track.confidence);
  }
  g_array_sort (all, falling);
  x[0] = INFINITY;
  x[n - 1] = -INFINITY;
  for (guint i = 1; i + 1 < n; i++) {
    guint64 at = (guint64)all->len * i / (n - 1);

    x[i] = all->len ? g_array_index (all, double, at) : 0;
  }
  g_array_unref (all);
}

double
eval_mean (const double *values, guint n)
{
  double sum = 0;
  guint counted = 0;

  for (guint i = 0; i < n; i++)
    if (!isnan (values[i])) {
      sum += values[i];
      counted++;
    }
  return counted ? sum / counted : NAN;
}
