/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_DRAW_H
#define GST_SIAMBAN_DRAW_H

#include <gst/video/video.h>
#include <siamban/target.h>

/* Outlines @box, to the nearest even pixels, with "@id @score" above it, in a
 * frame mapped for writing, of any 8-bit format that GStreamer knows. What lies
 * outside is left out. */
void gst_siamban_draw (
    GstVideoFrame *frame, const SiambanBox *box, guint id, gdouble score);

#endif
