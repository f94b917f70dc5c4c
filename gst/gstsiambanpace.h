/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_PACE_H
#define GST_SIAMBAN_PACE_H

#include "gstsiambanmoment.h"

/* Whether the element keeps up with its stream, and the latency it tells
 * others. All zero is the start of a stream. */
typedef struct
{
  /* under the element's lock */
  gboolean live;          /* as the last latency query said */
  GstClockTime announced; /* to it */
  GstClockTime allowed;   /* latency of the pipeline, as its event said */

  /* the streaming thread's, in running times */
  gboolean started;
  GstClockTime due;         /* of the last frame */
  GstClockTime debt;        /* spent on frames, and not passed in the stream */
  GstClockTime looked_at;   /* the last frame not left out */
  GstClockTime window;      /* when this one began */
  GstClockTimeDiff least;   /* lateness in it */
  GstClockTimeDiff former;  /* and in the one before */
  GstClockTime left_out_at; /* the last frame that was */
  GstClockTime limit;       /* as it was last */
  gboolean strained;        /* some were left out within the last second */
  guint64 followed, left_out;
} GstSiambanPace;

/* @due: running time of the frame that has come. @now: that on the clock, NONE
 * if it stands. @limit: most that may be owed, 0 is no limit. Returns TRUE if
 * the frame has to be left out, because
 *
 * - more was spent on frames than time has passed in the stream, or
 * - it is later than the pipeline allows for; what sets frames back all the
 *   time is not counted: lateness is taken from the least of the last seconds.
 *
 * One frame a second is let through whatever the limit. */
gboolean gst_siamban_pace_is_behind (GstSiambanPace *pace, GstClockTime due,
    GstClockTime now, GstClockTime limit);
/* @time: was spent on the frame. */
void gst_siamban_pace_spend (GstSiambanPace *pace, GstClockTime time);

/* @needed: what a frame takes. Keeps a headroom of 5 %, and changes what is
 * announced only by a quarter or more when it falls. Returns TRUE if it
 * changed. */
gboolean gst_siamban_pace_announce (GstSiambanPace *pace, GstClockTime needed);

/* The same for a frame at @moment that has come to @element; when it begins and
 * when it has not happened for a second, says so by a QoS message and a notice.
 * @max_latency: as in the settings. */
gboolean gst_siamban_pace_leaves_out (GstSiambanPace *pace, GstElement *element,
    const GstSiambanMoment *moment, GstClockTime max_latency);

/* Takes what a latency @event says that the pipeline allows for. */
void gst_siamban_pace_allow (
    GstSiambanPace *pace, GstElement *element, GstEvent *event);

/* Adds what is announced to an answered latency @query. */
void gst_siamban_pace_answer (
    GstSiambanPace *pace, GstElement *element, GstQuery *query);

/* Announces anew by a message if @needed, with what a frame may have waited
 * before, differs by enough. */
void gst_siamban_pace_measured (
    GstSiambanPace *pace, GstElement *element, GstClockTime needed);

#endif
