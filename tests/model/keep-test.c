/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <utime.h>

#include "model/keep.h"

/* A copy of the model that ships, and a folder for what is packed. */
typedef struct
{
  char *dir, *model, *config, *cache;
} Fixture;

static void
copy_model (const Fixture *f)
{
  g_autofree char *from = siamban_data_path ("models/builtin.safetensors");
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (from, &data, &size, NULL));
  g_assert_true (g_file_set_contents (f->model, data, size, NULL));
}

static Fixture
fixture_new (void)
{
  Fixture f = {.dir = g_dir_make_tmp ("siamban-keep-XXXXXX", NULL)};

  f.model = g_build_filename (f.dir, "model", NULL);
  f.config = siamban_data_path ("models/builtin.yaml");
  f.cache = g_build_filename (f.dir, "some", "folder", NULL);
  copy_model (&f);
  return f;
}

static GPtrArray *
list_files (const char *folder)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    g_ptr_array_add (files, g_build_filename (folder, name, NULL));
  g_clear_pointer (&dir, g_dir_close);
  return files;
}

static guint
n_files (const Fixture *f)
{
  GPtrArray *files = list_files (f->cache);
  guint n = files->len;

  g_ptr_array_unref (files);
  return n;
}

static guint64
inode (const Fixture *f)
{
  GPtrArray *files = list_files (f->cache);
  GStatBuf st;

  g_assert_cmpuint (files->len, ==, 1);
  g_assert_cmpint (g_stat (files->pdata[0], &st), ==, 0);
  g_ptr_array_unref (files);
  return st.st_ino;
}

static void
remove_all (const char *folder)
{
  GPtrArray *files = list_files (folder);

  for (guint i = 0; i < files->len; i++)
    g_assert_cmpint (g_remove (files->pdata[i]), ==, 0);
  g_ptr_array_unref (files);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
fixture_clear (Fixture *f)
{
  g_autofree char *parent = g_path_get_dirname (f->cache);

  if (g_file_test (f->cache, G_FILE_TEST_IS_DIR)) {
    remove_all (f->cache);
    g_rmdir (parent);
  }
  remove_all (f->dir);
  g_free (f->dir);
  g_free (f->model);
  g_free (f->config);
  g_free (f->cache);
}

/* A checksum of what the network says of two fixed crops. */
static char *
compute (const char *path, const char *config)
{
  GError *error = NULL;
  SiambanModel *model =
      siamban_model_load (path, config, SIAMBAN_PRECISION_AUTO, &error);
  SiambanModelInfo info;

  g_assert_no_error (error);
  siamban_model_get_info (model, &info);
  size_t grid = (size_t)info.score_size * info.score_size;
  size_t n = (size_t)3 * info.search_size * info.search_size;
  float *x = g_new (float, n), *out = g_new (float, grid *(4 + 2));
  for (size_t i = 0; i < n; i++)
    x[i] = i * i % 251;
  SiambanTemplate *tmpl = siamban_model_embed (model, x, 1);
  g_assert_true (siamban_model_search (
      model, 1, &tmpl, x, out, out + grid * info.cls_channels, 1, NULL));
  char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA1, (guint8 *)out,
      grid * (4 + info.cls_channels) * sizeof *out);
  siamban_template_free (tmpl);
  siamban_model_unref (model);
  g_free (x);
  g_free (out);
  return sum;
}

static char *
compute_kept (const Fixture *f)
{
  g_setenv ("SIAMBAN_CACHE_DIR", f->cache, TRUE);
  char *sum = compute (f->model, f->config);
  g_unsetenv ("SIAMBAN_CACHE_DIR");
  return sum;
}

static void
test_unasked (void)
{
  Fixture f = fixture_new ();

  g_free (compute (f.model, f.config));
  g_assert_cmpuint (n_files (&f), ==, 0);
  g_setenv ("SIAMBAN_CACHE_DIR", "", TRUE);
  g_free (compute (f.model, f.config));
  g_unsetenv ("SIAMBAN_CACHE_DIR");
  fixture_clear (&f);
}

static void
test_same (void)
{
  Fixture f = fixture_new ();
  g_autofree char *plain = compute (f.model, f.config);
  g_autofree char *written = compute_kept (&f);
  guint64 file = inode (&f);
  g_autofree char *read = compute_kept (&f);

  g_assert_cmpstr (written, ==, plain);
  g_assert_cmpstr (read, ==, plain);
  g_assert_cmpuint (inode (&f), ==, file);
  fixture_clear (&f);
}

