/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/state-dict.h"

typedef struct
{
  SiambanCheckpoint *checkpoint;
  GTree *storages;
} Reader;

/* The elements of a storage, of the class's dtype. */
typedef struct
{
  const SiambanGlobal *class;
  guint64 offset; /* in the file */
  guint64 n_elements;
} Storage;

/* In old legacy files, a storage may be a view of another: (key, offset, size)
 * in elements. */
static gboolean
state_dict_narrow (Storage *storage, const GArray *id, GError **error)
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
  storage->offset += offset * storage->class->element_size;
  storage->n_elements = size;
  return TRUE;
}

static gboolean
find_storage (
    const Reader *reader, const GArray *id, Storage *storage, GError **error)
{
  const SiambanPickleValue *key = siamban_pickle_nth (id, 2);
  g_autofree char *name = g_strndup (key->text, key->length);
  const SiambanExtent *extent = g_tree_lookup (reader->storages, name);

  storage->class = siamban_pickle_nth (id, 1)->global;
  storage->n_elements = siamban_pickle_nth (id, 4)->integer;
  if (!extent) {
    g_autofree char *quoted = siamban_quote (name, strlen (name));

    return siamban_refuse (error, "its storage %s is not in the file", quoted);
  }
  if (storage->n_elements > extent->size / storage->class->element_size)
    return siamban_refuse (error,
        "its storage should have %" G_GUINT64_FORMAT
        " elements, but the file has %" G_GUINT64_FORMAT " bytes of it",
        storage->n_elements, extent->size);
  storage->offset = extent->offset;
  return state_dict_narrow (storage, id, error);
}

/* A tuple of numbers that are not negative. */
static gboolean
read_sizes (const SiambanPickleValue *tuple, guint64 *sizes, unsigned *n,
    const char *what, GError **error)
{
  if (tuple->type != SIAMBAN_PICKLE_TUPLE)
    return siamban_refuse (error, "its %s is of type %s, expected tuple", what,
        siamban_pickle_describe (tuple));
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
state_dict_place (SiambanTensor *tensor, const Storage *storage,
    const SiambanPickleValue *offset, GError **error)
{
  tensor->offset = storage->offset;
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
  tensor->offset += (guint64)offset->integer * storage->class->element_size;
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
  tensor->dtype = storage.class->dtype;
  if (tensor->dtype == SIAMBAN_DTYPE_OTHER) {
    tensor->type = storage.class->name;
    return TRUE;
  }
  if (!read_sizes (&arg[2], tensor->shape, &tensor->n_dims, "shape", error) ||
      !read_sizes (&arg[3], tensor->strides, &n_strides, "stride", error))
    return FALSE;
  if (tensor->n_dims != n_strides)
    return siamban_refuse (error, "its shape and stride differ in length");
  return state_dict_place (tensor, &storage, &arg[1], error);
}

static gboolean
read_entry (const Reader *reader, const SiambanPickleValue *name,
    const SiambanPickleValue *value, GError **error)
{
  SiambanTensor tensor = {.dtype = SIAMBAN_DTYPE_OTHER};

  if (name->type != SIAMBAN_PICKLE_STRING)
    return siamban_refuse (error,
        "a key of the state_dict is of type %s, expected the name of a tensor",
        siamban_pickle_describe (name));
  if (value->type != SIAMBAN_PICKLE_TENSOR)
    tensor.type = siamban_pickle_describe (value);
  else if (!read_layout (reader, value->items, &tensor, error)) {
    g_autofree char *quoted = siamban_quote (name->text, name->length);

    g_prefix_error (error, "tensor %s: ", quoted);
    return FALSE;
  }
  return siamban_checkpoint_add (
      reader->checkpoint, &tensor, name->text, name->length, error);
}

/* Those that training scripts put it under; only the first is taken at its
 * word. */
static const SiambanPickleValue *
find_state_dict (const SiambanPickleValue *root)
{
  static const char *const keys[] = {
      "state_dict", "model_state_dict", "model", "net", "network"};

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    const SiambanPickleValue *value = siamban_pickle_lookup (root, keys[i]);

    if (value && (i == 0 || value->type == SIAMBAN_PICKLE_DICT))
      return value;
  }
  return root;
}

gboolean
siamban_state_dict_read (SiambanCheckpoint *checkpoint,
    const SiambanPickle *pickle, GTree *storages, GError **error)
{
  const Reader reader = {checkpoint, storages};
  const SiambanPickleValue *dict = &pickle->root;

  if (dict->type == SIAMBAN_PICKLE_DICT)
    dict = find_state_dict (dict);
  if (dict->type == SIAMBAN_PICKLE_OPAQUE)
    return siamban_refuse (error,
        "expected a state_dict, found %s: a whole model, which is of use only "
        "with its Python code? Save its state_dict()",
        siamban_pickle_describe (dict));
  if (dict->type != SIAMBAN_PICKLE_DICT)
    return siamban_refuse (error, "expected a state_dict, found %s",
        siamban_pickle_describe (dict));
  for (guint i = 0; i < dict->items->len; i += 2)
    if (!read_entry (&reader, siamban_pickle_nth (dict->items, i),
            siamban_pickle_nth (dict->items, i + 1), error))
      return FALSE;
  checkpoint->foreign = siamban_pickle_list_foreign (pickle);
  return TRUE;
}
