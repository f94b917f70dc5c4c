/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include "board.h"
#include "tracker.h"

/* Text as Prometheus reads it; free with g_free(). @viewers: who follow events
 * or video. */
char *serve_metrics (const ServeBoard *board, const ServeTrackerCounts *counts,
    guint64 retries, guint viewers);

#endif
