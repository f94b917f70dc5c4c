/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "timing.h"

const double serve_timing_edges[SERVE_TIMING_BUCKETS] = {
    0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28};

void
serve_timing_add (ServeTiming *timing, double seconds)
{
  guint i = 0;

  while (i < SERVE_TIMING_BUCKETS && seconds > serve_timing_edges[i])
    i++;
  timing->counts[i]++;
  timing->n++;
  timing->seconds += seconds;
}
