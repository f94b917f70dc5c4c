/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambancropsettings.h"

#define DEFAULT_ZOOM             1.
#define DEFAULT_TARGET_SIZE      0.4
#define DEFAULT_DEAD_ZONE        0.1
#define DEFAULT_MAX_SPEED        1.
#define DEFAULT_MAX_ACCELERATION 2.
#define DEFAULT_WHEN_LOST        GST_SIAMBAN_WHEN_LOST_HOLD

enum
{
  PROP_0,
  PROP_WIDTH,
  PROP_HEIGHT,
  PROP_TRACK_ID,
  PROP_LABEL,
  PROP_ZOOM,
  PROP_TARGET_SIZE,
  PROP_DEAD_ZONE,
  PROP_MAX_SPEED,
  PROP_MAX_ACCELERATION,
  PROP_WHEN_LOST,
  PROP_PTZ_INTERVAL,
};

void
gst_siamban_crop_settings_init (GstSiambanCropSettings *settings)
{
  *settings = (GstSiambanCropSettings){
      .camera =
          {
              .zoom = DEFAULT_ZOOM,
              .target_size = DEFAULT_TARGET_SIZE,
              .dead_zone = DEFAULT_DEAD_ZONE,
              .max_speed = DEFAULT_MAX_SPEED,
              .max_acceleration = DEFAULT_MAX_ACCELERATION,
              .when_lost = DEFAULT_WHEN_LOST,
          },
  };
}

gboolean
gst_siamban_crop_settings_is_size (guint id)
{
  return id == PROP_WIDTH || id == PROP_HEIGHT;
}

