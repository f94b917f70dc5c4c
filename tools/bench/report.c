/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#define MIB (1024.0 * 1024.0)

static void
add_number (JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_double_value (json, value);
}

static void
add_string (JsonBuilder *json, const char *name, const char *value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
begin_array (JsonBuilder *json, const char *name)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
}

static const char *
precision_of (const BenchSubject *subject)
{
  return siamban_precision_name (subject->info.precision);
}

void
report_model (const BenchEntry *entry, JsonBuilder *json)
{
  const SiambanModelInfo *info = &entry->subject->info;
  const char *cpu = siamban_cpu_name (siamban_cpu_level ());

  g_print ("%s, %.2f GMAC a search frame, %.2f M parameters, %s\n\n",
      info->architecture, info->search_macs / 1e9, info->n_parameters / 1e6,
      cpu);
  add_string (json, "architecture", info->architecture);
  add_string (json, "cpu", cpu);
  add_number (json, "search_macs", info->search_macs);
  add_number (json, "parameters", info->n_parameters);
}

static void
report_start (const BenchEntry *entry, JsonBuilder *json)
{
  const BenchStart *start = &entry->start;
  const char *precision = precision_of (entry->subject);
  double weights = 4.0 * entry->subject->info.n_parameters;

  g_print ("%-9s %10.1f %10.1f %10.1f %10.2f %13.1f\n", precision,
      start->load_ms, start->first_ms, start->peak_bytes / MIB,
      start->peak_bytes / weights, entry->roof);
  json_builder_begin_object (json);
  add_string (json, "precision", precision);
  add_number (json, "load_ms", start->load_ms);
  add_number (json, "first_result_ms", start->first_ms);
  add_number (json, "peak_bytes", start->peak_bytes);
  add_number (json, "roof_gflops", entry->roof);
  json_builder_end_object (json);
}

void
report_starts (const GArray *entries, JsonBuilder *json)
{
  g_print ("%-9s %10s %10s %10s %10s %13s\n", "precision", "load ms",
      "first ms", "peak MiB", "of weights", "roof GFLOP/s");
  begin_array (json, "starts");
  for (guint i = 0; i < entries->len; i++)
    report_start (&g_array_index (entries, BenchEntry, i), json);
  json_builder_end_array (json);
}

static double
roof_of (const GArray *entries, const BenchSubject *subject)
{
  const BenchEntry *entry = (const BenchEntry *)entries->data;

  while (entry->subject != subject)
    entry++;
  return entry->roof;
}

static void
report_case (const BenchCase *c, double roof, JsonBuilder *json)
{
  const char *precision = precision_of (c->subject);
  double median = bench_quantile (c->wall_ms, 0.5);
  double best = bench_quantile (c->wall_ms, 0);
  double cpu = bench_quantile (c->cpu_ms, 0);
  double gflops = 2e-6 * c->subject->info.search_macs * c->batch / best;
  double share = gflops / (roof * c->threads);

  g_print ("%-9s %7u %7u %9.2f %9.2f %9.2f %9.2f %9.1f %6.0f %%\n", precision,
      c->threads, c->batch, best, median, cpu, best / c->batch, gflops,
      100 * share);
  json_builder_begin_object (json);
  add_string (json, "precision", precision);
  add_number (json, "threads", c->threads);
  add_number (json, "batch", c->batch);
  add_number (json, "best_ms", best);
  add_number (json, "median_ms", median);
  add_number (json, "cpu_ms", cpu);
  add_number (json, "gflops_effective", gflops);
  add_number (json, "share_of_roof", share);
  json_builder_end_object (json);
}

void
report_cases (const GPtrArray *cases, const GArray *entries, JsonBuilder *json)
{
  g_print ("\n%-9s %7s %7s %9s %9s %9s %9s %9s %8s\n", "precision", "threads",
      "targets", "best ms", "median", "cpu ms", "ms/target", "GFLOP/s",
      "of roof");
  begin_array (json, "cases");
  for (guint i = 0; i < cases->len; i++) {
    const BenchCase *c = g_ptr_array_index (cases, i);

    report_case (c, roof_of (entries, c->subject), json);
  }
  json_builder_end_array (json);
}

static void
report_layer (
    const char *precision, const SiambanStepTime *step, JsonBuilder *json)
{
  g_print ("%-20s %-22s %8.1f %10.3f %10.1f  %s\n", step->op, step->algorithm,
      step->macs / 1e6, step->seconds * 1e3,
      2e-9 * step->macs / MAX (step->seconds, 1e-9), step->name);
  json_builder_begin_object (json);
  add_string (json, "precision", precision);
  add_string (json, "op", step->op);
  add_string (json, "algorithm", step->algorithm);
  add_string (json, "name", step->name);
  add_number (json, "macs", step->macs);
  add_number (json, "ms", step->seconds * 1e3);
  json_builder_end_object (json);
}

void
report_layers (
    const GArray *entries, unsigned threads, int rounds, JsonBuilder *json)
{
  begin_array (json, "layers");
  for (guint e = 0; e < entries->len; e++) {
    const BenchSubject *subject =
        g_array_index (entries, BenchEntry, e).subject;
    const char *precision = precision_of (subject);
    guint n_steps;
    g_autofree SiambanStepTime *steps =
        bench_subject_time_layers (subject, threads, rounds, &n_steps);

    g_print ("\n%s, threads: %u\n%-20s %-22s %8s %10s %10s  %s\n", precision,
        threads, "op", "algorithm", "MMAC", "ms", "GFLOP/s", "parameters");
    for (guint i = 0; i < n_steps; i++)
      report_layer (precision, &steps[i], json);
  }
  json_builder_end_array (json);
}
