/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>

#include "compare.h"
#include "report.h"

static char *model_path, *config_path, *json_path, *csv_path, *ini_path;
static char *precision_name, *mode_name;
static char **settings;
static char **paths; /* folders, or the files to compare */
static int n_starts = 3, n_jobs, max_frames;
static gboolean compare;

static GOptionEntry options[] = {
    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &model_path,
        "Checkpoint: .pth or .safetensors (default: the built-in model)",
        "FILE"},
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
    {"compare", 0, 0, G_OPTION_ARG_NONE, &compare,
        "Say what changed between two files that --json has written", NULL},
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

  if (compare ? n != 2 : n == 0) {
    g_printerr ("siamban-eval: expected %s; see --help\n",
        compare ? "two files to compare" : "a folder of sequences");
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

static GPtrArray *
find_sequences (GError **error)
{
  GPtrArray *sequences =
      g_ptr_array_new_with_free_func ((GDestroyNotify)eval_sequence_free);

  for (char **path = paths; *path; path++)
    if (!eval_sequences_find (
            *path, ini_path, (guint)max_frames, sequences, error)) {
      g_ptr_array_unref (sequences);
      return NULL;
    }
  return sequences;
}

static gboolean
report (const Evaluation *evaluation, const EvalFollowing *following,
    GError **error)
{
  EvalSubject subject = {model_path, following};

  eval_report_print (evaluation);
  return (!json_path ||
             eval_report_write_json (evaluation, &subject, json_path, error)) &&
         (!csv_path || eval_report_write_csv (evaluation, csv_path, error));
}

static gboolean
evaluate (SiambanPrecision precision, const SiambanSessionOptions *session,
    GError **error)
{
  GPtrArray *sequences = find_sequences (error);
  guint jobs = n_jobs ? (guint)n_jobs : g_get_num_processors ();
  EvalFollowing following = {.options = *session};
  Evaluation *evaluation;
  gboolean ok;

  if (!sequences)
    return FALSE;
  following.model =
      siamban_model_load (model_path, config_path, precision, error);
  if (!following.model) {
    g_ptr_array_unref (sequences);
    return FALSE;
  }
  evaluation =
      evaluation_run (sequences, &following, (guint)n_starts, jobs, error);
  ok = evaluation && report (evaluation, &following, error);
  evaluation_free (evaluation);
  siamban_model_unref (following.model);
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context =
      g_option_context_new ("FOLDER... | --compare BEFORE.json AFTER.json");
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
  ok = compare ? eval_compare (paths[0], paths[1], &error)
               : evaluate (precision, &session, &error);
  if (!ok)
    g_printerr ("siamban-eval: %s\n", error->message);
  return ok ? 0 : 1;
}
