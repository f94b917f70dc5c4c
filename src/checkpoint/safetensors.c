/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/checkpoint-private.h"

#include "base/json.h"

/* About 10,000 tensors. */
#define MAX_HEADER (1u << 20)

typedef struct
{
  SiambanCheckpoint *checkpoint;
  SiambanJson json;
  SiambanExtent data;
  GString *name;    /* of the member that is read */
  GString *scratch; /* of what is in it */
  GArray *extents;  /* SiambanExtent, of each tensor */
  gboolean has_metadata;
} Reader;

/* What an entry says. */
typedef struct
{
  GString *dtype;
  guint64 shape[SIAMBAN_MAX_DIMS], offsets[2];
  guint n_dims, n_offsets;
  gboolean has_dtype, has_shape, has_offsets;
} Entry;

static gboolean
refuse_syntax (const Reader *reader, GError **error)
{
  return siamban_refuse (error,
      "the header is not plain JSON at byte %" G_GSIZE_FORMAT, reader->json.at);
}

static gboolean
refuse_twice (const GString *name, GError **error)
{
  g_autofree char *quoted = siamban_quote (name->str, name->len);

  return siamban_refuse (
      error, "%s is there more than once in the header", quoted);
}

/* The array of counting numbers under @key, of @max at most. */
static gboolean
read_numbers (Reader *reader, const char *key, guint64 *numbers, guint max,
    guint *n, GError **error)
{
  gboolean first = TRUE;

  if (siamban_json_peek (&reader->json) != '[')
    return siamban_refuse (error, "its %s is not an array", key);
  siamban_json_open (&reader->json, '[');
  for (*n = 0; siamban_json_more (&reader->json, ']', &first); ++*n) {
    if (*n == max)
      return siamban_refuse (
          error, "its %s has more than %u numbers", key, max);
    if (!siamban_json_count (&reader->json, &numbers[*n]))
      return siamban_refuse (
          error, "its %s has something other than counting numbers", key);
  }
  return TRUE;
}

static gboolean
read_dtype (Reader *reader, Entry *entry, GError **error)
{
  if (siamban_json_peek (&reader->json) != '"')
    return siamban_refuse (error, "its dtype is not a string");
  siamban_json_string (&reader->json, entry->dtype);
  return TRUE;
}

/* Notes that a key was there. FALSE if it was before. */
static gboolean
safetensors_once (gboolean *seen)
{
  gboolean fresh = !*seen;

  *seen = TRUE;
  return fresh;
}

static gboolean
read_field (Reader *reader, Entry *entry, GError **error)
{
  const char *key = reader->scratch->str;

  if (g_str_equal (key, "dtype"))
    return safetensors_once (&entry->has_dtype)
               ? read_dtype (reader, entry, error)
               : refuse_twice (reader->scratch, error);
  if (g_str_equal (key, "shape"))
    return safetensors_once (&entry->has_shape)
               ? read_numbers (reader, "shape", entry->shape, SIAMBAN_MAX_DIMS,
                     &entry->n_dims, error)
               : refuse_twice (reader->scratch, error);
  if (g_str_equal (key, "data_offsets"))
    return safetensors_once (&entry->has_offsets)
               ? read_numbers (reader, "data_offsets", entry->offsets, 2,
                     &entry->n_offsets, error)
               : refuse_twice (reader->scratch, error);
  siamban_json_skip (&reader->json);
  return TRUE;
}

static gboolean
read_fields (Reader *reader, Entry *entry, GError **error)
{
  gboolean first = TRUE;

  if (siamban_json_peek (&reader->json) != '{')
    return siamban_refuse (error, "it is not described by an object");
  siamban_json_open (&reader->json, '{');
  while (siamban_json_more (&reader->json, '}', &first)) {
    if (!siamban_json_key (&reader->json, reader->scratch))
      break;
    if (!read_field (reader, entry, error))
      return FALSE;
  }
  return !siamban_json_failed (&reader->json) || refuse_syntax (reader, error);
}

/* OTHER for one that is not known. */
static SiambanDtype
find_dtype (const char *code)
{
  SiambanDtype dtype = 0;

  while (dtype < SIAMBAN_DTYPE_OTHER &&
         g_strcmp0 (code, siamban_dtype_code (dtype)) != 0)
    dtype++;
  return dtype;
}

static gboolean
check_entry (const Reader *reader, const Entry *entry, GError **error)
{
  if (!entry->has_dtype)
    return siamban_refuse (error, "its dtype is not a string");
  if (!entry->has_shape)
    return siamban_refuse (error, "its shape is not an array");
  if (!entry->has_offsets)
    return siamban_refuse (error, "its data_offsets is not an array");
  if (entry->n_offsets != 2 || entry->offsets[0] > entry->offsets[1] ||
      entry->offsets[1] > reader->data.size)
    return siamban_refuse (error,
        "its data_offsets are not two places, in order, in the "
        "%" G_GUINT64_FORMAT " bytes of data",
        reader->data.size);
  return TRUE;
}

static gboolean
make_tensor (const Reader *reader, const Entry *entry, SiambanTensor *tensor,
    GError **error)
{
  guint64 size = entry->offsets[1] - entry->offsets[0];

  tensor->dtype = find_dtype (entry->dtype->str);
  if (tensor->dtype == SIAMBAN_DTYPE_OTHER)
    return TRUE;
  tensor->n_dims = entry->n_dims;
  memcpy (tensor->shape, entry->shape, sizeof tensor->shape);
  if (!siamban_tensor_count (tensor) ||
      tensor->n_elements * siamban_dtype_size (tensor->dtype) != size)
    return siamban_refuse (error,
        "its shape and dtype do not make %" G_GUINT64_FORMAT " bytes", size);
  siamban_tensor_set_contiguous (tensor);
  tensor->offset = reader->data.offset + entry->offsets[0];
  return TRUE;
}

