/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/checkpoint-private.h"

#include "base/sniff.h"

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "checkpoints are little-endian, and so must be the machine"
#endif

/* Tied weights let tensors share bytes, but not without bound: whoever unpacks
 * all of them reads this many times the file at most. */
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

gint
siamban_compare_names (gconstpointer a, gconstpointer b, gpointer data)
{
  (void)data;
  return strcmp (a, b);
}

/* That of a copy of @name, which is refused if it is there. */
static const char *
add_name (SiambanCheckpoint *checkpoint, const char *name, gsize length,
    GError **error)
{
  g_autofree char *text = g_strndup (name, length);
  const char *kept;

  if (g_tree_lookup (checkpoint->by_name, text)) {
    g_autofree char *quoted = siamban_quote (name, length);

    siamban_refuse (error, "tensor %s is there more than once", quoted);
    return NULL;
  }
  kept = g_string_chunk_insert_len (checkpoint->names, name, length);
  g_tree_insert (checkpoint->by_name, (gpointer)kept,
      GUINT_TO_POINTER (checkpoint->tensors->len + 1));
  return kept;
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
  checkpoint->n_bytes += MAX (siamban_tensor_reach (tensor),
      tensor->n_elements * siamban_dtype_size (tensor->dtype));
  if (checkpoint->n_bytes / MAX_SHARING > siamban_file_size (checkpoint->file))
    return siamban_refuse (error,
        "the tensors share bytes so that together they are more than %d times "
        "as large as the file",
        MAX_SHARING);
  copy.name = add_name (checkpoint, name, length, error);
  if (!copy.name)
    return FALSE;
  copy.type = tensor->type ? g_string_chunk_insert_const (
                                 checkpoint->names, tensor->type)
                           : siamban_dtype_name (tensor->dtype);
  copy.file = checkpoint->file;
  g_array_append_val (checkpoint->tensors, copy);
  return TRUE;
}

/* What DataParallel, Lightning and torch.compile put before a name. */
static gsize
count_prefix (const char *name)
{
  static const char *const prefixes[] = {"module.", "model.", "_orig_mod."};
  gsize length = 0, before;

  do {
    before = length;
    for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
      if (g_str_has_prefix (name + length, prefixes[i]) &&
          name[length + strlen (prefixes[i])] != '\0')
        length += strlen (prefixes[i]);
  } while (length != before);
  return length;
}

/* Names without prefixes, or NULL where two would then be one. */
static GTree *
index_bare_names (const SiambanCheckpoint *checkpoint)
{
  GTree *names = g_tree_new_full (siamban_compare_names, NULL, NULL, NULL);

  for (guint i = 0; i < checkpoint->tensors->len; i++) {
    const char *name = siamban_checkpoint_nth (checkpoint, i)->name;
    const char *bare = name + count_prefix (name);

    if (g_tree_lookup (names, bare)) {
      g_tree_unref (names);
      return NULL;
    }
    g_tree_insert (names, (gpointer)bare, GUINT_TO_POINTER (i + 1));
  }
  return names;
}

static void
strip_prefixes (SiambanCheckpoint *checkpoint)
{
  GTree *names = index_bare_names (checkpoint);

  if (!names)
    return;
  g_tree_unref (checkpoint->by_name);
  checkpoint->by_name = names;
  for (guint i = 0; i < checkpoint->tensors->len; i++) {
    SiambanTensor *tensor =
        &g_array_index (checkpoint->tensors, SiambanTensor, i);

    tensor->name += count_prefix (tensor->name);
  }
}

static gboolean
is_text (const guint8 *head, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (head[i] < ' ' && !g_ascii_isspace (head[i]))
      return FALSE;
  return TRUE;
}

static gboolean
refuse_form (const guint8 *head, gsize size, GError **error)
{
  const char *what = siamban_sniff (head, size);

  if (!what)
    what = size > 0 && head[0] == '{' && is_text (head, size) ? "JSON text"
           : is_text (head, size)                             ? "a text file"
                                  : "of no form that is known";
  return siamban_refuse (error,
      "not a checkpoint but %s; expected a .pth file as torch.save writes it, "
      "or safetensors",
      what);
}

