/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_REPORT_H
#define TRACK_REPORT_H

#include <gst/gst.h>

/* JSON lines and progress. */
typedef struct _TrackReport TrackReport;

/* @json: path, "-" for standard output, or NULL for no JSON. @progress: keep
 * the user informed on standard error. */
TrackReport *track_report_new (
    const char *json, gboolean progress, GError **error);

typedef struct
{
  guint64 number;
  GstClockTime time;
  int width, height;
} TrackFrame;

/* Reports the tracks that siambantrack put on @buffer, which is @frame; to be
 * called once a frame, in order, from one thread. Returns FALSE with @error if
 * the line cannot be written; no further ones are tried then. */
gboolean track_report_frame (TrackReport *report, const TrackFrame *frame,
    GstBuffer *buffer, GError **error);

/* Ends the progress line. Returns FALSE with @error if what was written did not
 * reach the file. */
gboolean track_report_finish (TrackReport *report, GError **error);
void track_report_free (TrackReport *report);

#endif
