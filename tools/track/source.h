/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_SOURCE_H
#define TRACK_SOURCE_H

#include <gst/gst.h>

#include "options.h"

/* Adds to @pipeline what decodes options->input; its first video stream goes
 * into @next as soon as it is found, in the sizes and at the times of the
 * input. Where there is none, an error message says so. Returns an element that
 * the messages about reading come from, or NULL with @error: no such file, no
 * such sequence, a plugin missing. */
GstElement *track_source_add (GstBin *pipeline, const TrackOptions *options,
    GstElement *next, GError **error);

#endif
