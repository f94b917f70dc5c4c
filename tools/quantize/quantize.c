/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quantize.h"

#include <json-glib/json-glib.h>

#include "checkpoint/checkpoint-private.h"
#include "exec/ranges.h"
#include "histogram.h"

/* Behind the backbone, few layers cause most of the scores' error. */
#define WITH_8_BITS "backbone."

#define LEVELS 127 /* of the kernels that have the fewest */

typedef struct
{
  GPtrArray *names;    /* in the order of the network */
  GHashTable *by_name; /* -> Histogram */
} Observed;

static void
observe (void *data, const char *conv, const SiambanMaps *in)
{
  Observed *observed = data;
  Histogram *histogram = g_hash_table_lookup (observed->by_name, conv);
  gsize pixels = (gsize)in->n * in->h * in->w;

  if (!histogram) {
    char *name = g_strdup (conv);

    histogram = histogram_new ();
    g_hash_table_insert (observed->by_name, name, histogram);
    g_ptr_array_add (observed->names, name);
  }
  for (gsize i = 0; i < pixels; i++)
    histogram_add (histogram, in->data + i * in->ld, in->c);
}

static void
add_range (JsonBuilder *json, const Observed *observed, const char *name)
{
  SiambanRange range = histogram_best_range (
      g_hash_table_lookup (observed->by_name, name), LEVELS);

  json_builder_set_member_name (json, name);
  if (!g_str_has_prefix (name, WITH_8_BITS)) {
    json_builder_add_null_value (json);
    return;
  }
  json_builder_begin_array (json);
  json_builder_add_double_value (json, range.low);
  json_builder_add_double_value (json, range.high);
  json_builder_end_array (json);
}

static char *
to_json (const Observed *observed, GError **error)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (json);
  for (guint i = 0; i < observed->names->len; i++) {
    const char *name = g_ptr_array_index (observed->names, i);

    if (histogram_n_not_finite (g_hash_table_lookup (observed->by_name, name)) >
        0) {
      g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
          "the input of \"%s\" has numbers that are not finite, or nearly not",
          name);
      return NULL;
    }
    add_range (json, observed, name);
  }
  json_builder_end_object (json);
  root = json_builder_get_root (json);
  return json_to_string (root, FALSE);
}

char *
quantize_find_ranges (
    SiambanModel *model, const Pair *pairs, guint n, GError **error)
{
  Observed observed = {
      g_ptr_array_new (),
      g_hash_table_new_full (
          g_str_hash, g_str_equal, g_free, (GDestroyNotify)histogram_free),
  };
  char *json;

  for (guint i = 0; i < n; i++) {
    SiambanTemplate *tmpl = siamban_model_embed_pixels (model, pairs[i].z, 0);

    siamban_model_observe (model, tmpl, pairs[i].x, observe, &observed);
    siamban_template_free (tmpl);
  }
  json = to_json (&observed, error);
  g_ptr_array_unref (observed.names);
  g_hash_table_unref (observed.by_name);
  return json;
}

static SiambanTensorSource
source_of (const SiambanTensor *tensor)
{
  SiambanTensorSource source = {
      .name = tensor->name,
      .dtype = tensor->dtype,
      .n_dims = tensor->n_dims,
      .tensor = tensor,
  };

  memcpy (source.shape, tensor->shape, sizeof source.shape);
  return source;
}

gboolean
quantize_write (
    const char *in, SiambanReplace *out, const char *ranges, GError **error)
{
  const char *metadata[] = {SIAMBAN_RANGES_KEY, ranges, NULL};
  SiambanCheckpoint *checkpoint = siamban_checkpoint_open (in, error);
  g_autoptr (GArray) sources = NULL;
  gboolean ok;

  if (!checkpoint)
    return FALSE;
  sources = g_array_new (FALSE, FALSE, sizeof (SiambanTensorSource));
  for (guint i = 0; i < siamban_checkpoint_n_tensors (checkpoint); i++) {
    SiambanTensorSource source =
        source_of (siamban_checkpoint_nth (checkpoint, i));

    if (siamban_dtype_code (source.dtype))
      g_array_append_val (sources, source);
  }
  ok = siamban_safetensors_write_to (out->fd, out->target,
      (const SiambanTensorSource *)sources->data, sources->len, metadata,
      error);
  siamban_checkpoint_close (checkpoint);
  return ok;
}
