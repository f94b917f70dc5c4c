/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_FIGURES_H
#define EVAL_FIGURES_H

#include "run.h"

/* What is told of a run. docs/accuracy.md says how each is computed. */
typedef enum
{
  EVAL_AUC,
  EVAL_PRECISION,
  EVAL_NORM_PRECISION,
  EVAL_AO,
  EVAL_SR50,
  EVAL_SR75,
  EVAL_LT_PRECISION,
  EVAL_LT_RECALL,
  EVAL_LT_F,
  EVAL_HELD,
  EVAL_ABSENT_TOLD,
  EVAL_GOOD_LOST,
  EVAL_FOUND_AGAIN,
  EVAL_FRAMES_TO_FIND,
  EVAL_AUROC,
  EVAL_CPU_MS,
  EVAL_CPU_MS_99,
  EVAL_N_FIGURES
} EvalFigure;

/* "auc", "precision" ...: as in files. */
const char *eval_figure_name (EvalFigure figure);

/* @values: (array fixed-size=17): NAN where the run has nothing to tell. */
void eval_figures (const EvalRun *run, double *values);

/* Those of them that are about the states, from absent_told to frames_to_find.
 */
void eval_state_figures (const EvalRun *run, double *values);

/* How often a frame in which the target is followed has a higher confidence
 * than one without it, or in which it is not; NAN if there are none of either.
 */
double eval_auroc (const EvalRun *run);

/**
 * EvalCurve:
 * @x: (array length=n): where to compute it.
 * @y: (out caller-allocates) (array length=n):
 *
 * A curve over a run.
 */
typedef void (*EvalCurve) (
    const EvalRun *run, const double *x, guint n, double *y);

/* Shares of frames, of those that show the target, with an overlap above x, a
 * distance of centres up to x, and a relative one up to x. */
void eval_curve_success (
    const EvalRun *run, const double *x, guint n, double *y);
void eval_curve_precision (
    const EvalRun *run, const double *x, guint n, double *y);
void eval_curve_norm_precision (
    const EvalRun *run, const double *x, guint n, double *y);
/* VOT's long-term precision and recall, of what is told with a confidence of
 * at least x; the first frame does not count. */
void eval_curve_lt_precision (
    const EvalRun *run, const double *x, guint n, double *y);
void eval_curve_lt_recall (
    const EvalRun *run, const double *x, guint n, double *y);

/**
 * eval_lt_thresholds:
 * @runs: (element-type EvalRun):
 * @n: how many, at least 3.
 *
 * @n thresholds over the confidences of all frames of @runs: plus and minus
 * infinity, and quantiles between, falling.
 */
void eval_lt_thresholds (const GPtrArray *runs, double *x, guint n);

/* Mean of @n numbers without those that are NAN; NAN if all are. */
double eval_mean (const double *values, guint n);

#endif
