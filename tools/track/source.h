/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_SOURCE_H
#define TRACK_SOURCE_H

#include <gst/gst.h>

typedef struct
{
  const char *input; /* file, URI, or image sequence: dir/%04d.jpg */
  int start_index;   /* of a sequence; -1: not given */
  double fps;        /* of a sequence; 0: not given */
} TrackSource;

/* Adds to @pipeline what decodes source->input; its first video stream goes
 * into @next as soon as it is found, in the sizes and at the times of the
 * input. Where there is none, an error message says so. Returns an element that
 * the messages about reading come from, or NULL with @error: no such file, no
 * such sequence, a plugin missing. */
GstElement *track_source_add (GstBin *pipeline, const TrackSource *source,
    GstElement *next, GError **error);

#endif
