/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_PART_H
#define GST_SIAMBAN_PART_H

#include <gst/video/video.h>

/* The steps, in pixels, from one sample to the next of the component that has
 * fewest. */
void gst_siamban_part_units (const GstVideoFormatInfo *finfo, gint *x, gint *y);

/* @part: (out caller-allocates): what @frame shows within @r, which is cut to
 * the frame and grown to whole samples of chroma. It shares the pixels, is
 * valid while @frame is mapped, and not to be unmapped. Returns FALSE if that
 * is nothing. */
gboolean gst_siamban_part_of (
    const GstVideoFrame *frame, GstVideoRectangle *r, GstVideoFrame *part);

#endif
