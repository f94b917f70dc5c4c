/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rig.h"

#include "gstsiambanregions.h"

#ifdef HAVE_ANALYTICS
#include <gst/analytics/analytics.h>
#endif

static Rig *
rig_small (void)
{
  return rig_new (track_new (), "BGR", 320, 240);
}

static void
detect (GstBuffer *buffer, const gchar *type, SiambanBox box)
{
  gst_buffer_add_video_region_of_interest_meta (
      buffer, type, (guint)box.x, (guint)box.y, (guint)box.w, (guint)box.h);
}

static gint
id_after (Rig *rig, GstBuffer *buffer)
{
  GstBuffer *out = rig_push (rig, buffer);
  const GstVideoRegionOfInterestMeta *region = region_of (out);
  const gint id = region ? region->id : 0;

  gst_buffer_unref (out);
  return id;
}

static SiambanBox
moved (SiambanBox box, gdouble dx, gdouble dy)
{
  box.x += dx;
  box.y += dy;
  return box;
}

/* A detector that fires on every frame, not quite in the same place. */
static void
test_never_duplicates (void)
{
  Rig *rig = rig_small ();

  for (guint i = 0; i < 12; i++) {
    GstBuffer *buffer = rig_frame (rig);

    detect (buffer, "box", moved (film_box (i), i % 3, -(gdouble)(i % 2)));
    g_assert_cmpint (id_after (rig, buffer), ==, 1);
  }
  rig_event (rig, "added", 1);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

static void
test_many (void)
{
  Rig *rig = rig_small ();

  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer = rig_frame (rig);

    detect (buffer, "box", film_box (i));
    detect (buffer, "box", (SiambanBox){220, 20, 40, 60});
    detect (buffer, "other", film_box (i));
    g_assert_cmpuint (rig_ids (rig_push (rig, buffer), "1 2 3"), ==, 3);
  }
  rig_free (rig);
}

static void
test_room (void)
{
  Rig *rig = rig_small ();
  GstBuffer *buffer;

  g_object_set (rig->element, "max-targets", 2, NULL);
  for (guint i = 0; i < 2; i++) {
    buffer = rig_frame (rig);
    for (guint j = 0; j < 4; j++)
      detect (buffer, "box", (SiambanBox){10 + 70 * j, 20, 40, 60});
    g_assert_cmpuint (rig_ids (rig_push (rig, buffer), "1 2"), ==, 2);
  }
  rig_event (rig, "added", 1);
  rig_event (rig, "added", 2);
  rig_no_message (rig, GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING);
  rig_free (rig);
}

/* One that has drifted is put right under its number, and not learnt anew. */
static void
test_corrects (void)
{
  Rig *rig = rig_small ();
  const SiambanBox drifted = moved (film_box (1), 12, 8);
  GstVideoRegionOfInterestMeta *region;
  GstBuffer *buffer;

  track_set_box_text (rig->element, "<100, 80, 40, 40>");
  rig_next_ids (rig, "1");
  rig_event (rig, "added", 1);
  buffer = rig_frame (rig);
  detect (buffer, "box", drifted);
  buffer = rig_push (rig, buffer);
  region = region_of (buffer);
  g_assert_cmpint (region->id, ==, 1);
  g_assert_cmpuint (region->x, ==, (guint)drifted.x);
  g_assert_cmpuint (region->y, ==, (guint)drifted.y);
  gst_buffer_unref (buffer);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

static void
test_seed_from (void)
{
  static const struct
  {
    const gchar *from;
    gboolean roi;
  } cases[] = {{"roi", TRUE}, {"roi+analytics", TRUE}, {"analytics", FALSE}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Rig *rig = rig_small ();
    GstBuffer *buffer = rig_frame (rig);

    gst_util_set_object_arg (
        G_OBJECT (rig->element), "seed-from", cases[i].from);
    detect (buffer, "box", film_box (0));
    g_assert_cmpint (id_after (rig, buffer), ==, cases[i].roi ? 1 : 0);
    rig_free (rig);
  }
}

static GstSiambanResult
result_at (SiambanBox box, GQuark type)
{
  return (GstSiambanResult){
      .track = {.box = box}, .label = "object", .parent_type = type};
}

/* The best pair first, each once. */
static void
test_match (void)
{
  const GQuark car = g_quark_from_static_string ("car");
  const GQuark face = g_quark_from_static_string ("face");
  const GstSiambanRegion regions[] = {{{10, 10, 20, 20}, 1, car},
      {{12, 10, 20, 20}, 2, car}, {{100, 100, 20, 20}, 3, face},
      {{200, 10, 20, 20}, 4, face}};
  const GstSiambanResult results[] = {result_at (regions[1].box, car),
      result_at ((SiambanBox){8, 10, 20, 20}, 0),
      result_at (regions[2].box, car),
      result_at ((SiambanBox){215, 10, 20, 20}, face)};
  g_autoptr (GArray) array =
      g_array_new (FALSE, FALSE, sizeof (GstSiambanRegion));
  g_autofree gint *match = NULL;

  g_array_append_vals (array, regions, G_N_ELEMENTS (regions));
  match = gst_siamban_regions_match (array, results, G_N_ELEMENTS (results));
  g_assert_cmpint (match[0], ==, 1);
  g_assert_cmpint (match[1], ==, 0);
  g_assert_cmpint (match[2], ==, -1);
  g_assert_cmpint (match[3], ==, -1);
}

static void
test_correct_whom (void)
{
  const GstSiambanRegion region = {{10, 10, 20, 20}, 1, 0};
  GstSiambanResult result = result_at (region.box, 0);

  g_assert_false (gst_siamban_region_corrects (&region, &result));
  result.track.status = SIAMBAN_STATUS_LOST;
  g_assert_true (gst_siamban_region_corrects (&region, &result));
  result = result_at ((SiambanBox){18, 10, 20, 20}, 0);
  g_assert_true (gst_siamban_region_corrects (&region, &result));
}

#ifdef HAVE_ANALYTICS
static void
test_analytics (void)
{
  Rig *rig = rig_small ();

  g_object_set (rig->element, "seed-roi-type", "box", "meta", 2, NULL);
  for (guint i = 0; i < 4; i++) {
    GstBuffer *buffer = rig_frame (rig);
    const SiambanBox box = film_box (i);
    GstAnalyticsRelationMeta *meta =
        gst_buffer_add_analytics_relation_meta (buffer);
    GstAnalyticsODMtd od;

    gst_analytics_relation_meta_add_od_mtd (
        meta, g_quark_from_static_string ("other"), 5, 5, 30, 30, 0.5f, &od);
    gst_analytics_relation_meta_add_od_mtd (meta,
        g_quark_from_static_string ("box"), (gint)box.x, (gint)box.y,
        (gint)box.w, (gint)box.h, 0.9f, &od);
    gst_buffer_unref (rig_push (rig, buffer));
  }
  rig_event (rig, "added", 1);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}
#endif

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/regions/never-duplicates", test_never_duplicates);
  g_test_add_func ("/gst/regions/many", test_many);
  g_test_add_func ("/gst/regions/room", test_room);
  g_test_add_func ("/gst/regions/corrects", test_corrects);
  g_test_add_func ("/gst/regions/seed-from", test_seed_from);
  g_test_add_func ("/gst/regions/match", test_match);
  g_test_add_func ("/gst/regions/correct-whom", test_correct_whom);
#ifdef HAVE_ANALYTICS
  g_test_add_func ("/gst/regions/analytics", test_analytics);
#endif
  return g_test_run ();
}
