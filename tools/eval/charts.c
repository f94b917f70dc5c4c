/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "charts.h"

#include <math.h>

#define GOOD 0.5

static void
spread (double *x, guint n, double last)
{
  for (guint i = 0; i < n; i++)
    x[i] = last * i / (n - 1);
}

static void
find_best_f (EvalCharts *charts)
{
  charts->f = charts->f_precision = charts->f_recall = NAN;
  for (guint i = 0; i < EVAL_LT_POINTS; i++) {
    double precision = charts->lt_precision[i], recall = charts->lt_recall[i];
    double sum = precision + recall;
    double f = sum > 0 ? 2 * precision * recall / sum : 0;

    if (isnan (sum) || f <= charts->f)
      continue;
    charts->f = f;
    charts->f_precision = precision;
    charts->f_recall = recall;
  }
}

static void
count_run (const EvalRun *run, EvalBin *bins)
{
  for (guint k = 1; k < run->frames->len; k++) {
    const EvalFrame *frame = eval_run_frame (run, k);
    double confidence = CLAMP (frame->track.confidence, 0, 1);
    guint b = MIN ((guint)(confidence * EVAL_BINS), EVAL_BINS - 1);

    if (frame->kind == EVAL_UNKNOWN)
      continue;
    bins[b].frames++;
    bins[b].confidence += confidence;
    bins[b].right += frame->overlap > GOOD;
  }
}

static void
compute_reliability (EvalCharts *charts, const GPtrArray *runs)
{
  guint64 all = 0;
  double sum = 0;

  for (guint b = 0; b < EVAL_BINS; b++)
    charts->bins[b] = (EvalBin){0};
  for (guint r = 0; r < runs->len; r++)
    count_run (runs->pdata[r], charts->bins);
  for (guint b = 0; b < EVAL_BINS; b++) {
    EvalBin *bin = &charts->bins[b];

    all += bin->frames;
    sum += fabs (bin->confidence - bin->right);
    bin->confidence /= (double)bin->frames;
    bin->right /= (double)bin->frames;
  }
  charts->error = sum / (double)all;
}

static void
set_abscissas (EvalCharts *charts)
{
  spread (charts->overlap, EVAL_SUCCESS_POINTS, 1);
  spread (charts->distance, EVAL_PRECISION_POINTS, 50);
  spread (charts->relative, EVAL_PRECISION_POINTS, 0.5);
}

void
eval_charts_compute (const Evaluation *evaluation, EvalCharts *charts)
{
  g_autoptr (GPtrArray) runs = evaluation_runs (evaluation);
  double thresholds[EVAL_LT_POINTS];

  set_abscissas (charts);
  evaluation_curve (evaluation, eval_curve_success, charts->overlap,
      EVAL_SUCCESS_POINTS, charts->success);
  evaluation_curve (evaluation, eval_curve_precision, charts->distance,
      EVAL_PRECISION_POINTS, charts->precision);
  evaluation_curve (evaluation, eval_curve_norm_precision, charts->relative,
      EVAL_PRECISION_POINTS, charts->norm_precision);
  eval_lt_thresholds (runs, thresholds, EVAL_LT_POINTS);
  evaluation_curve (evaluation, eval_curve_lt_precision, thresholds,
      EVAL_LT_POINTS, charts->lt_precision);
  evaluation_curve (evaluation, eval_curve_lt_recall, thresholds,
      EVAL_LT_POINTS, charts->lt_recall);
  find_best_f (charts);
  compute_reliability (charts, runs);
}

static void
add_bins (JsonBuilder *json, const EvalCharts *charts)
{
  json_builder_set_member_name (json, "reliability");
  json_builder_begin_array (json);
  for (guint b = 0; b < EVAL_BINS; b++) {
    const EvalBin *bin = &charts->bins[b];

    json_builder_begin_object (json);
    eval_json_add_number (json, "frames", (double)bin->frames);
    eval_json_add_number (json, "confidence", bin->confidence);
    eval_json_add_number (json, "right", bin->right);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  eval_json_add_number (json, "reliability_error", charts->error);
}

void
eval_charts_add (JsonBuilder *json, const EvalCharts *c)
{
  json_builder_set_member_name (json, "curves");
  json_builder_begin_object (json);
  eval_json_add_array (json, "success", c->success, EVAL_SUCCESS_POINTS);
  eval_json_add_array (json, "precision", c->precision, EVAL_PRECISION_POINTS);
  eval_json_add_array (
      json, "norm_precision", c->norm_precision, EVAL_PRECISION_POINTS);
  eval_json_add_array (json, "lt_precision", c->lt_precision, EVAL_LT_POINTS);
  eval_json_add_array (json, "lt_recall", c->lt_recall, EVAL_LT_POINTS);
  eval_json_add_number (json, "f", c->f);
  eval_json_add_number (json, "f_precision", c->f_precision);
  eval_json_add_number (json, "f_recall", c->f_recall);
  add_bins (json, c);
  json_builder_end_object (json);
}

static gboolean
read_bins (JsonObject *curves, EvalCharts *charts)
{
  JsonArray *bins = eval_json_array_of_objects (curves, "reliability");

  if (!bins || json_array_get_length (bins) != EVAL_BINS)
    return FALSE;
  for (guint b = 0; b < EVAL_BINS; b++) {
    JsonObject *bin = json_array_get_object_element (bins, b);
    double frames = eval_json_number (bin, "frames");

    charts->bins[b].frames = frames >= 1 && frames < 1e15 ? (guint64)frames : 0;
    charts->bins[b].confidence = eval_json_number (bin, "confidence");
    charts->bins[b].right = eval_json_number (bin, "right");
  }
  return TRUE;
}

gboolean
eval_charts_read (JsonObject *object, EvalCharts *c)
{
  JsonObject *curves = eval_json_object (object, "curves");

  set_abscissas (c);
  return curves && read_bins (curves, c) &&
         eval_json_read_array (
             curves, "success", c->success, EVAL_SUCCESS_POINTS) &&
         eval_json_read_array (
             curves, "precision", c->precision, EVAL_PRECISION_POINTS) &&
         eval_json_read_array (
             curves, "lt_precision", c->lt_precision, EVAL_LT_POINTS) &&
         eval_json_read_array (
             curves, "lt_recall", c->lt_recall, EVAL_LT_POINTS);
}
