/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "seed.h"

#include <math.h>

#include <json-glib/json-glib.h>

#define MOST_PIXELS 1e5
#define MOST_SHARE  2.0
#define MOST_PTS    9e18

static gboolean
seed_refuse (GError **error, const char *why)
{
  g_set_error_literal (
      error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA, why);
  return FALSE;
}

static gboolean
get_number (JsonNode *node, double *number)
{
  const GType type =
      JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : 0;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;
  *number = json_node_get_double (node);
  return isfinite (*number);
}

static gboolean
get_numbers (JsonNode *node, double *numbers, guint n)
{
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  if (json_array_get_length (array) != n)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if (!get_number (json_array_get_element (array, i), &numbers[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_place (GstStructure *seed, JsonNode *node, guint n, GError **error)
{
  static const char *const names[] = {"x", "y", "w", "h"};
  double numbers[4] = {0, 0, 1, 1};

  if (gst_structure_has_field (seed, "x"))
    return seed_refuse (error, "more than one of box, norm and point");
  if (!get_numbers (node, numbers, n))
    return seed_refuse (error,
        n == 4 ? "a box must be 4 numbers" : "a point must be 2 numbers");
  if (numbers[2] <= 0 || numbers[3] <= 0)
    return seed_refuse (error, "width and height must be above 0");
  for (guint i = 0; i < n; i++)
    gst_structure_set (seed, names[i], G_TYPE_DOUBLE, numbers[i], NULL);
  return TRUE;
}

static gboolean
read_pts (GstStructure *seed, JsonNode *node, GError **error)
{
  double number;

  if (!get_number (node, &number) || number < 0 || number > MOST_PTS ||
      number != floor (number))
    return seed_refuse (error, "pts must be a whole number of nanoseconds");
  gst_structure_set (seed, "pts", G_TYPE_UINT64, (guint64)number, NULL);
  return TRUE;
}

static gboolean
read_relative (GstStructure *seed, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return seed_refuse (error, "relative must be true or false");
  gst_structure_set (
      seed, "relative", G_TYPE_BOOLEAN, json_node_get_boolean (node), NULL);
  return TRUE;
}

static gboolean
read_member (
    GstStructure *seed, const char *name, JsonNode *node, GError **error)
{
  if (g_str_equal (name, "norm"))
    gst_structure_set (seed, "relative", G_TYPE_BOOLEAN, TRUE, NULL);
  if (g_str_equal (name, "box") || g_str_equal (name, "norm"))
    return read_place (seed, node, 4, error);
  if (g_str_equal (name, "point"))
    return read_place (seed, node, 2, error);
  if (g_str_equal (name, "relative"))
    return read_relative (seed, node, error);
  if (g_str_equal (name, "pts"))
    return read_pts (seed, node, error);
  return seed_refuse (
      error, "unknown member; expected box, norm, point, relative, pts");
}

static gboolean
seed_check (const GstStructure *seed, GError **error)
{
  gboolean relative = FALSE;
  double most, number;

  gst_structure_get_boolean (seed, "relative", &relative);
  most = relative ? MOST_SHARE : MOST_PIXELS;
  if (!gst_structure_has_field (seed, "x"))
    return seed_refuse (error, "box, norm or point is missing");
  for (int i = 0; i < 4; i++) {
    if (gst_structure_get_double (
            seed, (const char *[]){"x", "y", "w", "h"}[i], &number) &&
        fabs (number) > most)
      return seed_refuse (error, "a number is out of range");
  }
  return TRUE;
}

static gboolean
read_all (GstStructure *seed, JsonObject *object, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *l = names; l; l = l->next) {
    if (!read_member (
            seed, l->data, json_object_get_member (object, l->data), error))
      return FALSE;
  }
  return seed_check (seed, error);
}

GstStructure *
serve_seed_parse (const char *text, gsize size, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  GstStructure *seed;
  JsonNode *root;

  if (!json_parser_load_from_data (parser, text, (gssize)size, NULL) ||
      !(root = json_parser_get_root (parser)) ||
      !JSON_NODE_HOLDS_OBJECT (root)) {
    seed_refuse (error, "expected a JSON object");
    return NULL;
  }
  seed = gst_structure_new_empty ("siambantrack-seed");
  if (read_all (seed, json_node_get_object (root), error))
    return seed;
  gst_structure_free (seed);
  return NULL;
}
