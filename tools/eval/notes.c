/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "notes.h"

static gboolean
read_number (int *value, GKeyFile *file, const char *group, const char *key,
    int most, GError **error)
{
  GError *problem = NULL;
  int number;

  if (*value >= 0 || !g_key_file_has_key (file, group, key, NULL))
    return TRUE;
  number = g_key_file_get_integer (file, group, key, &problem);
  if (!problem && number >= 0 && number <= most) {
    *value = number;
    return TRUE;
  }
  g_clear_error (&problem);
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
      "[%s] %s: expected a number from 0 to %d", group, key, most);
  return FALSE;
}

static gboolean
read_group (EvalNotes *notes, GKeyFile *file, const char *group, GError **error)
{
  if (!notes->pictures)
    notes->pictures = g_key_file_get_string (file, group, "pictures", NULL);
  return read_number (&notes->origin, file, group, "origin", 1, error) &&
         read_number (&notes->first, file, group, "first", G_MAXINT, error) &&
         read_number (&notes->last, file, group, "last", G_MAXINT, error);
}

static gboolean
read_file (EvalNotes *notes, const char *path, const char *name, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  gboolean ok = g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error);

  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; ok && *group; group++)
    if (g_pattern_match_simple (*group, name))
      ok = read_group (notes, file, *group, error);
  if (!ok)
    g_prefix_error (error, "%s: ", path);
  return ok;
}

gboolean
eval_notes_read (
    EvalNotes *notes, const char *folder, const char *ini, GError **error)
{
  g_autofree char *whole = g_canonicalize_filename (folder, NULL);
  g_autofree char *name = g_path_get_basename (whole);
  g_autofree char *inside = g_build_filename (whole, "sequences.ini", NULL);
  g_autofree char *parent = g_path_get_dirname (whole);
  g_autofree char *beside = g_build_filename (parent, "sequences.ini", NULL);
  const char *paths[] = {inside, beside};

  *notes = (EvalNotes){.origin = -1, .first = -1, .last = -1};
  if (ini && !read_file (notes, ini, name, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    if (g_file_test (paths[i], G_FILE_TEST_EXISTS) &&
        !read_file (notes, paths[i], name, error))
      return FALSE;
  return TRUE;
}

void
eval_notes_clear (EvalNotes *notes)
{
  g_clear_pointer (&notes->pictures, g_free);
}
