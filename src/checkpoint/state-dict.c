/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/state-dict.h"

typedef struct
{
  SiambanCheckpoint *checkpoint;
  GHashTable *storages;
  const char *prefix;
} Reader;

/* The elements of a storage, of the class's dtype. */
typedef struct
{
  const SiambanGlobal *class;
  const guint8 *data;
  guint64 n_elements;
} Storage;

/* In old legacy files, a storage may be a view of another: (key, offset, size)
 * in elements. */
static gboolean
narrow (Storage *storage, const GArray *id, GError **error)
{
  const GArray *view;
  guint64 offset, size;

  if (id->len < 6 || siamban_pickle_nth (id, 5)->type == SIAMBAN_PICKLE_NONE)
    return TRUE;
  view = siamban_pickle_nth (id, 5)->items;
  if (siamban_pickle_nth (id, 5)->type != SIAMBAN_PICKLE_TUPLE ||
      view->len != 3 ||
      siamban_pickle_nth (view, 1)->type != SIAMBAN_PICKLE_INT ||
      siamban_pickle_nth (view, 2)->type != SIAMBAN_PICKLE_INT)
    return siamban_refuse (error, "its storage is an ill-formed view");
  offset = siamban_pickle_nth (view, 1)->integer;
  size = siamban_pickle_nth (view, 2)->integer;
  if (offset > storage->n_elements || size > storage->n_elements - offset)
    return siamban_refuse (
        error, "its storage is a view beyond the storage it views");
  storage->data += offset * storage->class->element_size;
  storage->n_elements = size;
  return TRUE;
}

static gboolean
find_storage (
    const Reader *reader, const GArray *id, Storage *storage, GError **error)
{
  const SiambanPickleValue *key = siamban_pickle_nth (id, 2);
  g_autofree char *text = g_strndup (key->text, key->length);
  g_autofree char *name = g_strconcat (reader->prefix, text, NULL);
  const SiambanSpan *span = g_hash_table_lookup (reader->storages, name);

  storage->class = siamban_pickle_nth (id, 1)->global;
  storage->n_elements = siamban_pickle_nth (id, 4)->integer;
  if (span == NULL) {
    g_autofree char *quoted = siamban_quote (name, strlen (name));

    return siamban_refuse (error, "its storage %s is not in the file", quoted);
  }
  if (storage->n_elements > span->size / storage->class->element_size)
    return siamban_refuse (error,
        "its storage should have %" G_GUINT64_FORMAT
        " elements, but the file has %" G_GSIZE_FORMAT " bytes of it",
        storage->n_elements, span->size);
  storage->data = span->data;
  return narrow (storage, id, error);
}

/* A tuple of numbers that are not negative. */
static gboolean
read_sizes (const SiambanPickleValue *tuple, guint64 *sizes, unsigned *n,
    const char *what, GError **error)
{
  if (tuple->type != SIAMBAN_PICKLE_TUPLE)
    return siamban_refuse (error, "its %s is of type %s, expected tuple", what,
        siamban_pickle_type_name (tuple->type));
  if (tuple->items->len > SIAMBAN_MAX_DIMS)
    return siamban_refuse (error, "it has %u dimensions, expected %d at most",
        tuple->items->len, SIAMBAN_MAX_DIMS);
  *n = tuple->items->len;
  for (unsigned i = 0; i < *n; i++) {
    const SiambanPickleValue *size = siamban_pickle_nth (tuple->items, i);

    if (size->type != SIAMBAN_PICKLE_INT || size->integer < 0)
      return siamban_refuse (
          error, "its %s has something other than counting numbers", what);
    sizes[i] = size->integer;
  }
  return TRUE;
}

/* Whether every element lies in a storage of @limit elements. */
static gboolean
is_inside (const SiambanTensor *tensor, guint64 offset, guint64 limit)
{
  guint64 last = offset, reach;

  for (unsigned i = 0; i < tensor->n_dims; i++)
    if (!g_uint64_checked_mul (
            &reach, tensor->shape[i] - 1, tensor->strides[i]) ||
        !g_uint64_checked_add (&last, last, reach))
      return FALSE;
  return last < limit;
}

