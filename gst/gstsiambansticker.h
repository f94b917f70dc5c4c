/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_STICKER_H
#define GST_SIAMBAN_STICKER_H

#include <gst/video/video.h>

/* A small picture to be laid over frames: premultiplied ARGB, a native 32-bit
 * word a pixel, without gaps between rows, all transparent at first. Returns a
 * buffer with a GstVideoMeta, mapped for writing: unmap @map. */
GstBuffer *gst_siamban_sticker_new (gint width, gint height, GstMapInfo *map);

void gst_siamban_sticker_get_size (
    GstBuffer *sticker, gint *width, gint *height);

/* 0xAARRGGBB, not premultiplied, as a pixel of a sticker. */
guint32 gst_siamban_sticker_pixel (guint argb);

/* Puts @sticker with its corner at (@x, @y) among @rectangles, which hold
 * GstVideoOverlayRectangle. */
void gst_siamban_sticker_place (
    GPtrArray *rectangles, GstBuffer *sticker, gint x, gint y);

/* Lays @rectangle over a frame mapped for writing, of any format. What lies
 * outside is left out. */
void gst_siamban_sticker_blend (
    GstVideoFrame *frame, GstVideoOverlayRectangle *rectangle);

#endif
