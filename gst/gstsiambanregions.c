/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanregions.h"

#include <gst/video/video.h>

#ifdef HAVE_ANALYTICS
#include <gst/analytics/analytics.h>
#endif

#include "gstsiambanbox.h"
#include "gstsiambanmeta.h"

/* A detector's box and ours of the same object overlap at least so much; if
 * less than the other, ours has drifted. */
#define SAME_OBJECT 0.3
#define SAME_BOX    0.5

typedef struct
{
  GArray *regions;
  gint width, height;
  const gchar *type;
} Reading;

static void
take_region (Reading *reading, const GstSiambanRegion *region)
{
  const SiambanBox *box = &region->box;

  if (reading->type &&
      g_strcmp0 (reading->type, g_quark_to_string (region->type)) != 0)
    return;
  if (MIN (box->x + box->w, reading->width) - MAX (box->x, 0) < 1 ||
      MIN (box->y + box->h, reading->height) - MAX (box->y, 0) < 1)
    return;
  if (!reading->regions)
    reading->regions = g_array_new (FALSE, FALSE, sizeof (GstSiambanRegion));
  g_array_append_val (reading->regions, *region);
}

static gboolean
is_own (GstBuffer *buffer, const GstSiambanRegion *region, guint64 id)
{
  return gst_siamban_meta_is_own (
      buffer, g_quark_to_string (region->type), id, &region->box);
}

static void
read_roi (Reading *reading, GstBuffer *buffer)
{
  gpointer state = NULL;
  GstMeta *meta;

  while ((meta = gst_buffer_iterate_meta_filtered (
              buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
    GstVideoRegionOfInterestMeta *roi = (GstVideoRegionOfInterestMeta *)meta;
    const GstSiambanRegion region = {
        {roi->x, roi->y, roi->w, roi->h}, roi->id, roi->roi_type};

    if (!gst_video_region_of_interest_meta_get_param (
            roi, GST_SIAMBAN_META_PARAMS) &&
        !is_own (buffer, &region, (guint64)roi->id))
      take_region (reading, &region);
  }
}

#ifdef HAVE_ANALYTICS
/* The number of the track that @od shows, if it was tracked already. */
static guint64
tracking_id (GstAnalyticsRelationMeta *meta, const GstAnalyticsODMtd *od)
{
  GstAnalyticsTrackingMtd track;
  GstClockTime first, last;
  gpointer state = NULL;
  guint64 id = 0;
  gboolean lost;

  if (gst_analytics_relation_meta_get_direct_related (meta, od->id,
          GST_ANALYTICS_REL_TYPE_ANY,
          gst_analytics_tracking_mtd_get_mtd_type (), &state, &track))
    gst_analytics_tracking_mtd_get_info (&track, &id, &first, &last, &lost);
  return id;
}

static void
read_od (Reading *reading, GstBuffer *buffer, GstAnalyticsRelationMeta *meta,
    const GstAnalyticsODMtd *od)
{
  GstSiambanRegion region = {
      .id = (gint)od->id, .type = gst_analytics_od_mtd_get_obj_type (od)};
  gint x, y, w, h;
  gfloat confidence;

  if (!gst_analytics_od_mtd_get_location (od, &x, &y, &w, &h, &confidence))
    return;
  region.box = (SiambanBox){x, y, w, h};
  if (!is_own (buffer, &region, tracking_id (meta, od)))
    take_region (reading, &region);
}

static void
read_analytics (Reading *reading, GstBuffer *buffer)
{
  GstAnalyticsRelationMeta *meta =
      gst_buffer_get_analytics_relation_meta (buffer);
  GstAnalyticsODMtd od;
  gpointer state = NULL;

  while (meta && gst_analytics_relation_meta_iterate (
                     meta, &state, gst_analytics_od_mtd_get_mtd_type (), &od))
    read_od (reading, buffer, meta, &od);
}
#endif

GArray *
gst_siamban_regions_read (GstBuffer *buffer, gint width, gint height,
    GstSiambanSeedFrom from, const gchar *type)
{
  Reading reading = {NULL, width, height, type};

  if (from & GST_SIAMBAN_SEED_FROM_ROI)
    read_roi (&reading, buffer);
#ifdef HAVE_ANALYTICS
  if (from & GST_SIAMBAN_SEED_FROM_ANALYTICS)
    read_analytics (&reading, buffer);
#endif
  return reading.regions;
}

static gdouble
regions_likeness (
    const GstSiambanRegion *region, const GstSiambanResult *result)
{
  if (result->parent_type && result->parent_type != region->type)
    return 0;
  return gst_siamban_box_overlap (&region->box, &result->track.box);
}

typedef struct
{
  guint region, result;
  gdouble overlap;
} Pair;

static gint
by_overlap (gconstpointer a, gconstpointer b)
{
  const gdouble first = ((const Pair *)a)->overlap;
  const gdouble second = ((const Pair *)b)->overlap;

  return (first < second) - (first > second);
}

static GArray *
all_pairs (const GArray *regions, const GstSiambanResult *results, guint n)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (Pair));

  for (guint i = 0; i < regions->len; i++) {
    for (guint j = 0; j < n; j++) {
      const Pair pair = {i, j,
          regions_likeness (
              &g_array_index (regions, GstSiambanRegion, i), &results[j])};

      if (pair.overlap >= SAME_OBJECT)
        g_array_append_val (pairs, pair);
    }
  }
  g_array_sort (pairs, by_overlap);
  return pairs;
}

gint *
gst_siamban_regions_match (
    const GArray *regions, const GstSiambanResult *results, guint n)
{
  g_autoptr (GArray) pairs = all_pairs (regions, results, n);
  g_autofree gboolean *taken = g_new0 (gboolean, n);
  gint *match = g_new (gint, regions->len);

  for (guint i = 0; i < regions->len; i++)
    match[i] = -1;
  for (guint i = 0; i < pairs->len; i++) {
    const Pair *pair = &g_array_index (pairs, Pair, i);

    if (match[pair->region] >= 0 || taken[pair->result])
      continue;
    match[pair->region] = (gint)pair->result;
    taken[pair->result] = TRUE;
  }
  return match;
}

gboolean
gst_siamban_region_corrects (
    const GstSiambanRegion *region, const GstSiambanResult *result)
{
  return result->track.status != SIAMBAN_STATUS_TRACKED ||
         gst_siamban_box_overlap (&region->box, &result->track.box) < SAME_BOX;
}
