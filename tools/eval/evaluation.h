/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_EVALUATION_H
#define EVAL_EVALUATION_H

#include "figures.h"
#include "interval.h"

/**
 * EvalOutcome:
 * @runs: (element-type EvalRun): from each start.
 * @figures: (array length=runs): the figures of each run.
 * @mean: of the runs.
 *
 * What came of one sequence.
 */
typedef struct
{
  EvalSequence *sequence;
  GPtrArray *runs;
  double (*figures)[EVAL_N_FIGURES];
  double mean[EVAL_N_FIGURES];
} EvalOutcome;

/**
 * Evaluation:
 * @outcomes: (element-type EvalOutcome): one a sequence.
 * @mean: of the sequences.
 * @seconds: that it took.
 * @tracked: frames in which a target was followed, over all runs.
 */
typedef struct
{
  GPtrArray *outcomes;
  EvalInterval mean[EVAL_N_FIGURES];
  double seconds;
  guint64 tracked;
} Evaluation;

/**
 * evaluation_run:
 * @sequences: (transfer full) (element-type EvalSequence): what to run over.
 * @n_starts: runs over each.
 * @n_jobs: sequences worked on at a time, each in a thread of its own.
 *
 * Returns: (transfer full): or %NULL with the first @error in order.
 */
Evaluation *evaluation_run (GPtrArray *sequences,
    const EvalFollowing *following, guint n_starts, guint n_jobs,
    GError **error);
void evaluation_free (Evaluation *evaluation);

/* @curve at @n points @x, the mean of runs and then of sequences. */
void evaluation_curve (const Evaluation *evaluation, EvalCurve curve,
    const double *x, guint n, double *y);

/* (transfer container) (element-type EvalRun): of all sequences. */
GPtrArray *evaluation_runs (const Evaluation *evaluation);

#endif
