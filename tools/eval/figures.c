/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "figures.h"

#include <math.h>

#define SUCCESS_POINTS 21
#define NORM_POINTS    51
#define LT_POINTS      100
#define NEAR           20.0 /* pixels */
#define GOOD           0.5  /* overlap */

static const char *const names[EVAL_N_FIGURES] = {
    [EVAL_AUC] = "auc",
    [EVAL_PRECISION] = "precision",
    [EVAL_NORM_PRECISION] = "norm_precision",
    [EVAL_AO] = "ao",
    [EVAL_SR50] = "sr50",
    [EVAL_SR75] = "sr75",
    [EVAL_LT_PRECISION] = "lt_precision",
    [EVAL_LT_RECALL] = "lt_recall",
    [EVAL_LT_F] = "lt_f",
    [EVAL_HELD] = "held",
    [EVAL_ABSENT_TOLD] = "absent_told",
    [EVAL_GOOD_LOST] = "good_lost",
    [EVAL_FOUND_AGAIN] = "found_again",
    [EVAL_FRAMES_TO_FIND] = "frames_to_find",
    [EVAL_AUROC] = "auroc",
    [EVAL_CPU_MS] = "cpu_ms",
    [EVAL_CPU_MS_99] = "cpu_ms_99",
};

static int
figures_rising (gconstpointer a, gconstpointer b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return left < right ? -1 : left > right ? 1 : 0;
}

const char *
eval_figure_name (EvalFigure figure)
{
  return names[figure];
}

/* Mean of a curve over @n points from 0 to @last. */
static double
curve_mean (const EvalRun *run, EvalCurve curve, double last, guint n)
{
  g_autofree double *x = g_new (double, n);
  g_autofree double *y = g_new (double, n);

  for (guint i = 0; i < n; i++)
    x[i] = last * i / (n - 1);
  curve (run, x, n, y);
  return eval_mean (y, n);
}

/* GOT-10k's: the first frame does not count. */
static void
got_figures (const EvalRun *run, double *values)
{
  double sum = 0;
  guint n = 0, half = 0, most = 0;

  for (guint k = 1; k < run->frames->len; k++) {
    const EvalFrame *frame = eval_run_frame (run, k);

    if (frame->kind != EVAL_PRESENT)
      continue;
    n++;
    sum += frame->bounded;
    half += frame->bounded > 0.5;
    most += frame->bounded > 0.75;
  }
  values[EVAL_AO] = n ? sum / n : NAN;
  values[EVAL_SR50] = n ? (double)half / n : NAN;
  values[EVAL_SR75] = n ? (double)most / n : NAN;
}

/* VOT's long-term figures, where F is largest. */
static void
lt_figures (const EvalRun *run, double *values)
{
  EvalRun *runs[] = {(EvalRun *)run};
  GPtrArray alone = {(gpointer *)runs, 1};
  double x[LT_POINTS], precision[LT_POINTS], recall[LT_POINTS];
  double best = NAN;

  eval_lt_thresholds (&alone, x, LT_POINTS);
  eval_curve_lt_precision (run, x, LT_POINTS, precision);
  eval_curve_lt_recall (run, x, LT_POINTS, recall);
  values[EVAL_LT_PRECISION] = values[EVAL_LT_RECALL] = NAN;
  for (guint i = 0; i < LT_POINTS; i++) {
    double sum = precision[i] + recall[i];
    double f = sum > 0 ? 2 * precision[i] * recall[i] / sum : 0;

    if (isnan (recall[i]) || f <= best)
      continue;
    best = f;
    values[EVAL_LT_PRECISION] = precision[i];
    values[EVAL_LT_RECALL] = recall[i];
  }
  values[EVAL_LT_F] = best;
}

/* Whether it is followed in the last frame that shows it. */
static double
held (const EvalRun *run)
{
  for (guint k = run->frames->len; k-- > 1;) {
    const EvalFrame *frame = eval_run_frame (run, k);

    if (frame->kind == EVAL_PRESENT)
      return frame->overlap > GOOD;
  }
  return NAN;
}

static void
cpu_figures (const EvalRun *run, double *values)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint k = 1; k < run->frames->len; k++)
    g_array_append_val (all, eval_run_frame (run, k)->track.cpu_ms);
  values[EVAL_CPU_MS] = eval_mean ((const double *)all->data, all->len);
  g_array_sort (all, figures_rising);
  values[EVAL_CPU_MS_99] =
      all->len ? g_array_index (all, double, all->len * 99 / 100) : NAN;
  g_array_unref (all);
}

void
eval_figures (const EvalRun *run, double *values)
{
  double near = NEAR;

  values[EVAL_AUC] = curve_mean (run, eval_curve_success, 1, SUCCESS_POINTS);
  eval_curve_precision (run, &near, 1, &values[EVAL_PRECISION]);
  values[EVAL_NORM_PRECISION] =
      curve_mean (run, eval_curve_norm_precision, 0.5, NORM_POINTS);
  got_figures (run, values);
  lt_figures (run, values);
  values[EVAL_HELD] = held (run);
  eval_state_figures (run, values);
  values[EVAL_AUROC] = eval_auroc (run);
  cpu_figures (run, values);
}
