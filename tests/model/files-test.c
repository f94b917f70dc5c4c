/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/files.h"

#include <glib/gstdio.h>
#include <string.h>

#include "../support/tree.h"
#include "model/model-private.h"

/* Writes an empty file, and the folders that it is in. */
static char *
put (const char *folder, const char *file)
{
  char *path = g_build_filename (folder, file, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  return path;
}

static char *
user_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "siamban", "models", NULL);
}

/* The checkpoint and config of @given are these paths. */
static void
assert_found (const char *given, const char *config, const char *checkpoint,
    const char *config_file)
{
  g_autofree char *found = NULL, *found_config = NULL;
  g_autoptr (GError) error = NULL;

  siamban_model_find (given, config, &found, &found_config, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, checkpoint);
  g_assert_cmpstr (found_config, ==, config_file);
}

static void
test_names (void)
{
  static const char *const names[] = {"nanotrack-v3", "a", "My_model2", "3d"};
  static const char *const paths[] = {"", "./nanotrack-v3", "a.pth", "/a",
      "models/a", "-a", "a b", "..", "n\xc3\xa4me", "a\n"};

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (siamban_model_is_name (names[i]));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_assert_false (siamban_model_is_name (paths[i]));
}

static void
test_paths (void)
{
  assert_found ("./a", NULL, "./a", NULL);
  assert_found ("none.pth", "c.yaml", "none.pth", "c.yaml");
}

static void
test_built_in (void)
{
  g_autofree char *folder = user_folder ();
  g_autofree char *decoy = put (folder, "builtin.safetensors");
  g_autofree char *file = siamban_data_path ("models/builtin.safetensors");
  g_autofree char *config = siamban_data_path ("models/builtin.yaml");

  assert_found (NULL, NULL, file, config);
  assert_found ("builtin", NULL, file, config);
  assert_found (NULL, "c.yaml", file, "c.yaml");
  g_remove (decoy);
}

static void
test_user_folder (void)
{
  g_autofree char *folder = user_folder ();
  g_autofree char *pth = put (folder, "one.pth");
  g_autofree char *config = NULL, *better = NULL;

  assert_found ("one", NULL, pth, NULL);
  config = put (folder, "one.yaml");
  assert_found ("one", NULL, pth, config);
  assert_found ("one", "c.yaml", pth, "c.yaml");
  better = put (folder, "one.safetensors");
  assert_found ("one", NULL, better, config);
}

/* What an earlier folder has comes first; its neighbours do not count. */
static void
test_order (void)
{
  const char *system = g_get_system_data_dirs ()[0];
  g_autofree char *shared = g_build_filename (system, "siamban/models", NULL);
  g_autofree char *folder = user_folder ();
  g_autofree char *theirs = put (shared, "two.safetensors");
  g_autofree char *their_config = put (shared, "two.yaml");
  g_autofree char *mine = NULL;

  assert_found ("two", NULL, theirs, their_config);
  mine = put (folder, "two.pth");
  assert_found ("two", NULL, mine, NULL);
}

static void
test_variable (void)
{
  g_autofree char *folder = g_dir_make_tmp ("siamban-XXXXXX", NULL);
  g_autofree char *mine = user_folder ();
  g_autofree char *three = put (folder, "three.pth");
  g_autofree char *elsewhere = put (mine, "four.pth");
  char *checkpoint, *config;

  g_setenv ("SIAMBAN_MODELS_DIR", folder, TRUE);
  assert_found ("three", NULL, three, NULL);
  g_assert_false (
      siamban_model_find ("four", NULL, &checkpoint, &config, NULL));
  g_setenv ("SIAMBAN_MODELS_DIR", "", TRUE);
  assert_found ("four", NULL, elsewhere, NULL);
  g_unsetenv ("SIAMBAN_MODELS_DIR");
  g_remove (three);
  g_rmdir (folder);
}

static void
test_missing (void)
{
  g_autofree char *folder = user_folder ();
  g_autoptr (GError) error = NULL;

  g_assert_null (
      siamban_model_load ("none-such", NULL, SIAMBAN_PRECISION_AUTO, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO);
  g_assert_true (g_str_has_prefix (error->message, "none-such: "));
  g_assert_nonnull (strstr (error->message, folder));
  g_assert_nonnull (strstr (error->message, "siamban-models get"));
  g_assert_nonnull (strstr (error->message, "./none-such"));
}

/* By name, with the config beside it, it is the model that the paths make. */
static void
test_load (void)
{
  g_autofree char *file = siamban_data_path ("models/builtin.safetensors");
  g_autofree char *config = siamban_data_path ("models/builtin.yaml");
  g_autofree char *folder = user_folder ();
  g_autofree char *as = g_build_filename (folder, "mine.safetensors", NULL);
  g_autofree char *as_config = g_build_filename (folder, "mine.yaml", NULL);
  g_autofree char *bytes = NULL, *text = NULL;
  SiambanModel *named, *given;
  gsize n, n_text;

  g_assert_true (g_file_get_contents (file, &bytes, &n, NULL));
  g_assert_true (g_file_get_contents (config, &text, &n_text, NULL));
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (as, bytes, (gssize)n, NULL));
  g_assert_true (g_file_set_contents (as_config, text, (gssize)n_text, NULL));
  named = siamban_model_load ("mine", NULL, SIAMBAN_PRECISION_AUTO, NULL);
  given = siamban_model_load (as, as_config, SIAMBAN_PRECISION_AUTO, NULL);
  g_assert_nonnull (named);
  g_assert_true (named == given);
  siamban_model_unref (named);
  siamban_model_unref (given);
}

/* Not by GLib's own isolation, which leaks a folder's name for each test. */
static char *
isolate (void)
{
  char *root = g_dir_make_tmp ("siamban-XXXXXX", NULL);
  g_autofree char *home = g_build_filename (root, "home", NULL);
  g_autofree char *system = g_build_filename (root, "system", NULL);

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("XDG_DATA_DIRS", system, TRUE);
  g_unsetenv ("SIAMBAN_MODELS_DIR");
  return root;
}

int
main (int argc, char **argv)
{
  g_autofree char *root = isolate ();
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/files/names", test_names);
  g_test_add_func ("/model/files/paths", test_paths);
  g_test_add_func ("/model/files/built-in", test_built_in);
  g_test_add_func ("/model/files/user-folder", test_user_folder);
  g_test_add_func ("/model/files/order", test_order);
  g_test_add_func ("/model/files/variable", test_variable);
  g_test_add_func ("/model/files/missing", test_missing);
  g_test_add_func ("/model/files/load", test_load);
  status = g_test_run ();
  test_tree_remove (root);
  return status;
}