static gboolean
add_tensor (Reader *reader, const Entry *entry, GError **error)
{
  const SiambanExtent extent = {
      entry->offsets[0], entry->offsets[1] - entry->offsets[0]};
  g_autofree char *type = siamban_quote (entry->dtype->str, entry->dtype->len);
  SiambanTensor tensor = {0};

  if (!make_tensor (reader, entry, &tensor, error))
    return FALSE;
  if (tensor.dtype == SIAMBAN_DTYPE_OTHER)
    tensor.type = type;
  g_array_append_val (reader->extents, extent);
  return siamban_checkpoint_add (
      reader->checkpoint, &tensor, reader->name->str, reader->name->len, error);
}

static gboolean
read_tensor (Reader *reader, GError **error)
{
  g_autoptr (GString) dtype = g_string_new (NULL);
  Entry entry = {.dtype = dtype};

  if (!read_fields (reader, &entry, error) ||
      !check_entry (reader, &entry, error) ||
      !add_tensor (reader, &entry, error)) {
    g_autofree char *quoted =
        siamban_quote (reader->name->str, reader->name->len);

    g_prefix_error (error, "tensor %s: ", quoted);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_metadata (Reader *reader, GError **error)
{
  GTree *metadata = reader->checkpoint->metadata;
  gboolean first = TRUE;

  if (!safetensors_once (&reader->has_metadata))
    return refuse_twice (reader->name, error);
  if (siamban_json_peek (&reader->json) != '{')
    return siamban_refuse (error, "__metadata__ is not an object");
  siamban_json_open (&reader->json, '{');
  while (siamban_json_more (&reader->json, '}', &first)) {
    if (!siamban_json_key (&reader->json, reader->name))
      break;
    if (siamban_json_peek (&reader->json) != '"')
      return siamban_refuse (error, "__metadata__ has other than strings");
    siamban_json_string (&reader->json, reader->scratch);
    if (g_tree_lookup (metadata, reader->name->str))
      return refuse_twice (reader->name, error);
    g_tree_insert (metadata, g_strdup (reader->name->str),
        g_strdup (reader->scratch->str));
  }
  return TRUE;
}

static gboolean
read_members (Reader *reader, GError **error)
{
  gboolean first = TRUE;

  siamban_json_open (&reader->json, '{');
  while (siamban_json_more (&reader->json, '}', &first)) {
    if (!siamban_json_key (&reader->json, reader->name))
      break;
    if (!(g_str_equal (reader->name->str, "__metadata__")
                ? read_metadata (reader, error)
                : read_tensor (reader, error)))
      return FALSE;
  }
  return siamban_json_end (&reader->json) || refuse_syntax (reader, error);
}

static gint
compare_places (gconstpointer a, gconstpointer b)
{
  const SiambanExtent *x = a, *y = b;

  if (x->offset != y->offset)
    return x->offset < y->offset ? -1 : 1;
  return (x->size > y->size) - (x->size < y->size);
}

/* The format allows neither holes nor overlaps. */
static gboolean
check_cover (const Reader *reader, GError **error)
{
  guint64 at = 0;

  g_array_sort (reader->extents, compare_places);
  for (guint i = 0; i < reader->extents->len; i++) {
    const SiambanExtent *extent =
        &g_array_index (reader->extents, SiambanExtent, i);

    if (extent->offset != at)
      return siamban_refuse (error,
          "the data of its tensors overlap or leave a hole at "
          "%" G_GUINT64_FORMAT,
          MIN (extent->offset, at));
    at += extent->size;
  }
  if (at != reader->data.size)
    return siamban_refuse (error, "there are data that belong to no tensor");
  return TRUE;
}

static gboolean
read_header (
    SiambanCheckpoint *checkpoint, const char *text, gsize size, GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autoptr (GString) scratch = g_string_new (NULL);
  g_autoptr (GArray) extents =
      g_array_new (FALSE, FALSE, sizeof (SiambanExtent));
  guint64 begin = 8 + (guint64)size;
  Reader reader = {
      .checkpoint = checkpoint,
      .json = siamban_json (text, size),
      .data = {begin, siamban_file_size (checkpoint->file) - begin},
      .name = name,
      .scratch = scratch,
      .extents = extents,
  };

  return read_members (&reader, error) && check_cover (&reader, error);
}

gboolean
siamban_safetensors_read (SiambanCheckpoint *checkpoint, GError **error)
{
  guint64 whole = siamban_file_size (checkpoint->file), size;
  g_autofree guint8 *text = NULL;
  guint8 length[8];

  if (!siamban_file_read (checkpoint->file, 0, length, sizeof length, error))
    return FALSE;
  size = siamban_le64 (length);
  if (size > whole - sizeof length)
    return siamban_refuse (error,
        "the header is %" G_GUINT64_FORMAT
        " bytes long, the file is shorter: cut off or not safetensors",
        size);
  if (size > MAX_HEADER)
    return siamban_refuse (error,
        "the header is %" G_GUINT64_FORMAT " bytes long, expected %u at most",
        size, MAX_HEADER);
  text = siamban_file_load (checkpoint->file, sizeof length, size, error);
  if (!text)
    return FALSE;
  if (!g_utf8_validate_len ((const char *)text, size, NULL))
    return siamban_refuse (error, "the header is not UTF-8");
  return read_header (checkpoint, (const char *)text, size, error);
}
