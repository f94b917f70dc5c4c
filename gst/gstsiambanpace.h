/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_PACE_H
#define GST_SIAMBAN_PACE_H

#include "gstsiambanmoment.h"

/* Whether the element keeps up with its stream, and the latency it tells
 * others. All zero is the start of a stream. */
typedef struct
{
  gboolean live;          /* as the last latency query said; and the next: */
  GstClockTime announced; /* under the element's lock */

  gboolean started;
  GstClockTime window;     /* running time at which this one began */
  GstClockTimeDiff least;  /* lateness in it */
  GstClockTimeDiff former; /* and in the one before */
  GstClockTime looked_at;  /* clock time of the last frame not left out */
  gboolean behind;
  guint64 followed, left_out;
} GstSiambanPace;

/* @now: running time on the clock. @due: running time of the frame that has
 * come. @limit: most that it may lie back, 0 is no limit. Returns TRUE if it
 * has to be left out. What sets others back is not counted: lateness is taken
 * from the least of the last seconds. One frame a second is let through
 * whatever the limit. */
gboolean gst_siamban_pace_is_behind (GstSiambanPace *pace, GstClockTime now,
    GstClockTime due, GstClockTime limit);

/* @needed: what a frame takes. Keeps a headroom of 5 %, and changes what is
 * announced only by a quarter or more when it falls. Returns TRUE if it
 * changed. */
gboolean gst_siamban_pace_announce (GstSiambanPace *pace, GstClockTime needed);

/* The same for a frame at @moment that has come to @element; reports a change
 * by a QoS message and a notice. @max_latency: as in the settings. */
gboolean gst_siamban_pace_leaves_out (GstSiambanPace *pace, GstElement *element,
    const GstSiambanMoment *moment, GstClockTime max_latency);

/* Adds what is announced to an answered latency @query. */
void gst_siamban_pace_answer (
    GstSiambanPace *pace, GstElement *element, GstQuery *query);

/* Announces anew by a message if @needed differs by enough. */
void gst_siamban_pace_measured (
    GstSiambanPace *pace, GstElement *element, GstClockTime needed);

#endif
