/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanmeta.h"

#include <math.h>

#ifdef HAVE_ANALYTICS
#include <gst/analytics/analytics.h>
#endif

typedef struct
{
  guint x, y, w, h;
} Region;

/* Nearest whole pixels of start .. start + size within 0 .. limit, at least
 * one. */
static void
clip (gdouble start, gdouble size, gint limit, guint *first, guint *length)
{
  const gint from = (gint)CLAMP (floor (start + 0.5), 0, limit - 1);
  const gint to = (gint)CLAMP (floor (start + size + 0.5), from + 1, limit);

  *first = (guint)from;
  *length = (guint)(to - from);
}

static void
add_region (GstBuffer *buffer, const Region *r, const GstSiambanResult *result)
{
  const SiambanTrack *track = &result->track;
  GstVideoRegionOfInterestMeta *meta =
      gst_buffer_add_video_region_of_interest_meta (
          buffer, result->label, r->x, r->y, r->w, r->h);

  meta->id = (gint)track->id;
  meta->parent_id = result->parent_id;
  gst_video_region_of_interest_meta_add_param (
      meta, gst_structure_new (GST_SIAMBAN_META_PARAMS, "x", G_TYPE_DOUBLE,
                track->box.x, "y", G_TYPE_DOUBLE, track->box.y, "w",
                G_TYPE_DOUBLE, track->box.w, "h", G_TYPE_DOUBLE, track->box.h,
                "score", G_TYPE_DOUBLE, track->score, "peak", G_TYPE_DOUBLE,
                track->peak, NULL));
}

#ifdef HAVE_ANALYTICS
static void
add_analytics (
    GstBuffer *buffer, const Region *r, const GstSiambanResult *result)
{
  GstAnalyticsRelationMeta *meta =
      gst_buffer_get_analytics_relation_meta (buffer);
  GstAnalyticsODMtd object;
  GstAnalyticsTrackingMtd track;

  if (!meta)
    meta = gst_buffer_add_analytics_relation_meta (buffer);
  if (!gst_analytics_relation_meta_add_od_mtd (meta,
          g_quark_from_string (result->label), (gint)r->x, (gint)r->y,
          (gint)r->w, (gint)r->h, (gfloat)result->track.score, &object) ||
      !gst_analytics_relation_meta_add_tracking_mtd (
          meta, result->track.id, result->track.first_seen, &track))
    return;
  gst_analytics_tracking_mtd_update_last_seen (&track, result->track.last_seen);
  gst_analytics_relation_meta_set_relation (
      meta, GST_ANALYTICS_REL_TYPE_RELATE_TO, object.id, track.id);
}
#endif

void
gst_siamban_meta_add (
    GstBuffer *buffer, gint width, gint height, const GstSiambanResult *result)
{
  const SiambanBox *box = &result->track.box;
  Region r;

  clip (box->x, box->w, width, &r.x, &r.w);
  clip (box->y, box->h, height, &r.y, &r.h);
  add_region (buffer, &r, result);
#ifdef HAVE_ANALYTICS
  add_analytics (buffer, &r, result);
#endif
}

gboolean
gst_siamban_meta_find_seed (GstBuffer *buffer, gint width, gint height,
    const gchar *type, SiambanBox *box, gint *id)
{
  GstVideoRegionOfInterestMeta *meta;
  gpointer state = NULL;

  while (
      (meta = (GstVideoRegionOfInterestMeta *)gst_buffer_iterate_meta_filtered (
           buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
    if (type && !g_str_equal (type, g_quark_to_string (meta->roi_type)))
      continue;
    if (meta->x >= (guint)width || meta->y >= (guint)height || !meta->w ||
        !meta->h)
      continue;
    if (gst_video_region_of_interest_meta_get_param (
            meta, GST_SIAMBAN_META_PARAMS))
      continue;
    *box = (SiambanBox){meta->x, meta->y, meta->w, meta->h};
    *id = meta->id;
    return TRUE;
  }
  return FALSE;
}
