/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rig.h"

#include "gstsiambanmeta.h"
#include "gstsiambanmove.h"
#include "gstsiambantrackmeta.h"
#include "siambanmeta.h"

#ifdef HAVE_ANALYTICS
#include <gst/analytics/analytics.h>
#endif

#define WIDTH  320
#define HEIGHT 240

static const gdouble start_box[] = {100, 80, 40, 40};

static const GstSiambanResult seen = {
    .track = {.id = 7,
        .status = SIAMBAN_STATUS_UNCERTAIN,
        .box = {10.25, 20.5, 30.75, 40.125},
        .score = 0.75,
        .peak = 0.875,
        .confidence = 0.5,
        .predicted = TRUE,
        .search = {-5, 0, 100, 100},
        .first_seen = 40,
        .last_seen = 80,
        .age = 3,
        .unseen = 2},
    .label = "bag",
    .parent_id = 4,
    .late = 9,
};

static const GstSiambanResult lost = {
    .track = {.id = 8,
        .status = SIAMBAN_STATUS_LOST,
        .box = {-10, 200, 60, 60},
        .first_seen = 0,
        .last_seen = GST_CLOCK_TIME_NONE},
    .label = "cup",
    .parent_id = -1,
};

static GstBuffer *
tagged (GstSiambanMetaKind kind)
{
  const GstSiambanResult results[] = {seen, lost};
  GstBuffer *buffer = gst_buffer_new ();

  gst_siamban_meta_add (
      buffer, WIDTH, HEIGHT, results, G_N_ELEMENTS (results), kind);
  return buffer;
}

static void
assert_tracks (const SiambanTrack *a, const SiambanTrack *b)
{
  g_assert_cmpuint (a->id, ==, b->id);
  g_assert_cmpint (a->status, ==, b->status);
  g_assert_cmpmem (&a->box, sizeof a->box, &b->box, sizeof b->box);
  g_assert_cmpfloat (a->score, ==, b->score);
  g_assert_cmpfloat (a->peak, ==, b->peak);
  g_assert_cmpfloat (a->confidence, ==, b->confidence);
  g_assert_cmpint (a->predicted, ==, b->predicted);
  g_assert_cmpmem (&a->search, sizeof a->search, &b->search, sizeof b->search);
  g_assert_cmpuint (a->first_seen, ==, b->first_seen);
  g_assert_cmpuint (a->last_seen, ==, b->last_seen);
  g_assert_cmpuint (a->age, ==, b->age);
  g_assert_cmpuint (a->unseen, ==, b->unseen);
}

static void
test_fields (void)
{
  GstBuffer *buffer = tagged (GST_SIAMBAN_META_AUTO);
  const GstStructure *s = siamban_meta_get_structure (buffer);
  SiambanTrack track;
  guint64 late;
  gint width, height;

  g_assert_true (gst_structure_get (
      s, "width", G_TYPE_INT, &width, "height", G_TYPE_INT, &height, NULL));
  g_assert_cmpint (width, ==, WIDTH);
  g_assert_cmpint (height, ==, HEIGHT);
  g_assert_cmpuint (siamban_meta_n_tracks (buffer), ==, 2);
  siamban_meta_get_track (buffer, 0, &track);
  assert_tracks (&track, &seen.track);
  siamban_meta_get_track (buffer, 1, &track);
  assert_tracks (&track, &lost.track);
  s = siamban_meta_get_track_structure (buffer, 0);
  g_assert_cmpstr (gst_structure_get_string (s, "label"), ==, "bag");
  g_assert_true (gst_structure_get_uint64 (s, "late", &late));
  g_assert_cmpuint (late, ==, 9);
  gst_buffer_unref (buffer);
}

static guint
count_regions (GstBuffer *buffer)
{
  gpointer state = NULL;
  guint n = 0;

  while (gst_buffer_iterate_meta_filtered (
      buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))
    n++;
  return n;
}

/* What is not in sight is no region. */
static void
test_kinds (void)
{
  static const struct
  {
    GstSiambanMetaKind kind;
    guint regions, tracks;
  } cases[] = {{GST_SIAMBAN_META_AUTO, 1, 2}, {GST_SIAMBAN_META_ROI, 1, 2},
      {GST_SIAMBAN_META_ANALYTICS, 0, 2}, {GST_SIAMBAN_META_BOTH, 1, 2},
      {GST_SIAMBAN_META_NONE, 0, 0}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstBuffer *buffer = tagged (cases[i].kind);

    g_assert_cmpuint (count_regions (buffer), ==, cases[i].regions);
    g_assert_cmpuint (siamban_meta_n_tracks (buffer), ==, cases[i].tracks);
    gst_buffer_unref (buffer);
  }
}

