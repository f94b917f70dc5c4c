/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_STATS_H
#define GST_SIAMBAN_STATS_H

#include <gst/gst.h>
#include <siamban/session.h>

#define GST_SIAMBAN_STATS_WINDOW 256

/* The last durations of one stage, microseconds. */
typedef struct
{
  guint32 us[GST_SIAMBAN_STATS_WINDOW];
  guint64 n;
} GstSiambanTimes;

/* Since READY; all zero is the start. */
typedef struct
{
  guint64 frames;
  guint64 tracked;
  guint64 skipped;
  gint64 total_us;
  gint64 last_us;
  guint64 id; /* of the first target, 0: none */
  gdouble score;
  GstSiambanTimes follow; /* in the session */
  GstSiambanTimes around; /* the rest of a frame that was followed in */
  GstClockTime announced;
} GstSiambanStats;

void gst_siamban_times_add (GstSiambanTimes *times, gint64 us);
/* @share: 0 to 1 of the last ones are not longer. 0 if there are none. */
gint64 gst_siamban_times_at (const GstSiambanTimes *times, gdouble share);

/* @session: (nullable): what it counted. Returns: (transfer full): what the
 * property stats holds. */
GstStructure *gst_siamban_stats_to_structure (
    const GstSiambanStats *stats, const SiambanSessionStats *session);

#endif
