/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanoverlay.h"

#include "gstsiambandraw.h"

#define DEFAULT_DRAW FALSE

enum
{
  PROP_DRAW,
  N_PROPS,
};

void
gst_siamban_overlay_init (GstSiambanOverlay *overlay)
{
  *overlay = (GstSiambanOverlay){.draw = DEFAULT_DRAW};
}

guint
gst_siamban_overlay_install_properties (GObjectClass *klass, guint first)
{
  /**
   * siambantrack:draw:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + PROP_DRAW,
      g_param_spec_boolean ("draw", "Draw",
          "Draw the box, the track number and the score into the frames; "
          "without, pixels are never copied or changed",
          DEFAULT_DRAW,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
              GST_PARAM_MUTABLE_PLAYING));
  return first + N_PROPS;
}

gboolean
gst_siamban_overlay_set_property (
    GstSiambanOverlay *overlay, guint index, const GValue *value)
{
  switch (index) {
    case PROP_DRAW:
      overlay->draw = g_value_get_boolean (value);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
gst_siamban_overlay_get_property (
    const GstSiambanOverlay *overlay, guint index, GValue *value)
{
  switch (index) {
    case PROP_DRAW:
      g_value_set_boolean (value, overlay->draw);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
gst_siamban_overlay_is_on (const GstSiambanOverlay *overlay)
{
  return overlay->draw;
}

gboolean
gst_siamban_overlay_draw (const GstSiambanOverlay *overlay,
    const GstVideoInfo *info, GstBuffer *buffer,
    const GstSiambanResult *results, guint n)
{
  GstVideoFrame frame;

  if (!overlay->draw || n == 0)
    return TRUE;
  if (!gst_video_frame_map (&frame, info, buffer,
          GST_MAP_READWRITE | GST_VIDEO_FRAME_MAP_FLAG_NO_REF))
    return FALSE;
  for (guint i = 0; i < n; i++)
    gst_siamban_draw (&frame, &results[i].track.box, (guint)results[i].track.id,
        results[i].track.score);
  gst_video_frame_unmap (&frame);
  return TRUE;
}
