/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambantext.h"

#include <math.h>

#include <pango/pangocairo.h>

#include "gstsiambansticker.h"

#define GROUND_ALPHA 0.7
#define RUN          8 /* steps of a trail in one sticker */

static cairo_t *
paint_on (const GstMapInfo *map, gint width, gint height)
{
  cairo_surface_t *surface = cairo_image_surface_create_for_data (
      map->data, CAIRO_FORMAT_ARGB32, width, height, 4 * width);
  cairo_t *cairo = cairo_create (surface);

  cairo_surface_destroy (surface);
  return cairo;
}

static PangoLayout *
layout_new (const gchar *text, const gchar *font, gint height)
{
  PangoContext *context =
      pango_font_map_create_context (pango_cairo_font_map_get_default ());
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *description = pango_font_description_from_string (font);
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);

  if (!(pango_font_description_get_set_fields (description) &
          PANGO_FONT_MASK_SIZE))
    pango_font_description_set_absolute_size (
        description, (gdouble)height * PANGO_SCALE);
  pango_layout_set_font_description (layout, description);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, valid, -1);
  pango_font_description_free (description);
  g_object_unref (context);
  return layout;
}

GstBuffer *
gst_siamban_text_new (
    const gchar *text, const gchar *font, gint height, gint max_width)
{
  g_autoptr (PangoLayout) layout = layout_new (text, font, height);
  const gint margin = MAX (height / 5, 2);
  gint width, line_height;
  GstBuffer *sticker;
  GstMapInfo map;
  cairo_t *cairo;

  pango_layout_get_pixel_size (layout, &width, &line_height);
  width = MIN (width + 2 * margin, max_width);
  sticker = gst_siamban_sticker_new (width, line_height, &map);
  cairo = paint_on (&map, width, line_height);
  cairo_set_source_rgba (cairo, 0, 0, 0, GROUND_ALPHA);
  cairo_paint (cairo);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_move_to (cairo, margin, 0);
  pango_cairo_show_layout (cairo, layout);
  cairo_destroy (cairo);
  gst_buffer_unmap (sticker, &map);
  return sticker;
}

/* Around @n spots, within the frame. */
static gboolean
text_extent (const GstSiambanSpot *spots, guint n, gint margin, gint width,
    gint height, GstVideoRectangle *r)
{
  gdouble x0 = width, y0 = height, x1 = 0, y1 = 0;

  for (guint i = 0; i < n; i++) {
    x0 = MIN (x0, spots[i].x - margin);
    y0 = MIN (y0, spots[i].y - margin);
    x1 = MAX (x1, spots[i].x + margin);
    y1 = MAX (y1, spots[i].y + margin);
  }
  r->x = (gint)CLAMP (floor (x0), 0, width);
  r->y = (gint)CLAMP (floor (y0), 0, height);
  r->w = (gint)CLAMP (ceil (x1), 0, width) - r->x;
  r->h = (gint)CLAMP (ceil (y1), 0, height) - r->y;
  return r->w > 0 && r->h > 0;
}

static void
text_stroke (cairo_t *cairo, const GstSiambanSpot *spots, guint n,
    gint line_width, guint argb, gdouble alpha)
{
  for (guint i = 0; i < n; i++)
    cairo_line_to (cairo, spots[i].x, spots[i].y);
  cairo_set_line_width (cairo, line_width);
  cairo_set_line_join (cairo, CAIRO_LINE_JOIN_ROUND);
  cairo_set_source_rgba (cairo, (argb >> 16 & 0xff) / 255.,
      (argb >> 8 & 0xff) / 255., (argb & 0xff) / 255.,
      alpha * (argb >> 24) / 255.);
  cairo_stroke (cairo);
}

/* A long trail in one piece would be a sticker as large as the frame. */
void
gst_siamban_trail_place (GPtrArray *rectangles, const GstSiambanSpot *spots,
    guint n, gint frame_width, gint frame_height, gint line_width, guint argb)
{
  for (guint i = 0; i + 1 < n; i += RUN) {
    const guint run = MIN (RUN + 1, n - i);
    GstVideoRectangle r;
    GstBuffer *sticker;
    GstMapInfo map;
    cairo_t *cairo;

    if (!text_extent (
            spots + i, run, line_width, frame_width, frame_height, &r))
      continue;
    sticker = gst_siamban_sticker_new (r.w, r.h, &map);
    cairo = paint_on (&map, r.w, r.h);
    cairo_translate (cairo, -r.x, -r.y);
    text_stroke (
        cairo, spots + i, run, line_width, argb, (i + run) / (gdouble)n);
    cairo_destroy (cairo);
    gst_buffer_unmap (sticker, &map);
    gst_siamban_sticker_place (rectangles, sticker, r.x, r.y);
    gst_buffer_unref (sticker);
  }
}