static void
test_region (void)
{
  GstBuffer *buffer = tagged (GST_SIAMBAN_META_ROI);
  GstVideoRegionOfInterestMeta *region = region_of (buffer);
  const GstStructure *params =
      gst_video_region_of_interest_meta_get_param (region, "siambantrack");
  gdouble confidence;

  g_assert_cmpuint (region->x, ==, 10);
  g_assert_cmpuint (region->y, ==, 21);
  g_assert_cmpuint (region->w, ==, 31);
  g_assert_cmpuint (region->h, ==, 40);
  g_assert_cmpint (region->id, ==, 7);
  g_assert_cmpint (region->parent_id, ==, 4);
  g_assert_cmpstr (g_quark_to_string (region->roi_type), ==, "bag");
  g_assert_true (gst_structure_get_double (params, "confidence", &confidence));
  g_assert_cmpfloat (confidence, ==, 0.5);
  g_assert_cmpstr (
      gst_structure_get_string (params, "status"), ==, "uncertain");
  gst_buffer_unref (buffer);
}

/* Of the same length, before another box is written. */
static void
test_appended (void)
{
  GstBuffer *first = tagged (GST_SIAMBAN_META_AUTO);
  GstBuffer *buffer = gst_buffer_copy (first);
  GstSiambanResult other = seen;
  SiambanTrack track;

  other.track.id = 12;
  gst_siamban_meta_add (
      buffer, WIDTH, HEIGHT, &other, 1, GST_SIAMBAN_META_AUTO);
  g_assert_cmpuint (siamban_meta_n_tracks (buffer), ==, 3);
  g_assert_cmpuint (siamban_meta_n_tracks (first), ==, 2);
  siamban_meta_get_track (buffer, 2, &track);
  assert_tracks (&track, &other.track);
  siamban_meta_get_track (buffer, 0, &track);
  assert_tracks (&track, &seen.track);
  gst_buffer_unref (first);
  gst_buffer_unref (buffer);
}

/* As videoscale does. */
static GstBuffer *
scaled (GstBuffer *buffer, gint width, gint height)
{
  GstBuffer *dest = gst_buffer_new ();
  GstVideoInfo in, out;
  GstVideoMetaTransform trans = {&in, &out};
  gpointer state = NULL;
  GstMeta *meta;

  g_assert_true (
      gst_video_info_set_format (&in, GST_VIDEO_FORMAT_NV12, WIDTH, HEIGHT));
  g_assert_true (
      gst_video_info_set_format (&out, GST_VIDEO_FORMAT_NV12, width, height));
  while ((meta = gst_buffer_iterate_meta (buffer, &state)))
    meta->info->transform_func (dest, meta, buffer,
        gst_video_meta_transform_scale_get_quark (), &trans);
  return dest;
}

static void
test_scaled (void)
{
  GstBuffer *buffer = tagged (GST_SIAMBAN_META_AUTO);
  GstBuffer *dest = scaled (buffer, WIDTH / 2, HEIGHT * 4);
  SiambanTrack track, wanted = seen.track;

  wanted.box = (SiambanBox){5.125, 82, 15.375, 160.5};
  wanted.search = (SiambanBox){-2.5, 0, 50, 400};
  g_assert_cmpuint (siamban_meta_n_tracks (dest), ==, 2);
  siamban_meta_get_track (dest, 0, &track);
  assert_tracks (&track, &wanted);
  siamban_meta_get_track (dest, 1, &track);
  g_assert_cmpfloat (track.search.w, ==, 0);
  siamban_meta_get_track (buffer, 0, &track);
  assert_tracks (&track, &seen.track);
  gst_buffer_unref (buffer);
  gst_buffer_unref (dest);
}

/* A region that was scaled has lost its params, and is ours all the same; one
 * of another label, number or place is not. */
static void
test_own (void)
{
  static const struct
  {
    const gchar *label;
    gint id;
    SiambanBox box;
  } others[] = {{"cup", 7, {20, 41, 62, 80}}, {"bag", 6, {20, 41, 62, 80}},
      {"bag", 7, {90, 41, 62, 80}}};
  GstBuffer *buffer = tagged (GST_SIAMBAN_META_ROI);
  GstBuffer *dest = scaled (buffer, WIDTH * 2, HEIGHT * 2);
  const SiambanBox box = {20, 42, 62, 80};

  g_assert_cmpuint (count_regions (dest), ==, 1);
  g_assert_null (region_of (dest));
  g_assert_true (gst_siamban_meta_is_own (dest, "bag", 7, &box));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (gst_siamban_meta_is_own (
        dest, others[i].label, (guint64)others[i].id, &others[i].box));
  gst_buffer_unref (buffer);
  gst_buffer_unref (dest);
}

