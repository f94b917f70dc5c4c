/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir, *path;

static void
test_read (void)
{
  g_autoptr (SiambanFile) file = NULL;
  char some[4] = {0};
  g_autofree guint8 *all = NULL;

  g_assert_true (g_file_set_contents (path, "0123456789", 10, NULL));
  file = siamban_file_open (path, NULL);
  g_assert_nonnull (file);
  g_assert_cmpstr (siamban_file_path (file), ==, path);
  g_assert_cmpuint (siamban_file_size (file), ==, 10);
  g_assert_true (siamban_file_read (file, 6, some, 4, NULL));
  g_assert_cmpmem (some, 4, "6789", 4);
  all = siamban_file_load (file, 0, 10, NULL);
  g_assert_cmpmem (all, 10, "0123456789", 10);
  g_assert_true (siamban_file_read (file, 10, some, 0, NULL));
}

/* A mapped file would raise SIGBUS here. */
static void
test_cut_off (void)
{
  g_autofree guint8 *zeros = g_malloc0 (1 << 20);
  g_autoptr (SiambanFile) file = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (
      g_file_set_contents (path, (const char *)zeros, 1 << 20, NULL));
  file = siamban_file_open (path, NULL);
  g_assert_cmpint (truncate (path, 4096), ==, 0);
  g_assert_true (siamban_file_read (file, 0, zeros, 4096, NULL));
  g_assert_false (siamban_file_read (file, 0, zeros, 1 << 20, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO);
  g_clear_error (&error);
  g_assert_null (siamban_file_load (file, 500000, 1000, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO);
}

static void
check_refused (const char *other)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (siamban_file_open (other, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO);
  g_assert_true (g_str_has_prefix (error->message, other));
}

/* None of them is waited for. */
static void
test_not_files (void)
{
  g_autofree char *pipe = g_build_filename (dir, "pipe", NULL);

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  check_refused (pipe);
  check_refused (dir);
  check_refused ("/dev/zero");
  g_remove (pipe);
  check_refused (pipe);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("siamban-file-XXXXXX", NULL);
  path = g_build_filename (dir, "file", NULL);
  g_test_add_func ("/file/read", test_read);
  g_test_add_func ("/file/cut-off", test_cut_off);
  g_test_add_func ("/file/not-files", test_not_files);
  status = g_test_run ();
  g_remove (path);
  g_rmdir (dir);
  g_free (path);
  g_free (dir);
  return status;
}
