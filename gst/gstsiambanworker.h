/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_WORKER_H
#define GST_SIAMBAN_WORKER_H

#include "gstsiambantracker.h"

/* A thread that follows beside the stream, in copies of frames. */
typedef struct _GstSiambanWorker GstSiambanWorker;

GstSiambanWorker *gst_siamban_worker_new (GstSiambanTracker *tracker);
/* Waits for the frame it is at. */
void gst_siamban_worker_free (GstSiambanWorker *worker);

/* Takes a copy of @frame if it has nothing to do. FALSE if it has; @regions:
 * (nullable). */
gboolean gst_siamban_worker_offer (GstSiambanWorker *worker,
    const GstVideoFrame *frame, const GstSiambanMoment *moment, GArray *regions,
    const GstSiambanSettings *settings);

/* Returns when it has nothing to do any more. */
void gst_siamban_worker_wait (GstSiambanWorker *worker);

#endif
