/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanoutline.h"

#include <math.h>

#include "gstsiambansticker.h"

#define EDGE      2 /* of the dark line */
#define EDGE_ARGB 0xc0101010u

/* Even, and such that sums of two stay within an int. */
static gint
outline_snap (gdouble v)
{
  return 2 * (gint)CLAMP (floor (v / 2 + 0.5), -(1 << 27), 1 << 27);
}

GstVideoRectangle
gst_siamban_outline_snap (const SiambanBox *box)
{
  const gint x = outline_snap (box->x), y = outline_snap (box->y);

  return (GstVideoRectangle){x, y, MAX (outline_snap (box->x + box->w) - x, 2),
      MAX (outline_snap (box->y + box->h) - y, 2)};
}

static GstVideoRectangle
outline_grow (const GstVideoRectangle *r, gint by)
{
  return (GstVideoRectangle){
      r->x - by, r->y - by, r->w + 2 * by, r->h + 2 * by};
}

static gboolean
outline_clip (GstVideoRectangle *r, gint width, gint height)
{
  const gint x1 = MIN (r->x + r->w, width), y1 = MIN (r->y + r->h, height);

  r->x = MAX (r->x, 0);
  r->y = MAX (r->y, 0);
  r->w = x1 - r->x;
  r->h = y1 - r->y;
  return r->w > 0 && r->h > 0;
}

/* The pixel (x, y) of the outline whose outer edge is @outer. */
static guint32
pixel_at (gint x, gint y, const GstVideoRectangle *outer,
    const GstSiambanStroke *stroke, guint32 line, guint32 edge)
{
  const gint from_side = MIN (x - outer->x, outer->x + outer->w - 1 - x);
  const gint from_end = MIN (y - outer->y, outer->y + outer->h - 1 - y);
  const gint along = from_side < from_end ? y - outer->y : x - outer->x;

  if (stroke->dash && along / stroke->dash % 2)
    return 0;
  return MIN (from_side, from_end) < EDGE ? edge : line;
}

static void
place_strip (GPtrArray *rectangles, GstVideoRectangle r,
    const GstVideoRectangle *outer, gint width, gint height,
    const GstSiambanStroke *stroke)
{
  const guint32 line = gst_siamban_sticker_pixel (stroke->argb);
  const guint32 edge = gst_siamban_sticker_pixel (EDGE_ARGB);
  GstBuffer *sticker;
  GstMapInfo map;
  guint32 *pixel;

  if (!outline_clip (&r, width, height))
    return;
  sticker = gst_siamban_sticker_new (r.w, r.h, &map);
  pixel = (guint32 *)(gpointer)map.data;
  for (gint y = r.y; y < r.y + r.h; y++) {
    for (gint x = r.x; x < r.x + r.w; x++)
      *pixel++ = pixel_at (x, y, outer, stroke, line, edge);
  }
  gst_buffer_unmap (sticker, &map);
  gst_siamban_sticker_place (rectangles, sticker, r.x, r.y);
  gst_buffer_unref (sticker);
}

void
gst_siamban_outline_place (GPtrArray *rectangles, const SiambanBox *box,
    gint width, gint height, const GstSiambanStroke *stroke)
{
  const gint thick = stroke->width + EDGE;
  const GstVideoRectangle inside = gst_siamban_outline_snap (box);
  const GstVideoRectangle o = outline_grow (&inside, thick);
  const GstVideoRectangle strips[] = {{o.x, o.y, o.w, thick},
      {o.x, o.y + o.h - thick, o.w, thick}, {o.x, inside.y, thick, inside.h},
      {o.x + o.w - thick, inside.y, thick, inside.h}};

  for (guint i = 0; i < G_N_ELEMENTS (strips); i++)
    place_strip (rectangles, strips[i], &o, width, height, stroke);
}
