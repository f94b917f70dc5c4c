/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanstats.h"

#include <stdlib.h>
#include <string.h>

void
gst_siamban_times_add (GstSiambanTimes *times, gint64 us)
{
  times->us[times->n++ % GST_SIAMBAN_STATS_WINDOW] =
      (guint32)CLAMP (us, 0, G_MAXUINT32);
}

static int
stats_compare (const void *a, const void *b)
{
  const guint32 first = *(const guint32 *)a, second = *(const guint32 *)b;

  return (first > second) - (first < second);
}

gint64
gst_siamban_times_at (const GstSiambanTimes *times, gdouble share)
{
  const guint n = (guint)MIN (times->n, GST_SIAMBAN_STATS_WINDOW);
  guint32 sorted[GST_SIAMBAN_STATS_WINDOW];

  if (n == 0)
    return 0;
  memcpy (sorted, times->us, n * sizeof *sorted);
  qsort (sorted, n, sizeof *sorted, stats_compare);
  return sorted[(guint)(share * (n - 1) + 0.5)];
}

static void
set_times (GstStructure *s, const gchar *stage, const GstSiambanTimes *times)
{
  static const struct
  {
    const gchar *name;
    gdouble share;
  } marks[] = {{"p50", 0.5}, {"p95", 0.95}, {"max", 1}};

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    gchar name[32];

    g_snprintf (name, sizeof name, "%s-%s-ms", stage, marks[i].name);
    gst_structure_set (s, name, G_TYPE_DOUBLE,
        (gdouble)gst_siamban_times_at (times, marks[i].share) / 1000, NULL);
  }
}

GstStructure *
gst_siamban_stats_to_structure (
    const GstSiambanStats *stats, const SiambanSessionStats *session)
{
  static const SiambanSessionStats none;
  const gdouble total = (gdouble)stats->total_us / 1000;
  GstStructure *s = gst_structure_new ("siambantrack-stats", "frames",
      G_TYPE_UINT64, stats->frames, "tracked-frames", G_TYPE_UINT64,
      stats->tracked, "skipped-frames", G_TYPE_UINT64, stats->skipped,
      "mean-ms", G_TYPE_DOUBLE, total / (gdouble)MAX (stats->tracked, 1),
      "last-ms", G_TYPE_DOUBLE, (gdouble)stats->last_us / 1000, "id",
      G_TYPE_UINT64, stats->id, "score", G_TYPE_DOUBLE, stats->score, NULL);

  session = session ? session : &none;
  gst_structure_set (s, "targets-tracked", G_TYPE_UINT, session->tracked,
      "targets-uncertain", G_TYPE_UINT, session->uncertain, "targets-lost",
      G_TYPE_UINT, session->lost, "searches", G_TYPE_UINT64, session->searches,
      "predictions", G_TYPE_UINT64, session->predictions, "latency-ms",
      G_TYPE_DOUBLE, (gdouble)stats->announced / GST_MSECOND, NULL);
  set_times (s, "follow", &stats->follow);
  set_times (s, "around", &stats->around);
  return s;
}