static gboolean
is_kept (const Fixture *f)
{
  g_autoptr (GError) error = NULL;
  SiambanModelInfo info;
  SiambanModel *model =
      siamban_model_load (f->model, f->config, SIAMBAN_PRECISION_AUTO, &error);

  g_assert_no_error (error);
  siamban_model_get_info (model, &info);
  siamban_model_unref (model);
  return info.kept;
}

static void
test_told (void)
{
  Fixture f = fixture_new ();

  g_assert_false (is_kept (&f));
  g_setenv ("SIAMBAN_CACHE_DIR", f.cache, TRUE);
  g_assert_false (is_kept (&f));
  g_assert_true (is_kept (&f));
  g_unsetenv ("SIAMBAN_CACHE_DIR");
  g_assert_false (is_kept (&f));
  fixture_clear (&f);
}

static void
test_levels (void)
{
  static const char *const levels[] = {"c", "blas", "amx"};
  Fixture f = fixture_new ();

  for (int round = 0; round < 2; round++)
    for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
      g_setenv ("SIAMBAN_CPU", levels[i], TRUE);
      g_autofree char *plain = compute (f.model, f.config);
      g_autofree char *kept = compute_kept (&f);
      g_assert_cmpstr (kept, ==, plain);
      g_unsetenv ("SIAMBAN_CPU");
    }
  g_assert_cmpuint (n_files (&f), >=, 2);
  g_assert_cmpuint (n_files (&f), <=, G_N_ELEMENTS (levels));
  fixture_clear (&f);
}

/* Another number as the last of a tensor, in a file of the same size, in the
 * same place, with the same times as far as they can be set. */
static void
change_number (const Fixture *f, gboolean in_place)
{
  g_autofree char *data = NULL;
  GStatBuf st;
  gsize size;

  g_assert_cmpint (g_stat (f->model, &st), ==, 0);
  g_assert_true (g_file_get_contents (f->model, &data, &size, NULL));
  float last;
  memcpy (&last, data + size - 4, 4);
  last = last * 2 + 1;
  memcpy (data + size - 4, &last, 4);
  if (!in_place)
    g_unlink (f->model);
  FILE *file = fopen (f->model, in_place ? "r+b" : "wb");
  g_assert_cmpuint (fwrite (data, 1, size, file), ==, size);
  fclose (file);
  const struct timespec times[] = {st.st_atim, st.st_mtim};
  g_assert_cmpint (utimensat (AT_FDCWD, f->model, times, 0), ==, 0);
}

static void
test_replaced (void)
{
  for (int in_place = 0; in_place < 2; in_place++) {
    Fixture f = fixture_new ();
    g_autofree char *before = compute_kept (&f);
    guint64 file = inode (&f);

    change_number (&f, in_place);
    g_autofree char *after = compute (f.model, f.config);
    g_autofree char *kept = compute_kept (&f);
    g_assert_cmpstr (kept, !=, before);
    g_assert_cmpstr (kept, ==, after);
    g_assert_cmpuint (inode (&f), !=, file);
    fixture_clear (&f);
  }
}

static void
assert_not_kept (const Fixture *f, const char *expected)
{
  g_test_expect_message ("siamban", G_LOG_LEVEL_WARNING, "*are not kept*");
  g_autofree char *sum = compute_kept (f);
  g_test_assert_expected_messages ();
  g_assert_cmpstr (sum, ==, expected);
}

static char *
put_file (const Fixture *f, const char *name, gsize size, int age)
{
  char *path = g_build_filename (f->cache, name, NULL);
  g_autofree char *zeros = g_malloc0 (size);
  struct utimbuf times;

  g_assert_true (g_file_set_contents (path, zeros, size, NULL));
  times.actime = times.modtime = time (NULL) - age;
  g_assert_cmpint (utime (path, &times), ==, 0);
  return path;
}

#define HEX32 "0123456789abcdef0123456789abcdef"

/* What is used longest ago goes first, leftovers of the killed go, and what is
 * not ours stays. */
