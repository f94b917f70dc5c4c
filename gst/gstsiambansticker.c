/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambansticker.h"

#include "gstsiambanpart.h"

GstBuffer *
gst_siamban_sticker_new (gint width, gint height, GstMapInfo *map)
{
  const gsize size = 4 * (gsize)width * (gsize)height;
  GstBuffer *sticker = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_add_video_meta (sticker, GST_VIDEO_FRAME_FLAG_NONE,
      GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB, (guint)width, (guint)height);
  gst_buffer_map (sticker, map, GST_MAP_READWRITE);
  memset (map->data, 0, size);
  return sticker;
}

void
gst_siamban_sticker_get_size (GstBuffer *sticker, gint *width, gint *height)
{
  const GstVideoMeta *meta = gst_buffer_get_video_meta (sticker);

  *width = (gint)meta->width;
  *height = (gint)meta->height;
}

guint32
gst_siamban_sticker_pixel (guint argb)
{
  const guint a = argb >> 24;
  guint32 pixel = a << 24;

  for (guint shift = 0; shift < 24; shift += 8)
    pixel |= ((argb >> shift & 0xff) * a + 127) / 255 << shift;
  return pixel;
}

void
gst_siamban_sticker_place (
    GPtrArray *rectangles, GstBuffer *sticker, gint x, gint y)
{
  gint width, height;

  gst_siamban_sticker_get_size (sticker, &width, &height);
  g_ptr_array_add (rectangles,
      gst_video_overlay_rectangle_new_raw (sticker, x, y, (guint)width,
          (guint)height, GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA));
}

static gboolean
map_sticker (GstBuffer *sticker, GstVideoFrame *frame)
{
  GstVideoInfo info;
  gint width, height;

  gst_siamban_sticker_get_size (sticker, &width, &height);
  gst_video_info_set_format (&info, GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB,
      (guint)width, (guint)height);
  info.flags |= GST_VIDEO_FLAG_PREMULTIPLIED_ALPHA;
  return gst_video_frame_map (frame, &info, sticker, GST_MAP_READ);
}

/* The library converts whole lines of the frame, so it gets a narrow one. */
void
gst_siamban_sticker_blend (
    GstVideoFrame *frame, GstVideoOverlayRectangle *rectangle)
{
  GstVideoFrame part, pixels;
  GstVideoRectangle r;
  gint x, y;
  guint width, height;

  gst_video_overlay_rectangle_get_render_rectangle (
      rectangle, &x, &y, &width, &height);
  r = (GstVideoRectangle){x, y, (gint)width, (gint)height};
  if (!gst_siamban_part_of (frame, &r, &part) ||
      !map_sticker (
          gst_video_overlay_rectangle_get_pixels_unscaled_raw (
              rectangle, GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA),
          &pixels))
    return;
  gst_video_blend (&part, &pixels, x - r.x, y - r.y, 1);
  gst_video_frame_unmap (&pixels);
}
