/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanstats.h"

GstStructure *
gst_siamban_stats_to_structure (const GstSiambanStats *stats)
{
  const gdouble total = (gdouble)stats->total_us / 1000;

  return gst_structure_new ("siambantrack-stats", "frames", G_TYPE_UINT64,
      stats->frames, "tracked-frames", G_TYPE_UINT64, stats->tracked, "mean-ms",
      G_TYPE_DOUBLE, total / (gdouble)MAX (stats->tracked, 1), "last-ms",
      G_TYPE_DOUBLE, (gdouble)stats->last_us / 1000, "id", G_TYPE_UINT,
      stats->id, "score", G_TYPE_DOUBLE, stats->score, NULL);
}
