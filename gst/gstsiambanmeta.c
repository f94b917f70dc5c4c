/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanmeta.h"

#include <math.h>

#include "gstsiambantrackmeta.h"
#include "siambanmeta.h"

#ifdef HAVE_ANALYTICS
#include <gst/analytics/analytics.h>
#endif

GType
gst_siamban_meta_kind_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_SIAMBAN_META_AUTO,
          "Regions of interest, and analytics where this build has them",
          "auto"},
      {GST_SIAMBAN_META_ROI, "GstVideoRegionOfInterestMeta", "roi"},
      {GST_SIAMBAN_META_ANALYTICS, "GstAnalyticsRelationMeta", "analytics"},
      {GST_SIAMBAN_META_BOTH, "Both of them", "both"},
      {GST_SIAMBAN_META_NONE, "Nothing, no GstSiambanTrackMeta either", "none"},
      {0, NULL, NULL},
  };
  static gsize type;

  if (g_once_init_enter (&type)) {
    GType made = g_enum_register_static ("GstSiambanMetaKind", values);

    gst_type_mark_as_plugin_api (made, 0);
    g_once_init_leave (&type, made);
  }
  return type;
}

static gboolean
has_regions (GstSiambanMetaKind kind)
{
  return kind == GST_SIAMBAN_META_AUTO || kind == GST_SIAMBAN_META_ROI ||
         kind == GST_SIAMBAN_META_BOTH;
}

void
gst_siamban_meta_check_kind (GstElement *element, GstSiambanMetaKind kind)
{
#ifdef HAVE_ANALYTICS
  (void)element;
  (void)kind;
#else
  if (kind == GST_SIAMBAN_META_ANALYTICS || kind == GST_SIAMBAN_META_BOTH)
    GST_ELEMENT_WARNING (element, LIBRARY, SETTINGS,
        ("There is no analytics meta: it needs GStreamer 1.24 or newer when "
         "building."),
        (NULL));
#endif
}

typedef struct
{
  guint x, y, w, h;
} Region;

/* Nearest whole pixels of start .. start + size within 0 .. limit, at least
 * one. */
static void
meta_clip (gdouble start, gdouble size, gint limit, guint *first, guint *length)
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
  gst_video_region_of_interest_meta_add_param (meta,
      gst_structure_new (GST_SIAMBAN_META_PARAMS, "x", G_TYPE_DOUBLE,
          track->box.x, "y", G_TYPE_DOUBLE, track->box.y, "w", G_TYPE_DOUBLE,
          track->box.w, "h", G_TYPE_DOUBLE, track->box.h, "score",
          G_TYPE_DOUBLE, track->score, "peak", G_TYPE_DOUBLE, track->peak,
          "confidence", G_TYPE_DOUBLE, track->confidence, "status",
          G_TYPE_STRING, siamban_status_name (track->status), NULL));
}

#ifdef HAVE_ANALYTICS
static gboolean
has_analytics (GstSiambanMetaKind kind)
{
  return kind != GST_SIAMBAN_META_ROI && kind != GST_SIAMBAN_META_NONE;
}

static GstAnalyticsRelationMeta *
relation_meta (GstBuffer *buffer)
{
  GstAnalyticsRelationMeta *meta =
      gst_buffer_get_analytics_relation_meta (buffer);

  return meta ? meta : gst_buffer_add_analytics_relation_meta (buffer);
}

/* @r: NULL: not in sight. Overlays that keep boxes on screen while nothing is
 * said take them away then. */
static void
add_analytics (
    GstBuffer *buffer, const Region *r, const GstSiambanResult *result)
{
  GstAnalyticsRelationMeta *meta = relation_meta (buffer);
  const SiambanTrack *t = &result->track;
  GstAnalyticsODMtd object;
  GstAnalyticsTrackingMtd track;

  if (r && !gst_analytics_relation_meta_add_od_mtd (meta,
               g_quark_from_string (result->label), (gint)r->x, (gint)r->y,
               (gint)r->w, (gint)r->h, (gfloat)t->confidence, &object))
    return;
  if (!gst_analytics_relation_meta_add_tracking_mtd (
          meta, t->id, t->first_seen, &track))
    return;
  gst_analytics_tracking_mtd_update_last_seen (&track, t->last_seen);
  if (r)
    gst_analytics_relation_meta_set_relation (
        meta, GST_ANALYTICS_REL_TYPE_RELATE_TO, object.id, track.id);
  else
    gst_analytics_tracking_mtd_set_lost (&track);
}
#endif

static void
add_result (GstBuffer *buffer, gint width, gint height,
    const GstSiambanResult *result, GstSiambanMetaKind kind)
{
  const SiambanBox *box = &result->track.box;
  const gboolean lost = result->track.status == SIAMBAN_STATUS_LOST;
  Region r;

  meta_clip (box->x, box->w, width, &r.x, &r.w);
  meta_clip (box->y, box->h, height, &r.y, &r.h);
  if (!lost && has_regions (kind))
    add_region (buffer, &r, result);
#ifdef HAVE_ANALYTICS
  if (has_analytics (kind))
    add_analytics (buffer, lost ? NULL : &r, result);
#endif
}

void
gst_siamban_meta_add (GstBuffer *buffer, gint width, gint height,
    const GstSiambanResult *results, guint n, GstSiambanMetaKind kind)
{
  if (n == 0 || kind == GST_SIAMBAN_META_NONE)
    return;
  for (guint i = 0; i < n; i++)
    add_result (buffer, width, height, &results[i], kind);
  gst_siamban_track_meta_add (buffer, width, height, results, n);
}

static gdouble
shared_length (gdouble a, gdouble a_size, gdouble b, gdouble b_size)
{
  return MAX (MIN (a + a_size, b + b_size) - MAX (a, b), 0);
}

/* Whole pixels, scaled, are a little off. */
static gboolean
is_about (const SiambanBox *a, const SiambanBox *b)
{
  const gdouble both = shared_length (a->x, a->w, b->x, b->w) *
                       shared_length (a->y, a->h, b->y, b->h);

  return both > 0.5 * (a->w * a->h + b->w * b->h - both);
}

static gboolean
is_track (const GstStructure *s, gint width, gint height, const gchar *label,
    guint64 id, const SiambanBox *box)
{
  SiambanTrack track;
  Region r;

  siamban_meta_parse_track (s, &track);
  if (track.id != id ||
      g_strcmp0 (label, gst_structure_get_string (s, "label")) != 0)
    return FALSE;
  meta_clip (track.box.x, track.box.w, width, &r.x, &r.w);
  meta_clip (track.box.y, track.box.h, height, &r.y, &r.h);
  return is_about (&(SiambanBox){r.x, r.y, r.w, r.h}, box);
}

gboolean
gst_siamban_meta_is_own (
    GstBuffer *buffer, const gchar *label, guint64 id, const SiambanBox *box)
{
  const GstStructure *meta = siamban_meta_get_structure (buffer);
  gint width, height;

  if (!meta || !gst_structure_get (meta, "width", G_TYPE_INT, &width, "height",
                   G_TYPE_INT, &height, NULL))
    return FALSE;
  for (guint i = 0; i < siamban_meta_n_tracks (buffer); i++) {
    if (is_track (siamban_meta_get_track_structure (buffer, i), width, height,
            label, id, box))
      return TRUE;
  }
  return FALSE;
}
