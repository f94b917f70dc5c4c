/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/state-dict.h"
#include "checkpoint/zip.h"

#define PICKLE_NAME "/data.pkl"
#define STORAGES    "/data/"
#define SCRIPT_NAME "/constants.pkl"

typedef struct
{
  const char *folder; /* of the only data.pkl so far */
  gsize length;
  gboolean twice;
} Search;

static gboolean
look_at_name (gpointer name, gpointer sum, gpointer data)
{
  Search *search = data;

  (void)sum;
  if (!g_str_has_suffix (name, PICKLE_NAME))
    return FALSE;
  search->twice = search->folder != NULL;
  search->folder = name;
  search->length = strlen (name) - strlen (PICKLE_NAME);
  return search->twice;
}

/* The folder in which the archive's only data.pkl lies. */
static char *
find_folder (GTree *entries, GError **error)
{
  Search search = {0};

  g_tree_foreach (entries, look_at_name, &search);
  if (search.twice)
    siamban_refuse (error, "there is more than one data.pkl in the archive");
  else if (!search.folder)
    siamban_refuse (error, "there is no */data.pkl in the zip archive: "
                           "expected one that torch.save has written");
  else
    return g_strndup (search.folder, search.length);
  return NULL;
}

static const SiambanExtent *
find_entry (GTree *entries, const char *folder, const char *name)
{
  g_autofree char *path = g_strconcat (folder, name, NULL);
  const SiambanSum *sum = g_tree_lookup (entries, path);

  return sum ? &sum->extent : NULL;
}

static gboolean
check_script (GTree *entries, const char *folder, GError **error)
{
  if (!find_entry (entries, folder, SCRIPT_NAME))
    return TRUE;
  return siamban_refuse (error,
      "a TorchScript archive, as torch.jit.save writes it: expected a "
      "state_dict that torch.save has written");
}

static gboolean
check_byte_order (
    const SiambanFile *file, GTree *entries, const char *folder, GError **error)
{
  const SiambanExtent *order = find_entry (entries, folder, "/byteorder");
  char text[6];

  if (!order)
    return TRUE;
  if (order->size == sizeof text) {
    if (!siamban_file_read (file, order->offset, text, sizeof text, error))
      return FALSE;
    if (memcmp (text, "little", sizeof text) == 0)
      return TRUE;
  }
  return siamban_refuse (error, "its numbers are not little-endian");
}

static SiambanPickle *
read_pickle (const SiambanFile *file, const SiambanExtent *place,
    guint8 **memory, GError **error)
{
  SiambanBytes bytes;

  if (place->size > SIAMBAN_MAX_INDEX) {
    siamban_refuse (
        error, "its data.pkl is over %u bytes long", SIAMBAN_MAX_INDEX);
    return NULL;
  }
  *memory = siamban_file_load (file, place->offset, place->size, error);
  if (!*memory)
    return NULL;
  bytes = (SiambanBytes){*memory, place->size};
  return siamban_pickle_read (bytes, siamban_file_size (file), NULL, error);
}

typedef struct
{
  const char *prefix;
  gsize length;
  GTree *storages;
  GArray *sums;
} Collector;

static gboolean
zip_checkpoint_collect (gpointer name, gpointer sum, gpointer data)
{
  const Collector *collector = data;
  const SiambanSum *entry = sum;

  g_array_append_val (collector->sums, *entry);
  if (g_str_has_prefix (name, collector->prefix))
    g_tree_insert (collector->storages,
        g_strdup ((const char *)name + collector->length),
        g_memdup2 (&entry->extent, sizeof entry->extent));
  return FALSE;
}

/* What the archive has in data/, by its name there. */
static GTree *
list_storages (
    SiambanCheckpoint *checkpoint, GTree *entries, const char *folder)
{
  g_autofree char *prefix = g_strconcat (folder, STORAGES, NULL);
  Collector collector = {
      prefix,
      strlen (prefix),
      g_tree_new_full (siamban_compare_names, NULL, g_free, g_free),
      g_array_new (FALSE, FALSE, sizeof (SiambanSum)),
  };

  g_tree_foreach (entries, zip_checkpoint_collect, &collector);
  checkpoint->sums = collector.sums;
  return collector.storages;
}

gboolean
siamban_zip_checkpoint_read (SiambanCheckpoint *checkpoint, GError **error)
{
  const SiambanFile *file = checkpoint->file;
  g_autoptr (GTree) entries = siamban_zip_read (file, error);
  g_autoptr (GTree) storages = NULL;
  g_autoptr (SiambanPickle) pickle = NULL;
  g_autofree guint8 *memory = NULL;
  g_autofree char *folder = NULL;

  if (!entries)
    return FALSE;
  folder = find_folder (entries, error);
  if (!folder || !check_script (entries, folder, error) ||
      !check_byte_order (file, entries, folder, error))
    return FALSE;
  pickle = read_pickle (
      file, find_entry (entries, folder, PICKLE_NAME), &memory, error);
  if (!pickle)
    return FALSE;
  storages = list_storages (checkpoint, entries, folder);
  return siamban_state_dict_read (checkpoint, pickle, storages, error);
}

gboolean
siamban_checkpoint_verify (const SiambanCheckpoint *checkpoint, GError **error)
{
  GArray *sums = checkpoint->sums;
  GError *reason = NULL;

  for (guint i = 0; sums && i < sums->len; i++) {
    const SiambanSum *sum = &g_array_index (sums, SiambanSum, i);

    if (siamban_zip_check (checkpoint->file, sum, &reason))
      continue;
    if (!reason)
      siamban_refuse (&reason,
          "damaged: the %" G_GUINT64_FORMAT " bytes from %" G_GUINT64_FORMAT
          " on do not have the checksum that the archive says",
          sum->extent.size, sum->extent.offset);
    g_propagate_prefixed_error (
        error, reason, "%s: ", siamban_checkpoint_path (checkpoint));
    return FALSE;
  }
  return TRUE;
}
