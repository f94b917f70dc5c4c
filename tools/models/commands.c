/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <string.h>

#include "fetch.h"
#include "model/files.h"
#include "part.h"

/* NULL if the model is not here. */
static char *
path_of (const char *name, GError **error)
{
  g_autofree char *config = NULL;
  char *checkpoint;

  return siamban_model_find (name, NULL, &checkpoint, &config, error)
             ? checkpoint
             : NULL;
}

static void
print_line (const char *name, const ManifestModel *model)
{
  g_autofree char *path = path_of (name, NULL);
  g_autofree char *size =
      model ? g_format_size (manifest_size (model)) : g_strdup ("-");

  g_print ("%-20s %-10s %-16s %s\n", name, size, model ? model->licence : "-",
      path ? path : "not fetched");
}

/* The name of the model that @file is the checkpoint of, or NULL. */
static char *
name_of (const char *file)
{
  static const char *const suffixes[] = {".safetensors", ".pth"};

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (file, suffixes[i])) {
      g_autofree char *name =
          g_strndup (file, strlen (file) - strlen (suffixes[i]));

      return siamban_model_is_name (name) ? g_steal_pointer (&name) : NULL;
    }
  return NULL;
}

static void
collect (const char *folder, const GPtrArray *models, GTree *names)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file;

  while (dir && (file = g_dir_read_name (dir))) {
    char *name = name_of (file);

    if (name && !manifest_find (models, name))
      g_tree_insert (names, name, NULL);
    else
      g_free (name);
  }
}

static gboolean
print_own (gpointer name, gpointer value, gpointer data)
{
  (void)value;
  (void)data;
  print_line (name, NULL);
  return FALSE;
}

static int
compare (gconstpointer a, gconstpointer b, gpointer unused)
{
  (void)unused;
  return strcmp (a, b);
}

gboolean
command_list (const GPtrArray *models, const char *unused)
{
  g_auto (GStrv) folders = siamban_models_folders ();
  g_autoptr (GTree) own = g_tree_new_full (compare, NULL, g_free, NULL);

  (void)unused;
  for (guint i = 0; i < models->len; i++) {
    const ManifestModel *model = models->pdata[i];

    print_line (model->name, model);
  }
  for (char **folder = folders; *folder; folder++)
    collect (*folder, models, own);
  g_tree_foreach (own, print_own, NULL);
  return TRUE;
}

gboolean
command_path (const GPtrArray *models, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path =
      siamban_model_is_name (name) ? path_of (name, &error) : NULL;

  (void)models;
  if (path)
    g_print ("%s\n", path);
  else
    g_printerr ("siamban-models: %s\n",
        error ? error->message : "expected the NAME of a model, no path");
  return path != NULL;
}

/* Says what a person without a network can do. */
static void
explain (const ManifestModel *model, const char *folder)
{
  g_printerr ("Files that were fetched elsewhere are taken too, as\n");
  for (guint i = 0; i < model->files->len; i++) {
    const ManifestFile *file = model->files->pdata[i];

    g_printerr ("  %s/%s\n    from %s\n", folder, file->name, file->address);
  }
  g_printerr ("\"siamban-models get %s\" then checks them.\n", model->name);
}

/* Whether the file at @path is @file. */
static gboolean
check (const ManifestFile *file, const char *path, GError **error)
{
  g_autofree char *sha256 = file_sha256 (path, error);

  if (!sha256)
    return FALSE;
  if (g_str_equal (sha256, file->sha256))
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
      "%s: is another file than the published one: its SHA-256 is %s, "
      "expected %s; it is not replaced, move it away",
      path, sha256, file->sha256);
  return FALSE;
}

static gboolean
get_file (
    const ManifestModel *model, const ManifestFile *file, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, file->name, NULL);
  g_autoptr (GError) error = NULL;
  const gboolean here = g_file_test (path, G_FILE_TEST_EXISTS);

  if (here ? check (file, path, &error) : fetch_file (file, path, &error)) {
    g_print ("%s: %s\n", path, here ? "is right" : "fetched");
    return TRUE;
  }
  g_printerr ("siamban-models: %s\n", error->message);
  if (!here)
    explain (model, folder);
  return FALSE;
}

static gboolean
refuse (const GPtrArray *models, const char *name)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < models->len; i++)
    g_string_append_printf (names, "%s%s", i ? ", " : "",
        ((const ManifestModel *)models->pdata[i])->name);
  g_printerr ("siamban-models: %s: no model that can be fetched, expected one "
              "of %s\n",
      name, names->str);
  g_string_free (names, TRUE);
  return FALSE;
}

gboolean
command_get (const GPtrArray *models, const char *name)
{
  const ManifestModel *model = manifest_find (models, name);
  g_autofree char *folder = siamban_models_folder ();
  gboolean ok = TRUE;

  if (!model)
    return refuse (models, name);
  g_print ("%s: %s, %s, by %s, %s\n", name, model->about, model->licence,
      model->by, model->home);
  for (guint i = 0; ok && i < model->files->len; i++)
    ok = get_file (model, model->files->pdata[i], folder);
  return ok;
}
