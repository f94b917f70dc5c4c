/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/files.h"

#include "model/model-private.h"

#define BUILT_IN "builtin"
#define FOLDER   "siamban", "models"

gboolean
siamban_model_is_name (const char *given)
{
  const char *c = given;

  while (g_ascii_isalnum (*c) || *c == '-' || *c == '_')
    c++;
  return c > given && *c == '\0' && *given != '-';
}

char *
siamban_models_folder (void)
{
  const char *own = g_getenv ("SIAMBAN_MODELS_DIR");

  if (own && *own)
    return g_strdup (own);
  return g_build_filename (g_get_user_data_dir (), FOLDER, NULL);
}

char **
siamban_models_folders (void)
{
  GPtrArray *folders = g_ptr_array_new ();

  g_ptr_array_add (folders, siamban_models_folder ());
  for (const char *const *dir = g_get_system_data_dirs (); *dir; dir++)
    g_ptr_array_add (folders, g_build_filename (*dir, FOLDER, NULL));
  g_ptr_array_add (folders, siamban_data_path ("models"));
  g_ptr_array_add (folders, NULL);
  return (char **)g_ptr_array_free (folders, FALSE);
}

/* NULL if it is not there. */
static char *
file_of (const char *folder, const char *name, const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path)
                                                : NULL;
}

static gboolean
find_in (const char *folder, const char *name, char **checkpoint, char **config)
{
  *checkpoint = file_of (folder, name, ".safetensors");
  if (!*checkpoint)
    *checkpoint = file_of (folder, name, ".pth");
  if (!*checkpoint)
    return FALSE;
  *config = file_of (folder, name, ".yaml");
  return TRUE;
}

static gboolean
refuse (const char *name, char **folders, GError **error)
{
  g_autofree char *looked = g_strjoinv (", ", folders);

  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
      "%s: no model of this name: %s.pth and %s.safetensors are in none of %s; "
      "\"siamban-models list\" shows what \"siamban-models get\" fetches, "
      "and a file is given as ./%s",
      name, name, name, looked, name);
  return FALSE;
}

static gboolean
find_name (
    const char *name, char **checkpoint, char **config_file, GError **error)
{
  g_auto (GStrv) folders = siamban_models_folders ();

  for (char **folder = folders; *folder; folder++)
    if (find_in (*folder, name, checkpoint, config_file))
      return TRUE;
  return refuse (name, folders, error);
}

/* Of the models that ship, never of a folder that comes before theirs. */
static gboolean
find_built_in (char **checkpoint, char **config_file)
{
  *checkpoint = siamban_data_path ("models/" BUILT_IN ".safetensors");
  *config_file = siamban_data_path ("models/" BUILT_IN ".yaml");
  return TRUE;
}

gboolean
siamban_model_find (const char *given, const char *config, char **checkpoint,
    char **config_file, GError **error)
{
  *checkpoint = *config_file = NULL;
  if (!given || g_str_equal (given, BUILT_IN))
    find_built_in (checkpoint, config_file);
  else if (!siamban_model_is_name (given))
    *checkpoint = g_strdup (given);
  else if (!find_name (given, checkpoint, config_file, error))
    return FALSE;
  if (config) {
    g_free (*config_file);
    *config_file = g_strdup (config);
  }
  return TRUE;
}
