/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "values.h"

#include <math.h>

static void
add_value (JsonBuilder *json, double value)
{
  if (isfinite (value))
    json_builder_add_double_value (json, value);
  else
    json_builder_add_null_value (json);
}

void
eval_json_add_number (JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name (json, name);
  add_value (json, value);
}

void
eval_json_add_array (
    JsonBuilder *json, const char *name, const double *values, guint n)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  for (guint i = 0; i < n; i++)
    add_value (json, values[i]);
  json_builder_end_array (json);
}

void
eval_json_add_string (JsonBuilder *json, const char *name, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, valid);
}

gboolean
eval_json_write (JsonBuilder *json, const char *path, GError **error)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (json);

  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  g_object_unref (json);
  return json_generator_to_file (generator, path, error);
}

static double
number_of (JsonNode *node)
{
  if (!node || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) == G_TYPE_STRING)
    return NAN;
  return json_node_get_double (node);
}

double
eval_json_number (JsonObject *object, const char *name)
{
  return number_of (json_object_get_member (object, name));
}

const char *
eval_json_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node)
                                              : NULL;
}

JsonObject *
eval_json_object (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node)
                                               : NULL;
}

static JsonArray *
array_of (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                              : NULL;
}

JsonArray *
eval_json_array_of_objects (JsonObject *object, const char *name)
{
  JsonArray *array = array_of (object, name);

  for (guint i = 0; array && i < json_array_get_length (array); i++)
    if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, i)))
      return NULL;
  return array;
}

gboolean
eval_json_read_array (
    JsonObject *object, const char *name, double *values, guint n)
{
  JsonArray *array = array_of (object, name);

  if (!array || json_array_get_length (array) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    values[i] = number_of (json_array_get_element (array, i));
  return TRUE;
}
