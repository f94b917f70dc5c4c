/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_SOURCE_H
#define TRACK_SOURCE_H

#include <gst/gst.h>

typedef struct
{
  const char *input;       /* file, URI, or image sequence: dir/%04d.jpg */
  int start_index;         /* of a sequence; -1: not given */
  double fps;              /* of a sequence, or of frames without times;
                              0: not given */
  gboolean gaps;           /* pictures of a sequence may be missing */
  guint64 start_frame;     /* frames before this one are left out */
  GstClockTime start_time; /* those before this time from the beginning, too */
} TrackSource;

/* Element message of a source that does not wait, as soon as that shows. What
 * a live element of GStreamer's shows by its state change is not said again. */
#define TRACK_SOURCE_LIVE "siamban-source-live"

/* Adds to @pipeline what decodes source->input; its first video stream goes
 * into @next as soon as it is found, in the sizes of the input. Frames have the
 * times of the input, those of their arrival if it is live and has none, or
 * else times at source->fps; and they have numbers: see frame-number.h. Where
 * there is no video, an error message says so; pictures that are lost are
 * warned of: see picture-element.h. Returns an element that the messages about
 * reading come from, or NULL with @error: no such file, no such sequence, a
 * plugin missing. */
GstElement *track_source_add (GstBin *pipeline, const TrackSource *source,
    GstElement *next, GError **error);

#endif
