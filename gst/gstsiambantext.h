/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_TEXT_H
#define GST_SIAMBAN_TEXT_H

#include <gst/video/video.h>

/* @text in white on a dark ground, as a sticker, at most @max_width wide.
 * @font: a description of pango's; without a size, it is @height pixels. */
GstBuffer *gst_siamban_text_new (
    const gchar *text, const gchar *font, gint height, gint max_width);

/* A place of a trail, in pixels. */
typedef struct
{
  gdouble x, y;
} GstSiambanSpot;

/* A line through @n spots, which fades away towards the first, as stickers for
 * @rectangles of what lies in a @frame_width x @frame_height frame. */
void gst_siamban_trail_place (GPtrArray *rectangles,
    const GstSiambanSpot *spots, guint n, gint frame_width, gint frame_height,
    gint line_width, guint argb);

#endif
