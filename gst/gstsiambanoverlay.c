/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanoverlay.h"

#include <siamban/session.h>

#define DEFAULT_ITEMS                                                          \
  (GST_SIAMBAN_DRAW_BOX | GST_SIAMBAN_DRAW_LABEL | GST_SIAMBAN_DRAW_ID |       \
      GST_SIAMBAN_DRAW_CONFIDENCE)
#define DEFAULT_FONT     "Sans Bold"
#define MAX_LINE_WIDTH   64
#define MAX_TRAIL_LENGTH 10000

enum
{
  PROP_DRAW,
  PROP_ITEMS,
  PROP_LINE_WIDTH,
  PROP_FONT,
  PROP_COLOR_TRACKED,
  PROP_COLOR_UNCERTAIN,
  PROP_COLOR_LOST,
  PROP_TRAIL_LENGTH,
  PROP_BLUR,
  N_PROPS,
};

GType
gst_siamban_draw_items_get_type (void)
{
  static const GFlagsValue values[] = {
      {GST_SIAMBAN_DRAW_BOX, "The box", "box"},
      {GST_SIAMBAN_DRAW_LABEL, "The label", "label"},
      {GST_SIAMBAN_DRAW_ID, "The number of the target", "id"},
      {GST_SIAMBAN_DRAW_CONFIDENCE, "The confidence", "confidence"},
      {GST_SIAMBAN_DRAW_TRAIL, "Where its centre has been", "trail"},
      {GST_SIAMBAN_DRAW_SEARCH, "The area that was searched", "search"},
      {0, NULL, NULL},
  };
  static gsize type;

  if (g_once_init_enter (&type)) {
    GType made = g_flags_register_static ("GstSiambanDrawItems", values);

    gst_type_mark_as_plugin_api (made, 0);
    g_once_init_leave (&type, made);
  }
  return type;
}

GType
gst_siamban_blur_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_SIAMBAN_BLUR_NONE, "Nothing", "none"},
      {GST_SIAMBAN_BLUR_TARGETS,
          "Targets; of one not seen for sure also where it may be", "targets"},
      {GST_SIAMBAN_BLUR_BACKGROUND, "All but targets that are in sight",
          "background"},
      {0, NULL, NULL},
  };
  static gsize type;

  if (g_once_init_enter (&type)) {
    GType made = g_enum_register_static ("GstSiambanBlur", values);

    gst_type_mark_as_plugin_api (made, 0);
    g_once_init_leave (&type, made);
  }
  return type;
}

void
gst_siamban_overlay_init (GstSiambanOverlay *overlay)
{
  *overlay = (GstSiambanOverlay){
      .items = DEFAULT_ITEMS,
      .font = DEFAULT_FONT,
      .colors =
          {
              [SIAMBAN_STATUS_TRACKED] = 0xff20ff40,
              [SIAMBAN_STATUS_UNCERTAIN] = 0xffffc020,
              [SIAMBAN_STATUS_LOST] = 0xffff4030,
          },
      .trail_length = 50,
  };
}

