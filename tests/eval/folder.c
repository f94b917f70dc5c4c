/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "folder.h"

#include <glib/gstdio.h>

#include "../support/tree.h"

char *
folder_new (void)
{
  GError *error = NULL;
  char *folder = g_dir_make_tmp ("siamban-eval-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
folder_remove (char *folder)
{
  test_tree_remove (folder);
  g_free (folder);
}

void
folder_write (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  GError *error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

void
folder_write_empty (const char *folder, const char *pattern, int first, int n)
{
  for (int i = first; i < first + n; i++) {
    g_autoptr (GString) name = g_string_new (pattern);
    g_autofree char *number = g_strdup_printf ("%04d", i);

    g_string_replace (name, "%04d", number, 1);
    folder_write (folder, name->str, "");
  }
}

void
folder_move (const char *folder, const char *from, const char *to)
{
  g_autofree char *old = g_build_filename (folder, from, NULL);
  g_autofree char *new = g_build_filename (folder, to, NULL);

  g_assert_cmpint (g_rename (old, new), ==, 0);
}
