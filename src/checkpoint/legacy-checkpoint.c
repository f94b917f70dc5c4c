/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/state-dict.h"

/* 0x1950a86a20f9469cfc6c, as a pickled long. */
#define MAGIC            "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
#define MAGIC_SIZE       10
#define PROTOCOL_VERSION 1001

/* Of the file, read at first. Nothing says how long the pickles are. */
#define FIRST_HEAD ((guint64)1 << 18)

/* The pickles in front of the storages, and what is left behind them. */
typedef struct
{
  guint8 *memory;
  SiambanBytes rest;
  guint64 file_size;
  gboolean cut_off; /* there were too few bytes of the file */
  SiambanPickle *state, *keys;
} Head;

static void
head_clear (Head *head)
{
  g_clear_pointer (&head->state, siamban_pickle_free);
  g_clear_pointer (&head->keys, siamban_pickle_free);
  g_clear_pointer (&head->memory, g_free);
}

static SiambanPickle *
next_pickle (Head *head, const char *what, GError **error)
{
  SiambanPickle *pickle =
      siamban_pickle_read (head->rest, head->file_size, &head->cut_off, error);

  if (!pickle) {
    g_prefix_error (error, "%s: ", what);
    return NULL;
  }
  head->rest.data += pickle->size;
  head->rest.size -= pickle->size;
  return pickle;
}

static gboolean
read_magic (Head *head, GError **error)
{
  g_autoptr (SiambanPickle) pickle = next_pickle (head, "magic number", error);

  if (!pickle)
    return FALSE;
  if (pickle->root.type != SIAMBAN_PICKLE_LONG ||
      pickle->root.length != MAGIC_SIZE ||
      memcmp (pickle->root.text, MAGIC, MAGIC_SIZE) != 0)
    return siamban_refuse (
        error, "a pickle without the magic number that torch.save begins with");
  return TRUE;
}

static gboolean
read_protocol (Head *head, GError **error)
{
  g_autoptr (SiambanPickle) pickle =
      next_pickle (head, "protocol number", error);

  if (!pickle)
    return FALSE;
  if (pickle->root.type != SIAMBAN_PICKLE_INT ||
      pickle->root.integer != PROTOCOL_VERSION)
    return siamban_refuse (
        error, "torch.save's protocol number is not %d", PROTOCOL_VERSION);
  return TRUE;
}

static gboolean
read_system (Head *head, GError **error)
{
  g_autoptr (SiambanPickle) pickle = next_pickle (head, "system info", error);
  const SiambanPickleValue *little;

  if (!pickle)
    return FALSE;
  if (pickle->root.type != SIAMBAN_PICKLE_DICT)
    return siamban_refuse (error, "the system info is not a dict");
  little = siamban_pickle_lookup (&pickle->root, "little_endian");
  if (!little || little->type != SIAMBAN_PICKLE_BOOL || !little->integer)
    return siamban_refuse (error, "its numbers are not little-endian");
  return TRUE;
}

static gboolean
read_pickles (Head *head, GError **error)
{
  if (!read_magic (head, error) || !read_protocol (head, error) ||
      !read_system (head, error))
    return FALSE;
  head->state = next_pickle (head, "state", error);
  if (!head->state)
    return FALSE;
  head->keys = next_pickle (head, "list of storages", error);
  return head->keys != NULL;
}