static void
assert_box (const SiambanBox *box, gdouble x, gdouble y, gdouble w, gdouble h)
{
  g_assert_cmpfloat_with_epsilon (box->x, x, 1e-9);
  g_assert_cmpfloat_with_epsilon (box->y, y, 1e-9);
  g_assert_cmpfloat_with_epsilon (box->w, w, 1e-9);
  g_assert_cmpfloat_with_epsilon (box->h, h, 1e-9);
}

static void
test_warp (void)
{
  const SiambanBox part = {40, 20, 160, 120};
  const GstSiambanWarp mirrored = {
      .xx = -1, .x0 = WIDTH, .yy = 1, .width = WIDTH, .height = HEIGHT};
  const GstSiambanWarp turned = {
      .xy = -1, .x0 = HEIGHT, .yx = 1, .width = HEIGHT, .height = WIDTH};
  GstSiambanWarp crop;
  SiambanBox box = {50, 30, 16, 24};

  gst_siamban_warp_init_crop (&crop, &part, 80, 240);
  gst_siamban_warp_box (&crop, &box);
  assert_box (&box, 5, 20, 8, 48);
  box = (SiambanBox){50, 30, 16, 24};
  gst_siamban_warp_box (&mirrored, &box);
  assert_box (&box, WIDTH - 66, 30, 16, 24);
  box = (SiambanBox){50, 30, 16, 24};
  gst_siamban_warp_box (&turned, &box);
  assert_box (&box, HEIGHT - 54, 50, 24, 16);
  g_assert_false (gst_siamban_warp_init_transform (
      &crop, g_quark_from_static_string ("gst-video-other"), NULL));
}

#if GST_CHECK_VERSION(1, 28, 0)
static void
test_matrix (void)
{
  const GstVideoRectangle from = {40, 20, 160, 120}, to = {10, 0, 80, 240};
  GstVideoMetaTransformMatrix trans;
  GstVideoInfo in, out;
  GstSiambanWarp warp;
  SiambanBox box = {50, 30, 16, 24};

  gst_video_info_set_format (&in, GST_VIDEO_FORMAT_NV12, WIDTH, HEIGHT);
  gst_video_info_set_format (&out, GST_VIDEO_FORMAT_NV12, 100, 240);
  gst_video_meta_transform_matrix_init (&trans, &in, &from, &out, &to);
  g_assert_true (gst_siamban_warp_init_transform (
      &warp, gst_video_meta_transform_matrix_get_quark (), &trans));
  gst_siamban_warp_box (&warp, &box);
  assert_box (&box, 15, 20, 8, 48);
  g_assert_cmpint (warp.width, ==, 100);
}
#endif

#ifdef HAVE_ANALYTICS
/* What the meta says of object detections and their tracking. */
typedef struct
{
  guint objects, tracked, lost;
  gint x, y, w, h;
  gfloat confidence;
  guint64 id; /* of the track that the object belongs to */
  GQuark type;
} Analytics;

static void
read_object (
    GstAnalyticsRelationMeta *meta, GstAnalyticsMtd *object, Analytics *found)
{
  GstAnalyticsTrackingMtd tracking;
  GstClockTime first, last;
  gpointer state = NULL;
  gboolean lost;

  found->objects++;
  found->type = gst_analytics_od_mtd_get_obj_type (object);
  g_assert_true (gst_analytics_od_mtd_get_location (
      object, &found->x, &found->y, &found->w, &found->h, &found->confidence));
  g_assert_true (gst_analytics_relation_meta_get_direct_related (meta,
      object->id, GST_ANALYTICS_REL_TYPE_RELATE_TO,
      gst_analytics_tracking_mtd_get_mtd_type (), &state, &tracking));
  g_assert_true (gst_analytics_tracking_mtd_get_info (
      &tracking, &found->id, &first, &last, &lost));
  g_assert_false (lost);
}

static void
read_analytics (GstBuffer *buffer, Analytics *found)
{
  GstAnalyticsRelationMeta *meta =
      gst_buffer_get_analytics_relation_meta (buffer);
  gpointer state = NULL;
  GstAnalyticsMtd mtd;

  *found = (Analytics){0};
  g_assert_nonnull (meta);
  while (gst_analytics_relation_meta_iterate (
      meta, &state, gst_analytics_od_mtd_get_mtd_type (), &mtd))
    read_object (meta, &mtd, found);
  state = NULL;
  while (gst_analytics_relation_meta_iterate (
      meta, &state, gst_analytics_tracking_mtd_get_mtd_type (), &mtd)) {
    GstClockTime first, last;
    gboolean lost;
    guint64 id;

    g_assert_true (
        gst_analytics_tracking_mtd_get_info (&mtd, &id, &first, &last, &lost));
    found->tracked += !lost;
    found->lost += lost;
  }
}