/* The eighth byte of a safetensors file opens its header; in the other forms
 * it is a compression method or part of a number, where '{' cannot stand. */
static gboolean
read_tensors (SiambanCheckpoint *checkpoint, GError **error)
{
  guint8 head[SIAMBAN_SNIFF_SIZE];
  gsize size = MIN (sizeof head, siamban_file_size (checkpoint->file));

  if (!siamban_file_read (checkpoint->file, 0, head, size, error))
    return FALSE;
  if (size > 8 && head[8] == '{' && !siamban_sniff (head, size)) {
    checkpoint->kind = SIAMBAN_CHECKPOINT_SAFETENSORS;
    return siamban_safetensors_read (checkpoint, error);
  }
  if (size > 8 && memcmp (head, "PK\3\4", 4) == 0) {
    checkpoint->kind = SIAMBAN_CHECKPOINT_ZIP;
    return siamban_zip_checkpoint_read (checkpoint, error);
  }
  if (size > 8 && head[0] == 0x80) {
    checkpoint->kind = SIAMBAN_CHECKPOINT_LEGACY;
    return siamban_legacy_checkpoint_read (checkpoint, error);
  }
  return refuse_form (head, size, error);
}

static gboolean
has_tensors (const SiambanCheckpoint *checkpoint)
{
  for (guint i = 0; i < checkpoint->tensors->len; i++)
    if (siamban_checkpoint_nth (checkpoint, i)->dtype != SIAMBAN_DTYPE_OTHER)
      return TRUE;
  return FALSE;
}

static gboolean
read_checkpoint (SiambanCheckpoint *checkpoint, GError **error)
{
  if (!read_tensors (checkpoint, error))
    return FALSE;
  if (!has_tensors (checkpoint))
    return siamban_refuse (error,
        "there are no tensors in it: a state_dict lies bare in the file or "
        "under 'state_dict'");
  strip_prefixes (checkpoint);
  return TRUE;
}

SiambanCheckpoint *
siamban_checkpoint_open (const char *path, GError **error)
{
  SiambanFile *file = siamban_file_open (path, error);
  SiambanCheckpoint *checkpoint;

  if (!file)
    return NULL;
  checkpoint = g_new0 (SiambanCheckpoint, 1);
  checkpoint->file = file;
  checkpoint->tensors = g_array_new (FALSE, FALSE, sizeof (SiambanTensor));
  checkpoint->names = g_string_chunk_new (4096);
  checkpoint->by_name =
      g_tree_new_full (siamban_compare_names, NULL, NULL, NULL);
  checkpoint->metadata =
      g_tree_new_full (siamban_compare_names, NULL, g_free, g_free);
  if (!read_checkpoint (checkpoint, error)) {
    g_prefix_error (error, "%s: ", path);
    g_clear_pointer (&checkpoint, siamban_checkpoint_close);
  }
  return checkpoint;
}

void
siamban_checkpoint_close (SiambanCheckpoint *checkpoint)
{
  g_clear_pointer (&checkpoint->sums, g_array_unref);
  g_strfreev (checkpoint->foreign);
  g_tree_unref (checkpoint->metadata);
  g_tree_unref (checkpoint->by_name);
  g_string_chunk_free (checkpoint->names);
  g_array_unref (checkpoint->tensors);
  siamban_file_close (checkpoint->file);
  g_free (checkpoint);
}

const char *
siamban_checkpoint_path (const SiambanCheckpoint *checkpoint)
{
  return siamban_file_path (checkpoint->file);
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
  guint place = GPOINTER_TO_UINT (g_tree_lookup (checkpoint->by_name, name));

  return place ? siamban_checkpoint_nth (checkpoint, place - 1) : NULL;
}

const char *
siamban_checkpoint_metadata (
    const SiambanCheckpoint *checkpoint, const char *key)
{
  return g_tree_lookup (checkpoint->metadata, key);
}

const char *const *
siamban_checkpoint_foreign (const SiambanCheckpoint *checkpoint)
{
  static const char *const none[] = {NULL};

  return checkpoint->foreign ? (const char *const *)checkpoint->foreign : none;
}
