/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanmosaic.h"

#include "gstsiambanpart.h"

#define MIN_FIELD 8 /* pixels; even, for subsampled chroma */

typedef struct
{
  const GstVideoRectangle *rects;
  guint n;
} Holes;

/* One component of a part of a frame. */
typedef struct
{
  guint8 *data;
  gint stride, step; /* in bytes */
  gint width, height;
  gint x, y;         /* of the part in the frame, in pixels */
  gint sub_x, sub_y; /* shifts from pixels to samples */
  gboolean wide;     /* two bytes a sample */
  gint shift;        /* bits below it, which have to be 0 */
} Component;

/* GStreamer 1.22 takes the V of 16-bit pairs to be one byte behind the U. */
static guint8 *
data_of (const GstVideoFrame *part, guint c)
{
  guint8 *plane = GST_VIDEO_FRAME_PLANE_DATA (
      part, GST_VIDEO_FORMAT_INFO_PLANE (part->info.finfo, c));
  gboolean wide = GST_VIDEO_FRAME_COMP_DEPTH (part, c) > 8;

  if (wide && GST_VIDEO_FRAME_COMP_POFFSET (part, c) > 0)
    return plane + GST_VIDEO_FRAME_COMP_PSTRIDE (part, c) / 2;
  return GST_VIDEO_FRAME_COMP_DATA (part, c);
}

static Component
component_of (const GstVideoFrame *part, guint c, const GstVideoRectangle *r)
{
  return (Component){.data = data_of (part, c),
      .stride = GST_VIDEO_FRAME_COMP_STRIDE (part, c),
      .step = GST_VIDEO_FRAME_COMP_PSTRIDE (part, c),
      .width = GST_VIDEO_FRAME_COMP_WIDTH (part, c),
      .height = GST_VIDEO_FRAME_COMP_HEIGHT (part, c),
      .x = r->x,
      .y = r->y,
      .sub_x = GST_VIDEO_FORMAT_INFO_W_SUB (part->info.finfo, c),
      .sub_y = GST_VIDEO_FORMAT_INFO_H_SUB (part->info.finfo, c),
      .wide = GST_VIDEO_FRAME_COMP_DEPTH (part, c) > 8,
      .shift = GST_VIDEO_FORMAT_INFO_SHIFT (part->info.finfo, c)};
}

static guint
mosaic_sample (const Component *c, gint x, gint y)
{
  const guint8 *at = c->data + (gssize)y * c->stride + (gssize)x * c->step;

  return (c->wide ? GST_READ_UINT16_LE (at) : *at) >> c->shift;
}

static void
set_sample (const Component *c, gint x, gint y, guint value)
{
  guint8 *at = c->data + (gssize)y * c->stride + (gssize)x * c->step;

  if (c->wide)
    GST_WRITE_UINT16_LE (at, value << c->shift);
  else
    *at = (guint8)(value << c->shift);
}

static guint
mosaic_mean (const Component *c, const GstVideoRectangle *r)
{
  guint64 sum = 0;

  for (gint y = r->y; y < r->y + r->h; y++) {
    for (gint x = r->x; x < r->x + r->w; x++)
      sum += mosaic_sample (c, x, y);
  }
  return (guint)(sum / ((guint64)r->w * (guint64)r->h));
}

static gboolean
is_in (const GstVideoRectangle *r, gint x, gint y)
{
  return x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h;
}

/* Of the field @r, those samples that no hole covers. */
static void
mosaic_fill (const Component *c, const GstVideoRectangle *r, guint value,
    const Holes *holes)
{
  for (gint y = r->y; y < r->y + r->h; y++) {
    for (gint x = r->x; x < r->x + r->w; x++) {
      const gint fx = c->x + (x << c->sub_x), fy = c->y + (y << c->sub_y);
      guint i = 0;

      while (i < holes->n && !is_in (&holes->rects[i], fx, fy))
        i++;
      if (i == holes->n)
        set_sample (c, x, y, value);
    }
  }
}

/* @side: of a field, in pixels. */
static void
mosaic_flatten (const Component *c, gint side, const Holes *holes)
{
  const gint w = side >> c->sub_x, h = side >> c->sub_y;

  for (gint y = 0; y < c->height; y += h) {
    for (gint x = 0; x < c->width; x += w) {
      const GstVideoRectangle r = {
          x, y, MIN (w, c->width - x), MIN (h, c->height - y)};

      mosaic_fill (c, &r, mosaic_mean (c, &r), holes);
    }
  }
}

void
gst_siamban_mosaic (GstVideoFrame *frame, const GstVideoRectangle *r,
    guint fields, const GstVideoRectangle *holes, guint n_holes)
{
  const Holes left = {holes, n_holes};
  const gint side = MAX (r->w, r->h) / (gint)fields;
  GstVideoRectangle inside = *r;
  GstVideoFrame part;

  if (!gst_siamban_part_of (frame, &inside, &part))
    return;
  for (guint i = 0; i < GST_VIDEO_FRAME_N_COMPONENTS (&part); i++) {
    const Component c = component_of (&part, i, &inside);

    if (i != GST_VIDEO_COMP_A)
      mosaic_flatten (&c, MAX ((side + 1) & ~1, MIN_FIELD), &left);
  }
}
