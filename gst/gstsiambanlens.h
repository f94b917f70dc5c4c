/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_LENS_H
#define GST_SIAMBAN_LENS_H

#include <gst/video/video.h>
#include <siamban/box.h>

/* Shows windows of frames: pixel for pixel where sizes are the same, else
 * scaled. All zero has nothing to remember. */
typedef struct
{
  GstVideoConverter *converter; /* for windows of width x height */
  gint width, height;
} GstSiambanLens;

/* Forgets what it made for other formats. */
void gst_siamban_lens_clear (GstSiambanLens *lens);

/* The window of whole pixels nearest to @wanted that a frame as @in says has,
 * at a place where no sample of chroma is cut. It has the size of @out if that
 * is less than a pixel off. */
GstVideoRectangle gst_siamban_lens_round (
    const SiambanBox *wanted, const GstVideoInfo *in, const GstVideoInfo *out);

/* Fills @out with the @window of @in. */
void gst_siamban_lens_show (GstSiambanLens *lens, const GstVideoFrame *in,
    const GstVideoRectangle *window, GstVideoFrame *out);

#endif