static GParamSpec *
color_spec (
    const gchar *name, const gchar *nick, const gchar *blurb, guint value)
{
  return g_param_spec_uint (name, nick, blurb, 0, G_MAXUINT, value,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
}

static void
install_what (GObjectClass *klass, guint first)
{
  const GParamFlags playing =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  /**
   * siambantrack:draw:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + PROP_DRAW,
      g_param_spec_boolean ("draw", "Draw",
          "Draw the targets, as draw-items says: as overlay composition meta "
          "where downstream takes it, else into the frames",
          FALSE, playing));
  /**
   * siambantrack:draw-items:
   *
   * Label, id, confidence and trail need a build with pango and cairo.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + PROP_ITEMS,
      g_param_spec_flags ("draw-items", "Draw items",
          "What is drawn of each target", GST_TYPE_SIAMBAN_DRAW_ITEMS,
          DEFAULT_ITEMS, playing));
  /**
   * siambantrack:draw-trail-length:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + PROP_TRAIL_LENGTH,
      g_param_spec_uint ("draw-trail-length", "Draw trail length",
          "Frames that the trail goes back", 0, MAX_TRAIL_LENGTH, 50, playing));
  /**
   * siambantrack:blur:
   *
   * Whatever #siambantrack:draw is.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + PROP_BLUR,
      g_param_spec_enum ("blur", "Blur",
          "What to make unrecognisable in the frames, by a coarse mosaic",
          GST_TYPE_SIAMBAN_BLUR, GST_SIAMBAN_BLUR_NONE, playing));
}

static void
install_how (GObjectClass *klass, guint first)
{
  const GParamFlags playing =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;
  GstSiambanOverlay defaults;

  gst_siamban_overlay_init (&defaults);
  /**
   * siambantrack:draw-line-width:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + PROP_LINE_WIDTH,
      g_param_spec_uint ("draw-line-width", "Draw line width",
          "Width of lines in pixels, made even (0 = by the frame's height)", 0,
          MAX_LINE_WIDTH, defaults.line_width, playing));
  /**
   * siambantrack:draw-font:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + PROP_FONT,
      g_param_spec_string ("draw-font", "Draw font",
          "Pango description of the font; without a size, it follows the "
          "frame's height",
          defaults.font, playing));
  /**
   * siambantrack:draw-color-tracked:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + PROP_COLOR_TRACKED,
      color_spec ("draw-color-tracked", "Draw color tracked",
          "Colour of targets in sight, as 0xAARRGGBB",
          defaults.colors[SIAMBAN_STATUS_TRACKED]));
  /**
   * siambantrack:draw-color-uncertain:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + PROP_COLOR_UNCERTAIN,
      color_spec ("draw-color-uncertain", "Draw color uncertain",
          "Colour of targets that may be lost soon, as 0xAARRGGBB",
          defaults.colors[SIAMBAN_STATUS_UNCERTAIN]));
  /**
   * siambantrack:draw-color-lost:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + PROP_COLOR_LOST,
      color_spec ("draw-color-lost", "Draw color lost",
          "Colour of the dashed boxes of lost targets, as 0xAARRGGBB",
          defaults.colors[SIAMBAN_STATUS_LOST]));
}

guint
gst_siamban_overlay_install_properties (GObjectClass *klass, guint first)
{
  install_what (klass, first);
  install_how (klass, first);
  return first + N_PROPS;
}

static void
set_font (GstSiambanOverlay *overlay, const GValue *value)
{
  const gchar *font = g_value_get_string (value);

  overlay->font = g_intern_string (font ? font : DEFAULT_FONT);
}

gboolean
gst_siamban_overlay_set_property (
    GstSiambanOverlay *overlay, guint index, const GValue *value)
{
  switch (index) {
    case PROP_DRAW:
      overlay->draw = g_value_get_boolean (value);
      return TRUE;
    case PROP_ITEMS:
      overlay->items = g_value_get_flags (value);
      return TRUE;
    case PROP_LINE_WIDTH:
      overlay->line_width = g_value_get_uint (value);
      return TRUE;
    case PROP_FONT:
      set_font (overlay, value);
      return TRUE;
    case PROP_COLOR_TRACKED:
    case PROP_COLOR_UNCERTAIN:
    case PROP_COLOR_LOST:
      overlay->colors[index - PROP_COLOR_TRACKED] = g_value_get_uint (value);
      return TRUE;
    case PROP_TRAIL_LENGTH:
      overlay->trail_length = g_value_get_uint (value);
      return TRUE;
    case PROP_BLUR:
      overlay->blur = g_value_get_enum (value);
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
    case PROP_ITEMS:
      g_value_set_flags (value, overlay->items);
      return TRUE;
    case PROP_LINE_WIDTH:
      g_value_set_uint (value, overlay->line_width);
      return TRUE;
    case PROP_FONT:
      g_value_set_string (value, overlay->font);
      return TRUE;
    case PROP_COLOR_TRACKED:
    case PROP_COLOR_UNCERTAIN:
    case PROP_COLOR_LOST:
      g_value_set_uint (value, overlay->colors[index - PROP_COLOR_TRACKED]);
      return TRUE;
    case PROP_TRAIL_LENGTH:
      g_value_set_uint (value, overlay->trail_length);
      return TRUE;
    case PROP_BLUR:
      g_value_set_enum (value, overlay->blur);
      return TRUE;
    default:
      return FALSE;
  }
}
