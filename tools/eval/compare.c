/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compare.h"

#include <math.h>

#include "plot.h"

/* What changed in one sequence: the mean over the runs that both files have. */
typedef struct
{
  char *name;
  guint runs;
  guint won;
  guint lost;
  double before[EVAL_N_FIGURES];
  double change[EVAL_N_FIGURES];
} Change;

static void
change_clear (Change *change)
{
  g_free (change->name);
}

static gboolean
compare_fail (const char *path, GError **error)
{
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
      "%s: expected a file that siamban-eval --json has written", path);
  return FALSE;
}

static JsonObject *
sequence_named (JsonArray *sequences, const char *name)
{
  for (guint i = 0; i < json_array_get_length (sequences); i++) {
    JsonObject *object = json_array_get_object_element (sequences, i);

    if (!g_strcmp0 (eval_json_string (object, "name"), name))
      return object;
  }
  return NULL;
}

/* Over the same frames as @run; NULL if there is none. */
static JsonObject *
run_like (JsonArray *runs, JsonObject *run)
{
  for (guint i = 0; i < json_array_get_length (runs); i++) {
    JsonObject *object = json_array_get_object_element (runs, i);

    if (eval_json_number (object, "start") == eval_json_number (run, "start") &&
        eval_json_number (object, "frames") == eval_json_number (run, "frames"))
      return object;
  }
  return NULL;
}

static void
compare_runs (JsonArray *before, JsonArray *after, Change *change)
{
  guint n = json_array_get_length (before);
  g_autofree double *values = g_new (double, (gsize)EVAL_N_FIGURES *n);
  g_autofree double *changes = g_new (double, (gsize)EVAL_N_FIGURES *n);

  for (guint i = 0; i < n; i++) {
    JsonObject *old = json_array_get_object_element (before, i);
    JsonObject *new = run_like (after, old);

    if (!new)
      continue;
    for (guint f = 0; f < EVAL_N_FIGURES; f++) {
      double value = eval_json_number (old, eval_figure_name (f));

      values[f * n + change->runs] = value;
      changes[f * n + change->runs] =
          eval_json_number (new, eval_figure_name (f)) - value;
    }
    change->won += changes[EVAL_HELD * n + change->runs] > 0;
    change->lost += changes[EVAL_HELD * n + change->runs] < 0;
    change->runs++;
  }
  for (guint f = 0; f < EVAL_N_FIGURES; f++) {
    change->before[f] = eval_mean (values + (gsize)f * n, change->runs);
    change->change[f] = eval_mean (changes + (gsize)f * n, change->runs);
  }
}

/* Of Change; those sequences that both have. */
static GArray *
compare_sequences (JsonArray *before, JsonArray *after)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (Change));

  g_array_set_clear_func (changes, (GDestroyNotify)change_clear);
  for (guint i = 0; i < json_array_get_length (before); i++) {
    JsonObject *old = json_array_get_object_element (before, i);
    const char *name = eval_json_string (old, "name");
    JsonObject *new = name ? sequence_named (after, name) : NULL;
    JsonArray *old_runs = eval_json_array_of_objects (old, "runs");
    JsonArray *new_runs = eval_json_array_of_objects (new, "runs");
    Change change = {0};

    if (!old_runs || !new_runs)
      continue;
    compare_runs (old_runs, new_runs, &change);
    if (change.runs == 0)
      continue;
    change.name = g_strescape (name, NULL);
    g_array_append_val (changes, change);
  }
  return changes;
}

static int
worst_first (gconstpointer a, gconstpointer b)
{
  double left = ((const Change *)a)->change[EVAL_AUC];
  double right = ((const Change *)b)->change[EVAL_AUC];

  return left < right ? -1 : left > right ? 1 : 0;
}

