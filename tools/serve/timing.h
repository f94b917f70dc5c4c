/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_TIMING_H
#define SERVE_TIMING_H

#include <glib.h>

#define SERVE_TIMING_BUCKETS 11

/* How long frames took, as a histogram. */
typedef struct
{
  guint64 counts[SERVE_TIMING_BUCKETS + 1]; /* the last: longer than all */
  guint64 n;
  double seconds;
} ServeTiming;

/* Upper edges of the buckets, in seconds. */
extern const double serve_timing_edges[SERVE_TIMING_BUCKETS];

void serve_timing_add (ServeTiming *timing, double seconds);

#endif
