/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanpicture.h"

#include "gstsiambanframe.h"

static gboolean
picture_fits (const GstSiambanPicture *picture, const GstVideoInfo *info)
{
  const GstVideoInfo *have = &picture->frame.info;

  return picture->buffer &&
         GST_VIDEO_INFO_FORMAT (have) == GST_VIDEO_INFO_FORMAT (info) &&
         have->width == info->width && have->height == info->height;
}

static gboolean
picture_allocate (GstSiambanPicture *picture, const GstVideoInfo *like)
{
  GstVideoInfo info;

  gst_siamban_picture_clear (picture);
  if (!gst_video_info_set_format (
          &info, GST_VIDEO_INFO_FORMAT (like), like->width, like->height))
    return FALSE;
  picture->buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  if (picture->buffer)
    gst_buffer_add_video_crop_meta (picture->buffer);
  if (picture->buffer && gst_video_frame_map (&picture->frame, &info,
                             picture->buffer, GST_MAP_READWRITE))
    return TRUE;
  gst_clear_buffer (&picture->buffer);
  return FALSE;
}

/* With whole chroma samples, and the same cut as @frame has in them. */
static void
picture_cut (GstSiambanPicture *picture, guint x, guint y)
{
  GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta (picture->buffer);

  crop->x = x;
  crop->y = y;
  crop->width = (guint)picture->frame.info.width - x;
  crop->height = (guint)picture->frame.info.height - y;
}

gboolean
gst_siamban_picture_take (
    GstSiambanPicture *picture, const GstVideoFrame *frame)
{
  GstVideoFrame whole = *frame;
  guint x, y;

  gst_siamban_frame_widen (&whole, &x, &y);
  if (!picture_fits (picture, &whole.info) &&
      !picture_allocate (picture, &whole.info))
    return FALSE;
  picture_cut (picture, x, y);
  picture->frame.info.colorimetry = frame->info.colorimetry;
  return gst_video_frame_copy (&picture->frame, &whole);
}

gboolean
gst_siamban_picture_view (const GstSiambanPicture *picture, SiambanFrame *view)
{
  GstVideoFrame frame = picture->frame;

  return gst_siamban_frame_crop (&frame, picture->buffer) &&
         gst_siamban_frame_view (&frame, view);
}

void
gst_siamban_picture_clear (GstSiambanPicture *picture)
{
  if (picture->buffer)
    gst_video_frame_unmap (&picture->frame);
  gst_clear_buffer (&picture->buffer);
}

static void
free_picture (gpointer picture)
{
  gst_siamban_picture_clear (picture);
  g_free (picture);
}

void
gst_siamban_ring_push (GstSiambanRing *ring, const GstVideoFrame *frame,
    GstClockTime pts, GstClockTime time, guint most)
{
  const guint fitting = (guint)(GST_SIAMBAN_RING_BYTES / frame->info.size);
  GstSiambanPicture *picture = NULL;

  most = MIN (most, MAX (fitting, 1));
  while (ring->pictures.length > 0 && ring->pictures.length >= most) {
    g_clear_pointer (&picture, free_picture);
    picture = g_queue_pop_head (&ring->pictures);
  }
  if (!picture)
    picture = g_new0 (GstSiambanPicture, 1);
  if (most == 0 || !gst_siamban_picture_take (picture, frame)) {
    free_picture (picture);
    return;
  }
  picture->pts = pts;
  picture->time = time;
  g_queue_push_tail (&ring->pictures, picture);
}

const GstSiambanPicture *
gst_siamban_ring_find (
    const GstSiambanRing *ring, GstClockTime pts, GstClockTime duration)
{
  for (const GList *link = ring->pictures.tail; link; link = link->prev) {
    const GstSiambanPicture *picture = link->data;

    if (GST_CLOCK_TIME_IS_VALID (picture->pts) &&
        2 * (guint64)ABS (GST_CLOCK_DIFF (pts, picture->pts)) <= duration)
      return picture;
  }
  return NULL;
}

void
gst_siamban_ring_clear (GstSiambanRing *ring)
{
  g_queue_clear_full (&ring->pictures, free_picture);
}
