/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "charts.h"
#include "report.h"

static void
add_figures (JsonBuilder *json, const double *values)
{
  for (guint f = 0; f < EVAL_N_FIGURES; f++)
    eval_json_add_number (json, eval_figure_name (f), values[f]);
}

static void
add_run (JsonBuilder *json, const EvalRun *run, const double *figures)
{
  json_builder_begin_object (json);
  eval_json_add_number (json, "start", run->start);
  eval_json_add_number (json, "frames", run->frames->len);
  add_figures (json, figures);
  json_builder_end_object (json);
}

static void
add_outcome (JsonBuilder *json, const EvalOutcome *outcome)
{
  json_builder_begin_object (json);
  eval_json_add_string (json, "name", outcome->sequence->name);
  eval_json_add_number (json, "frames", outcome->sequence->pictures->len);
  json_builder_set_member_name (json, "runs");
  json_builder_begin_array (json);
  for (guint r = 0; r < outcome->runs->len; r++)
    add_run (json, outcome->runs->pdata[r], outcome->figures[r]);
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
    eval_json_add_number (json, "mean", evaluation->mean[f].mean);
    eval_json_add_number (json, "low", evaluation->mean[f].low);
    eval_json_add_number (json, "high", evaluation->mean[f].high);
    json_builder_end_object (json);
  }
  json_builder_end_object (json);
}

/* Boxes that were read from a folder are of a tracker that nothing is known of.
 */
static void
add_subject (JsonBuilder *json, const EvalSubject *subject)
{
  const SiambanSessionOptions *options = &subject->following->options;
  SiambanModelInfo info;

  eval_json_add_string (json, "name", subject->name);
  if (!subject->following->model)
    return;
  siamban_model_get_info (subject->following->model, &info);
  eval_json_add_string (json, "architecture", info.architecture);
  eval_json_add_string (
      json, "precision", siamban_precision_name (info.precision));
  eval_json_add_string (json, "mode", siamban_mode_name (options->mode));
  eval_json_add_number (json, "interval", options->interval);
  eval_json_add_number (json, "fusion", options->fusion);
  eval_json_add_number (json, "lost_threshold", options->lost_threshold);
  eval_json_add_number (json, "found_threshold", options->found_threshold);
}

gboolean
eval_report_write_json (const Evaluation *evaluation,
    const EvalSubject *subject, const char *path, GError **error)
{
  JsonBuilder *json = json_builder_new ();
  EvalCharts charts;

  eval_charts_compute (evaluation, &charts);
  json_builder_begin_object (json);
  add_subject (json, subject);
  eval_json_add_number (json, "seconds", evaluation->seconds);
  eval_json_add_number (json, "frames", (double)evaluation->tracked);
  json_builder_set_member_name (json, "sequences");
  json_builder_begin_array (json);
  for (guint s = 0; s < evaluation->outcomes->len; s++)
    add_outcome (json, evaluation->outcomes->pdata[s]);
  json_builder_end_array (json);
  add_means (json, evaluation);
  eval_charts_add (json, &charts);
  json_builder_end_object (json);
  return eval_json_write (json, path, error);
}
