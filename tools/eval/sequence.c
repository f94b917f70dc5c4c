/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sequence.h"

#include <string.h>

#include "pictures.h"

#define OTB_TRUTH "groundtruth_rect"
#define TRUTH     "groundtruth.txt"
#define DEPTH     3

typedef struct
{
  const char *ini;
  guint max_frames;
  GPtrArray *sequences;
} Search;

void
eval_sequence_free (EvalSequence *sequence)
{
  if (!sequence)
    return;
  g_free (sequence->name);
  g_clear_pointer (&sequence->pictures, g_ptr_array_unref);
  g_clear_pointer (&sequence->truth, g_array_unref);
  g_free (sequence);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EvalSequence, eval_sequence_free)

static gboolean
holds (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

/* OTB counts pixels from 1, the others from 0. */
static EvalLayout
layout_of (const char *folder, const char *truth)
{
  if (g_str_has_prefix (truth, OTB_TRUTH))
    return EVAL_LAYOUT_OTB;
  if (holds (folder, "absence.label") || holds (folder, "meta_info.ini"))
    return EVAL_LAYOUT_GOT;
  return EVAL_LAYOUT_VOT;
}

/* groundtruth_rect.2.txt is about the second target. */
static char *
name_of (const char *folder, const char *truth)
{
  g_autofree char *whole = g_canonicalize_filename (folder, NULL);
  g_autofree char *name = g_path_get_basename (whole);
  g_autofree char *number = NULL;

  if (!g_str_has_prefix (truth, OTB_TRUTH "."))
    return g_steal_pointer (&name);
  number = g_strdup (truth + strlen (OTB_TRUTH "."));
  if (strchr (number, '.'))
    *strchr (number, '.') = '\0';
  return strcmp (number, "txt") ? g_strdup_printf ("%s.%s", name, number)
                                : g_steal_pointer (&name);
}

static gboolean
read_truth (EvalSequence *sequence, const char *folder, const char *file,
    GError **error)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *absence = g_build_filename (folder, "absence.label", NULL);

  sequence->truth = eval_truth_read (path, sequence->origin, error);
  if (!sequence->truth)
    return FALSE;
  if (sequence->truth->len != sequence->pictures->len) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "%s: expected %u lines, one a picture, got %u; a sequences.ini can say "
        "which pictures it is about",
        path, sequence->pictures->len, sequence->truth->len);
    return FALSE;
  }
  return sequence->layout != EVAL_LAYOUT_GOT ||
         !g_file_test (absence, G_FILE_TEST_EXISTS) ||
         eval_truth_read_absence (sequence->truth, absence, error);
}

static gboolean
read_sequence (EvalSequence *sequence, const Search *search, const char *folder,
    const char *truth, GError **error)
{
  EvalNotes notes;
  gboolean ok = eval_notes_read (&notes, folder, search->ini, error);

  if (ok) {
    sequence->origin =
        notes.origin >= 0 ? notes.origin : sequence->layout == EVAL_LAYOUT_OTB;
    sequence->pictures = eval_pictures_find (folder, &notes, error);
    ok = sequence->pictures && read_truth (sequence, folder, truth, error);
  }
  eval_notes_clear (&notes);
  return ok;
}

static void
sequence_cut (EvalSequence *sequence, guint n)
{
  if (n == 0 || n >= sequence->truth->len)
    return;
  g_array_set_size (sequence->truth, n);
  g_ptr_array_set_size (sequence->pictures, (int)n);
}

static gboolean
add_sequence (
    Search *search, const char *folder, const char *truth, GError **error)
{
  g_autoptr (EvalSequence) sequence = g_new0 (EvalSequence, 1);

  sequence->layout = layout_of (folder, truth);
  sequence->name = name_of (folder, truth);
  if (!read_sequence (sequence, search, folder, truth, error))
    return FALSE;
  sequence_cut (sequence, search->max_frames);
  g_ptr_array_add (search->sequences, g_steal_pointer (&sequence));
  return TRUE;
}

static gboolean
is_truth (const char *name)
{
  return !strcmp (name, TRUTH) ||
         g_pattern_match_simple (OTB_TRUTH ".txt", name) ||
         g_pattern_match_simple (OTB_TRUTH ".*.txt", name);
}

static gboolean
search_folder (Search *search, const char *folder, guint depth, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  gboolean found = FALSE;
  const char *name;

  if (!dir)
    return FALSE;
  while ((name = g_dir_read_name (dir)))
    if (is_truth (name)) {
      found = TRUE;
      if (!add_sequence (search, folder, name, error))
        return FALSE;
    }
  g_dir_rewind (dir);
  while (!found && depth > 0 && (name = g_dir_read_name (dir))) {
    g_autofree char *inside = g_build_filename (folder, name, NULL);

    if (g_file_test (inside, G_FILE_TEST_IS_DIR) &&
        !search_folder (search, inside, depth - 1, error))
      return FALSE;
  }
  return TRUE;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  const EvalSequence *left = *(EvalSequence *const *)a;
  const EvalSequence *right = *(EvalSequence *const *)b;

  return strcmp (left->name, right->name);
}

gboolean
eval_sequences_find (const char *folder, const char *ini, guint max_frames,
    GPtrArray *sequences, GError **error)
{
  Search search = {ini, max_frames, sequences};
  guint before = sequences->len;

  if (!search_folder (&search, folder, DEPTH, error))
    return FALSE;
  if (sequences->len == before) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "%s: expected a folder with groundtruth_rect.txt or groundtruth.txt, "
        "or a folder of such",
        folder);
    return FALSE;
  }
  g_ptr_array_sort (sequences, by_name);
  return TRUE;
}

GArray *
eval_sequence_starts (const EvalSequence *sequence, guint n)
{
  GArray *present = g_array_new (FALSE, FALSE, sizeof (guint));
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < sequence->truth->len; i++)
    if (eval_sequence_truth (sequence, i)->kind == EVAL_PRESENT)
      g_array_append_val (present, i);
  n = MIN (n, present->len);
  for (guint k = 0; k < n; k++) {
    guint i = (guint)((guint64)k * present->len / n);

    g_array_append_val (starts, g_array_index (present, guint, i));
  }
  g_array_unref (present);
  return starts;
}
