/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_MARKS_H
#define GST_SIAMBAN_MARKS_H

#include <gst/video/video.h>

#include "gstsiambanoverlay.h"
#include "gstsiambanresult.h"

/* The captions and trails of targets, from frame to frame. */
typedef struct _GstSiambanMarks GstSiambanMarks;

GstSiambanMarks *gst_siamban_marks_new (void);
void gst_siamban_marks_free (GstSiambanMarks *marks);

/* Places what @overlay wants of them for one target among @rectangles, for a
 * @width x @height frame. @line_width: that of the box. */
void gst_siamban_marks_place (GstSiambanMarks *marks, GPtrArray *rectangles,
    const GstSiambanOverlay *overlay, const GstSiambanResult *result,
    gint width, gint height, gint line_width);

/* After the last target of a frame: forgets those that were not on it. */
void gst_siamban_marks_end_frame (GstSiambanMarks *marks);

#endif
