/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sequence.h"

#include <string.h>

#define MAX_WIDTH 18 /* digits that a gint64 surely holds */

struct _Sequence
{
  char *pattern; /* for messages */
  char *folder;
  char *before, *after; /* the number, in a file's name */
  int width;            /* least number of characters */
  gboolean zeros;       /* whether zeros fill it, or spaces */
  GArray *numbers;      /* gint64, rising, from the first one on */
  guint next;
};

/* Only the last one in the name of the file counts. */
static GMatchInfo *
match_pattern (const char *path)
{
  static GRegex *regex;
  GMatchInfo *match;

  if (g_once_init_enter (&regex))
    g_once_init_leave (&regex, g_regex_new ("^(.*/)?([^/]*)%(0?)([0-9]{0,2})d"
                                            "([^/]*)$",
                                   G_REGEX_DOTALL | G_REGEX_RAW, 0, NULL));
  g_regex_match (regex, path, 0, &match);
  return match;
}

gboolean
sequence_is_pattern (const char *path)
{
  g_autoptr (GMatchInfo) match = match_pattern (path);

  return g_match_info_matches (match);
}

static Sequence *
sequence_parse (const char *pattern)
{
  g_autoptr (GMatchInfo) match = match_pattern (pattern);
  g_autofree char *zeros = g_match_info_fetch (match, 3);
  g_autofree char *width = g_match_info_fetch (match, 4);
  Sequence *sequence = g_new0 (Sequence, 1);

  sequence->pattern = g_strdup (pattern);
  sequence->folder = g_match_info_fetch (match, 1);
  sequence->before = g_match_info_fetch (match, 2);
  sequence->after = g_match_info_fetch (match, 5);
  sequence->zeros = *zeros != '\0';
  sequence->width = (int)g_ascii_strtoll (width, NULL, 10);
  sequence->numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  return sequence;
}

void
sequence_free (Sequence *sequence)
{
  g_free (sequence->pattern);
  g_free (sequence->folder);
  g_free (sequence->before);
  g_free (sequence->after);
  g_array_free (sequence->numbers, TRUE);
  g_free (sequence);
}

static char *
base_name (const Sequence *sequence, gint64 number)
{
  g_autofree char *digits =
      sequence->zeros
          ? g_strdup_printf ("%0*" G_GINT64_FORMAT, sequence->width, number)
          : g_strdup_printf ("%*" G_GINT64_FORMAT, sequence->width, number);

  return g_strconcat (sequence->before, digits, sequence->after, NULL);
}

/* -1 if the pattern does not make this name of any number. */
static gint64
number_of (const Sequence *sequence, const char *name)
{
  const gsize before = strlen (sequence->before);
  g_autofree char *again = NULL;
  gint64 number;
  char *end;

  if (!g_str_has_prefix (name, sequence->before))
    return -1;
  number = g_ascii_strtoll (name + before, &end, 10);
  if (number < 0 || end - name - (gssize)before > MAX_WIDTH)
    return -1;
  again = base_name (sequence, number);
  return g_str_equal (again, name) ? number : -1;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static gboolean
list_folder (Sequence *sequence, GError **error)
{
  const char *folder = *sequence->folder ? sequence->folder : ".";
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (!dir) {
    g_prefix_error (error, "%s: ", sequence->pattern);
    return FALSE;
  }
  while ((name = g_dir_read_name (dir))) {
    const gint64 number = number_of (sequence, name);

    if (number >= 0)
      g_array_append_val (sequence->numbers, number);
  }
  g_array_sort (sequence->numbers, compare_numbers);
  return TRUE;
}

/* Leaves out what is before the first one. */
static gboolean
find_first (Sequence *sequence, gint64 first, GError **error)
{
  const gint64 least = MAX (first, 0), most = first < 0 ? 1 : first;
  const GArray *numbers = sequence->numbers;
  guint i = 0;

  while (i < numbers->len && g_array_index (numbers, gint64, i) < least)
    i++;
  if (i < numbers->len && g_array_index (numbers, gint64, i) <= most) {
    g_array_remove_range (sequence->numbers, 0, i);
    return TRUE;
  }
  if (first >= 0)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
        "%s: there is no image of number %" G_GINT64_FORMAT, sequence->pattern,
        first);
  else
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
        "%s: there is neither an image of number 0 nor of number 1; say with "
        "--start-index where the sequence starts",
        sequence->pattern);
  return FALSE;
}

Sequence *
sequence_open (const char *pattern, gint64 first, GError **error)
{
  Sequence *sequence = sequence_parse (pattern);

  if (list_folder (sequence, error) && find_first (sequence, first, error))
    return sequence;
  sequence_free (sequence);
  return NULL;
}

static gint64
first_number (const Sequence *sequence)
{
  return g_array_index (sequence->numbers, gint64, 0);
}

char *
sequence_name (const Sequence *sequence, guint64 index)
{
  g_autofree char *name =
      base_name (sequence, first_number (sequence) + (gint64)index);

  return g_strconcat (sequence->folder, name, NULL);
}

char *
sequence_next (Sequence *sequence, guint64 *index)
{
  if (sequence->next == sequence->numbers->len)
    return NULL;
  *index =
      (guint64)(g_array_index (sequence->numbers, gint64, sequence->next++) -
                first_number (sequence));
  return sequence_name (sequence, *index);
}
