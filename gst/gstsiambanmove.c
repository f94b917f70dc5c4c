/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanmove.h"

#include <math.h>

#ifdef HAVE_ANALYTICS
#include <gst/analytics/analytics.h>
#endif

#include "gstsiambanmeta.h"
#include "gstsiambantrackmeta.h"
#include "siambanmeta.h"

gboolean
gst_siamban_move_concerns (const GstMetaInfo *info)
{
  return gst_meta_api_type_has_tag (info->api,
             g_quark_from_static_string (GST_META_TAG_VIDEO_SIZE_STR)) ||
         gst_meta_api_type_has_tag (info->api,
             g_quark_from_static_string (GST_META_TAG_VIDEO_ORIENTATION_STR));
}

/* In whole pixels of the picture. Returns FALSE if it shows none of @box. */
static gboolean
move_box (SiambanBox *box, const GstSiambanWarp *warp)
{
  gdouble x1, y1;

  gst_siamban_warp_box (warp, box);
  x1 = CLAMP (floor (box->x + box->w + 0.5), 0, warp->width);
  y1 = CLAMP (floor (box->y + box->h + 0.5), 0, warp->height);
  box->x = CLAMP (floor (box->x + 0.5), 0, warp->width);
  box->y = CLAMP (floor (box->y + 0.5), 0, warp->height);
  box->w = x1 - box->x;
  box->h = y1 - box->y;
  return box->w > 0 && box->h > 0;
}

/* Ours say where the box is as well. */
static GstStructure *
moved_param (const GstStructure *param, const GstSiambanWarp *warp)
{
  GstStructure *copy = gst_structure_copy (param);
  SiambanBox box;

  if (!gst_structure_has_name (param, GST_SIAMBAN_META_PARAMS) ||
      !gst_structure_get (param, "x", G_TYPE_DOUBLE, &box.x, "y", G_TYPE_DOUBLE,
          &box.y, "w", G_TYPE_DOUBLE, &box.w, "h", G_TYPE_DOUBLE, &box.h, NULL))
    return copy;
  gst_siamban_warp_box (warp, &box);
  gst_structure_set (copy, "x", G_TYPE_DOUBLE, box.x, "y", G_TYPE_DOUBLE, box.y,
      "w", G_TYPE_DOUBLE, box.w, "h", G_TYPE_DOUBLE, box.h, NULL);
  return copy;
}

static void
move_region (GstBuffer *to, const GstVideoRegionOfInterestMeta *old,
    const GstSiambanWarp *warp)
{
  SiambanBox box = {old->x, old->y, old->w, old->h};
  GstVideoRegionOfInterestMeta *region;

  if (!move_box (&box, warp))
    return;
  region = gst_buffer_add_video_region_of_interest_meta_id (to, old->roi_type,
      (guint)box.x, (guint)box.y, (guint)box.w, (guint)box.h);
  region->id = old->id;
  region->parent_id = old->parent_id;
  for (GList *l = old->params; l; l = l->next)
    gst_video_region_of_interest_meta_add_param (
        region, moved_param (l->data, warp));
}

#if defined(HAVE_ANALYTICS) && !GST_CHECK_VERSION(1, 28, 0)
static gboolean
copy_tracking (GstAnalyticsRelationMeta *to, const GstAnalyticsTrackingMtd *old,
    GstAnalyticsTrackingMtd *copy)
{
  GstClockTime first, last;
  gboolean lost;
  guint64 id;

  if (!gst_analytics_tracking_mtd_get_info (old, &id, &first, &last, &lost) ||
      !gst_analytics_relation_meta_add_tracking_mtd (to, id, first, copy))
    return FALSE;
  gst_analytics_tracking_mtd_update_last_seen (copy, last);
  if (lost)
    gst_analytics_tracking_mtd_set_lost (copy);
  return TRUE;
}

static gboolean
copy_object (GstAnalyticsRelationMeta *to, const GstAnalyticsODMtd *old,
    const GstSiambanWarp *warp, GstAnalyticsODMtd *copy)
{
  gint x, y, w, h;
  gfloat confidence;
  SiambanBox box;

  if (!gst_analytics_od_mtd_get_location (old, &x, &y, &w, &h, &confidence))
    return FALSE;
  box = (SiambanBox){x, y, w, h};
  return move_box (&box, warp) &&
         gst_analytics_relation_meta_add_od_mtd (to,
             gst_analytics_od_mtd_get_obj_type (old), (gint)box.x, (gint)box.y,
             (gint)box.w, (gint)box.h, confidence, copy);
}

