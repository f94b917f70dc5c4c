/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanproperties.h"

#include "gstsiambanprecision.h"

#define MAX_THREADS 1024

void
gst_siamban_properties_install (GObjectClass *klass)
{
  g_auto (GstSiambanSettings) defaults = {0};
  const GParamFlags ready =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  const GParamFlags playing =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  gst_siamban_settings_init (&defaults);
  /**
   * siambantrack:model:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, GST_SIAMBAN_PROP_MODEL,
      g_param_spec_string ("model", "Model",
          "Path of the checkpoint, .pth or .safetensors (NULL = the built-in "
          "model)",
          NULL, ready));
  /**
   * siambantrack:config:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, GST_SIAMBAN_PROP_CONFIG,
      g_param_spec_string ("config", "Config",
          "Path of the config.yaml published beside the checkpoint (NULL = as "
          "published for the architecture that the checkpoint shows)",
          NULL, ready));
  /**
   * siambantrack:box:
   *
   * Seeds the first frame, or the next one when set while running. An empty
   * array is no box, and does not stop what is being followed.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, GST_SIAMBAN_PROP_BOX,
      gst_param_spec_array ("box", "Box",
          "Object to follow as <x, y, width, height> in pixels, from the next "
          "frame on; numbers of any type, (x, y) the top-left corner (empty = "
          "none)",
          NULL, playing));
  /**
   * siambantrack:seed-from-roi:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, GST_SIAMBAN_PROP_SEED_FROM_ROI,
      g_param_spec_boolean ("seed-from-roi", "Seed from ROI",
          "While there is no target, take the first upstream region of "
          "interest as one",
          defaults.seed_from_roi, playing));
  /**
   * siambantrack:seed-roi-type:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, GST_SIAMBAN_PROP_SEED_ROI_TYPE,
      g_param_spec_string ("seed-roi-type", "Seed ROI type",
          "Type that an upstream region of interest must have to become the "
          "target (NULL = any)",
          NULL, playing));
  /**
   * siambantrack:label:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, GST_SIAMBAN_PROP_LABEL,
      g_param_spec_string ("label", "Label",
          "Type of the regions of interest put on buffers (NULL = \"object\")",
          defaults.label, playing));
  /**
   * siambantrack:threads:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, GST_SIAMBAN_PROP_THREADS,
      g_param_spec_uint ("threads", "Threads",
          "Most threads to use for one frame (0 = one per CPU that the "
          "process may run on)",
          0, MAX_THREADS, defaults.threads, playing));
  /**
   * siambantrack:precision:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, GST_SIAMBAN_PROP_PRECISION,
      g_param_spec_enum ("precision", "Precision",
          "What to compute in; int8 needs a file made by siamban-quantize",
          GST_TYPE_SIAMBAN_PRECISION, defaults.precision, ready));
  /**
   * siambantrack:meta:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, GST_SIAMBAN_PROP_META,
      g_param_spec_enum ("meta", "Meta",
          "What to put on buffers for others to read, beside "
          "GstSiambanTrackMeta",
          GST_TYPE_SIAMBAN_META_KIND, defaults.meta, playing));
  /**
   * siambantrack:stats:
   *
   * Structure `siambantrack-stats`: `frames` and `tracked-frames` (uint64: all
   * that passed since READY, and those that got a region), `mean-ms` and
   * `last-ms` (double: milliseconds spent on a tracked frame), `id` (uint:
   * track number, 0 without a target) and `score` (double: of the last frame).
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, GST_SIAMBAN_PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "frames, tracked-frames, mean-ms and last-ms (milliseconds a tracked "
          "frame), id (track number, 0 = no target), score (0 to 1)",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  gst_siamban_overlay_install_properties (klass, GST_SIAMBAN_PROP_OVERLAY);
}

static void
set_string (gchar **string, const GValue *value, const gchar *fallback)
{
  const gchar *given = g_value_get_string (value);

  g_clear_pointer (string, g_ref_string_release);
  if (given || fallback)
    *string = g_ref_string_new (given ? given : fallback);
}

gboolean
gst_siamban_properties_set (
    GstSiambanSettings *settings, guint id, const GValue *value)
{
  switch (id) {
    case GST_SIAMBAN_PROP_MODEL:
      set_string (&settings->model, value, NULL);
      return TRUE;
    case GST_SIAMBAN_PROP_CONFIG:
      set_string (&settings->config, value, NULL);
      return TRUE;
    case GST_SIAMBAN_PROP_SEED_FROM_ROI:
      settings->seed_from_roi = g_value_get_boolean (value);
      return TRUE;
    case GST_SIAMBAN_PROP_SEED_ROI_TYPE:
      set_string (&settings->seed_roi_type, value, NULL);
      return TRUE;
    case GST_SIAMBAN_PROP_LABEL:
      set_string (&settings->label, value, "object");
      return TRUE;
    case GST_SIAMBAN_PROP_THREADS:
      settings->threads = g_value_get_uint (value);
      return TRUE;
    case GST_SIAMBAN_PROP_PRECISION:
      settings->precision = g_value_get_enum (value);
      return TRUE;
    case GST_SIAMBAN_PROP_META:
      settings->meta = g_value_get_enum (value);
      return TRUE;
    default:
      return id >= GST_SIAMBAN_PROP_OVERLAY &&
             gst_siamban_overlay_set_property (
                 &settings->overlay, id - GST_SIAMBAN_PROP_OVERLAY, value);
  }
}

gboolean
gst_siamban_properties_get (
    const GstSiambanSettings *settings, guint id, GValue *value)
{
  switch (id) {
    case GST_SIAMBAN_PROP_MODEL:
      g_value_set_string (value, settings->model);
      return TRUE;
    case GST_SIAMBAN_PROP_CONFIG:
      g_value_set_string (value, settings->config);
      return TRUE;
    case GST_SIAMBAN_PROP_SEED_FROM_ROI:
      g_value_set_boolean (value, settings->seed_from_roi);
      return TRUE;
    case GST_SIAMBAN_PROP_SEED_ROI_TYPE:
      g_value_set_string (value, settings->seed_roi_type);
      return TRUE;
    case GST_SIAMBAN_PROP_LABEL:
      g_value_set_string (value, settings->label);
      return TRUE;
    case GST_SIAMBAN_PROP_THREADS:
      g_value_set_uint (value, settings->threads);
      return TRUE;
    case GST_SIAMBAN_PROP_PRECISION:
      g_value_set_enum (value, settings->precision);
      return TRUE;
    case GST_SIAMBAN_PROP_META:
      g_value_set_enum (value, settings->meta);
      return TRUE;
    default:
      return id >= GST_SIAMBAN_PROP_OVERLAY &&
             gst_siamban_overlay_get_property (
                 &settings->overlay, id - GST_SIAMBAN_PROP_OVERLAY, value);
  }
}