static void
print_sequences (const GArray *changes)
{
  guint runs = 0, won = 0, lost = 0;

  g_print ("%-24s %4s %8s %8s %8s %5s %5s\n", "sequence", "runs", "AUC", "then",
      "change", "won", "lost");
  for (guint i = 0; i < changes->len; i++) {
    const Change *change = &g_array_index (changes, Change, i);
    double before = change->before[EVAL_AUC];

    g_print ("%-24s %4u %8.3f %8.3f %+8.3f %5u %5u\n", change->name,
        change->runs, before, before + change->change[EVAL_AUC],
        change->change[EVAL_AUC], change->won, change->lost);
    runs += change->runs;
    won += change->won;
    lost += change->lost;
  }
  g_print ("%u runs: %u won, %u lost\n\n", runs, won, lost);
}

static void
print_figures (const GArray *changes)
{
  g_autofree double *values = g_new (double, changes->len);
  g_autofree double *before = g_new (double, changes->len);

  g_print ("%-16s %8s %8s   %s\n", "figure", "before", "change",
      "95 % of the change");
  for (guint f = 0; f < EVAL_N_FIGURES; f++) {
    EvalInterval interval;

    for (guint i = 0; i < changes->len; i++) {
      values[i] = g_array_index (changes, Change, i).change[f];
      before[i] = g_array_index (changes, Change, i).before[f];
    }
    interval = eval_interval (values, changes->len);
    if (!isnan (interval.mean))
      g_print ("%-16s %8.4f %+8.4f   %+.4f to %+.4f\n", eval_figure_name (f),
          eval_mean (before, changes->len), interval.mean, interval.low,
          interval.high);
  }
}

/* What @path holds; it belongs to @parser. */
static JsonObject *
read_file (JsonParser *parser, const char *path, GError **error)
{
  JsonNode *root;
  JsonObject *object = NULL;

  if (!json_parser_load_from_file (parser, path, error))
    return NULL;
  root = json_parser_get_root (parser);
  if (root && JSON_NODE_HOLDS_OBJECT (root))
    object = json_node_get_object (root);
  if (!eval_json_array_of_objects (object, "sequences")) {
    compare_fail (path, error);
    return NULL;
  }
  return object;
}

static gboolean
compare_files (const char *before, JsonObject *old, const char *after,
    JsonObject *new, GError **error)
{
  GArray *changes =
      compare_sequences (eval_json_array_of_objects (old, "sequences"),
          eval_json_array_of_objects (new, "sequences"));
  gboolean ok = changes->len > 0;

  if (ok) {
    g_print ("%s -> %s\n", before, after);
    g_array_sort (changes, worst_first);
    print_sequences (changes);
    print_figures (changes);
  } else
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "%s: expected a run that %s has as well, found none", after, before);
  g_array_unref (changes);
  return ok;
}

static gboolean
plot_files (
    char **paths, JsonObject **files, guint n, const char *plot, GError **error)
{
  g_autofree EvalCharts *charts = g_new (EvalCharts, n);
  g_autofree EvalPlotted *plotted = g_new (EvalPlotted, n);

  for (guint i = 0; i < n; i++) {
    const char *name = eval_json_string (files[i], "name");

    if (!eval_charts_read (files[i], &charts[i]))
      return compare_fail (paths[i], error);
    plotted[i] = (EvalPlotted){name ? name : paths[i], &charts[i]};
  }
  return eval_plot_write (plotted, n, plot, error);
}

gboolean
eval_compare (char **paths, const char *plot, GError **error)
{
  g_autoptr (GPtrArray) parsers =
      g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_strv_length (paths);
  g_autofree JsonObject **files = g_new0 (JsonObject *, n);

  for (guint i = 0; i < n; i++) {
    g_ptr_array_add (parsers, json_parser_new ());
    files[i] = read_file (parsers->pdata[i], paths[i], error);
    if (!files[i] || (i > 0 && !compare_files (paths[0], files[0], paths[i],
                                   files[i], error)))
      return FALSE;
  }
  return !plot || plot_files (paths, files, n, plot, error);
}