/* The tracking of @tracking, with the object it belongs to where there is one
 * in the picture. */
static void
move_tracking (GstAnalyticsRelationMeta *to, GstAnalyticsRelationMeta *from,
    const GstAnalyticsTrackingMtd *tracking, const GstSiambanWarp *warp)
{
  GstAnalyticsODMtd old, object;
  GstAnalyticsTrackingMtd copy;
  gboolean has_object = FALSE;
  gpointer state = NULL;

  while (!has_object && gst_analytics_relation_meta_iterate (from, &state,
                            gst_analytics_od_mtd_get_mtd_type (), &old))
    has_object =
        gst_analytics_relation_meta_get_relation (from, old.id, tracking->id) &
        GST_ANALYTICS_REL_TYPE_RELATE_TO;
  if (has_object && !copy_object (to, &old, warp, &object))
    return;
  if (copy_tracking (to, tracking, &copy) && has_object)
    gst_analytics_relation_meta_set_relation (
        to, GST_ANALYTICS_REL_TYPE_RELATE_TO, object.id, copy.id);
}

static gboolean
is_tracked (GstAnalyticsRelationMeta *meta, const GstAnalyticsODMtd *object)
{
  GstAnalyticsTrackingMtd tracking;
  gpointer state = NULL;

  return gst_analytics_relation_meta_get_direct_related (meta, object->id,
      GST_ANALYTICS_REL_TYPE_RELATE_TO,
      gst_analytics_tracking_mtd_get_mtd_type (), &state, &tracking);
}

static void
move_analytics (GstBuffer *from, GstBuffer *to, const GstSiambanWarp *warp)
{
  GstAnalyticsRelationMeta *old = gst_buffer_get_analytics_relation_meta (from);
  GstAnalyticsRelationMeta *meta;
  GstAnalyticsMtd mtd, copy;
  gpointer state = NULL;

  if (!old)
    return;
  meta = gst_buffer_add_analytics_relation_meta (to);
  while (gst_analytics_relation_meta_iterate (
      old, &state, gst_analytics_od_mtd_get_mtd_type (), &mtd)) {
    if (!is_tracked (old, &mtd))
      copy_object (meta, &mtd, warp, &copy);
  }
  state = NULL;
  while (gst_analytics_relation_meta_iterate (
      old, &state, gst_analytics_tracking_mtd_get_mtd_type (), &mtd))
    move_tracking (meta, old, &mtd, warp);
}
#elif defined(HAVE_ANALYTICS)
static void
move_analytics (GstBuffer *from, GstBuffer *to, const GstSiambanWarp *warp)
{
  GstAnalyticsRelationMeta *meta =
      gst_buffer_get_analytics_relation_meta (from);
  const GstVideoRectangle none = {0, 0, 1, 1};
  GstVideoMetaTransformMatrix trans;
  GstVideoInfo info;
  GstMeta *base = (GstMeta *)meta;

  if (!meta)
    return;
  gst_video_info_set_format (
      &info, GST_VIDEO_FORMAT_GRAY8, (guint)warp->width, (guint)warp->height);
  gst_video_meta_transform_matrix_init (&trans, &info, &none, &info, &none);
  trans.out_rectangle = (GstVideoRectangle){0, 0, warp->width, warp->height};
  trans.matrix[0][0] = (gfloat)warp->xx;
  trans.matrix[0][1] = (gfloat)warp->xy;
  trans.matrix[0][2] = (gfloat)warp->x0;
  trans.matrix[1][0] = (gfloat)warp->yx;
  trans.matrix[1][1] = (gfloat)warp->yy;
  trans.matrix[1][2] = (gfloat)warp->y0;
  base->info->transform_func (
      to, base, from, gst_video_meta_transform_matrix_get_quark (), &trans);
}
#endif

void
gst_siamban_move_metas (
    GstBuffer *from, GstBuffer *to, const GstSiambanWarp *warp)
{
  const GstMetaInfo *tracks = gst_meta_get_info (SIAMBAN_META_NAME);
  gpointer state = NULL;
  GstMeta *meta;

  while ((meta = gst_buffer_iterate_meta (from, &state))) {
    if (meta->info == tracks)
      gst_siamban_track_meta_copy_warped (to, (GstCustomMeta *)meta, warp);
    else if (meta->info->api == GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)
      move_region (to, (GstVideoRegionOfInterestMeta *)meta, warp);
  }
#ifdef HAVE_ANALYTICS
  move_analytics (from, to, warp);
#endif
}