static gboolean
place (SiambanTensor *tensor, const Storage *storage,
    const SiambanPickleValue *offset, GError **error)
{
  tensor->data = storage->data;
  if (offset->type != SIAMBAN_PICKLE_INT || offset->integer < 0)
    return siamban_refuse (error, "its offset is not a counting number");
  if (!siamban_tensor_count (tensor))
    return siamban_refuse (error, "its shape overflows");
  if (tensor->n_elements == 0)
    return TRUE;
  if (!is_inside (tensor, offset->integer, storage->n_elements))
    return siamban_refuse (error, "it reaches beyond its storage");
  if (tensor->n_elements > storage->n_elements)
    return siamban_refuse (error, "it has more elements than its storage");
  tensor->data += (guint64)offset->integer * storage->class->element_size;
  return TRUE;
}

static gboolean
read_layout (const Reader *reader, const GArray *args, SiambanTensor *tensor,
    GError **error)
{
  const SiambanPickleValue *arg = (SiambanPickleValue *)args->data;
  unsigned n_strides = 0;
  Storage storage = {0};

  if (args->len < 4 || arg[0].type != SIAMBAN_PICKLE_STORAGE)
    return siamban_refuse (error, "it has no storage");
  if (!find_storage (reader, arg[0].items, &storage, error))
    return FALSE;
  if (storage.class->dtype < 0)
    return siamban_refuse (error,
        "it is a torch.%s, expected float32, float16, bfloat16 or int64",
        storage.class->name);
  tensor->dtype = storage.class->dtype;
  if (!read_sizes (&arg[2], tensor->shape, &tensor->n_dims, "shape", error) ||
      !read_sizes (&arg[3], tensor->strides, &n_strides, "stride", error))
    return FALSE;
  if (tensor->n_dims != n_strides)
    return siamban_refuse (error, "its shape and stride differ in length");
  return place (tensor, &storage, &arg[1], error);
}

static gboolean
read_tensor (const Reader *reader, const SiambanPickleValue *name,
    const SiambanPickleValue *value, GError **error)
{
  g_autofree char *quoted = NULL;
  SiambanTensor tensor = {0};

  if (name->type != SIAMBAN_PICKLE_STRING)
    return siamban_refuse (error,
        "a key of the state_dict is of type %s, expected the name of a tensor",
        siamban_pickle_type_name (name->type));
  quoted = siamban_quote (name->text, name->length);
  if (value->type != SIAMBAN_PICKLE_TENSOR)
    return siamban_refuse (error,
        "entry %s is of type %s, expected a tensor: a state_dict lies bare in "
        "the "
        "file or under 'state_dict'",
        quoted, siamban_pickle_type_name (value->type));
  if (!read_layout (reader, value->items, &tensor, error)) {
    g_prefix_error (error, "tensor %s: ", quoted);
    return FALSE;
  }
  return siamban_checkpoint_add (
      reader->checkpoint, &tensor, name->text, name->length, error);
}

gboolean
siamban_state_dict_read (SiambanCheckpoint *checkpoint,
    const SiambanPickle *pickle, GHashTable *storages, const char *prefix,
    GError **error)
{
  const Reader reader = {checkpoint, storages, prefix};
  const SiambanPickleValue *dict = &pickle->root;

  if (dict->type == SIAMBAN_PICKLE_DICT &&
      siamban_pickle_lookup (dict, "state_dict") != NULL)
    dict = siamban_pickle_lookup (dict, "state_dict");
  if (dict->type != SIAMBAN_PICKLE_DICT)
    return siamban_refuse (error, "expected a state_dict, found %s",
        siamban_pickle_type_name (dict->type));
  for (guint i = 0; i < dict->items->len; i += 2)
    if (!read_tensor (&reader, siamban_pickle_nth (dict->items, i),
            siamban_pickle_nth (dict->items, i + 1), error))
      return FALSE;
  return TRUE;
}
