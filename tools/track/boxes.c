/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "boxes.h"

#include <math.h>
#include <string.h>

#define SEPARATOR       "[ \\t]*[,;][ \\t]*|[ \\t]+"
#define MOST            8 /* numbers */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define SHOWN_BYTES     60

/* How many numbers @text holds, at most MOST; 0 if there is anything else. */
static guint
read_numbers (const char *text, double *numbers)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_auto (GStrv) parts = g_regex_split_simple (SEPARATOR, stripped, 0, 0);
  const guint n = g_strv_length (parts);

  if (n > MOST)
    return 0;
  for (guint i = 0; i < n; i++) {
    char *end;

    numbers[i] = g_ascii_strtod (parts[i], &end);
    if (end == parts[i] || *end || !isfinite (numbers[i]))
      return 0;
  }
  return n;
}

static TrackBox
around_polygon (const double corners[MOST])
{
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;

  for (int i = 0; i < MOST; i += 2) {
    left = MIN (left, corners[i]);
    right = MAX (right, corners[i]);
    top = MIN (top, corners[i + 1]);
    bottom = MAX (bottom, corners[i + 1]);
  }
  return (TrackBox){left, top, right - left, bottom - top};
}

static gboolean
boxes_parse (const char *text, TrackBox *box)
{
  double n[MOST];
  const guint count = read_numbers (text, n);

  if (count == 4)
    *box = (TrackBox){n[0], n[1], n[2], n[3]};
  else if (count == MOST)
    *box = around_polygon (n);
  return (count == 4 || count == MOST) && box->w > 0 && box->h > 0;
}

gboolean
track_box_parse (const char *text, TrackBox *box, GError **error)
{
  g_autofree char *start = NULL, *shown = NULL;

  if (boxes_parse (text, box))
    return TRUE;
  start = g_strndup (text, SHOWN_BYTES);
  shown = g_strescape (start, NULL);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "\"%s\" is no box, expected X,Y,W,H: four numbers in pixels, width and "
      "height above 0; or eight, the corners of a polygon",
      shown);
  return FALSE;
}

static char **
read_lines (const char *path, GError **error)
{
  g_autofree char *content = NULL;
  const char *text;
  gsize size;

  if (!g_file_get_contents (path, &content, &size, error))
    return NULL; /* the message names the file */
  text = g_str_has_prefix (content, BYTE_ORDER_MARK)
             ? content + strlen (BYTE_ORDER_MARK)
             : content;
  return g_strsplit (g_strchomp ((char *)text), "\n", -1);
}

gboolean
track_box_read (const char *path, guint64 frame, TrackBox *box, GError **error)
{
  g_auto (GStrv) lines = read_lines (path, error);
  guint64 n, line;

  if (!lines)
    return FALSE;
  n = g_strv_length (lines);
  line = n == 1 ? 0 : frame;
  if (line >= n) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s: has %" G_GUINT64_FORMAT
        " lines, none for frame %" G_GUINT64_FORMAT,
        path, n, frame);
    return FALSE;
  }
  if (track_box_parse (lines[line], box, error))
    return TRUE;
  g_prefix_error (error, "%s: line %" G_GUINT64_FORMAT ": ", path, line + 1);
  return FALSE;
}
