/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>
#include <stdlib.h>

#include "report.h"
#include "roof.h"

#define MAX_NUMBER 1024

static char *config_path, *json_path;
static char **paths; /* model */
static char *precision_list, *threads_list, *batch_list;
static int rounds = 20;
static gboolean with_layers;

static GOptionEntry options[] = {
    {"config", 'c', 0, G_OPTION_ARG_FILENAME, &config_path,
        "The model's config.yaml", "FILE"},
    {"precision", 'p', 0, G_OPTION_ARG_STRING, &precision_list,
        "Of auto, fp32, int8 and bf16, those to time (default: auto)",
        "NAME,..."},
    {"threads", 't', 0, G_OPTION_ARG_STRING, &threads_list,
        "Thread counts to time (default: 1 and all CPUs)", "N,..."},
    {"batch", 'b', 0, G_OPTION_ARG_STRING, &batch_list,
        "Targets per frame to time (default: 1)", "N,..."},
    {"rounds", 'n', 0, G_OPTION_ARG_INT, &rounds,
        "Rounds; every round runs every case once (default: 20)", "N"},
    {"layers", 'l', 0, G_OPTION_ARG_NONE, &with_layers,
        "Also time every layer, at the first thread count", NULL},
    {"json", 'j', 0, G_OPTION_ARG_FILENAME, &json_path,
        "Also write the figures to FILE", "FILE"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, NULL},
    G_OPTION_ENTRY_NULL};

/* Of unsigned; NULL after a message if @text is not as expected. */
static GArray *
parse_numbers (const char *option, const char *text)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (unsigned));
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  for (char **part = parts; values && *part; part++) {
    guint64 parsed;
    unsigned value;

    if (!g_ascii_string_to_unsigned (*part, 10, 1, MAX_NUMBER, &parsed, NULL)) {
      g_clear_pointer (&values, g_array_unref);
      break;
    }
    value = (unsigned)parsed;
    g_array_append_val (values, value);
  }
  if (!values || values->len == 0) {
    g_printerr ("siamban-bench: --%s: expected numbers from 1 to %d with "
                "commas between, got \"%s\"\n",
        option, MAX_NUMBER, text);
    g_clear_pointer (&values, g_array_unref);
  }
  return values;
}

/* Of BenchEntry, only the precisions set; NULL after a message. */
static GArray *
parse_precisions (const char *text)
{
  GArray *entries = g_array_new (FALSE, TRUE, sizeof (BenchEntry));
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  for (char **part = parts; *part; part++) {
    BenchEntry entry = {0};

    if (!siamban_precision_from_name (*part, &entry.precision)) {
      g_printerr (
          "siamban-bench: --precision: expected auto, fp32, int8, bf16, "
          "or some of them with commas between, got \"%s\"\n",
          text);
      g_array_unref (entries);
      return NULL;
    }
    g_array_append_val (entries, entry);
  }
  return entries;
}

static GArray *
default_threads (void)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (unsigned));
  unsigned one = 1, all = siamban_pool_cpus ();

  g_array_append_val (values, one);
  if (all > 1)
    g_array_append_val (values, all);
  return values;
}

static gboolean
load_entry (BenchEntry *entry, const BenchFiles *files, GError **error)
{
  entry->subject = bench_subject_load (files, entry->precision, error);
  if (!entry->subject)
    return FALSE;
  if (!entry->started) {
    g_set_error_literal (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "the process that should have timed the start failed");
    return FALSE;
  }
  entry->roof =
      bench_roof (siamban_cpu_level (), entry->subject->info.precision);
  bench_subject_embed (entry->subject);
  return TRUE;
}

static gboolean
bench_load (GArray *entries, GError **error)
{
  BenchFiles files = {paths ? paths[0] : NULL, config_path};
  gboolean ok = TRUE;

  for (guint i = 0; i < entries->len; i++) {
    BenchEntry *entry = &g_array_index (entries, BenchEntry, i);

    entry->started = bench_start (&files, entry->precision, &entry->start);
  }
  for (guint i = 0; ok && i < entries->len; i++)
    ok = load_entry (&g_array_index (entries, BenchEntry, i), &files, error);
  return ok;
}

static GPtrArray *
make_cases (const GArray *entries, const GArray *threads, const GArray *batches)
{
  GPtrArray *cases =
      g_ptr_array_new_with_free_func ((GDestroyNotify)bench_case_free);

  for (guint e = 0; e < entries->len; e++)
    for (guint t = 0; t < threads->len; t++)
      for (guint b = 0; b < batches->len; b++)
        g_ptr_array_add (cases,
            bench_case_new (g_array_index (entries, BenchEntry, e).subject,
                g_array_index (threads, unsigned, t),
                g_array_index (batches, unsigned, b)));
  return cases;
}

static gboolean
write_json (JsonBuilder *json, GError **error)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (json);

  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_file (generator, json_path, error);
}

static gboolean
bench_run (GArray *entries, const GArray *threads, const GArray *batches,
    GError **error)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (GPtrArray) cases = NULL;

  if (!bench_load (entries, error))
    return FALSE;
  json_builder_begin_object (json);
  report_model (&g_array_index (entries, BenchEntry, 0), json);
  report_starts (entries, json);
  cases = make_cases (entries, threads, batches);
  bench_cases_run (cases, rounds);
  report_cases (cases, entries, json);
  if (with_layers)
    report_layers (entries, g_array_index (threads, unsigned, 0), rounds, json);
  json_builder_end_object (json);
  return !json_path || write_json (json, error);
}

static void
clear_entry (BenchEntry *entry)
{
  g_clear_pointer (&entry->subject, bench_subject_free);
}

static gboolean
parse_options (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("[MODEL]");
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context,
      "Times the search branch of MODEL, or of the built-in model, and says "
      "how much\nof the machine it uses, how long a new process takes to its "
      "first result, and\nhow much memory.");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    g_printerr ("siamban-bench: %s\n", error->message);
    return FALSE;
  }
  if (paths && paths[1]) {
    g_printerr ("siamban-bench: expected one MODEL at most, got \"%s\" too\n",
        paths[1]);
    return FALSE;
  }
  if (rounds < 1) {
    g_printerr (
        "siamban-bench: --rounds: expected 1 or more, got %d\n", rounds);
    return FALSE;
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) entries = NULL;
  g_autoptr (GArray) threads = NULL;
  g_autoptr (GArray) batches = NULL;

  setlocale (LC_ALL, "");
  if (!parse_options (&argc, &argv))
    return 2;
  entries = parse_precisions (precision_list ? precision_list : "auto");
  threads = threads_list ? parse_numbers ("threads", threads_list)
                         : default_threads ();
  batches = parse_numbers ("batch", batch_list ? batch_list : "1");
  if (!entries || !threads || !batches)
    return 2;
  g_array_set_clear_func (entries, (GDestroyNotify)clear_entry);
  if (!bench_run (entries, threads, batches, &error)) {
    g_printerr ("siamban-bench: %s\n", error->message);
    return 1;
  }
  return 0;
}
