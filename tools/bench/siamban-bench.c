/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <json-glib/json-glib.h>

#include "model/model-private.h"
#include "roof.h"

#define MAX_LIST 16

/* One way of running the search branch, with the times of its rounds. */
typedef struct
{
  unsigned threads;
  unsigned batch;
  GArray *ms;
} Case;

typedef struct
{
  SiambanModel *model;
  SiambanModelInfo info;
  SiambanTemplate *tmpl;
  double roof;
} Bench;

static char *model_path, *config_path, *json_path, *precision_name;
static SiambanPrecision precision;
static char *threads_list, *batch_list;
static int rounds = 20;
static gboolean with_layers;

static GOptionEntry options[] = {
    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &model_path,
        "Checkpoint to time (default: the built-in model)", "FILE"},
    {"config", 'c', 0, G_OPTION_ARG_FILENAME, &config_path, "Its config.yaml",
        "FILE"},
    {"precision", 'p', 0, G_OPTION_ARG_STRING, &precision_name,
        "auto, fp32 or int8 (default: auto)", "NAME"},
    {"threads", 't', 0, G_OPTION_ARG_STRING, &threads_list,
        "Thread counts to time (default: 1 and all CPUs)", "N,N..."},
    {"batch", 'b', 0, G_OPTION_ARG_STRING, &batch_list,
        "Targets per frame to time (default: 1)", "N,N..."},
    {"rounds", 'n', 0, G_OPTION_ARG_INT, &rounds,
        "Rounds; every round runs every case once (default: 20)", "N"},
    {"layers", 'l', 0, G_OPTION_ARG_NONE, &with_layers,
        "Also time every layer, at the first thread count", NULL},
    {"json", 'j', 0, G_OPTION_ARG_FILENAME, &json_path,
        "Also write the figures to FILE", "FILE"},
    G_OPTION_ENTRY_NULL};

static gboolean
parse_list (const char *option, const char *text, unsigned *values, guint *n)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  *n = 0;
  for (char **part = parts; *part; part++) {
    guint64 value;

    if (*n == MAX_LIST ||
        !g_ascii_string_to_unsigned (*part, 10, 1, 1024, &value, NULL)) {
      g_printerr ("siamban-bench: --%s: expected up to %d numbers from 1 to "
                  "1024 with commas between, got \"%s\"\n",
          option, MAX_LIST, text);
      return FALSE;
    }
    values[(*n)++] = value;
  }
  return *n > 0;
}

static float *
noise (size_t n)
{
  float *x = g_new (float, n);
  GRand *random = g_rand_new_with_seed (1);

  for (size_t i = 0; i < n; i++)
    x[i] = (float)g_rand_int_range (random, 0, 256);
  g_rand_free (random);
  return x;
}

