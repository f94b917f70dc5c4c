/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/state-dict.h"
#include "checkpoint/zip.h"

#define PICKLE_NAME "/data.pkl"

/* The folder in which the archive's only data.pkl lies. */
static char *
find_folder (GHashTable *entries, GError **error)
{
  GHashTableIter iter;
  const char *name;
  char *folder = NULL;

  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, (gpointer *)&name, NULL)) {
    if (!g_str_has_suffix (name, PICKLE_NAME))
      continue;
    if (folder != NULL) {
      siamban_refuse (error, "there is more than one data.pkl in the archive");
      g_free (folder);
      return NULL;
    }
    folder = g_strndup (name, strlen (name) - strlen (PICKLE_NAME));
  }
  if (folder == NULL)
    siamban_refuse (error, "there is no */data.pkl in the zip archive: "
                           "expected one that torch.save has written");
  return folder;
}

static const SiambanSpan *
find_entry (GHashTable *entries, const char *folder, const char *name)
{
  g_autofree char *path = g_strconcat (folder, name, NULL);

  return g_hash_table_lookup (entries, path);
}

static gboolean
check_byte_order (GHashTable *entries, const char *folder, GError **error)
{
  const SiambanSpan *order = find_entry (entries, folder, "/byteorder");

  if (order == NULL ||
      (order->size == 6 && memcmp (order->data, "little", 6) == 0))
    return TRUE;
  return siamban_refuse (error, "its numbers are not little-endian");
}

gboolean
siamban_zip_checkpoint_read (SiambanCheckpoint *checkpoint, GError **error)
{
  g_autoptr (GHashTable) entries = siamban_zip_read (checkpoint->file, error);
  g_autoptr (SiambanPickle) pickle = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *prefix = NULL;

  if (entries == NULL)
    return FALSE;
  folder = find_folder (entries, error);
  if (folder == NULL || !check_byte_order (entries, folder, error))
    return FALSE;
  pickle =
      siamban_pickle_read (*find_entry (entries, folder, PICKLE_NAME), error);
  if (pickle == NULL)
    return FALSE;
  prefix = g_strconcat (folder, "/data/", NULL);
  return siamban_state_dict_read (checkpoint, pickle, entries, prefix, error);
}
