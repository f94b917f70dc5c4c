/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_TRACKER_H
#define GST_SIAMBAN_TRACKER_H

#include "gstsiambangiven.h"
#include "gstsiambanmessages.h"
#include "gstsiambanpicture.h"
#include "gstsiambanrequest.h"
#include "gstsiambansettings.h"

/* A session and what an element asks of it. The lock of @element guards the
 * first part; the second is of the thread that follows. */
typedef struct
{
  GstElement *element;
  SiambanSession *session; /* NULL: not running */
  GstSiambanGiven given;
  GQueue requests;       /* of GstSiambanRequest */
  GArray *results;       /* of GstSiambanResult; replaced, never changed */
  GstClockTime found_at; /* running time of the frame they were found on */

  GMutex ring_lock;
  GstSiambanRing ring;

  SiambanSessionOptions options; /* as set last */
  GstSiambanMoment moment;       /* of the last frame */
  guint warned;                  /* kinds of trouble with regions */
} GstSiambanTracker;

void gst_siamban_tracker_init (GstSiambanTracker *tracker, GstElement *element);
void gst_siamban_tracker_clear (GstSiambanTracker *tracker);

/* Returns FALSE, having posted an error, if @settings make no session. */
gboolean gst_siamban_tracker_start (GstSiambanTracker *tracker,
    SiambanModel *model, const GstSiambanSettings *settings);
/* Ends the targets, which is posted, and the session. */
void gst_siamban_tracker_stop (GstSiambanTracker *tracker, const gchar *label);

/* Follows everything into the next frame, and posts what happened. @regions:
 * (nullable): GstSiambanRegion on this frame. Returns FALSE if it cannot be
 * looked at, or the tracker is not running. */
gboolean gst_siamban_tracker_follow (GstSiambanTracker *tracker,
    const SiambanFrame *view, const GstSiambanMoment *moment,
    const GArray *regions, const GstSiambanSettings *settings);

/* Moves boxes on for a frame that is not looked at. */
void gst_siamban_tracker_skip (GstSiambanTracker *tracker,
    const GstSiambanMoment *moment, const GstSiambanSettings *settings);

/* Returns: (transfer full) (nullable): GstSiambanResult, newest; labels are
 * valid as long as the array. @found_at: (out): see above. */
GArray *gst_siamban_tracker_get_results (
    GstSiambanTracker *tracker, GstClockTime *found_at);

/* From any thread: for the next frame. Returns FALSE if it is not running. */
gboolean gst_siamban_tracker_request (
    GstSiambanTracker *tracker, const GstSiambanRequest *request);
/* From any thread. Returns the new target's id, 0 if it is not running. */
guint64 gst_siamban_tracker_add (
    GstSiambanTracker *tracker, const SiambanBox *box);
/* From any thread. FALSE if there is no such target. */
gboolean gst_siamban_tracker_remove (GstSiambanTracker *tracker, guint64 id);
/* From any thread: all targets end, and no box given before seeds again. */
void gst_siamban_tracker_reset (GstSiambanTracker *tracker);

typedef enum
{
  GST_SIAMBAN_CUT_FLUSH, /* elsewhere in the same stream */
  GST_SIAMBAN_CUT_STREAM /* in another one */
} GstSiambanCut;

/* The next frame does not follow the one before. @forget: all targets end. */
void gst_siamban_tracker_cut (GstSiambanTracker *tracker, GstSiambanCut cut,
    gboolean forget, const gchar *label);

#endif
