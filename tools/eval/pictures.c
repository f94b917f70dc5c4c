/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pictures.h"

#include <string.h>

static const char *const folders[] = {"img", "imgs", "color", "."};

static gboolean
is_picture (const char *name)
{
  static const char *const suffixes[] = {".jpg", ".jpeg", ".png"};
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (name[0] != '.' && g_str_has_suffix (lower, suffixes[i]))
      return TRUE;
  return FALSE;
}

/* The last number in a file's name, -1 if there is none. */
static gint64
number_of (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  const char *end = strrchr (name, '.');
  const char *digits;

  while (end > name && !g_ascii_isdigit (end[-1]))
    end--;
  for (digits = end; digits > name && g_ascii_isdigit (digits[-1]);)
    digits--;
  return digits == end ? -1 : g_ascii_strtoll (digits, NULL, 10);
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  const char *left = *(char *const *)a, *right = *(char *const *)b;
  gint64 m = number_of (left), n = number_of (right);

  return m < n ? -1 : m > n ? 1 : strcmp (left, right);
}

static GPtrArray *
list_pictures (const char *folder)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (is_picture (name))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, by_number);
  return paths;
}

/* The folder that VOT's description of a sequence names; NULL if it does not.
 */
static char *
folder_of_channel (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "sequence", NULL);
  g_autofree char *text = NULL, *all = NULL, *pattern = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  all = g_strconcat ("[sequence]\n", text, NULL); /* it has no groups */
  if (g_key_file_load_from_data (file, all, -1, G_KEY_FILE_NONE, NULL))
    pattern = g_key_file_get_string (file, "sequence", "channels.color", NULL);
  return pattern ? g_path_get_dirname (pattern) : NULL;
}

static void
leave_out (GPtrArray *paths, const EvalNotes *notes)
{
  for (guint i = paths->len; i-- > 0;) {
    gint64 number = number_of (paths->pdata[i]);

    if ((notes->first >= 0 && number < notes->first) ||
        (notes->last >= 0 && number > notes->last))
      g_ptr_array_remove_index (paths, i);
  }
}

GPtrArray *
eval_pictures_find (const char *folder, const EvalNotes *notes, GError **error)
{
  g_autofree char *channel = folder_of_channel (folder);
  const char *named = notes->pictures ? notes->pictures : channel;
  GPtrArray *paths = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *inside =
        g_build_filename (folder, named ? named : folders[i], NULL);

    paths = list_pictures (inside);
    leave_out (paths, notes);
    if (paths->len > 0 || named)
      break;
    g_clear_pointer (&paths, g_ptr_array_unref);
  }
  if (paths && paths->len > 0)
    return paths;
  g_clear_pointer (&paths, g_ptr_array_unref);
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
      "%s: expected pictures (.jpg, .png) in %s", folder,
      named ? named : "img, imgs, color or the folder itself");
  return NULL;
}
