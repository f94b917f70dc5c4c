/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/replace.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir, *path, *link_path;

static void
check_files (guint n)
{
  GDir *folder = g_dir_open (dir, 0, NULL);

  while (g_dir_read_name (folder))
    n--;
  g_dir_close (folder);
  g_assert_cmpuint (n, ==, 0);
}

static void
check_content (const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
put (const char *to, const char *text)
{
  SiambanReplace *replace = siamban_replace_begin (to);

  g_assert_nonnull (replace);
  g_assert_cmpint (write (replace->fd, text, strlen (text)), ==, strlen (text));
  g_assert_true (siamban_replace_commit (replace));
}

static void
test_whole (void)
{
  SiambanReplace *replace;
  GStatBuf st;

  put (path, "new");
  check_content ("new");
  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  put (path, "newer");
  check_content ("newer");
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0640);
  replace = siamban_replace_begin (path);
  g_assert_cmpint (write (replace->fd, "x", 1), ==, 1);
  check_content ("newer");
  check_files (2);
  siamban_replace_abandon (replace);
  check_content ("newer");
  check_files (1);
  g_remove (path);
}

/* What they lead to is replaced, there or not. */
static void
test_links (void)
{
  g_assert_cmpint (symlink ("file", link_path), ==, 0);
  put (link_path, "first");
  check_content ("first");
  put (link_path, "second");
  check_content ("second");
  g_assert_true (g_file_test (link_path, G_FILE_TEST_IS_SYMLINK));
  check_files (2);
  g_remove (link_path);
  g_remove (path);
  g_assert_cmpint (symlink ("link", link_path), ==, 0);
  g_assert_null (siamban_replace_begin (link_path));
  g_assert_cmpint (errno, ==, ELOOP);
  g_remove (link_path);
}

static void
check_refused (const char *other)
{
  g_assert_null (siamban_replace_begin (other));
  g_assert_cmpint (errno, ==, EEXIST);
}

static void
test_not_files (void)
{
  GStatBuf st;

  check_refused ("/dev/null");
  g_assert_cmpint (symlink ("/dev/null", link_path), ==, 0);
  check_refused (link_path);
  g_remove (link_path);
  g_assert_cmpint (g_stat ("/dev/null", &st), ==, 0);
  g_assert_true (S_ISCHR (st.st_mode));
  check_refused (dir);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  check_refused (path);
  check_files (1);
  g_remove (path);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("siamban-replace-XXXXXX", NULL);
  path = g_build_filename (dir, "file", NULL);
  link_path = g_build_filename (dir, "link", NULL);
  g_test_add_func ("/replace/whole", test_whole);
  g_test_add_func ("/replace/links", test_links);
  g_test_add_func ("/replace/not-files", test_not_files);
  status = g_test_run ();
  g_rmdir (dir);
  g_free (link_path);
  g_free (path);
  g_free (dir);
  return status;
}
