/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_OUTLINE_H
#define GST_SIAMBAN_OUTLINE_H

#include <gst/video/video.h>
#include <siamban/box.h>

typedef struct
{
  gint width; /* even */
  guint argb;
  gint dash; /* length of dashes and of gaps, 0: a line without gaps */
} GstSiambanStroke;

/* To even numbers of pixels, which is what 4:2:0 can show without a fringe. */
GstVideoRectangle gst_siamban_outline_snap (const SiambanBox *box);

/* A line around the outside of @box, with a dark one around it: four stickers
 * for @rectangles, of what lies in a @width x @height frame. */
void gst_siamban_outline_place (GPtrArray *rectangles, const SiambanBox *box,
    gint width, gint height, const GstSiambanStroke *stroke);

#endif
