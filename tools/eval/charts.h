/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_CHARTS_H
#define EVAL_CHARTS_H

#include "evaluation.h"
#include "values.h"

#define EVAL_SUCCESS_POINTS   21
#define EVAL_PRECISION_POINTS 51
#define EVAL_LT_POINTS        100
#define EVAL_BINS             10

/* Frames whose confidence lies in one part of 0 to 1; NAN if there are none. */
typedef struct
{
  guint64 frames;
  double confidence;
  double right;
} EvalBin;

/**
 * EvalCharts:
 * @overlap, @success: share of frames above each overlap from 0 to 1.
 * @distance, @precision: share of frames within each distance from 0 to 50
 *     pixels.
 * @relative, @norm_precision: the same from 0 to 0.5 of the target's size.
 * @lt_precision, @lt_recall: at confidences from high to low.
 * @f, @f_precision, @f_recall: where F of these two curves is largest.
 * @bins: mean confidence, and the share of frames whose overlap is above 0.5;
 *     of all frames but the first of a run, absent ones too.
 * @error: what confidence and share differ by, in the mean over frames.
 *
 * What is drawn; means over runs, then over sequences, but for the bins.
 */
typedef struct
{
  double overlap[EVAL_SUCCESS_POINTS];
  double success[EVAL_SUCCESS_POINTS];
  double distance[EVAL_PRECISION_POINTS];
  double precision[EVAL_PRECISION_POINTS];
  double relative[EVAL_PRECISION_POINTS];
  double norm_precision[EVAL_PRECISION_POINTS];
  double lt_precision[EVAL_LT_POINTS];
  double lt_recall[EVAL_LT_POINTS];
  double f;
  double f_precision;
  double f_recall;
  EvalBin bins[EVAL_BINS];
  double error;
} EvalCharts;

void eval_charts_compute (const Evaluation *evaluation, EvalCharts *charts);

/* As a member "curves". */
void eval_charts_add (JsonBuilder *json, const EvalCharts *charts);
/* From the member "curves" of @object; FALSE if it is not as expected. */
gboolean eval_charts_read (JsonObject *object, EvalCharts *charts);

#endif