static void
test_tidy (void)
{
  Fixture f = fixture_new ();
  const struct
  {
    const char *name;
    gsize size;
    int age;
    gboolean stays;
  } files[] = {
      {HEX32 HEX32 ".packed", 400000, 30, TRUE},
      {HEX32 "0" HEX32 ".packed", 9000000, 50, TRUE},
      {"a" HEX32 "23456789abcdef0123456789abcdef0.packed", 700000, 60, FALSE},
      {"." HEX32 HEX32 ".packed.AbCdEf", 10, 7200, FALSE},
      {HEX32 HEX32 ".packed.AbCdEf", 10, 7200, FALSE},
      {"." HEX32 HEX32 ".packed.GhIjKl", 10, 5, TRUE},
      {"notes.packed", 9000000, 7200, TRUE},
  };

  g_assert_cmpint (g_mkdir_with_parents (f.cache, 0700), ==, 0);
  g_setenv ("SIAMBAN_CACHE_DIR", f.cache, TRUE);
  g_setenv ("SIAMBAN_CACHE_MAX_MB", "1", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_free (put_file (&f, files[i].name, files[i].size, files[i].age));
  siamban_keep_tidy ();
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (f.cache, files[i].name, NULL);

    if (g_file_test (path, G_FILE_TEST_EXISTS) != files[i].stays)
      g_error ("%s: expected it %s", files[i].name,
          files[i].stays ? "to stay" : "to go");
  }
  g_unsetenv ("SIAMBAN_CACHE_MAX_MB");
  g_unsetenv ("SIAMBAN_CACHE_DIR");
  fixture_clear (&f);
}

/* Nobody else reads what is kept, or puts files there. */
static void
test_folder_mode (void)
{
  Fixture f = fixture_new ();
  GStatBuf st;

  g_free (compute_kept (&f));
  g_assert_cmpint (g_stat (f.cache, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0700);
  fixture_clear (&f);
}

static void
test_no_folder (void)
{
  Fixture f = fixture_new ();
  g_autofree char *plain = compute (f.model, f.config);

  g_free (f.cache);
  f.cache = g_build_filename (f.model, "under-a-file", NULL);
  assert_not_kept (&f, plain);
  fixture_clear (&f);
}

static void
test_no_space (void)
{
  Fixture f = fixture_new ();
  g_autofree char *plain = compute (f.model, f.config);
  struct rlimit limit, small;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  small = limit;
  small.rlim_cur = 100000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  assert_not_kept (&f, plain);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_cmpuint (n_files (&f), ==, 0);
  fixture_clear (&f);
}

static char *self;

static void
test_processes (void)
{
  Fixture f = fixture_new ();
  g_autofree char *plain = compute (f.model, f.config);
  GSubprocess *children[4];
  GError *error = NULL;

  g_setenv ("SIAMBAN_CACHE_DIR", f.cache, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (children); i++) {
    children[i] = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
        self, "--compute", f.model, f.config, NULL);
    g_assert_no_error (error);
  }
  g_unsetenv ("SIAMBAN_CACHE_DIR");
  for (guint i = 0; i < G_N_ELEMENTS (children); i++) {
    g_autofree char *out = NULL;

    g_subprocess_communicate_utf8 (children[i], NULL, NULL, &out, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (g_subprocess_get_successful (children[i]));
    g_assert_cmpstr (out, ==, plain);
    g_object_unref (children[i]);
  }
  guint64 file = inode (&f);
  g_autofree char *kept = compute_kept (&f);
  g_assert_cmpstr (kept, ==, plain);
  g_assert_cmpuint (inode (&f), ==, file);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--compute")) {
    g_autofree char *sum = compute (argv[2], argv[3]);

    fputs (sum, stdout);
    return 0;
  }
  g_test_init (&argc, &argv, NULL);
  self = argv[0];
  g_test_add_func ("/keep/unasked", test_unasked);
  g_test_add_func ("/keep/same", test_same);
  g_test_add_func ("/keep/told", test_told);
  g_test_add_func ("/keep/levels", test_levels);
  g_test_add_func ("/keep/replaced", test_replaced);
  g_test_add_func ("/keep/tidy", test_tidy);
  g_test_add_func ("/keep/folder-mode", test_folder_mode);
  g_test_add_func ("/keep/no-folder", test_no_folder);
  g_test_add_func ("/keep/no-space", test_no_space);
  g_test_add_func ("/keep/processes", test_processes);
  return g_test_run ();
}