gboolean
gst_siamban_crop_settings_set (
    GstSiambanCropSettings *settings, guint id, const GValue *value)
{
  GstSiambanCameraOptions *camera = &settings->camera;

  switch (id) {
    case PROP_WIDTH:
      settings->width = g_value_get_int (value);
      return TRUE;
    case PROP_HEIGHT:
      settings->height = g_value_get_int (value);
      return TRUE;
    case PROP_TRACK_ID:
      settings->id = g_value_get_uint64 (value);
      return TRUE;
    case PROP_LABEL:
      g_free (settings->label);
      settings->label = g_value_dup_string (value);
      return TRUE;
    case PROP_ZOOM:
      camera->zoom = g_value_get_double (value);
      return TRUE;
    case PROP_TARGET_SIZE:
      camera->target_size = g_value_get_double (value);
      return TRUE;
    case PROP_DEAD_ZONE:
      camera->dead_zone = g_value_get_double (value);
      return TRUE;
    case PROP_MAX_SPEED:
      camera->max_speed = g_value_get_double (value);
      return TRUE;
    case PROP_MAX_ACCELERATION:
      camera->max_acceleration = g_value_get_double (value);
      return TRUE;
    case PROP_WHEN_LOST:
      camera->when_lost = g_value_get_enum (value);
      return TRUE;
    case PROP_PTZ_INTERVAL:
      settings->ptz_interval = g_value_get_uint64 (value);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
gst_siamban_crop_settings_get (
    const GstSiambanCropSettings *settings, guint id, GValue *value)
{
  const GstSiambanCameraOptions *camera = &settings->camera;

  switch (id) {
    case PROP_WIDTH:
      g_value_set_int (value, settings->width);
      return TRUE;
    case PROP_HEIGHT:
      g_value_set_int (value, settings->height);
      return TRUE;
    case PROP_TRACK_ID:
      g_value_set_uint64 (value, settings->id);
      return TRUE;
    case PROP_LABEL:
      g_value_set_string (value, settings->label);
      return TRUE;
    case PROP_ZOOM:
      g_value_set_double (value, camera->zoom);
      return TRUE;
    case PROP_TARGET_SIZE:
      g_value_set_double (value, camera->target_size);
      return TRUE;
    case PROP_DEAD_ZONE:
      g_value_set_double (value, camera->dead_zone);
      return TRUE;
    case PROP_MAX_SPEED:
      g_value_set_double (value, camera->max_speed);
      return TRUE;
    case PROP_MAX_ACCELERATION:
      g_value_set_double (value, camera->max_acceleration);
      return TRUE;
    case PROP_WHEN_LOST:
      g_value_set_enum (value, camera->when_lost);
      return TRUE;
    case PROP_PTZ_INTERVAL:
      g_value_set_uint64 (value, settings->ptz_interval);
      return TRUE;
    default:
      return FALSE;
  }
}

#define PLAYING                                                                \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING)

static void
install_target (GObjectClass *klass)
{
  /**
   * siambancrop:width:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_WIDTH,
      g_param_spec_int ("width", "Width",
          "Width of the output in pixels (0 = as downstream wants, else half "
          "the input's)",
          0, G_MAXINT, 0, PLAYING));
  /**
   * siambancrop:height:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_HEIGHT,
      g_param_spec_int ("height", "Height",
          "Height of the output in pixels (0 = as downstream wants, else in "
          "the input's shape)",
          0, G_MAXINT, 0, PLAYING));
  /**
   * siambancrop:track-id:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TRACK_ID,
      g_param_spec_uint64 ("track-id", "Track id",
          "Number of the target to keep in view (0 = the first, until it ends)",
          0, G_MAXUINT64, 0, PLAYING));
  /**
   * siambancrop:label:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_LABEL,
      g_param_spec_string ("label", "Label",
          "Label that the target must have (NULL = any)", NULL, PLAYING));
  /**
   * siambancrop:ptz-interval:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_PTZ_INTERVAL,
      g_param_spec_uint64 ("ptz-interval", "PTZ interval",
          "Least time between two messages with the target's place, in "
          "nanoseconds (0 = no messages)",
          0, G_MAXUINT64, 0, PLAYING));
}

static void
install_zoom (GObjectClass *klass)
{
  /**
   * siambancrop:zoom:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_ZOOM,
      g_param_spec_double ("zoom", "Zoom",
          "Output pixels for one of the input (1 = the same pixels, 0 = by the "
          "target's size)",
          0, 64, DEFAULT_ZOOM, PLAYING));
  /**
   * siambancrop:target-size:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TARGET_SIZE,
      g_param_spec_double ("target-size", "Target size",
          "With zoom 0, the part of the view's width or height that the "
          "target's box takes",
          0.01, 1, DEFAULT_TARGET_SIZE, PLAYING));
}

static void
install_motion (GObjectClass *klass)
{
  /**
   * siambancrop:dead-zone:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_DEAD_ZONE,
      g_param_spec_double ("dead-zone", "Dead zone",
          "Part of the view, around its centre, in which the target moves "
          "without being followed",
          0, 1, DEFAULT_DEAD_ZONE, PLAYING));
  /**
   * siambancrop:max-speed:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_MAX_SPEED,
      g_param_spec_double ("max-speed", "Max speed",
          "Most that the view moves, in its widths a second, and zooms, in "
          "doublings a second (0 = any)",
          0, 1000, DEFAULT_MAX_SPEED, PLAYING));
  /**
   * siambancrop:max-acceleration:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_MAX_ACCELERATION,
      g_param_spec_double ("max-acceleration", "Max acceleration",
          "Most that the speed changes by in a second (0 = any)", 0, 1000,
          DEFAULT_MAX_ACCELERATION, PLAYING));
  /**
   * siambancrop:when-lost:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_WHEN_LOST,
      g_param_spec_enum ("when-lost", "When lost",
          "What to show while there is no target in sight",
          GST_TYPE_SIAMBAN_WHEN_LOST, DEFAULT_WHEN_LOST, PLAYING));
}

void
gst_siamban_crop_settings_install (GObjectClass *klass)
{
  install_target (klass);
  install_zoom (klass);
  install_motion (klass);
}
