/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/state-dict.h"

/* 0x1950a86a20f9469cfc6c, as a pickled long. */
#define MAGIC            "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
#define MAGIC_SIZE       10
#define PROTOCOL_VERSION 1001

/* Reads the pickle at the start of @rest, which moves behind it. */
static SiambanPickle *
next_pickle (SiambanSpan *rest, const char *what, GError **error)
{
  SiambanPickle *pickle = siamban_pickle_read (*rest, error);

  if (pickle == NULL) {
    g_prefix_error (error, "%s: ", what);
    return NULL;
  }
  rest->data += pickle->size;
  rest->size -= pickle->size;
  return pickle;
}

static gboolean
read_magic (SiambanSpan *rest, GError **error)
{
  g_autoptr (SiambanPickle) pickle = next_pickle (rest, "magic number", error);

  if (pickle == NULL)
    return FALSE;
  if (pickle->root.type != SIAMBAN_PICKLE_LONG ||
      pickle->root.length != MAGIC_SIZE ||
      memcmp (pickle->root.text, MAGIC, MAGIC_SIZE) != 0)
    return siamban_refuse (
        error, "a pickle without the magic number that torch.save begins with");
  return TRUE;
}

static gboolean
read_protocol (SiambanSpan *rest, GError **error)
{
  g_autoptr (SiambanPickle) pickle =
      next_pickle (rest, "protocol number", error);

  if (pickle == NULL)
    return FALSE;
  if (pickle->root.type != SIAMBAN_PICKLE_INT ||
      pickle->root.integer != PROTOCOL_VERSION)
    return siamban_refuse (
        error, "torch.save's protocol number is not %d", PROTOCOL_VERSION);
  return TRUE;
}

static gboolean
read_system (SiambanSpan *rest, GError **error)
{
  g_autoptr (SiambanPickle) pickle = next_pickle (rest, "system info", error);
  const SiambanPickleValue *little;

  if (pickle == NULL)
    return FALSE;
  if (pickle->root.type != SIAMBAN_PICKLE_DICT)
    return siamban_refuse (error, "the system info is not a dict");
  little = siamban_pickle_lookup (&pickle->root, "little_endian");
  if (little == NULL || little->type != SIAMBAN_PICKLE_BOOL || !little->integer)
    return siamban_refuse (error, "its numbers are not little-endian");
  return TRUE;
}

/* The first persistent id of each storage, by its key. */
static GHashTable *
index_ids (const SiambanPickle *pickle)
{
  GHashTable *ids =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < pickle->storages->len &&
                    g_hash_table_size (ids) < SIAMBAN_MAX_ENTRIES;
       i++) {
    const GArray *id = g_ptr_array_index (pickle->storages, i);
    const SiambanPickleValue *key = siamban_pickle_nth (id, 2);

    char *name = g_strndup (key->text, key->length);

    if (g_hash_table_contains (ids, name))
      g_free (name);
    else
      g_hash_table_insert (ids, name, (gpointer)id);
  }
  return ids;
}

/* One storage: its number of elements, then they. */
static gboolean
read_storage (
    SiambanSpan *rest, const GArray *id, SiambanSpan *span, GError **error)
{
  guint size = siamban_pickle_nth (id, 1)->global->element_size;
  guint64 n;

  if (rest->size < 8)
    return siamban_refuse (error, "is cut off");
  n = siamban_le64 (rest->data);
  if (n != (guint64)siamban_pickle_nth (id, 4)->integer)
    return siamban_refuse (error,
        "has %" G_GUINT64_FORMAT " elements, expected %" G_GINT64_FORMAT, n,
        siamban_pickle_nth (id, 4)->integer);
  if (n > (rest->size - 8) / size)
    return siamban_refuse (error, "is cut off");
  span->data = rest->data + 8;
  span->size = n * size;
  rest->data += 8 + span->size;
  rest->size -= 8 + span->size;
  return TRUE;
}

/* The storages in the order of their keys: char * -> SiambanSpan *. */
static GHashTable *
read_storages (SiambanSpan rest, const SiambanPickle *pickle,
    const GArray *keys, GError **error)
{
  g_autoptr (GHashTable) ids = index_ids (pickle);
  g_autoptr (GHashTable) storages =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < keys->len; i++) {
    const SiambanPickleValue *key = siamban_pickle_nth (keys, i);
    g_autofree char *name = NULL;
    g_autofree char *quoted = NULL;
    const GArray *id;
    SiambanSpan span;

    if (key->type != SIAMBAN_PICKLE_STRING) {
      siamban_refuse (error, "the key of a storage is of type %s, expected str",
          siamban_pickle_type_name (key->type));
      return NULL;
    }
    name = g_strndup (key->text, key->length);
    quoted = siamban_quote (name, strlen (name));
    id = g_hash_table_lookup (ids, name);
    if (id == NULL || g_hash_table_contains (storages, name)) {
      siamban_refuse (error, "storage %s is not used, or there twice", quoted);
      return NULL;
    }
    if (!read_storage (&rest, id, &span, error)) {
      g_prefix_error (error, "storage %s ", quoted);
      return NULL;
    }
    g_hash_table_insert (
        storages, g_steal_pointer (&name), g_memdup2 (&span, sizeof span));
  }
  return g_steal_pointer (&storages);
}

gboolean
siamban_legacy_checkpoint_read (SiambanCheckpoint *checkpoint, GError **error)
{
  SiambanSpan rest = checkpoint->file;
  g_autoptr (SiambanPickle) state = NULL;
  g_autoptr (SiambanPickle) keys = NULL;
  g_autoptr (GHashTable) storages = NULL;

  if (!read_magic (&rest, error) || !read_protocol (&rest, error) ||
      !read_system (&rest, error))
    return FALSE;
  state = next_pickle (&rest, "state", error);
  keys = state != NULL ? next_pickle (&rest, "list of storages", error) : NULL;
  if (keys == NULL)
    return FALSE;
  if (keys->root.type != SIAMBAN_PICKLE_LIST)
    return siamban_refuse (error, "the list of storages is of type %s",
        siamban_pickle_type_name (keys->root.type));
  storages = read_storages (rest, state, keys->root.items, error);
  return storages != NULL &&
         siamban_state_dict_read (checkpoint, state, storages, "", error);
}
