/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "arch/tell.h"

#define MAX_CHANNELS 8192

static gboolean
is_given (const char *value, const char *expected)
{
  return value && !g_str_equal (value, expected);
}

gboolean
siamban_tell_has (const SiambanCheckpoint *checkpoint, const char *name)
{
  return siamban_checkpoint_find (checkpoint, name) != NULL;
}

static gboolean read_dim (const SiambanCheckpoint *checkpoint, int dim,
    int *out, GError **error, const char *format, ...) G_GNUC_PRINTF (5, 6);

/* Size @dim of a convolution's weight. */
static gboolean
read_dim (const SiambanCheckpoint *checkpoint, int dim, int *out,
    GError **error, const char *format, ...)
{
  g_autofree char *name = NULL;
  const SiambanTensor *tensor;
  va_list args;

  va_start (args, format);
  name = g_strdup_vprintf (format, args);
  va_end (args);
  tensor = siamban_checkpoint_find (checkpoint, name);
  if (!tensor) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: tensor %s is missing", siamban_checkpoint_path (checkpoint), name);
    return FALSE;
  }
  if (tensor->n_dims != 4 || tensor->shape[dim] < 1 ||
      tensor->shape[dim] > MAX_CHANNELS) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: tensor %s: expected a convolution's weight of 4 dimensions, "
        "1 to %d channels",
        siamban_checkpoint_path (checkpoint), name, MAX_CHANNELS);
    return FALSE;
  }
  *out = tensor->shape[dim];
  return TRUE;
}

gboolean
siamban_tell_check_config (const SiambanConfig *config, GError **error)
{
  const char *what = NULL;

  if (config->adjust == 0)
    what = "ADJUST.ADJUST: False, a network without a neck,";
  else if (is_given (config->adjust_type, "AdjustAllLayer") &&
           is_given (config->adjust_type, "AdjustLayer"))
    what = config->adjust_type;
  else if (is_given (config->ban_type, "MultiBAN") &&
           is_given (config->ban_type, "DepthwiseBAN"))
    what = config->ban_type;
  if (what) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: %s is not supported; supported are ADJUST.TYPE AdjustAllLayer and "
        "AdjustLayer, BAN.TYPE MultiBAN and DepthwiseBAN",
        config->path, what);
    return FALSE;
  }
  return TRUE;
}

static gboolean
refuse_parts (const SiambanConfig *config, const SiambanCheckpoint *checkpoint,
    GError **error)
{
  if (!siamban_tell_check_config (config, error))
    return FALSE;
  if (siamban_tell_has (checkpoint, "head.template_cls_conv.weight")) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: its head is an UPChannelBAN, which is not supported; supported "
        "are MultiBAN and DepthwiseBAN",
        siamban_checkpoint_path (checkpoint));
    return FALSE;
  }
  return TRUE;
}

/* A neck of one level is named without a number. */
static void
name_levels (SiambanBan *ban, const SiambanCheckpoint *checkpoint)
{
  int n = 0;

  for (; n < SIAMBAN_MAX_LEVELS; n++) {
    g_autofree char *weight =
        g_strdup_printf ("neck.downsample%d.downsample.0.weight", n + 2);

    if (!siamban_tell_has (checkpoint, weight))
      break;
    g_snprintf (ban->necks[n], SIAMBAN_PREFIX_SIZE,
        "neck.downsample%d.downsample", n + 2);
  }
  if (!n)
    g_strlcpy (ban->necks[0],
        siamban_tell_has (checkpoint, "neck.downsample.0.weight")
            ? "neck.downsample"
            : "neck.downsample.downsample",
        SIAMBAN_PREFIX_SIZE);
  ban->n_levels = MAX (n, 1);
  ban->multi = siamban_tell_has (checkpoint, "head.box2.cls.head.3.weight");
  for (int i = 0; i < ban->n_levels; i++)
    if (ban->multi)
      g_snprintf (ban->boxes[i], SIAMBAN_PREFIX_SIZE, "head.box%d", i + 2);
    else
      g_strlcpy (ban->boxes[i], "head", SIAMBAN_PREFIX_SIZE);
}

static gboolean
check_head (const SiambanBan *ban, const SiambanConfig *config,
    const SiambanCheckpoint *checkpoint, GError **error)
{
  const char *type = ban->multi ? "MultiBAN" : "DepthwiseBAN";

  if (is_given (config->ban_type, type)) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: BAN.TYPE: %s, but the tensors of %s are a %s's", config->path,
        config->ban_type, siamban_checkpoint_path (checkpoint), type);
    return FALSE;
  }
  if (!ban->multi && ban->n_levels > 1) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: %d levels of neck, but no tensor head.box2.cls.head.3.weight: "
        "expected a MultiBAN",
        siamban_checkpoint_path (checkpoint), ban->n_levels);
    return FALSE;
  }
  return TRUE;
}

/* The deepest layer of @channels channels. */
static int
layer_of (const SiambanBackbone *backbone, const SiambanBan *ban, int channels)
{
  for (int layer = backbone->n_layers - 1; layer >= 0; layer--)
    if (backbone->channels (ban, layer) == channels)
      return layer;
  return -1;
}

static gboolean
tell_layer (SiambanBan *ban, int level, const SiambanBackbone *backbone,
    const SiambanConfig *config, const SiambanCheckpoint *checkpoint,
    GError **error)
{
  gboolean from_config = config->n_used_layers > 0;
  int in, layer;

  if (!read_dim (checkpoint, 1, &in, error, "%s.0.weight", ban->necks[level]))
    return FALSE;
  layer =
      from_config ? config->used_layers[level] : layer_of (backbone, ban, in);
  if (layer < 0 || layer >= backbone->n_layers) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        from_config ? "%s: %s has no layer %d"
                    : "%s: %s has no layer of %d "
                      "channels",
        from_config ? config->path : siamban_checkpoint_path (checkpoint),
        backbone->name, from_config ? layer : in);
    return FALSE;
  }
  ban->layers[level] = layer;
  if (backbone->channels (ban, layer) == in)
    return TRUE;
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
      "%s: tensor %s.0.weight takes %d channels, layer %d of %s has %d",
      siamban_checkpoint_path (checkpoint), ban->necks[level], in, layer,
      backbone->name, backbone->channels (ban, layer));
  return FALSE;
}

