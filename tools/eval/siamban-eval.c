/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>

#include <string.h>

#include "compare.h"
#include "inputs.h"
#include "plot.h"
#include "redetect.h"
#include "report.h"
#include "results.h"

static char *model_path, *config_path, *json_path, *csv_path, *ini_path;
static char *precision_name, *mode_name, *subject_name;
static char *results_path, *recorded_path, *plot_path;
static char **settings, **boxes;
static char **paths; /* folders, or the files to compare */
static int n_starts = 3, n_jobs, max_frames;
static gboolean compare, redetect;

static GOptionEntry options[] = {
    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &model_path,
        "Checkpoint, .pth or .safetensors, or the name of a model (default: "
        "builtin)",
        "FILE|NAME"},
    {"config", 'c', 0, G_OPTION_ARG_FILENAME, &config_path,
        "The model's config.yaml", "FILE"},
    {"precision", 'p', 0, G_OPTION_ARG_STRING, &precision_name,
        "auto, fp32, int8 or bf16 (default: auto)", "NAME"},
    {"mode", 0, 0, G_OPTION_ARG_STRING, &mode_name,
        "reference or robust (default: robust)", "NAME"},
    {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &settings,
        "Set an option of the session, fusion, interval ...", "OPTION=NUMBER"},
    {"starts", 's', 0, G_OPTION_ARG_INT, &n_starts,
        "Runs over each sequence, from as many frames (default: 3)", "N"},
    {"jobs", 'j', 0, G_OPTION_ARG_INT, &n_jobs,
        "Sequences to work on at a time (default: one for each CPU)", "N"},
    {"frames", 'f', 0, G_OPTION_ARG_INT, &max_frames,
        "Take the first N frames of each sequence only", "N"},
    {"sequences", 0, 0, G_OPTION_ARG_FILENAME, &ini_path,
        "What cannot be seen from the sequences' files, as in sequences.ini",
        "FILE"},
    {"json", 0, 0, G_OPTION_ARG_FILENAME, &json_path,
        "Write figures and curves to FILE", "FILE"},
    {"csv", 0, 0, G_OPTION_ARG_FILENAME, &csv_path,
        "Write the figures of every run to FILE", "FILE"},
    {"results", 0, 0, G_OPTION_ARG_FILENAME, &results_path,
        "Write the boxes of every frame to FOLDER, as toolkits read them",
        "FOLDER"},
    {"recorded", 0, 0, G_OPTION_ARG_FILENAME, &recorded_path,
        "Track nothing: read the boxes that --results, or another tracker, has "
        "written",
        "FOLDER"},
    {"plot", 0, 0, G_OPTION_ARG_FILENAME, &plot_path,
        "Draw the curves into a PNG file", "FILE"},
    {"name", 0, 0, G_OPTION_ARG_STRING, &subject_name,
        "What to call the tracker in files and plots", "NAME"},
    {"compare", 0, 0, G_OPTION_ARG_NONE, &compare,
        "Say what changed from the first file that --json has written to the "
        "others",
        NULL},
    {"redetect", 0, 0, G_OPTION_ARG_NONE, &redetect,
        "Let targets jump across a black picture, and say whether they are "
        "found again; in place of folders stills can be given",
        NULL},
    {"box", 0, 0, G_OPTION_ARG_STRING_ARRAY, &boxes,
        "The target in a still, once for each", "X,Y,W,H"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, NULL},
    G_OPTION_ENTRY_NULL};

static gboolean
is_at_least (const char *option, int value, int least)
{
  if (value >= least)
    return TRUE;
  g_printerr ("siamban-eval: --%s: expected %d or more, got %d\n", option,
      least, value);
  return FALSE;
}

