/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_TRACKER_H
#define SERVE_TRACKER_H

#include <gst/gst.h>

#include "frame.h"
#include "options.h"
#include "timing.h"
#include "video.h"

/* All come from the main loop. */
typedef struct
{
  void (*frame) (const ServeFrame *frame, gpointer data);
  void (*picture) (GBytes *jpeg, GstClockTime pts, gpointer data);
  /* A message of the element's: docs/element.md. */
  void (*event) (const GstStructure *event, gpointer data);
  void (*failed) (const GError *error, gpointer data);
} ServeTrackerCalls;

typedef struct
{
  guint64 arrived, tracked; /* frames */
  guint64 searches;         /* of one target in one frame */
  ServeTiming timing;       /* of the element */
} ServeTrackerCounts;

/* The element siambantrack in a pipeline that never stops, and JPEG pictures of
 * what it has worked on. */
typedef struct ServeTracker ServeTracker;

/* @calls must outlive it. NULL with @error if there is no such model. */
ServeTracker *serve_tracker_new (const ServeOptions *options,
    const ServeTrackerCalls *calls, gpointer data, GError **error);
void serve_tracker_free (ServeTracker *tracker);

/* From any thread; never waits. Where the tracker is behind, older frames are
 * left out. */
void serve_tracker_push (
    ServeTracker *tracker, GstSample *sample, gboolean first);

/* Takes @event: siambantrack-seed and others of docs/element.md. */
gboolean serve_tracker_ask (ServeTracker *tracker, GstStructure *event);
gboolean serve_tracker_remove (ServeTracker *tracker, guint64 id);

/* Pictures are made only while somebody looks. */
void serve_tracker_set_watched (ServeTracker *tracker, gboolean watched);

/* What is seen, as it is and with boxes drawn in; (nullable): nobody has asked
 * for it, or there is no encoder. */
ServeVideo *serve_tracker_get_video (ServeTracker *tracker);
ServeVideo *serve_tracker_get_drawn_video (ServeTracker *tracker);

void serve_tracker_get_counts (
    ServeTracker *tracker, ServeTrackerCounts *counts);

#endif
