/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/checkpoint-private.h"

#include <json-glib/json-glib.h>

/* About 10,000 tensors. A parsed header takes tens of times its size. */
#define MAX_HEADER (1u << 20)

/* header { tensor { shape [ */
#define MAX_DEPTH 3

/* JsonParser calls itself for each level, and knows comments and other things
 * that JSON has not. Here only what no two parsers read differently passes:
 * plain JSON, not deeper than a header is. */
static gboolean
check_syntax (const char *text, gsize size, GError **error)
{
  gboolean in_string = FALSE;
  int depth = 0;

  for (gsize i = 0; i < size; i++) {
    if (in_string && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      in_string = !in_string;
    else if (in_string)
      continue;
    else if (text[i] == '{' || text[i] == '[')
      depth++;
    else if (text[i] == '}' || text[i] == ']')
      depth--;
    else if (text[i] == '\0' ||
             !strchr (",:0123456789-+.eEtrufalsn \t\r\n", text[i]))
      return siamban_refuse (
          error, "the header is not plain JSON at byte %" G_GSIZE_FORMAT, i);
    if (depth > MAX_DEPTH)
      return siamban_refuse (
          error, "the header is nested deeper than %d levels", MAX_DEPTH);
  }
  return TRUE;
}

static gboolean
read_dtype (JsonObject *entry, SiambanDtype *dtype, GError **error)
{
  JsonNode *node = json_object_get_member (entry, "dtype");
  g_autofree char *quoted = NULL;
  const char *name;

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return siamban_refuse (error, "its dtype is not a string");
  name = json_node_get_string (node);
  for (*dtype = 0; *dtype < SIAMBAN_N_DTYPES; ++*dtype)
    if (g_strcmp0 (name, siamban_dtype_code (*dtype)) == 0)
      return TRUE;
  quoted = siamban_quote (name, strlen (name));
  return siamban_refuse (
      error, "its dtype is %s, expected F32, F16, BF16 or I64", quoted);
}

/* The array of counting numbers under @key, of @max at most. */
static gboolean
read_numbers (JsonObject *entry, const char *key, guint64 *numbers, guint max,
    guint *n, GError **error)
{
  JsonNode *node = json_object_get_member (entry, key);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return siamban_refuse (error, "its %s is not an array", key);
  array = json_node_get_array (node);
  *n = json_array_get_length (array);
  if (*n > max)
    return siamban_refuse (
        error, "its %s has %u numbers, expected %u at most", key, *n, max);
  for (guint i = 0; i < *n; i++) {
    JsonNode *number = json_array_get_element (array, i);

    if (json_node_get_value_type (number) != G_TYPE_INT64 ||
        json_node_get_int (number) < 0)
      return siamban_refuse (
          error, "its %s has something other than counting numbers", key);
    numbers[i] = json_node_get_int (number);
  }
  return TRUE;
}

static gboolean
read_tensor (
    JsonNode *node, SiambanSpan data, SiambanTensor *tensor, GError **error)
{
  JsonObject *entry;
  guint64 offsets[2] = {0};
  guint n = 0;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return siamban_refuse (error, "it is not described by an object");
  entry = json_node_get_object (node);
  if (!read_dtype (entry, &tensor->dtype, error) ||
      !read_numbers (entry, "shape", tensor->shape, SIAMBAN_MAX_DIMS,
          &tensor->n_dims, error) ||
      !read_numbers (entry, "data_offsets", offsets, 2, &n, error))
    return FALSE;
  if (n != 2 || offsets[0] > offsets[1] || offsets[1] > data.size)
    return siamban_refuse (error,
        "its data_offsets are not two places, in order, in the %" G_GSIZE_FORMAT
        " bytes of data",
        data.size);
  if (!siamban_tensor_count (tensor) ||
      tensor->n_elements * siamban_dtype_size (tensor->dtype) !=
          offsets[1] - offsets[0])
    return siamban_refuse (error,
        "its shape and dtype do not make %" G_GUINT64_FORMAT " bytes",
        offsets[1] - offsets[0]);
  siamban_tensor_set_contiguous (tensor);
  tensor->data = data.data + offsets[0];
  return TRUE;
}

static gboolean
read_metadata (SiambanCheckpoint *checkpoint, JsonNode *node, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return siamban_refuse (error, "__metadata__ is not an object");
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &key, &value)) {
    if (json_node_get_value_type (value) != G_TYPE_STRING)
      return siamban_refuse (error, "__metadata__ has other than strings");
    g_hash_table_insert (checkpoint->metadata, g_strdup (key),
        g_strdup (json_node_get_string (value)));
  }
  return TRUE;
}

static gboolean
read_member (SiambanCheckpoint *checkpoint, const char *name, JsonNode *node,
    SiambanSpan data, GError **error)
{
  SiambanTensor tensor = {0};

  if (strcmp (name, "__metadata__") == 0)
    return read_metadata (checkpoint, node, error);
  if (!read_tensor (node, data, &tensor, error)) {
    g_autofree char *quoted = siamban_quote (name, strlen (name));

    g_prefix_error (error, "tensor %s: ", quoted);
    return FALSE;
  }
  return siamban_checkpoint_add (
      checkpoint, &tensor, name, strlen (name), error);
}

