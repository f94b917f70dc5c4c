/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanpart.h"

/* start .. start + size cut to 0 .. limit, the start at a multiple of @unit,
 * the end too unless it is the limit. */
static gboolean
part_cut (gint *start, gint *size, gint limit, gint unit)
{
  const gint end = CLAMP (*start + *size, 0, limit);

  *start = CLAMP (*start, 0, limit) / unit * unit;
  *size = MIN ((end + unit - 1) / unit * unit, limit) - *start;
  return end > *start;
}

void
gst_siamban_part_units (const GstVideoFormatInfo *finfo, gint *x, gint *y)
{
  *x = *y = 1;
  for (guint c = 0; c < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (finfo); c++) {
    *x = MAX (*x, 1 << GST_VIDEO_FORMAT_INFO_W_SUB (finfo, c));
    *y = MAX (*y, 1 << GST_VIDEO_FORMAT_INFO_H_SUB (finfo, c));
  }
}

gboolean
gst_siamban_part_of (
    const GstVideoFrame *frame, GstVideoRectangle *r, GstVideoFrame *part)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  gint unit_x, unit_y;

  gst_siamban_part_units (finfo, &unit_x, &unit_y);
  if (!part_cut (&r->x, &r->w, GST_VIDEO_FRAME_WIDTH (frame), unit_x) ||
      !part_cut (&r->y, &r->h, GST_VIDEO_FRAME_HEIGHT (frame), unit_y))
    return FALSE;
  *part = *frame;
  part->info.width = r->w;
  part->info.height = r->h;
  for (guint p = 0; p < GST_VIDEO_FRAME_N_PLANES (frame); p++) {
    gint comp[GST_VIDEO_MAX_COMPONENTS];

    gst_video_format_info_component (finfo, p, comp);
    part->data[p] = (guint8 *)frame->data[p] +
                    GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (finfo, comp[0], r->y) *
                        GST_VIDEO_FRAME_PLANE_STRIDE (frame, p) +
                    GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (finfo, comp[0], r->x) *
                        GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, comp[0]);
  }
  return TRUE;
}
