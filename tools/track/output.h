/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_OUTPUT_H
#define TRACK_OUTPUT_H

#include <gst/gst.h>

/* Adds to @pipeline what encodes raw video and writes it to @path, in the
 * format of its suffix and the size of the first frame. *@written (atomic, must
 * outlive @pipeline) is how many frames the file has got. Returns the element
 * to link to, which the messages about writing come from, or NULL with @error.
 */
GstElement *track_output_add (
    GstBin *pipeline, const char *path, gint *written, GError **error);

/* The same for a window. */
GstElement *track_window_add (GstBin *pipeline, GError **error);

/* Says to both that frames come from something that does not wait. */
void track_output_set_live (GstBin *pipeline);

#endif
