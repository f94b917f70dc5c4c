/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_WARP_H
#define GST_SIAMBAN_WARP_H

#include <gst/video/video.h>
#include <siamban/box.h>

/* What an element did to the picture: a pixel at (x, y) is now at
 * (xx * x + xy * y + x0, yx * x + yy * y + y0), counted from corner to corner,
 * in a picture of width x height. */
typedef struct
{
  gdouble xx, xy, x0;
  gdouble yx, yy, y0;
  gint width, height;
} GstSiambanWarp;

/* The part (x, y, w, h) of a picture, scaled to width x height. */
void gst_siamban_warp_init_crop (
    GstSiambanWarp *warp, const SiambanBox *part, gint width, gint height);

/* From the arguments of a GstMetaTransformFunction. Returns FALSE if it is none
 * that moves pixels, or perspective. */
gboolean gst_siamban_warp_init_transform (
    GstSiambanWarp *warp, GQuark type, gpointer data);

/* Moves @box along; turned by other than right angles, it becomes the upright
 * box around. */
void gst_siamban_warp_box (const GstSiambanWarp *warp, SiambanBox *box);

#endif
