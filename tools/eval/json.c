/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include <json-glib/json-glib.h>

#include "charts.h"
#include "report.h"

static void
add_number (JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name (json, name);
  if (isfinite (value))
    json_builder_add_double_value (json, value);
  else
    json_builder_add_null_value (json);
}

static void
add_figures (JsonBuilder *json, const double *values)
{
  for (guint f = 0; f < EVAL_N_FIGURES; f++)
    add_number (json, eval_figure_name (f), values[f]);
}

static void
add_string (JsonBuilder *json, const char *name, const char *value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
add_outcome (JsonBuilder *json, const EvalOutcome *outcome)
{
  g_autofree char *name = g_utf8_make_valid (outcome->sequence->name, -1);

  json_builder_begin_object (json);
  add_string (json, "name", name);
  add_number (json, "frames", outcome->sequence->pictures->len);
  json_builder_set_member_name (json, "runs");
  json_builder_begin_array (json);
  for (guint r = 0; r < outcome->runs->len; r++) {
    const EvalRun *run = outcome->runs->pdata[r];

    json_builder_begin_object (json);
    add_number (json, "start", run->start);
    add_number (json, "frames", run->frames->len);
    add_figures (json, outcome->figures[r]);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  json_builder_set_member_name (json, "mean");
  json_builder_begin_object (json);
  add_figures (json, outcome->mean);
  json_builder_end_object (json);
  json_builder_end_object (json);
}

static void
add_means (JsonBuilder *json, const Evaluation *evaluation)
{
  json_builder_set_member_name (json, "mean");
  json_builder_begin_object (json);
  for (guint f = 0; f < EVAL_N_FIGURES; f++) {
    json_builder_set_member_name (json, eval_figure_name (f));
    json_builder_begin_object (json);
    add_number (json, "mean", evaluation->mean[f].mean);
    add_number (json, "low", evaluation->mean[f].low);
    add_number (json, "high", evaluation->mean[f].high);
    json_builder_end_object (json);
  }
  json_builder_end_object (json);
}

static void
add_array (JsonBuilder *json, const char *name, const double *values, guint n)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  for (guint i = 0; i < n; i++)
    if (isfinite (values[i]))
      json_builder_add_double_value (json, values[i]);
    else
      json_builder_add_null_value (json);
  json_builder_end_array (json);
}

static void
add_bins (JsonBuilder *json, const EvalCharts *charts)
{
  json_builder_set_member_name (json, "reliability");
  json_builder_begin_array (json);
  for (guint b = 0; b < EVAL_BINS; b++) {
    json_builder_begin_object (json);
    add_number (json, "frames", (double)charts->bins[b].frames);
    add_number (json, "confidence", charts->bins[b].confidence);
    add_number (json, "right", charts->bins[b].right);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  add_number (json, "reliability_error", charts->error);
}

static void
add_charts (JsonBuilder *json, const EvalCharts *charts)
{
  json_builder_set_member_name (json, "curves");
  json_builder_begin_object (json);
  add_array (json, "success", charts->success, EVAL_SUCCESS_POINTS);
  add_array (json, "precision", charts->precision, EVAL_PRECISION_POINTS);
  add_array (
      json, "norm_precision", charts->norm_precision, EVAL_PRECISION_POINTS);
  add_array (json, "lt_precision", charts->lt_precision, EVAL_LT_POINTS);
  add_array (json, "lt_recall", charts->lt_recall, EVAL_LT_POINTS);
  add_number (json, "f", charts->f);
  add_number (json, "f_precision", charts->f_precision);
  add_number (json, "f_recall", charts->f_recall);
  add_bins (json, charts);
  json_builder_end_object (json);
}

static void
add_subject (JsonBuilder *json, const EvalSubject *subject)
{
  g_autofree char *model =
      g_utf8_make_valid (subject->model ? subject->model : "built-in", -1);
  const SiambanSessionOptions *options = &subject->following->options;
  SiambanModelInfo info;

  siamban_model_get_info (subject->following->model, &info);
  add_string (json, "model", model);
  add_string (json, "architecture", info.architecture);
  add_string (json, "precision", siamban_precision_name (info.precision));
  add_string (json, "mode", siamban_mode_name (options->mode));
  add_number (json, "interval", options->interval);
  add_number (json, "fusion", options->fusion);
  add_number (json, "lost_threshold", options->lost_threshold);
  add_number (json, "found_threshold", options->found_threshold);
}

gboolean
eval_report_write_json (const Evaluation *evaluation,
    const EvalSubject *subject, const char *path, GError **error)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  EvalCharts charts;

  eval_charts_compute (evaluation, &charts);
  json_builder_begin_object (json);
  add_subject (json, subject);
  add_number (json, "seconds", evaluation->seconds);
  add_number (json, "frames", (double)evaluation->tracked);
  json_builder_set_member_name (json, "sequences");
  json_builder_begin_array (json);
  for (guint s = 0; s < evaluation->outcomes->len; s++)
    add_outcome (json, evaluation->outcomes->pdata[s]);
  json_builder_end_array (json);
  add_means (json, evaluation);
  add_charts (json, &charts);
  json_builder_end_object (json);
  json_generator_set_root (generator, json_builder_get_root (json));
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_file (generator, path, error);
}
