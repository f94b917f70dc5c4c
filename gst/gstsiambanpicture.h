/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_PICTURE_H
#define GST_SIAMBAN_PICTURE_H

#include <gst/video/video.h>
#include <siamban/frame.h>

/* A frame's pixels in memory of our own, so that no buffer of anybody's pool is
 * kept. All zero is an empty one. */
typedef struct
{
  GstBuffer *buffer;
  GstVideoFrame frame; /* mapped, while there is a buffer */
  GstClockTime pts;
  GstClockTime time; /* running time */
} GstSiambanPicture;

/* Copies @frame; the memory is used again if it has the same layout. Returns
 * FALSE if there is none. */
gboolean gst_siamban_picture_take (
    GstSiambanPicture *picture, const GstVideoFrame *frame);
gboolean gst_siamban_picture_view (
    const GstSiambanPicture *picture, SiambanFrame *view);
void gst_siamban_picture_clear (GstSiambanPicture *picture);

/* The last frames, for boxes that come late. The caller locks. */
typedef struct
{
  GQueue pictures; /* of GstSiambanPicture, oldest first */
} GstSiambanRing;

/* Keeps a copy of @frame, and of not more than @most frames altogether or of
 * what fits GST_SIAMBAN_RING_BYTES. */
void gst_siamban_ring_push (GstSiambanRing *ring, const GstVideoFrame *frame,
    GstClockTime pts, GstClockTime time, guint most);
/* The picture of the frame at @pts, which may be off by half of @duration. */
const GstSiambanPicture *gst_siamban_ring_find (
    const GstSiambanRing *ring, GstClockTime pts, GstClockTime duration);
void gst_siamban_ring_clear (GstSiambanRing *ring);

#define GST_SIAMBAN_RING_BYTES (256 << 20)

#endif