static gboolean
tell_levels (SiambanBan *ban, const SiambanBackbone *backbone,
    const SiambanConfig *config, const SiambanCheckpoint *checkpoint,
    GError **error)
{
  if (config->n_used_layers && config->n_used_layers != ban->n_levels) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: BACKBONE.KWARGS.used_layers: expected %d layers, one for each "
        "level of the neck in %s",
        config->path, ban->n_levels, siamban_checkpoint_path (checkpoint));
    return FALSE;
  }
  for (int i = 0; i < ban->n_levels; i++)
    if (!tell_layer (ban, i, backbone, config, checkpoint, error) ||
        !read_dim (checkpoint, 0, &ban->neck_out[i], error, "%s.0.weight",
            ban->necks[i]) ||
        !read_dim (checkpoint, 0, &ban->hidden[i], error,
            "%s.cls.conv_search.0.weight", ban->boxes[i]))
      return FALSE;
  return TRUE;
}

static gboolean
check_list (const SiambanConfig *config, const char *key, const int *given,
    int n_given, const int *actual, int n_actual, GError **error)
{
  g_autoptr (GString) expected = g_string_new (NULL);

  if (!n_given ||
      (n_given == n_actual && !memcmp (given, actual, n_given * sizeof *given)))
    return TRUE;
  for (int i = 0; i < n_actual; i++)
    g_string_append_printf (expected, "%s%d", i ? ", " : "", actual[i]);
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
      "%s: %s: expected [%s], as the checkpoint's tensors have it",
      config->path, key, expected->str);
  return FALSE;
}

static gboolean
check_channels (const SiambanBan *ban, const SiambanBackbone *backbone,
    const SiambanConfig *config, GError **error)
{
  int in[SIAMBAN_MAX_LEVELS];
  int n = ban->n_levels;

  for (int i = 0; i < n; i++)
    in[i] = backbone->channels (ban, ban->layers[i]);
  return check_list (config, "ADJUST.KWARGS.in_channels", config->adjust_in,
             config->n_adjust_in, in, n, error) &&
         check_list (config, "ADJUST.KWARGS.out_channels", config->adjust_out,
             config->n_adjust_out, ban->neck_out, n, error) &&
         check_list (config, "BAN.KWARGS.in_channels", config->ban_in,
             config->n_ban_in, ban->neck_out, n, error);
}

static gboolean
tell_cls_channels (SiambanBan *ban, const SiambanConfig *config,
    const SiambanCheckpoint *checkpoint, GError **error)
{
  int n;

  if (!read_dim (
          checkpoint, 0, &n, error, "%s.cls.head.3.weight", ban->boxes[0]))
    return FALSE;
  ban->cls_channels = n;
  if (n > 2) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: tensor %s.cls.head.3.weight: expected 1 or 2 output channels, "
        "found %d",
        siamban_checkpoint_path (checkpoint), ban->boxes[0], n);
    return FALSE;
  }
  return check_list (config, "BAN.KWARGS.cls_out_channels",
      &config->cls_out_channels, config->cls_out_channels != 0, &n, 1, error);
}

static gboolean
check_width (const SiambanBan *ban, int layer, const SiambanConfig *config,
    const SiambanCheckpoint *checkpoint, GError **error)
{
  int width = isnan (config->width_mult)
                  ? ban->widths[layer]
                  : siamban_mobilenetv2_width (layer, config->width_mult);

  if (width == ban->widths[layer])
    return TRUE;
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
      "%s: BACKBONE.KWARGS.width_mult: %g makes layer %d %d channels wide, but "
      "in %s it is %d",
      config->path, config->width_mult, layer, width,
      siamban_checkpoint_path (checkpoint), ban->widths[layer]);
  return FALSE;
}

static gboolean
tell_widths (SiambanBan *ban, const SiambanConfig *config,
    const SiambanCheckpoint *checkpoint, GError **error)
{
  for (int i = 0; i < SIAMBAN_MOBILENETV2_LAYERS; i++) {
    g_autofree char *name =
        i ? g_strdup_printf ("backbone.layer%d.0.conv.6.weight", i)
          : g_strdup ("backbone.layer0.0.weight");

    if (!siamban_tell_has (checkpoint, name))
      continue;
    if (!read_dim (checkpoint, 0, &ban->widths[i], error, "%s", name) ||
        !check_width (ban, i, config, checkpoint, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
siamban_tell_ban (SiambanBan *ban, const SiambanBackbone *backbone,
    const SiambanConfig *config, const SiambanCheckpoint *checkpoint,
    GError **error)
{
  *ban = (SiambanBan){0};
  if (!refuse_parts (config, checkpoint, error))
    return FALSE;
  if (backbone == &siamban_mobilenetv2 &&
      !tell_widths (ban, config, checkpoint, error))
    return FALSE;
  name_levels (ban, checkpoint);
  ban->weighted = config->weighted >= 0
                      ? config->weighted
                      : siamban_tell_has (checkpoint, "head.cls_weight");
  return check_head (ban, config, checkpoint, error) &&
         tell_levels (ban, backbone, config, checkpoint, error) &&
         check_channels (ban, backbone, config, error) &&
         tell_cls_channels (ban, config, checkpoint, error);
}