static gboolean
read_session_options (SiambanSessionOptions *session)
{
  g_autoptr (GError) error = NULL;

  siamban_session_options_init (session);
  session->threads = 1;
  if (mode_name && !siamban_mode_from_name (mode_name, &session->mode)) {
    g_printerr ("siamban-eval: --mode: expected reference or robust, got "
                "\"%s\"\n",
        mode_name);
    return FALSE;
  }
  for (char **text = settings; text && *text; text++)
    if (!eval_options_set (session, *text, &error)) {
      g_printerr ("siamban-eval: --set: %s\n", error->message);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_options (SiambanPrecision *precision)
{
  guint n = paths ? g_strv_length (paths) : 0;

  if (compare ? n < 2 || n > EVAL_PLOT_MOST : n == 0) {
    g_printerr ("siamban-eval: expected %s; see --help\n",
        compare ? "2 to 8 files to compare" : "a folder of sequences");
    return FALSE;
  }
  if (precision_name &&
      !siamban_precision_from_name (precision_name, precision)) {
    g_printerr ("siamban-eval: --precision: expected auto, fp32, int8 or bf16, "
                "got \"%s\"\n",
        precision_name);
    return FALSE;
  }
  return is_at_least ("starts", n_starts, 1) &&
         is_at_least ("jobs", n_jobs, 0) &&
         is_at_least ("frames", max_frames, 0);
}

/* From the model's file and the mode, unless it was given. */
static char *
make_name (const EvalFollowing *following)
{
  g_autofree char *base =
      g_path_get_basename (model_path ? model_path : "built-in");

  if (subject_name)
    return g_strdup (subject_name);
  if (following->recorded)
    return g_path_get_basename (following->recorded);
  if (strrchr (base, '.'))
    *strrchr (base, '.') = '\0';
  return g_strdup_printf (
      "%s, %s", base, siamban_mode_name (following->options.mode));
}

static gboolean
plot (const Evaluation *evaluation, const char *name, GError **error)
{
  EvalCharts charts;
  EvalPlotted plotted = {name, &charts};

  eval_charts_compute (evaluation, &charts);
  return eval_plot_write (&plotted, 1, plot_path, error);
}

static gboolean
eval_report (const Evaluation *evaluation, const EvalFollowing *following,
    GError **error)
{
  g_autofree char *name = make_name (following);
  EvalSubject subject = {name, following};

  eval_report_print (evaluation);
  return (!json_path ||
             eval_report_write_json (evaluation, &subject, json_path, error)) &&
         (!csv_path || eval_report_write_csv (evaluation, csv_path, error)) &&
         (!plot_path || plot (evaluation, name, error));
}

static gboolean
report_redetection (const Evaluation *evaluation, GError **error)
{
  eval_redetect_print (evaluation);
  return !json_path || eval_redetect_write_json (evaluation, json_path, error);
}

static gboolean
evaluate (GPtrArray *sequences, const EvalFollowing *following, GError **error)
{
  guint jobs = n_jobs ? (guint)n_jobs : g_get_num_processors ();
  Evaluation *evaluation = evaluation_run (
      sequences, following, redetect ? 1 : (guint)n_starts, jobs, error);
  gboolean ok = evaluation != NULL;

  if (ok && redetect)
    ok = report_redetection (evaluation, error);
  else if (ok)
    ok = eval_report (evaluation, following, error);
  if (ok && results_path)
    ok = eval_results_write (evaluation, results_path, error);
  evaluation_free (evaluation);
  return ok;
}

static gboolean
eval_run (SiambanPrecision precision, const SiambanSessionOptions *session,
    GError **error)
{
  EvalFollowing following = {.options = *session, .recorded = recorded_path};
  EvalInputs inputs = {
      paths, boxes, ini_path, (guint)max_frames, (guint)n_starts, redetect};
  GPtrArray *sequences = eval_inputs_find (&inputs, error);
  gboolean ok;

  if (!sequences)
    return FALSE;
  if (!recorded_path) {
    following.model =
        siamban_model_load (model_path, config_path, precision, error);
    if (!following.model) {
      g_ptr_array_unref (sequences);
      return FALSE;
    }
  }
  ok = evaluate (sequences, &following, error);
  g_clear_pointer (&following.model, siamban_model_unref);
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (
      "FOLDER... | --compare BEFORE.json AFTER.json... | --redetect STILL...");
  g_autoptr (GError) error = NULL;
  SiambanPrecision precision = SIAMBAN_PRECISION_AUTO;
  SiambanSessionOptions session;
  gboolean ok;

  setlocale (LC_ALL, "");
  g_option_context_set_summary (context,
      "Follows the targets of sequences of pictures whose boxes are known, in\n"
      "the folders that OTB, GOT-10k and VOT are published in, and says how\n"
      "well. docs/accuracy.md explains the figures.");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("siamban-eval: %s\n", error->message);
    return 2;
  }
  if (!check_options (&precision) || !read_session_options (&session))
    return 2;
  ok = compare ? eval_compare (paths, plot_path, &error)
               : eval_run (precision, &session, &error);
  if (!ok)
    g_printerr ("siamban-eval: %s\n", error->message);
  return ok ? 0 : 1;
}
