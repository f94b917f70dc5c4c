/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanframe.h"

static const struct
{
  GstVideoFormat from;
  SiambanFormat to;
} formats[] = {
    {GST_VIDEO_FORMAT_BGR, SIAMBAN_FORMAT_BGR},
    {GST_VIDEO_FORMAT_RGB, SIAMBAN_FORMAT_RGB},
    {GST_VIDEO_FORMAT_BGRx, SIAMBAN_FORMAT_BGRX},
    {GST_VIDEO_FORMAT_BGRA, SIAMBAN_FORMAT_BGRX},
    {GST_VIDEO_FORMAT_RGBx, SIAMBAN_FORMAT_RGBX},
    {GST_VIDEO_FORMAT_RGBA, SIAMBAN_FORMAT_RGBX},
    {GST_VIDEO_FORMAT_xBGR, SIAMBAN_FORMAT_XBGR},
    {GST_VIDEO_FORMAT_ABGR, SIAMBAN_FORMAT_XBGR},
    {GST_VIDEO_FORMAT_xRGB, SIAMBAN_FORMAT_XRGB},
    {GST_VIDEO_FORMAT_ARGB, SIAMBAN_FORMAT_XRGB},
    {GST_VIDEO_FORMAT_GRAY8, SIAMBAN_FORMAT_GRAY8},
    {GST_VIDEO_FORMAT_NV12, SIAMBAN_FORMAT_NV12},
    {GST_VIDEO_FORMAT_NV21, SIAMBAN_FORMAT_NV21},
    {GST_VIDEO_FORMAT_I420, SIAMBAN_FORMAT_I420},
    {GST_VIDEO_FORMAT_YV12, SIAMBAN_FORMAT_I420},
    {GST_VIDEO_FORMAT_YUY2, SIAMBAN_FORMAT_YUY2},
    {GST_VIDEO_FORMAT_UYVY, SIAMBAN_FORMAT_UYVY},
    {GST_VIDEO_FORMAT_I420_10LE, SIAMBAN_FORMAT_I420_10},
    {GST_VIDEO_FORMAT_P010_10LE, SIAMBAN_FORMAT_P010},
};

gboolean
gst_siamban_frame_is_one_view (const GstVideoInfo *info)
{
  switch (GST_VIDEO_INFO_MULTIVIEW_MODE (info)) {
    case GST_VIDEO_MULTIVIEW_MODE_NONE:
    case GST_VIDEO_MULTIVIEW_MODE_MONO:
    case GST_VIDEO_MULTIVIEW_MODE_LEFT:
    case GST_VIDEO_MULTIVIEW_MODE_RIGHT:
      return TRUE;
    default:
      return FALSE;
  }
}

static gboolean
format_of (GstVideoFormat from, SiambanFormat *to)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (formats[i].from == from) {
      *to = formats[i].to;
      return TRUE;
    }
  }
  return FALSE;
}

/* Columns and rows by which the crop cuts into shared chroma. */
static void
phase_of (const GstVideoFrame *frame, guint *x, guint *y)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  const GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta (frame->buffer);

  *x = *y = 0;
  for (guint i = 0; crop && i < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (finfo);
       i++) {
    *x |= crop->x & ((1u << GST_VIDEO_FORMAT_INFO_W_SUB (finfo, i)) - 1);
    *y |= crop->y & ((1u << GST_VIDEO_FORMAT_INFO_H_SUB (finfo, i)) - 1);
  }
}

gboolean
gst_siamban_frame_view (const GstVideoFrame *frame, SiambanFrame *view)
{
  const GstVideoColorimetry *color = &frame->info.colorimetry;
  const gboolean exchanged =
      GST_VIDEO_FRAME_FORMAT (frame) == GST_VIDEO_FORMAT_YV12;
  guint phase_x, phase_y;

  *view = (SiambanFrame){
      .width = GST_VIDEO_FRAME_WIDTH (frame),
      .height = GST_VIDEO_FRAME_HEIGHT (frame),
      .full_range = color->range == GST_VIDEO_COLOR_RANGE_0_255,
  };
  if (!format_of (GST_VIDEO_FRAME_FORMAT (frame), &view->format))
    return FALSE;
  phase_of (frame, &phase_x, &phase_y);
  view->chroma_x = (guint16)phase_x;
  view->chroma_y = (guint16)phase_y;
  for (guint i = 0; i < GST_VIDEO_FRAME_N_PLANES (frame); i++) {
    const guint plane = exchanged && i > 0 ? 3 - i : i;

    view->data[i] = GST_VIDEO_FRAME_PLANE_DATA (frame, plane);
    view->stride[i] = GST_VIDEO_FRAME_PLANE_STRIDE (frame, plane);
  }
  if (!gst_video_color_matrix_get_Kr_Kb (color->matrix, &view->kr, &view->kb))
    gst_video_color_matrix_get_Kr_Kb (
        GST_VIDEO_COLOR_MATRIX_BT601, &view->kr, &view->kb);
  return TRUE;
}

static void
start_at (GstVideoFrame *frame, guint plane, guint x, guint y)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  gint component[GST_VIDEO_MAX_COMPONENTS];
  gssize column, row;

  gst_video_format_info_component (finfo, plane, component);
  column = GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, component[0]) *
           (x >> GST_VIDEO_FORMAT_INFO_W_SUB (finfo, component[0]));
  row = y >> GST_VIDEO_FORMAT_INFO_H_SUB (finfo, component[0]);
  frame->data[plane] = (guint8 *)GST_VIDEO_FRAME_PLANE_DATA (frame, plane) +
                       row * GST_VIDEO_FRAME_PLANE_STRIDE (frame, plane) +
                       column;
}

gboolean
gst_siamban_frame_crop (GstVideoFrame *frame, GstBuffer *buffer)
{
  const GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta (buffer);
  const guint width = (guint)GST_VIDEO_FRAME_WIDTH (frame);
  const guint height = (guint)GST_VIDEO_FRAME_HEIGHT (frame);

  if (!crop)
    return TRUE;
  if (crop->width == 0 || crop->height == 0 || crop->width > width ||
      crop->height > height || crop->x > width - crop->width ||
      crop->y > height - crop->height)
    return FALSE;
  for (guint i = 0; i < GST_VIDEO_FRAME_N_PLANES (frame); i++)
    start_at (frame, i, crop->x, crop->y);
  frame->info.width = (gint)crop->width;
  frame->info.height = (gint)crop->height;
  return TRUE;
}

void
gst_siamban_frame_widen (GstVideoFrame *frame, guint *x, guint *y)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  gint component[GST_VIDEO_MAX_COMPONENTS];

  phase_of (frame, x, y);
  for (guint p = 0; p < GST_VIDEO_FRAME_N_PLANES (frame); p++) {
    gssize back = 0;

    gst_video_format_info_component (finfo, p, component);
    if (GST_VIDEO_FORMAT_INFO_W_SUB (finfo, component[0]) == 0)
      back += (gssize)*x * GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, component[0]);
    if (GST_VIDEO_FORMAT_INFO_H_SUB (finfo, component[0]) == 0)
      back += (gssize)*y * GST_VIDEO_FRAME_PLANE_STRIDE (frame, p);
    frame->data[p] = (guint8 *)frame->data[p] - back;
  }
  frame->info.width += (gint)*x;
  frame->info.height += (gint)*y;
}
