/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/checkpoint-private.h"

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "checkpoints are little-endian, and so must be the machine"
#endif

/* Tied weights let tensors share bytes, but not without bound: whoever unpacks
 * all of them allocates this many times the file at most. */
#define MAX_SHARING 8

#define MAX_QUOTED 80

gboolean
siamban_refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (SIAMBAN_ERROR,
                                SIAMBAN_ERROR_CHECKPOINT, format, args));
  va_end (args);
  return FALSE;
}

char *
siamban_quote (const char *text, gsize length)
{
  g_autofree char *start = g_strndup (text, MIN (length, MAX_QUOTED));
  g_autofree char *escaped = g_strescape (start, NULL);

  return g_strdup_printf ("'%s%s'", escaped, length > MAX_QUOTED ? "..." : "");
}

gboolean
siamban_checkpoint_add (SiambanCheckpoint *checkpoint,
    const SiambanTensor *tensor, const char *name, gsize length, GError **error)
{
  SiambanTensor copy = *tensor;

  if (length == 0 || !g_utf8_validate_len (name, length, NULL))
    return siamban_refuse (
        error, "the name of a tensor is empty or not UTF-8 text");
  if (checkpoint->tensors->len == SIAMBAN_MAX_ENTRIES)
    return siamban_refuse (error, "more than %u tensors", SIAMBAN_MAX_ENTRIES);
  checkpoint->n_bytes +=
      tensor->n_elements * siamban_dtype_size (tensor->dtype);
  if (checkpoint->n_bytes / MAX_SHARING > checkpoint->file.size)
    return siamban_refuse (error,
        "the tensors share bytes so that together they are more than %d times "
        "as large as the file",
        MAX_SHARING);
  copy.name = g_string_chunk_insert_len (checkpoint->names, name, length);
  g_array_append_val (checkpoint->tensors, copy);
  return TRUE;
}

static void
strip_prefix (SiambanCheckpoint *checkpoint, const char *prefix)
{
  gsize length = strlen (prefix);

  for (guint i = 0; i < checkpoint->tensors->len; i++) {
    const char *name = siamban_checkpoint_nth (checkpoint, i)->name;

    if (!g_str_has_prefix (name, prefix) || name[length] == '\0')
      return;
  }
  for (guint i = 0; i < checkpoint->tensors->len; i++)
    g_array_index (checkpoint->tensors, SiambanTensor, i).name += length;
}

static gboolean
index_names (SiambanCheckpoint *checkpoint, GError **error)
{
  for (guint i = 0; i < checkpoint->tensors->len; i++) {
    SiambanTensor *tensor =
        &g_array_index (checkpoint->tensors, SiambanTensor, i);

    if (!g_hash_table_insert (
            checkpoint->by_name, (gpointer)tensor->name, tensor)) {
      g_autofree char *quoted =
          siamban_quote (tensor->name, strlen (tensor->name));

      return siamban_refuse (
          error, "tensor %s is there more than once", quoted);
    }
  }
  return TRUE;
}

/* The eighth byte of a safetensors file opens its header; in the other forms
 * it is a compression method or part of a number, where '{' cannot stand. */
static gboolean
read_tensors (SiambanCheckpoint *checkpoint, GError **error)
{
  const guint8 *data = checkpoint->file.data;

  if (checkpoint->file.size > 8 && data[8] == '{') {
    checkpoint->kind = SIAMBAN_CHECKPOINT_SAFETENSORS;
    return siamban_safetensors_read (checkpoint, error);
  }
  if (checkpoint->file.size > 8 && memcmp (data, "PK\3\4", 4) == 0) {
    checkpoint->kind = SIAMBAN_CHECKPOINT_ZIP;
    return siamban_zip_checkpoint_read (checkpoint, error);
  }
  if (checkpoint->file.size > 8 && data[0] == 0x80) {
    checkpoint->kind = SIAMBAN_CHECKPOINT_LEGACY;
    return siamban_legacy_checkpoint_read (checkpoint, error);
  }
  return siamban_refuse (error,
      "not a checkpoint: expected a .pth file as torch.save writes it, or "
      "safetensors");
}

static gboolean
read_checkpoint (SiambanCheckpoint *checkpoint, GError **error)
{
  if (!read_tensors (checkpoint, error))
    return FALSE;
  if (checkpoint->tensors->len == 0)
    return siamban_refuse (error, "there are no tensors in it");
  strip_prefix (checkpoint, "module.");
  return index_names (checkpoint, error);
}

static GMappedFile *
map_file (const char *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GMappedFile *mapping;

  /* Opening a pipe would block. */
  if (g_file_test (path, G_FILE_TEST_EXISTS) &&
      !g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "%s: expected a regular file", path);
    return NULL;
  }
  mapping = g_mapped_file_new (path, FALSE, &reason);
  if (mapping == NULL)
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s: %s", path,
        reason->message);
  return mapping;
}

SiambanCheckpoint *
siamban_checkpoint_open (const char *path, GError **error)
{
  GMappedFile *mapping = map_file (path, error);
  SiambanCheckpoint *checkpoint;

  if (mapping == NULL)
    return NULL;
  checkpoint = g_new0 (SiambanCheckpoint, 1);
  checkpoint->path = g_strdup (path);
  checkpoint->mapping = mapping;
  checkpoint->file.data = (guint8 *)g_mapped_file_get_contents (mapping);
  checkpoint->file.size = g_mapped_file_get_length (mapping);
  checkpoint->tensors = g_array_new (FALSE, FALSE, sizeof (SiambanTensor));
  checkpoint->names = g_string_chunk_new (4096);
  checkpoint->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  checkpoint->metadata =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!read_checkpoint (checkpoint, error)) {
    g_prefix_error (error, "%s: ", path);
    g_clear_pointer (&checkpoint, siamban_checkpoint_close);
  }
  return checkpoint;
}

void
siamban_checkpoint_close (SiambanCheckpoint *checkpoint)
{
  g_hash_table_unref (checkpoint->metadata);
  g_hash_table_unref (checkpoint->by_name);
  g_string_chunk_free (checkpoint->names);
  g_array_unref (checkpoint->tensors);
  g_mapped_file_unref (checkpoint->mapping);
  g_free (checkpoint->path);
  g_free (checkpoint);
}

const char *
siamban_checkpoint_path (const SiambanCheckpoint *checkpoint)
{
  return checkpoint->path;
}

SiambanCheckpointKind
siamban_checkpoint_kind (const SiambanCheckpoint *checkpoint)
{
  return checkpoint->kind;
}

guint
siamban_checkpoint_n_tensors (const SiambanCheckpoint *checkpoint)
{
  return checkpoint->tensors->len;
}

const SiambanTensor *
siamban_checkpoint_nth (const SiambanCheckpoint *checkpoint, guint index)
{
  return &g_array_index (checkpoint->tensors, SiambanTensor, index);
}

const SiambanTensor *
siamban_checkpoint_find (const SiambanCheckpoint *checkpoint, const char *name)
{
  return g_hash_table_lookup (checkpoint->by_name, name);
}

const char *
siamban_checkpoint_metadata (
    const SiambanCheckpoint *checkpoint, const char *key)
{
  return g_hash_table_lookup (checkpoint->metadata, key);
}