static gint
compare_places (gconstpointer a, gconstpointer b)
{
  const SiambanTensor *first = *(const SiambanTensor *const *)a;
  const SiambanTensor *second = *(const SiambanTensor *const *)b;

  if (first->data != second->data)
    return first->data < second->data ? -1 : 1;
  return (first->n_elements > second->n_elements) -
         (first->n_elements < second->n_elements);
}

/* The format allows neither holes nor overlaps. */
static gboolean
check_cover (
    const SiambanCheckpoint *checkpoint, SiambanSpan data, GError **error)
{
  g_autoptr (GPtrArray) tensors = g_ptr_array_new ();
  const guint8 *at = data.data;

  for (guint i = 0; i < siamban_checkpoint_n_tensors (checkpoint); i++)
    g_ptr_array_add (tensors, (gpointer)siamban_checkpoint_nth (checkpoint, i));
  g_ptr_array_sort (tensors, compare_places);
  for (guint i = 0; i < tensors->len; i++) {
    const SiambanTensor *tensor = g_ptr_array_index (tensors, i);

    if (tensor->data != at) {
      g_autofree char *quoted =
          siamban_quote (tensor->name, strlen (tensor->name));

      return siamban_refuse (error,
          "tensor %s: its data overlap another tensor's or leave a hole",
          quoted);
    }
    at += tensor->n_elements * siamban_dtype_size (tensor->dtype);
  }
  if (at != data.data + data.size)
    return siamban_refuse (error, "there are data that belong to no tensor");
  return TRUE;
}

/* JsonObject keeps the last of equal names, so that an object that holds fewer
 * members than it was given had equal ones. */
typedef struct
{
  GHashTable *given; /* JsonObject * -> number of members */
  char *twice;
} Duplicates;

static void
count_member (JsonParser *parser G_GNUC_UNUSED, JsonObject *object,
    const char *name, Duplicates *duplicates)
{
  guint given =
      1 + GPOINTER_TO_UINT (g_hash_table_lookup (duplicates->given, object));

  g_hash_table_insert (duplicates->given, object, GUINT_TO_POINTER (given));
  if (duplicates->twice == NULL && json_object_get_size (object) < given)
    duplicates->twice = siamban_quote (name, strlen (name));
}

/* An object may later lie where a replaced one lay. */
static void
forget_object (JsonParser *parser G_GNUC_UNUSED, JsonObject *object,
    Duplicates *duplicates)
{
  g_hash_table_remove (duplicates->given, object);
}

static gboolean
parse_header (JsonParser *parser, const char *text, gsize size, GError **error)
{
  Duplicates duplicates = {g_hash_table_new (NULL, NULL), NULL};
  g_autoptr (GError) reason = NULL;
  gboolean fine;

  g_signal_connect (
      parser, "object-member", G_CALLBACK (count_member), &duplicates);
  g_signal_connect (
      parser, "object-end", G_CALLBACK (forget_object), &duplicates);
  fine = json_parser_load_from_data (parser, text, size, &reason);
  if (!fine)
    siamban_refuse (error, "the header is not JSON: %s", reason->message);
  else if (duplicates.twice != NULL)
    fine = siamban_refuse (
        error, "%s is there more than once in the header", duplicates.twice);
  g_signal_handlers_disconnect_by_data (parser, &duplicates);
  g_hash_table_unref (duplicates.given);
  g_free (duplicates.twice);
  return fine;
}

static gboolean
read_header (SiambanCheckpoint *checkpoint, JsonNode *root, SiambanSpan data,
    GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return siamban_refuse (error, "the header is not an object");
  json_object_iter_init_ordered (&iter, json_node_get_object (root));
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (!read_member (checkpoint, name, node, data, error))
      return FALSE;
  return check_cover (checkpoint, data, error);
}

gboolean
siamban_safetensors_read (SiambanCheckpoint *checkpoint, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  guint64 size = siamban_le64 (checkpoint->file.data);
  const char *text = (const char *)checkpoint->file.data + 8;
  SiambanSpan data;

  if (size > checkpoint->file.size - 8)
    return siamban_refuse (error,
        "the header is %" G_GUINT64_FORMAT
        " bytes long, the file is shorter: cut off or not safetensors",
        size);
  if (size > MAX_HEADER)
    return siamban_refuse (error,
        "the header is %" G_GUINT64_FORMAT " bytes long, expected %u at most",
        size, MAX_HEADER);
  if (!g_utf8_validate_len (text, size, NULL))
    return siamban_refuse (error, "the header is not UTF-8");
  data.data = checkpoint->file.data + 8 + size;
  data.size = checkpoint->file.size - 8 - size;
  return check_syntax (text, size, error) &&
         parse_header (parser, text, size, error) &&
         read_header (checkpoint, json_parser_get_root (parser), data, error);
}