static double
time_search (const Bench *bench, const Case *c)
{
  size_t side = bench->info.search_size;
  size_t grid = bench->info.score_size * bench->info.score_size;
  g_autofree float *x = noise (c->batch * 3 * side * side);
  g_autofree float *cls =
      g_new (float, c->batch * bench->info.cls_channels * grid);
  g_autofree float *loc = g_new (float, c->batch * 4 * grid);
  g_autofree SiambanTemplate **templates = g_new (SiambanTemplate *, c->batch);
  gint64 start;

  for (unsigned i = 0; i < c->batch; i++)
    templates[i] = bench->tmpl;
  start = g_get_monotonic_time ();
  siamban_model_search (
      bench->model, c->batch, templates, x, cls, loc, c->threads);
  return (g_get_monotonic_time () - start) / 1e3;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
quantile (GArray *sorted, double q)
{
  return g_array_index (sorted, double, (guint)(q * (sorted->len - 1) + 0.5));
}

static void
run_cases (const Bench *bench, Case *cases, guint n_cases)
{
  for (int round = -1; round < rounds; round++) {
    for (guint i = 0; i < n_cases; i++) {
      double ms = time_search (bench, &cases[i]);

      if (round >= 0)
        g_array_append_val (cases[i].ms, ms);
    }
  }
  for (guint i = 0; i < n_cases; i++)
    qsort (
        cases[i].ms->data, cases[i].ms->len, sizeof (double), compare_doubles);
}

static void
add_number (JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_double_value (json, value);
}

static void
report_case (const Bench *bench, const Case *c, JsonBuilder *json)
{
  double median = quantile (c->ms, 0.5), best = quantile (c->ms, 0);
  double gflops = 2e-6 * bench->info.search_macs * c->batch / best;
  double share = gflops / (bench->roof * c->threads);

  g_print ("%7u %7u %10.2f %10.2f %10.2f %10.1f %9.0f %%\n", c->threads,
      c->batch, best, median, best / c->batch, gflops, 100 * share);
  json_builder_begin_object (json);
  add_number (json, "threads", c->threads);
  add_number (json, "batch", c->batch);
  add_number (json, "best_ms", best);
  add_number (json, "median_ms", median);
  add_number (json, "gflops_effective", gflops);
  add_number (json, "share_of_roof", share);
  json_builder_end_object (json);
}

/* Best of all rounds for each layer. */
static SiambanStepTime *
time_layers (const Bench *bench, unsigned threads, guint *n_steps)
{
  g_autofree float *x =
      noise (3 * bench->info.search_size * bench->info.search_size);
  SiambanStepTime *best = NULL;

  for (int round = 0; round < rounds; round++) {
    SiambanStepTime *times = siamban_model_time_search (
        bench->model, bench->tmpl, x, threads, n_steps);

    for (guint i = 0; best && i < *n_steps; i++)
      best[i].seconds = MIN (best[i].seconds, times[i].seconds);
    if (best)
      g_free (times);
    else
      best = times;
  }
  return best;
}

static void
report_layers (const Bench *bench, unsigned threads, JsonBuilder *json)
{
  guint n_steps;
  g_autofree SiambanStepTime *steps = time_layers (bench, threads, &n_steps);

  g_print ("\n%-20s %-22s %8s %10s %10s  %s\n", "op", "algorithm", "MMAC", "ms",
      "GFLOP/s", "parameters");
  for (guint i = 0; i < n_steps; i++) {
    const SiambanStepTime *s = &steps[i];

    g_print ("%-20s %-22s %8.1f %10.3f %10.1f  %s\n", s->op, s->algorithm,
        s->macs / 1e6, s->seconds * 1e3, 2e-9 * s->macs / s->seconds, s->name);
    json_builder_begin_object (json);
    json_builder_set_member_name (json, "op");
    json_builder_add_string_value (json, s->op);
    json_builder_set_member_name (json, "algorithm");
    json_builder_add_string_value (json, s->algorithm);
    json_builder_set_member_name (json, "name");
    json_builder_add_string_value (json, s->name);
    add_number (json, "macs", s->macs);
    add_number (json, "ms", s->seconds * 1e3);
    json_builder_end_object (json);
  }
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
load (Bench *bench, GError **error)
{
  g_autofree float *z = NULL;

  bench->model = siamban_model_load (model_path, config_path, precision, error);
  if (bench->model == NULL)
    return FALSE;
  siamban_model_get_info (bench->model, &bench->info);
  z = noise (3 * bench->info.template_size * bench->info.template_size);
  bench->tmpl = siamban_model_embed (bench->model, z, 0);
  bench->roof = bench_roof (siamban_cpu_level ());
  return TRUE;
}

static void
report_head (const Bench *bench, JsonBuilder *json)
{
  const char *cpu = siamban_cpu_name (siamban_cpu_level ());

  g_print ("%s, %s, %.2f GMAC a search frame, %s, roof %.1f GFLOP/s a thread "
           "in fp32\n\n",
      bench->info.architecture, siamban_precision_name (bench->info.precision),
      bench->info.search_macs / 1e9, cpu, bench->roof);
  g_print ("%7s %7s %10s %10s %10s %10s %11s\n", "threads", "targets",
      "best ms", "median ms", "ms/target", "GFLOP/s", "of roof");
  json_builder_set_member_name (json, "architecture");
  json_builder_add_string_value (json, bench->info.architecture);
  json_builder_set_member_name (json, "precision");
  json_builder_add_string_value (
      json, siamban_precision_name (bench->info.precision));
  json_builder_set_member_name (json, "cpu");
  json_builder_add_string_value (json, cpu);
  add_number (json, "search_macs", bench->info.search_macs);
  add_number (json, "roof_gflops", bench->roof);
}

static Case *
make_cases (const unsigned *threads, guint n_threads, const unsigned *batch,
    guint n_batch)
{
  Case *cases = g_new (Case, n_threads * n_batch);

  for (guint t = 0; t < n_threads; t++) {
    for (guint b = 0; b < n_batch; b++)
      cases[t * n_batch + b] = (Case){
          threads[t], batch[b], g_array_new (FALSE, FALSE, sizeof (double))};
  }
  return cases;
}

static gboolean
run (const unsigned *threads, guint n_threads, const unsigned *batch,
    guint n_batch, GError **error)
{
  Bench bench;
  guint n_cases = n_threads * n_batch;
  g_autofree Case *cases = NULL;
  g_autoptr (JsonBuilder) json = json_builder_new ();
  gboolean ok = TRUE;

  if (!load (&bench, error))
    return FALSE;
  cases = make_cases (threads, n_threads, batch, n_batch);
  json_builder_begin_object (json);
  report_head (&bench, json);
  run_cases (&bench, cases, n_cases);
  json_builder_set_member_name (json, "cases");
  json_builder_begin_array (json);
  for (guint i = 0; i < n_cases; i++) {
    report_case (&bench, &cases[i], json);
    g_array_free (cases[i].ms, TRUE);
  }
  json_builder_end_array (json);
  json_builder_set_member_name (json, "layers");
  json_builder_begin_array (json);
  if (with_layers)
    report_layers (&bench, threads[0], json);
  json_builder_end_array (json);
  json_builder_end_object (json);
  if (json_path)
    ok = write_json (json, error);
  siamban_template_free (bench.tmpl);
  siamban_model_unref (bench.model);
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  unsigned threads[MAX_LIST] = {1, siamban_pool_cpus ()};
  unsigned batch[MAX_LIST] = {1};
  guint n_threads = threads[1] > 1 ? 2 : 1, n_batch = 1;

  setlocale (LC_ALL, "");
  g_option_context_set_summary (context,
      "Times the search branch of a model, and says how much of the machine it "
      "uses.");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("siamban-bench: %s\n", error->message);
    return 2;
  }
  if (argc > 1 || rounds < 1) {
    g_printerr ("siamban-bench: expected options only, and at least one "
                "round; see --help\n");
    return 2;
  }
  if (precision_name &&
      !siamban_precision_from_name (precision_name, &precision)) {
    g_printerr ("siamban-bench: --precision: expected auto, fp32 or int8, got "
                "\"%s\"\n",
        precision_name);
    return 2;
  }
  if ((threads_list &&
          !parse_list ("threads", threads_list, threads, &n_threads)) ||
      (batch_list && !parse_list ("batch", batch_list, batch, &n_batch)))
    return 2;
  if (!run (threads, n_threads, batch, n_batch, &error)) {
    g_printerr ("siamban-bench: %s\n", error->message);
    return 1;
  }
  return 0;
}
