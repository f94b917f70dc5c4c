/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanproperties.h"

#include <stddef.h>

#include "gstsiambanenums.h"

#define MAX_THREADS  1024
#define MAX_TARGETS  1024
#define MAX_INTERVAL 1000
#define MAX_HISTORY  1024

#define ANY     (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)
#define READY   (ANY | GST_PARAM_MUTABLE_READY)
#define PLAYING (ANY | GST_PARAM_MUTABLE_PLAYING)
#define CONTROL (PLAYING | GST_PARAM_CONTROLLABLE)

#define install g_object_class_install_property

static void
install_model_properties (
    GObjectClass *klass, const GstSiambanSettings *defaults)
{
  /**
   * siambantrack:model:
   *
   * While playing, a model that was set together with its config and precision
   * is loaded beside the stream. Targets, their numbers and boxes are kept.
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_MODEL,
      g_param_spec_string ("model", "Model",
          "Path of the checkpoint, .pth or .safetensors, or the name of a "
          "model (NULL = the built-in one); one set while playing is loaded "
          "beside, and the former one stays if it cannot be",
          NULL, PLAYING));
  /**
   * siambantrack:config:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_CONFIG,
      g_param_spec_string ("config", "Config",
          "Path of the config.yaml published beside the checkpoint "
          "(NULL = as published for the architecture that the "
          "checkpoint shows)",
          NULL, PLAYING));
  /**
   * siambantrack:precision:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_PRECISION,
      g_param_spec_enum ("precision", "Precision",
          "What to compute in; int8 needs a file made by "
          "siamban-quantize",
          GST_TYPE_SIAMBAN_PRECISION, defaults->precision, PLAYING));
  /**
   * siambantrack:mode:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_MODE,
      g_param_spec_enum ("mode", "Mode", "How to follow", GST_TYPE_SIAMBAN_MODE,
          defaults->mode, PLAYING));
  /**
   * siambantrack:threads:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_THREADS,
      g_param_spec_uint ("threads", "Threads",
          "Most threads to use for one frame (0 = one per CPU that "
          "the process may run on)",
          0, MAX_THREADS, defaults->threads, CONTROL));
}

static void
install_seed_properties (
    GObjectClass *klass, const GstSiambanSettings *defaults)
{
  /**
   * siambantrack:box:
   *
   * Set while playing, what it gave before ends. A box is learnt on one frame:
   * after a seek it seeds again where that frame is, and nowhere else. An empty
   * array stops nothing.
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_BOX,
      gst_param_spec_array ("box", "Box",
          "Object to follow as <x, y, width, height> in pixels, from "
          "the next frame on, in place of the one given so before; "
          "numbers of any type, (x, y) the top-left corner (empty = "
          "none)",
          NULL, PLAYING));
  /**
   * siambantrack:boxes:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_BOXES,
      gst_param_spec_array ("boxes", "Boxes",
          "Objects to follow as <<x, y, width, height>, ...>, from "
          "the next frame on, in place of those given so before "
          "(empty = none)",
          NULL, PLAYING));
  /**
   * siambantrack:seed-from:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_SEED_FROM,
      g_param_spec_flags ("seed-from", "Seed from",
          "Upstream metas whose regions are followed: one that no "
          "target overlaps is a new target, others put theirs right",
          GST_TYPE_SIAMBAN_SEED_FROM, defaults->seed_from, PLAYING));
  /**
   * siambantrack:seed-from-roi:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_SEED_FROM_ROI,
      g_param_spec_boolean ("seed-from-roi", "Seed from ROI",
          "Short for seed-from: all of it, or nothing", TRUE, PLAYING));
  /**
   * siambantrack:seed-roi-type:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_SEED_ROI_TYPE,
      g_param_spec_string ("seed-roi-type", "Seed ROI type",
          "Type that an upstream region must have to be followed "
          "(NULL = any)",
          NULL, PLAYING));
  /**
   * siambantrack:seed-history:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_SEED_HISTORY,
      g_param_spec_uint ("seed-history", "Seed history",
          "Frames to keep copies of, so that a seed event with a pts "
          "is learnt on the frame it means (0 = none; not more than "
          "256 MiB)",
          0, MAX_HISTORY, defaults->seed_history, PLAYING));
  /**
   * siambantrack:label:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_LABEL,
      g_param_spec_string ("label", "Label",
          "Label of all targets (NULL = the type of the region that "
          "a target came from, else \"object\")",
          NULL, PLAYING));
}

static void
install_target_properties (
    GObjectClass *klass, const GstSiambanSettings *defaults)
{
  /**
   * siambantrack:max-targets:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_MAX_TARGETS,
      g_param_spec_uint ("max-targets", "Max targets",
          "Most targets to follow at a time; further ones are refused", 1,
          MAX_TARGETS, defaults->max_targets, PLAYING));
  /**
   * siambantrack:max-searches:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_MAX_SEARCHES,
      g_param_spec_uint ("max-searches", "Max searches",
          "Most network runs for one frame; targets take turns when "
          "there are more of them (0 = no limit)",
          0, MAX_TARGETS, defaults->max_searches, CONTROL));
  /**
   * siambantrack:id-base:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_ID_BASE,
      g_param_spec_uint64 ("id-base", "ID base",
          "Number of the first target after READY (0 = numbers that "
          "no other element of the process has)",
          0, G_MAXINT, defaults->id_base, READY));
  /**
   * siambantrack:max-lost-age:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_MAX_LOST_AGE,
      g_param_spec_uint64 ("max-lost-age", "Max lost age",
          "A target lost for longer ends; nanoseconds (0 = never)", 0,
          G_MAXUINT64, defaults->max_lost_age, PLAYING));
  /**
   * siambantrack:lost-threshold:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_LOST_THRESHOLD,
      g_param_spec_double ("lost-threshold", "Lost threshold",
          "Confidence, 0 to 1, below which a target is not there; "
          "not above found-threshold",
          0, 1, defaults->lost_threshold, CONTROL));
  /**
   * siambantrack:found-threshold:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_FOUND_THRESHOLD,
      g_param_spec_double ("found-threshold", "Found threshold",
          "Confidence, 0 to 1, from which on a lost target is taken "
          "as found",
          0, 1, defaults->found_threshold, CONTROL));
  /**
   * siambantrack:reset-on-flush:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_RESET_ON_FLUSH,
      g_param_spec_boolean ("reset-on-flush", "Reset on flush",
          "End all targets at a flush (a seek) or another stream, "
          "rather than look for them there",
          defaults->reset_on_flush, PLAYING));
}

static void
install_load_properties (
    GObjectClass *klass, const GstSiambanSettings *defaults)
{
  /**
   * siambantrack:inference-interval:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_INFERENCE_INTERVAL,
      g_param_spec_uint ("inference-interval", "Inference interval",
          "The network runs on every n-th frame; boxes in between "
          "are moved on and marked as predicted (0 = less often "
          "while little moves)",
          0, MAX_INTERVAL, defaults->inference_interval, CONTROL));
  /**
   * siambantrack:max-latency:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_MAX_LATENCY,
      g_param_spec_uint64 ("max-latency", "Max latency",
          "How far it may fall behind before frames pass without "
          "inference; nanoseconds (0 = any; -1 = half a frame in live "
          "pipelines, else any)",
          0, G_MAXUINT64, defaults->max_latency, PLAYING));
  /**
   * siambantrack:async:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_ASYNC,
      g_param_spec_boolean ("async", "Asynchronous",
          "Run inference beside the stream: frames are not held up, "
          "and carry the newest boxes with their age",
          defaults->async, READY));
  /**
   * siambantrack:post-frames:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_POST_FRAMES,
      g_param_spec_boolean ("post-frames", "Post frames",
          "Post an element message with all targets for every frame",
          defaults->post_frames, PLAYING));
  /**
   * siambantrack:meta:
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_META,
      g_param_spec_enum ("meta", "Meta",
          "What to put on buffers for others to read, beside "
          "GstSiambanTrackMeta",
          GST_TYPE_SIAMBAN_META_KIND, defaults->meta, PLAYING));
  /**
   * siambantrack:mouse-select:
   *
   * Dragging with the first button draws a box in the sink's window, and the
   * object in it is followed; Escape cancels. A click marks a point, as an
   * event with a point does, unless a target is there already. The third button
   * removes the target under it.
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_MOUSE_SELECT,
      g_param_spec_boolean ("mouse-select", "Mouse select",
          "Add and remove targets with the mouse in the sink's window",
          defaults->mouse_select, PLAYING));
  /**
   * siambantrack:stats:
   *
   * Structure `siambantrack-stats`, counted since READY. Its fields are in
   * docs/element.md.
   *
   * Since: 0.1
   */
  install (klass, GST_SIAMBAN_PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Frames, targets by state, milliseconds a stage; see docs/element.md",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

void
gst_siamban_properties_install (GObjectClass *klass)
{
  g_auto (GstSiambanSettings) defaults = {0};

  gst_siamban_settings_init (&defaults);
  install_model_properties (klass, &defaults);
  install_seed_properties (klass, &defaults);
  install_target_properties (klass, &defaults);
  install_load_properties (klass, &defaults);
  gst_siamban_overlay_install_properties (klass, GST_SIAMBAN_PROP_OVERLAY);
}

typedef enum
{
  STRING,
  BOOLEAN,
  UINT,
  UINT64,
  DOUBLE,
  ENUM,
  FLAGS
} Kind;

/* Where in the settings they are. */
static const struct
{
  guint id;
  Kind kind;
  gsize offset;
} fields[] = {
    {GST_SIAMBAN_PROP_MODEL, STRING, offsetof (GstSiambanSettings, model)},
    {GST_SIAMBAN_PROP_CONFIG, STRING, offsetof (GstSiambanSettings, config)},
    {GST_SIAMBAN_PROP_PRECISION, ENUM,
        offsetof (GstSiambanSettings, precision)},
    {GST_SIAMBAN_PROP_MODE, ENUM, offsetof (GstSiambanSettings, mode)},
    {GST_SIAMBAN_PROP_THREADS, UINT, offsetof (GstSiambanSettings, threads)},
    {GST_SIAMBAN_PROP_SEED_FROM, FLAGS,
        offsetof (GstSiambanSettings, seed_from)},
    {GST_SIAMBAN_PROP_SEED_ROI_TYPE, STRING,
        offsetof (GstSiambanSettings, seed_roi_type)},
    {GST_SIAMBAN_PROP_SEED_HISTORY, UINT,
        offsetof (GstSiambanSettings, seed_history)},
    {GST_SIAMBAN_PROP_LABEL, STRING, offsetof (GstSiambanSettings, label)},
    {GST_SIAMBAN_PROP_MAX_TARGETS, UINT,
        offsetof (GstSiambanSettings, max_targets)},
    {GST_SIAMBAN_PROP_MAX_SEARCHES, UINT,
        offsetof (GstSiambanSettings, max_searches)},
    {GST_SIAMBAN_PROP_ID_BASE, UINT64, offsetof (GstSiambanSettings, id_base)},
    {GST_SIAMBAN_PROP_MAX_LOST_AGE, UINT64,
        offsetof (GstSiambanSettings, max_lost_age)},
    {GST_SIAMBAN_PROP_LOST_THRESHOLD, DOUBLE,
        offsetof (GstSiambanSettings, lost_threshold)},
    {GST_SIAMBAN_PROP_FOUND_THRESHOLD, DOUBLE,
        offsetof (GstSiambanSettings, found_threshold)},
    {GST_SIAMBAN_PROP_RESET_ON_FLUSH, BOOLEAN,
        offsetof (GstSiambanSettings, reset_on_flush)},
    {GST_SIAMBAN_PROP_INFERENCE_INTERVAL, UINT,
        offsetof (GstSiambanSettings, inference_interval)},
    {GST_SIAMBAN_PROP_MAX_LATENCY, UINT64,
        offsetof (GstSiambanSettings, max_latency)},
    {GST_SIAMBAN_PROP_ASYNC, BOOLEAN, offsetof (GstSiambanSettings, async)},
    {GST_SIAMBAN_PROP_POST_FRAMES, BOOLEAN,
        offsetof (GstSiambanSettings, post_frames)},
    {GST_SIAMBAN_PROP_META, ENUM, offsetof (GstSiambanSettings, meta)},
    {GST_SIAMBAN_PROP_MOUSE_SELECT, BOOLEAN,
        offsetof (GstSiambanSettings, mouse_select)},
};

/* NULL if @id is none of them. */
static gpointer
field_of (const GstSiambanSettings *settings, guint id, Kind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (fields[i].id == id) {
      *kind = fields[i].kind;
      return (guint8 *)settings + fields[i].offset;
    }
  }
  return NULL;
}

static void
set_string (gchar **string, const gchar *given)
{
  g_clear_pointer (string, g_ref_string_release);
  *string = given ? g_ref_string_new (given) : NULL;
}

static void
set_field (gpointer field, Kind kind, const GValue *value)
{
  switch (kind) {
    case STRING:
      set_string (field, g_value_get_string (value));
      break;
    case BOOLEAN:
      *(gboolean *)field = g_value_get_boolean (value);
      break;
    case UINT:
      *(guint *)field = g_value_get_uint (value);
      break;
    case UINT64:
      *(guint64 *)field = g_value_get_uint64 (value);
      break;
    case DOUBLE:
      *(gdouble *)field = g_value_get_double (value);
      break;
    case ENUM:
      *(gint *)field = g_value_get_enum (value);
      break;
    case FLAGS:
      *(guint *)field = g_value_get_flags (value);
      break;
  }
}

static void
get_field (gconstpointer field, Kind kind, GValue *value)
{
  switch (kind) {
    case STRING:
      g_value_set_string (value, *(gchar *const *)field);
      break;
    case BOOLEAN:
      g_value_set_boolean (value, *(const gboolean *)field);
      break;
    case UINT:
      g_value_set_uint (value, *(const guint *)field);
      break;
    case UINT64:
      g_value_set_uint64 (value, *(const guint64 *)field);
      break;
    case DOUBLE:
      g_value_set_double (value, *(const gdouble *)field);
      break;
    case ENUM:
      g_value_set_enum (value, *(const gint *)field);
      break;
    case FLAGS:
      g_value_set_flags (value, *(const guint *)field);
      break;
  }
}

gboolean
gst_siamban_properties_set (
    GstSiambanSettings *settings, guint id, const GValue *value)
{
  Kind kind;
  gpointer field = field_of (settings, id, &kind);

  if (field)
    set_field (field, kind, value);
  else if (id == GST_SIAMBAN_PROP_SEED_FROM_ROI)
    settings->seed_from =
        g_value_get_boolean (value) ? GST_SIAMBAN_SEED_FROM_ALL : 0;
  else
    return id >= GST_SIAMBAN_PROP_OVERLAY &&
           gst_siamban_overlay_set_property (
               &settings->overlay, id - GST_SIAMBAN_PROP_OVERLAY, value);
  return TRUE;
}

gboolean
gst_siamban_properties_get (
    const GstSiambanSettings *settings, guint id, GValue *value)
{
  Kind kind;
  gconstpointer field = field_of (settings, id, &kind);

  if (field)
    get_field (field, kind, value);
  else if (id == GST_SIAMBAN_PROP_SEED_FROM_ROI)
    g_value_set_boolean (value, settings->seed_from != 0);
  else
    return id >= GST_SIAMBAN_PROP_OVERLAY &&
           gst_siamban_overlay_get_property (
               &settings->overlay, id - GST_SIAMBAN_PROP_OVERLAY, value);
  return TRUE;
}

gboolean
gst_siamban_properties_choose_model (guint id)
{
  return id == GST_SIAMBAN_PROP_MODEL || id == GST_SIAMBAN_PROP_CONFIG ||
         id == GST_SIAMBAN_PROP_PRECISION;
}