/* What is not in sight is tracked, as lost, but not detected. */
static void
test_analytics (void)
{
  GstBuffer *buffer = tagged (GST_SIAMBAN_META_ANALYTICS);
  Analytics found;

  read_analytics (buffer, &found);
  g_assert_cmpuint (found.objects, ==, 1);
  g_assert_cmpuint (found.tracked, ==, 1);
  g_assert_cmpuint (found.lost, ==, 1);
  g_assert_cmpint (found.x, ==, 10);
  g_assert_cmpint (found.y, ==, 21);
  g_assert_cmpint (found.w, ==, 31);
  g_assert_cmpint (found.h, ==, 40);
  g_assert_cmpfloat (found.confidence, ==, 0.5);
  g_assert_cmpuint (found.id, ==, 7);
  g_assert_cmpstr (g_quark_to_string (found.type), ==, "bag");
  gst_buffer_unref (buffer);
}

/* As for a view of them. */
static void
test_analytics_moved (void)
{
  const SiambanBox part = {5, 11, 160, 120}, away = {100, 100, 160, 120};
  GstBuffer *buffer = tagged (GST_SIAMBAN_META_ANALYTICS);
  GstBuffer *near = gst_buffer_new (), *far = gst_buffer_new ();
  GstSiambanWarp warp;
  Analytics found;

  gst_siamban_warp_init_crop (&warp, &part, 320, 240);
  gst_siamban_move_metas (buffer, near, &warp);
  read_analytics (near, &found);
  g_assert_cmpuint (found.objects, ==, 1);
  g_assert_cmpuint (found.tracked, ==, 1);
  g_assert_cmpuint (found.lost, ==, 1);
  g_assert_cmpint (found.x, ==, 10);
  g_assert_cmpint (found.y, ==, 20);
  g_assert_cmpint (found.w, ==, 62);
  g_assert_cmpint (found.h, ==, 80);
  g_assert_cmpuint (found.id, ==, 7);

  gst_siamban_warp_init_crop (&warp, &away, 160, 120);
  gst_siamban_move_metas (buffer, far, &warp);
  read_analytics (far, &found);
  g_assert_cmpuint (found.objects, ==, 0);
  g_assert_cmpuint (found.lost, ==, 1);
  gst_buffer_unref (buffer);
  gst_buffer_unref (near);
  gst_buffer_unref (far);
}
#endif

/* On every frame with a target, and on no other. */
static void
test_element (void)
{
  Rig *rig = rig_new (track_new (), "NV12", WIDTH, HEIGHT);
  GstBuffer *buffer = rig_next (rig);
  SiambanTrack track;

  g_assert_null (siamban_meta_get_structure (buffer));
  gst_buffer_unref (buffer);
  track_set_box (rig->element, start_box);
  buffer = rig_next (rig);
  g_assert_cmpuint (siamban_meta_n_tracks (buffer), ==, 1);
  siamban_meta_get_track (buffer, 0, &track);
  g_assert_cmpuint (track.id, ==, (guint64)region_of (buffer)->id);
  g_assert_cmpmem (&track.box, sizeof track.box, start_box, sizeof start_box);
  g_assert_cmpint (track.status, ==, SIAMBAN_STATUS_TRACKED);
  gst_buffer_unref (buffer);

  gst_util_set_object_arg (G_OBJECT (rig->element), "meta", "none");
  buffer = rig_next (rig);
  g_assert_null (siamban_meta_get_structure (buffer));
  g_assert_cmpuint (count_regions (buffer), ==, 0);
  gst_buffer_unref (buffer);
  rig_free (rig);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  gst_siamban_track_meta_register ();
  g_test_add_func ("/gst/meta/fields", test_fields);
  g_test_add_func ("/gst/meta/kinds", test_kinds);
  g_test_add_func ("/gst/meta/region", test_region);
  g_test_add_func ("/gst/meta/appended", test_appended);
  g_test_add_func ("/gst/meta/scaled", test_scaled);
  g_test_add_func ("/gst/meta/own", test_own);
  g_test_add_func ("/gst/meta/warp", test_warp);
#if GST_CHECK_VERSION(1, 28, 0)
  g_test_add_func ("/gst/meta/matrix", test_matrix);
#endif
#ifdef HAVE_ANALYTICS
  g_test_add_func ("/gst/meta/analytics", test_analytics);
  g_test_add_func ("/gst/meta/analytics-moved", test_analytics_moved);
#endif
  g_test_add_func ("/gst/meta/element", test_element);
  return g_test_run ();
}
