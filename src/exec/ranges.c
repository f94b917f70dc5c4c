/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exec/ranges.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/json.h"

#define MAX_NAME 100 /* bytes of it that are shown */

struct _SiambanRanges
{
  GTree *by_name; /* char * -> SiambanRange *, or NULL */
};

static gboolean
ranges_refuse (
    GError **error, const SiambanCheckpoint *checkpoint, const char *what)
{
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
      "%s: metadata \"" SIAMBAN_RANGES_KEY "\" %s",
      siamban_checkpoint_path (checkpoint), what);
  return FALSE;
}

static gint
ranges_compare (gconstpointer a, gconstpointer b, gpointer data)
{
  (void)data;
  return strcmp (a, b);
}

static gboolean
read_bound (SiambanJson *json, gboolean *first, float *bound)
{
  double value;

  if (!siamban_json_more (json, ']', first) ||
      !siamban_json_number (json, &value))
    return FALSE;
  *bound = value;
  return fabs (value) <= FLT_MAX / 4;
}

/* *@range is NULL for null. */
static gboolean
read_range (SiambanJson *json, SiambanRange **range)
{
  gboolean first = TRUE;
  SiambanRange limits;

  *range = NULL;
  if (siamban_json_peek (json) == 'n')
    return siamban_json_skip (json);
  if (siamban_json_peek (json) != '[')
    return FALSE;
  siamban_json_open (json, '[');
  if (!read_bound (json, &first, &limits.low) ||
      !read_bound (json, &first, &limits.high) || limits.low > limits.high ||
      siamban_json_more (json, ']', &first) || siamban_json_failed (json))
    return FALSE;
  *range = g_memdup2 (&limits, sizeof limits);
  return TRUE;
}

static gboolean
refuse_range (
    const SiambanCheckpoint *checkpoint, const char *name, GError **error)
{
  g_autofree char *start = g_strndup (name, MAX_NAME);
  g_autofree char *escaped = g_strescape (start, NULL);
  g_autofree char *what =
      g_strdup_printf ("has for \"%s\" something other than [low, high], two "
                       "finite numbers in order, or null, once",
          escaped);

  return ranges_refuse (error, checkpoint, what);
}

static gboolean
read_ranges (SiambanRanges *ranges, SiambanJson *json,
    const SiambanCheckpoint *checkpoint, GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gboolean first = TRUE;

  siamban_json_open (json, '{');
  while (siamban_json_more (json, '}', &first)) {
    SiambanRange *range;

    if (!siamban_json_key (json, name))
      break;
    if (g_tree_lookup_extended (ranges->by_name, name->str, NULL, NULL) ||
        !read_range (json, &range))
      return refuse_range (checkpoint, name->str, error);
    g_tree_insert (ranges->by_name, g_strdup (name->str), range);
  }
  return siamban_json_end (json) || ranges_refuse (error, checkpoint,
                                        "is not a JSON object of plain lists");
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
  SiambanRanges *ranges;
  SiambanJson json;

  if (!text) {
    ranges_refuse (error, checkpoint,
        "is missing, expected in a checkpoint for int8: make one with "
        "siamban-quantize");
    return NULL;
  }
  json = siamban_json (text, strlen (text));
  ranges = g_new (SiambanRanges, 1);
  ranges->by_name = g_tree_new_full (ranges_compare, NULL, g_free, g_free);
  if (read_ranges (ranges, &json, checkpoint, error))
    return ranges;
  siamban_ranges_free (ranges);
  return NULL;
}

void
siamban_ranges_free (SiambanRanges *ranges)
{
  if (!ranges)
    return;
  g_tree_unref (ranges->by_name);
  g_free (ranges);
}

gboolean
siamban_ranges_find (
    const SiambanRanges *ranges, const char *conv, const SiambanRange **range)
{
  return g_tree_lookup_extended (
      ranges->by_name, conv, NULL, (gpointer *)range);
}
