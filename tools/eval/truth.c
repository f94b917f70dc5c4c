/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "truth.h"

#include <math.h>
#include <string.h>

#define SEPARATORS ",; \t\r"

static gboolean
truth_fail (const char *path, guint line, const char *expected,
    const char *text, GError **error)
{
  g_autofree char *shown = g_strndup (text, 40);
  g_autofree char *escaped = g_strescape (shown, NULL);

  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
      "%s, line %u: expected %s, got \"%s\"", path, line, expected, escaped);
  return FALSE;
}

/* Of double; NULL if @text holds anything else. */
static GArray *
parse_numbers (const char *text)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (double));

  for (text += strspn (text, SEPARATORS); *text;) {
    char *end;
    double number = g_ascii_strtod (text, &end);
    gsize gap = strspn (end, SEPARATORS);

    if (end == text || isinf (number) || (*end && gap == 0)) {
      g_array_unref (numbers);
      return NULL;
    }
    g_array_append_val (numbers, number);
    text = end + gap;
  }
  return numbers;
}

static SiambanBox
box_around (const double *corners, guint n)
{
  double left = corners[0], right = corners[0];
  double top = corners[1], bottom = corners[1];

  for (guint i = 2; i < n; i += 2) {
    left = MIN (left, corners[i]);
    right = MAX (right, corners[i]);
    top = MIN (top, corners[i + 1]);
    bottom = MAX (bottom, corners[i + 1]);
  }
  return (SiambanBox){left, top, right - left, bottom - top};
}

static gboolean
has_nan (const double *v, guint n)
{
  for (guint i = 0; i < n; i++)
    if (isnan (v[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_count (guint n, gboolean mask)
{
  if (mask)
    return n > 4;
  return n == 1 || n == 4 || (n >= 6 && n % 2 == 0);
}

/* FALSE if so many numbers do not say where a target is. */
static gboolean
truth_from_numbers (
    const double *v, guint n, gboolean mask, int origin, EvalTruth *truth)
{
  SiambanBox box;

  *truth = (EvalTruth){.kind = EVAL_ABSENT};
  if (!is_count (n, mask))
    return FALSE;
  if (has_nan (v, n))
    return TRUE;
  if (n == 1) {
    truth->kind = EVAL_UNKNOWN;
    return TRUE;
  }
  if (n == 4 || mask)
    box = (SiambanBox){v[0], v[1], v[2], v[3]};
  else
    box = box_around (v, n);
  if (box.w <= 0 || box.h <= 0)
    return TRUE;
  box.x -= origin;
  box.y -= origin;
  *truth = (EvalTruth){EVAL_PRESENT, box};
  return TRUE;
}

static gboolean
parse_line (const char *line, int origin, EvalTruth *truth)
{
  gboolean mask = line[0] == 'm';
  GArray *numbers = parse_numbers (line + mask);
  gboolean ok;

  if (!numbers)
    return FALSE;
  ok = truth_from_numbers (
      (const double *)numbers->data, numbers->len, mask, origin, truth);
  g_array_unref (numbers);
  return ok;
}

/* Without the empty lines at its end. */
static char **
read_lines (const char *path, GError **error)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  return g_strsplit (g_strchomp (text), "\n", -1);
}

GArray *
eval_truth_read (const char *path, int origin, GError **error)
{
  g_auto (GStrv) lines = read_lines (path, error);
  GArray *truth;

  if (!lines)
    return NULL;
  truth = g_array_new (FALSE, FALSE, sizeof (EvalTruth));
  for (guint i = 0; lines[i]; i++) {
    EvalTruth frame;

    if (!parse_line (lines[i], origin, &frame)) {
      truth_fail (
          path, i + 1, "x,y,w,h or the corners of a polygon", lines[i], error);
      g_array_unref (truth);
      return NULL;
    }
    g_array_append_val (truth, frame);
  }
  return truth;
}

gboolean
eval_truth_read_absence (GArray *truth, const char *path, GError **error)
{
  g_auto (GStrv) lines = read_lines (path, error);

  if (!lines)
    return FALSE;
  for (guint i = 0; lines[i]; i++) {
    const char *line = g_strstrip (lines[i]);

    if (i >= truth->len || (strcmp (line, "0") && strcmp (line, "1")))
      return truth_fail (path, i + 1,
          i < truth->len ? "0 or 1" : "as many lines as in the groundtruth",
          line, error);
    if (line[0] == '1')
      g_array_index (truth, EvalTruth, i) = (EvalTruth){.kind = EVAL_ABSENT};
  }
  return TRUE;
}
