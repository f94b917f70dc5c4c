/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_MOSAIC_H
#define GST_SIAMBAN_MOSAIC_H

#include <gst/video/video.h>

/* Makes @r, as far as it lies in the frame, unrecognisable, but for @holes: one
 * colour for each of @fields fields along its longer side, none below 8 pixels.
 * @frame is mapped for writing, of any format of 8 to 16 bits. Alpha stays. */
void gst_siamban_mosaic (GstVideoFrame *frame, const GstVideoRectangle *r,
    guint fields, const GstVideoRectangle *holes, guint n_holes);

#endif
