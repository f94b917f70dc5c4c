/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exec/ranges.h"

#include <float.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

struct _SiambanRanges
{
  GHashTable *by_name; /* char * -> SiambanRange *, or NULL */
};

static gboolean
refuse (GError **error, const SiambanCheckpoint *checkpoint, const char *what)
{
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
      "%s: metadata \"" SIAMBAN_RANGES_KEY "\" %s",
      siamban_checkpoint_path (checkpoint), what);
  return FALSE;
}

/* JsonParser calls itself for each level and knows more than JSON. */
static gboolean
is_flat (const char *text)
{
  gboolean in_string = FALSE;
  int depth = 0;

  for (; *text; text++) {
    if (strchr ("\\/'", *text))
      return FALSE;
    if (*text == '"')
      in_string = !in_string;
    else if (!in_string && strchr ("[{", *text))
      depth++;
    else if (!in_string && strchr ("]}", *text))
      depth--;
    if (depth > 2)
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_bound (JsonArray *array, guint i, float *bound)
{
  JsonNode *node = json_array_get_element (array, i);
  GType type = json_node_get_value_type (node);
  double value = json_node_get_double (node);

  *bound = value;
  return (type == G_TYPE_DOUBLE || type == G_TYPE_INT64) &&
         fabs (value) <= FLT_MAX / 4;
}

static gboolean
read_range (JsonNode *node, SiambanRange *range)
{
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  return json_array_get_length (array) == 2 &&
         read_bound (array, 0, &range->low) &&
         read_bound (array, 1, &range->high) && range->low <= range->high;
}

static gboolean
read_ranges (SiambanRanges *ranges, JsonObject *object,
    const SiambanCheckpoint *checkpoint, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node)) {
    SiambanRange *range = NULL;

    if (!JSON_NODE_HOLDS_NULL (node)) {
      range = g_new (SiambanRange, 1);
      if (!read_range (node, range)) {
        g_autofree char *what = g_strdup_printf (
            "has for \"%.100s\" something other than [low, high], two finite "
            "numbers in order, or null",
            name);

        g_free (range);
        return refuse (error, checkpoint, what);
      }
    }
    g_hash_table_insert (ranges->by_name, g_strdup (name), range);
  }
  return TRUE;
}

gboolean
siamban_ranges_present (const SiambanCheckpoint *checkpoint)
{
  return siamban_checkpoint_metadata (checkpoint, SIAMBAN_RANGES_KEY) != NULL;
}

SiambanRanges *
siamban_ranges_read (const SiambanCheckpoint *checkpoint, GError **error)
{
  const char *text =
      siamban_checkpoint_metadata (checkpoint, SIAMBAN_RANGES_KEY);
  g_autoptr (JsonParser) parser = json_parser_new ();
  SiambanRanges *ranges;
  JsonNode *root;

  if (text == NULL) {
    refuse (error, checkpoint,
        "is missing, expected in a checkpoint for int8: make one with "
        "siamban-quantize");
    return NULL;
  }
  if (!is_flat (text) || !json_parser_load_from_data (parser, text, -1, NULL) ||
      (root = json_parser_get_root (parser)) == NULL ||
      !JSON_NODE_HOLDS_OBJECT (root)) {
    refuse (error, checkpoint, "is not a JSON object of plain lists");
    return NULL;
  }
  ranges = g_new (SiambanRanges, 1);
  ranges->by_name =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (read_ranges (ranges, json_node_get_object (root), checkpoint, error))
    return ranges;
  siamban_ranges_free (ranges);
  return NULL;
}

void
siamban_ranges_free (SiambanRanges *ranges)
{
  if (ranges == NULL)
    return;
  g_hash_table_unref (ranges->by_name);
  g_free (ranges);
}

gboolean
siamban_ranges_find (
    const SiambanRanges *ranges, const char *conv, const SiambanRange **range)
{
  return g_hash_table_lookup_extended (
      ranges->by_name, conv, NULL, (gpointer *)range);
}
