/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include "board.h"
#include "mqtt.h"
#include "rtsp.h"
#include "tracker.h"

typedef struct
{
  const ServeBoard *board;
  ServeTrackerCounts tracker;
  guint64 retries;             /* of the source */
  guint viewers;               /* who follow events or video */
  const ServeMqttCounts *mqtt; /* NULL: no broker */
  const ServeRtsp *rtsp;       /* NULL: none */
} ServeMetrics;

/* Text as Prometheus reads it; free with g_free(). */
char *serve_metrics_write (const ServeMetrics *metrics);

#endif