/* Tries with more and more of the file, as long as it was too little. */
static gboolean
read_head (const SiambanFile *file, Head *head, GError **error)
{
  guint64 whole = siamban_file_size (file);
  guint64 most = MIN (whole, SIAMBAN_MAX_INDEX), size = MIN (most, FIRST_HEAD);
  g_autoptr (GError) reason = NULL;

  for (;; size = MIN (most, size * 4)) {
    *head = (Head){.file_size = whole};
    head->memory = siamban_file_load (file, 0, size, error);
    if (!head->memory)
      return FALSE;
    head->rest = (SiambanBytes){head->memory, size};
    g_clear_error (&reason);
    if (read_pickles (head, &reason))
      return TRUE;
    if (!head->cut_off || size == most)
      break;
    head_clear (head);
  }
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* The first persistent id of each storage, by its key. */
static GTree *
index_ids (const SiambanPickle *pickle)
{
  GTree *ids = g_tree_new_full (siamban_compare_names, NULL, g_free, NULL);

  for (guint i = 0; i < pickle->storages->len &&
                    g_tree_nnodes (ids) < (int)SIAMBAN_MAX_ENTRIES;
       i++) {
    const GArray *id = g_ptr_array_index (pickle->storages, i);
    const SiambanPickleValue *key = siamban_pickle_nth (id, 2);
    g_autofree char *name = g_strndup (key->text, key->length);

    if (!g_tree_lookup (ids, name))
      g_tree_insert (ids, g_steal_pointer (&name), (gpointer)id);
  }
  return ids;
}

/* One storage from @*at on, which moves behind it: its number of elements, then
 * they. */
static gboolean
read_storage (const SiambanFile *file, guint64 *at, const GArray *id,
    SiambanExtent *extent, GError **error)
{
  guint size = siamban_pickle_nth (id, 1)->global->element_size;
  guint64 left = siamban_file_size (file) - *at, n;
  guint8 count[8];

  if (left < sizeof count)
    return siamban_refuse (error, "is cut off");
  if (!siamban_file_read (file, *at, count, sizeof count, error))
    return FALSE;
  n = siamban_le64 (count);
  if (n != (guint64)siamban_pickle_nth (id, 4)->integer)
    return siamban_refuse (error,
        "has %" G_GUINT64_FORMAT " elements, expected %" G_GINT64_FORMAT, n,
        siamban_pickle_nth (id, 4)->integer);
  if (n > (left - sizeof count) / size)
    return siamban_refuse (error, "is cut off");
  *extent = (SiambanExtent){*at + sizeof count, n * size};
  *at = extent->offset + extent->size;
  return TRUE;
}

static gboolean
add_storage (const SiambanFile *file, guint64 *at,
    const SiambanPickleValue *key, GTree *ids, GTree *storages, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *quoted = NULL;
  SiambanExtent extent;
  const GArray *id;

  if (key->type != SIAMBAN_PICKLE_STRING)
    return siamban_refuse (error,
        "the key of a storage is of type %s, expected str",
        siamban_pickle_describe (key));
  quoted = siamban_quote (key->text, key->length);
  if (key->length > SIAMBAN_MAX_STORAGE_KEY)
    return siamban_refuse (error, "storage %s is not used", quoted);
  name = g_strndup (key->text, key->length);
  id = g_tree_lookup (ids, name);
  if (!id || g_tree_lookup (storages, name))
    return siamban_refuse (
        error, "storage %s is not used, or there twice", quoted);
  if (!read_storage (file, at, id, &extent, error)) {
    g_prefix_error (error, "storage %s ", quoted);
    return FALSE;
  }
  g_tree_insert (
      storages, g_steal_pointer (&name), g_memdup2 (&extent, sizeof extent));
  return TRUE;
}

/* The storages in the order of their keys: char * -> SiambanExtent *. */
static GTree *
read_storages (const SiambanFile *file, const Head *head, GError **error)
{
  const GArray *keys = head->keys->root.items;
  g_autoptr (GTree) ids = index_ids (head->state);
  g_autoptr (GTree) storages =
      g_tree_new_full (siamban_compare_names, NULL, g_free, g_free);
  guint64 at = head->rest.data - head->memory;

  for (guint i = 0; i < keys->len; i++)
    if (!add_storage (
            file, &at, siamban_pickle_nth (keys, i), ids, storages, error))
      return NULL;
  return g_steal_pointer (&storages);
}

static gboolean
read_state (SiambanCheckpoint *checkpoint, const Head *head, GError **error)
{
  g_autoptr (GTree) storages = NULL;

  if (head->keys->root.type != SIAMBAN_PICKLE_LIST)
    return siamban_refuse (error, "the list of storages is of type %s",
        siamban_pickle_describe (&head->keys->root));
  storages = read_storages (checkpoint->file, head, error);
  return storages &&
         siamban_state_dict_read (checkpoint, head->state, storages, error);
}

gboolean
siamban_legacy_checkpoint_read (SiambanCheckpoint *checkpoint, GError **error)
{
  Head head;
  gboolean fine = read_head (checkpoint->file, &head, error) &&
                  read_state (checkpoint, &head, error);

  head_clear (&head);
  return fine;
}
