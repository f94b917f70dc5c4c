/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "results.h"

typedef enum
{
  X,
  Y,
  W,
  H,
  STATUS,
  SCORE,
  CONFIDENCE,
  CPU_MS,
  WIDTH,
  HEIGHT,
  N_COLUMNS
} Column;

static const char *const titles[N_COLUMNS] = {"x", "y", "w", "h", "status",
    "score", "confidence", "cpu_ms", "width", "height"};

/* Where each column is. */
static gboolean
find_columns (const char *line, guint *places, GError **error)
{
  g_auto (GStrv) cells = g_strsplit (line, ",", -1);

  for (guint c = 0; c < N_COLUMNS; c++) {
    for (places[c] = 0; cells[places[c]]; places[c]++)
      if (!strcmp (cells[places[c]], titles[c]))
        break;
    if (cells[places[c]])
      continue;
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "expected a column \"%s\" in the first line", titles[c]);
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse_status (const char *text, double *value)
{
  for (int status = 0; status < SIAMBAN_STATUS_ENDED; status++)
    if (!strcmp (text, siamban_status_name ((SiambanStatus)status))) {
      *value = status;
      return TRUE;
    }
  return FALSE;
}

static gboolean
parse_cell (const char *text, Column column, double *value)
{
  char *end;

  if (column == STATUS)
    return parse_status (text, value);
  *value = g_ascii_strtod (text, &end);
  return end != text && !*end && isfinite (*value) && fabs (*value) < 1e9;
}

static gboolean
parse_frame (const char *line, const guint *places, double *v, GError **error)
{
  g_auto (GStrv) cells = g_strsplit (line, ",", -1);
  guint n = g_strv_length (cells);

  for (guint c = 0; c < N_COLUMNS; c++)
    if (places[c] >= n || !parse_cell (cells[places[c]], (Column)c, &v[c])) {
      g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
          "expected a %s in column \"%s\"", c == STATUS ? "status" : "number",
          titles[c]);
      return FALSE;
    }
  return TRUE;
}

static void
add_frame (EvalRun *run, const double *v, const EvalTruth *truth)
{
  EvalFrame frame = {
      .track = {.box = {v[X], v[Y], v[W], v[H]},
          .status = (SiambanStatus)v[STATUS],
          .score = v[SCORE],
          .confidence = v[CONFIDENCE],
          .cpu_ms = v[CPU_MS]},
  };

  eval_frame_judge (&frame, truth, (int)v[WIDTH], (int)v[HEIGHT]);
  g_array_append_val (run->frames, frame);
}

/* @lines starts with the titles. */
static gboolean
read_frames (
    EvalRun *run, const EvalSequence *sequence, char **lines, GError **error)
{
  guint places[N_COLUMNS], n = sequence->truth->len - run->start;

  if (g_strv_length (lines) != n + 1) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "expected a line with titles and %u more, got %u lines", n,
        g_strv_length (lines));
    return FALSE;
  }
  if (!find_columns (lines[0], places, error))
    return FALSE;
  for (guint k = 0; k < n; k++) {
    double values[N_COLUMNS];

    if (!parse_frame (lines[k + 1], places, values, error)) {
      g_prefix_error (error, "line %u: ", k + 2);
      return FALSE;
    }
    add_frame (run, values, eval_sequence_truth (sequence, run->start + k));
  }
  return TRUE;
}

static gboolean
read_run (EvalRun *run, const EvalSequence *sequence, const char *folder,
    GError **error)
{
  g_autofree char *name =
      g_strdup_printf ("%s-%u.csv", sequence->name, run->start);
  g_autofree char *path = g_build_filename (folder, "runs", name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  if (read_frames (run, sequence, lines, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

GPtrArray *
eval_results_read (const EvalSequence *sequence, const GArray *starts,
    const char *folder, GError **error)
{
  GPtrArray *runs = eval_runs_new (starts);

  for (guint r = 0; r < runs->len; r++)
    if (!read_run (runs->pdata[r], sequence, folder, error)) {
      g_ptr_array_unref (runs);
      return NULL;
    }
  return runs;
}
