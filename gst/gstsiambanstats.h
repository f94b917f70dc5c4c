/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_STATS_H
#define GST_SIAMBAN_STATS_H

#include <gst/gst.h>

/* Since READY; all zero is the start. */
typedef struct
{
  guint64 frames;
  guint64 tracked;
  gint64 total_us;
  gint64 last_us;
  guint id;
  gdouble score;
} GstSiambanStats;

/* Returns: (transfer full): what the property stats holds. */
GstStructure *gst_siamban_stats_to_structure (const GstSiambanStats *stats);

#endif
