/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanlens.h"

#include <math.h>

#include "gstsiambanpart.h"

void
gst_siamban_lens_clear (GstSiambanLens *lens)
{
  g_clear_pointer (&lens->converter, gst_video_converter_free);
}

/* A length near @wanted: @view itself, or even, and not above @limit. */
static gint
round_size (gdouble wanted, gint view, gint limit)
{
  if (fabs (wanted - view) < 1)
    return MIN (view, limit);
  return CLAMP (2 * (gint)floor (wanted / 2 + 0.5), MIN (2, limit), limit);
}

/* A start near @wanted, a multiple of @unit, from which @size fits. */
static gint
round_start (gdouble wanted, gint size, gint limit, gint unit)
{
  const gint start = (gint)floor (wanted / unit + 0.5) * unit;

  return CLAMP (start, 0, (limit - size) / unit * unit);
}

GstVideoRectangle
gst_siamban_lens_round (
    const SiambanBox *wanted, const GstVideoInfo *in, const GstVideoInfo *out)
{
  const gint w = round_size (wanted->w, out->width, in->width);
  const gint h = round_size (wanted->h, out->height, in->height);
  gint unit_x, unit_y;

  gst_siamban_part_units (in->finfo, &unit_x, &unit_y);
  if (GST_VIDEO_INFO_IS_INTERLACED (in))
    unit_y *= 2;
  return (GstVideoRectangle){
      round_start (wanted->x + (wanted->w - w) / 2, w, in->width, unit_x),
      round_start (wanted->y + (wanted->h - h) / 2, h, in->height, unit_y), w,
      h};
}

static GstVideoConverter *
converter_new (const GstVideoFrame *part, const GstVideoFrame *out)
{
  GstStructure *options = gst_structure_new ("options",
      GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD, GST_TYPE_VIDEO_RESAMPLER_METHOD,
      GST_VIDEO_RESAMPLER_METHOD_LINEAR, NULL);
  GstVideoInfo in_info = out->info;

  in_info.width = part->info.width;
  in_info.height = part->info.height;
  return gst_video_converter_new (&in_info, &out->info, options);
}

/* A last pixel that shares its chroma with none has it all the same: where they
 * lie in one plane, four bytes are copied for it. */
static void
lens_copy (GstVideoFrame *part, const GstVideoFrame *out)
{
  GstVideoFrame to = *out;
  gint unit_x, unit_y;

  gst_siamban_part_units (out->info.finfo, &unit_x, &unit_y);
  if (GST_VIDEO_FRAME_N_PLANES (part) == 1) {
    to.info.width = (out->info.width + unit_x - 1) / unit_x * unit_x;
    part->info.width = to.info.width;
  }
  gst_video_frame_copy (&to, part);
}

void
gst_siamban_lens_show (GstSiambanLens *lens, const GstVideoFrame *in,
    const GstVideoRectangle *window, GstVideoFrame *out)
{
  GstVideoRectangle whole = *window;
  GstVideoFrame part;

  if (!gst_siamban_part_of (in, &whole, &part))
    return;
  /* Without what an odd size was grown by to take in whole chroma samples. */
  part.info.width = window->w;
  part.info.height = window->h;
  if (window->w == out->info.width && window->h == out->info.height) {
    lens_copy (&part, out);
    return;
  }
  if (!lens->converter || lens->width != window->w ||
      lens->height != window->h) {
    gst_siamban_lens_clear (lens);
    lens->converter = converter_new (&part, out);
    lens->width = window->w;
    lens->height = window->h;
  }
  gst_video_converter_frame (lens->converter, &part, out);
}
