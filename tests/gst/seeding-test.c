/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "rig.h"

static const gdouble start_box[] = {100, 80, 40, 40};
static const gdouble other_box[] = {20, 30, 50.5, 60.25};

static Rig *
rig_small (GstElement *element)
{
  return rig_new (element, "BGR", 320, 240);
}

static void
add_roi (GstBuffer *buffer, const gchar *type, gint id, const gdouble *box)
{
  GstVideoRegionOfInterestMeta *meta =
      gst_buffer_add_video_region_of_interest_meta (buffer, type, (guint)box[0],
          (guint)box[1], (guint)box[2], (guint)box[3]);

  meta->id = id;
}

static void
test_no_seed (void)
{
  Rig *rig = rig_small (track_new ());

  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (rig_next_id (rig), ==, 0);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

static void
test_box (void)
{
  static const gdouble box[] = {99.6, 80.4, 40.5, 39.75};
  GstElement *element = track_new ();
  GstVideoRegionOfInterestMeta *region;
  RegionResult result;
  GstBuffer *buffer;
  Rig *rig;

  track_set_box (element, box);
  g_object_set (element, "label", "bag", NULL);
  rig = rig_small (element);
  buffer = rig_next (rig);
  region = region_of (buffer);
  g_assert_nonnull (region);
  g_assert_cmpuint (region->x, ==, 100);
  g_assert_cmpuint (region->y, ==, 80);
  g_assert_cmpuint (region->w, ==, 40);
  g_assert_cmpuint (region->h, ==, 40);
  g_assert_cmpint (region->id, ==, 1);
  g_assert_cmpint (region->parent_id, ==, -1);
  g_assert_cmpstr (g_quark_to_string (region->roi_type), ==, "bag");
  region_result (region, &result);
  g_assert_cmpmem (&result.box, sizeof box, box, sizeof box);
  g_assert_cmpfloat (result.score, ==, 1);
  g_assert_cmpfloat (result.peak, ==, 1);
  gst_buffer_unref (buffer);
  rig_event (rig, "added", 1);
  rig_free (rig);
}

static void
test_follows (void)
{
  GstElement *element = track_new ();
  Rig *rig;

  track_set_box (element, start_box);
  rig = rig_small (element);
  for (guint i = 0; i < 10; i++) {
    GstBuffer *buffer = rig_next (rig);
    const SiambanBox truth = film_box (i);
    RegionResult result;

    region_result (region_of (buffer), &result);
    g_assert_cmpfloat (
        ABS (result.box.x + result.box.w / 2 - truth.x - truth.w / 2), <, 20);
    g_assert_cmpfloat (
        ABS (result.box.y + result.box.h / 2 - truth.y - truth.h / 2), <, 20);
    gst_buffer_unref (buffer);
  }
  rig_free (rig);
}

static void
test_numbers (void)
{
  GstElement *element = track_new ();
  gboolean accepted;
  Rig *rig;

  track_set_box (element, start_box);
  rig = rig_small (element);
  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  g_assert_cmpuint (rig_next_id (rig), ==, 1);

  track_set_box (element, other_box);
  g_assert_cmpuint (rig_next_id (rig), ==, 2);

  g_signal_emit_by_name (element, "seed", 50., 50., 30., 30., &accepted);
  g_assert_true (accepted);
  g_assert_cmpuint (rig_next_id (rig), ==, 3);

  g_signal_emit_by_name (element, "reset");
  g_assert_cmpuint (rig_next_id (rig), ==, 0);
  g_assert_cmpuint (rig_next_id (rig), ==, 0);

  g_signal_emit_by_name (element, "reset");
  track_set_box (element, start_box);
  g_assert_cmpuint (rig_next_id (rig), ==, 4);

  track_set_box_text (element, "<>");
  g_assert_cmpuint (rig_next_id (rig), ==, 4);

  for (guint i = 1; i <= 3; i++) {
    rig_event (rig, "added", i);
    rig_event (rig, "ended", i);
  }
  rig_event (rig, "added", 4);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

static void
test_signal_refuses (void)
{
  GstElement *element = track_new ();
  gboolean accepted;
  Rig *rig;

  g_signal_emit_by_name (element, "seed", 1., 1., 9., 9., &accepted);
  g_assert_false (accepted);
  rig = rig_small (element);
  g_signal_emit_by_name (element, "seed", 1., 1., 0., 9., &accepted);
  g_assert_false (accepted);
  g_signal_emit_by_name (element, "seed", 1., (gdouble)NAN, 9., 9., &accepted);
  g_assert_false (accepted);
  g_assert_cmpuint (rig_next_id (rig), ==, 0);
  rig_no_message (
      rig, GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
  rig_free (rig);
}

static void
test_region (void)
{
  Rig *rig = rig_small (track_new ());
  GstBuffer *buffer = rig_frame (rig);
  GstVideoRegionOfInterestMeta *region;

  g_object_set (rig->element, "max-targets", 1, NULL);
  add_roi (buffer, "face", 77, start_box);
  buffer = rig_push (rig, buffer);
  g_assert_cmpuint (gst_buffer_get_n_meta (
                        buffer, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE),
      ==, 2);
  region = region_of (buffer);
  g_assert_cmpint (region->id, ==, 1);
  g_assert_cmpint (region->parent_id, ==, 77);
  g_assert_cmpuint (region->x, ==, 100);
  g_assert_cmpuint (region->h, ==, 40);
  gst_buffer_unref (buffer);

  buffer = rig_frame (rig);
  add_roi (buffer, "face", 78, other_box);
  buffer = rig_push (rig, buffer);
  region = region_of (buffer);
  g_assert_cmpint (region->id, ==, 1);
  g_assert_cmpint (region->parent_id, ==, 77);
  gst_buffer_unref (buffer);

  g_signal_emit_by_name (rig->element, "reset");
  buffer = rig_frame (rig);
  add_roi (buffer, "face", 79, other_box);
  buffer = rig_push (rig, buffer);
  region = region_of (buffer);
  g_assert_cmpint (region->id, ==, 2);
  g_assert_cmpint (region->parent_id, ==, 79);
  gst_buffer_unref (buffer);
  rig_free (rig);
}

static void
test_region_type (void)
{
  GstElement *element = track_new ();
  GstVideoRegionOfInterestMeta *region;
  GstBuffer *buffer;
  Rig *rig;

  g_object_set (element, "seed-roi-type", "car", NULL);
  rig = rig_small (element);
  buffer = rig_frame (rig);
  add_roi (buffer, "face", 1, start_box);
  buffer = rig_push (rig, buffer);
  g_assert_null (region_of (buffer));
  gst_buffer_unref (buffer);

  buffer = rig_frame (rig);
  add_roi (buffer, "face", 2, start_box);
  add_roi (buffer, "car", 3, other_box);
  buffer = rig_push (rig, buffer);
  region = region_of (buffer);
  g_assert_cmpint (region->parent_id, ==, 3);
  g_assert_cmpuint (region->x, ==, 20);
  gst_buffer_unref (buffer);
  rig_free (rig);
}

static void
test_region_unusable (void)
{
  static const gdouble empty[] = {10, 10, 0, 10};
  static const gdouble outside[] = {320, 10, 10, 10};
  Rig *rig = rig_small (track_new ());
  GstBuffer *buffer = rig_frame (rig);

  add_roi (buffer, "a", 1, empty);
  add_roi (buffer, "a", 2, outside);
  buffer = rig_push (rig, buffer);
  g_assert_null (region_of (buffer));
  gst_buffer_unref (buffer);

  g_object_set (rig->element, "seed-from-roi", FALSE, NULL);
  buffer = rig_frame (rig);
  add_roi (buffer, "a", 3, start_box);
  buffer = rig_push (rig, buffer);
  g_assert_null (region_of (buffer));
  gst_buffer_unref (buffer);
  rig_no_message (
      rig, GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
  rig_free (rig);
}

/* A region that a siambantrack made must not seed the next one. */
static void
test_chain (void)
{
  GstElement *first = track_new ();
  Rig *rig, *second;

  track_set_box (first, start_box);
  rig = rig_small (first);
  second = rig_small (track_new ());
  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer = rig_push (second, rig_next (rig));

    g_assert_cmpint (region_of (buffer)->id, ==, 1);
    gst_buffer_unref (buffer);
  }
  rig_no_message (second, GST_MESSAGE_ELEMENT);
  rig_free (second);
  rig_free (rig);
}

static void
test_clipped (void)
{
  static const gdouble boxes[][4] = {
      {-20, -10, 60, 50}, {300, 220, 60, 50}, {-100, -100, 1000, 1000}};
  Rig *rig = rig_small (track_new ());

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++) {
    GstVideoRegionOfInterestMeta *region;
    GstBuffer *buffer;

    track_set_box (rig->element, boxes[i]);
    for (guint j = 0; j < 3; j++) {
      buffer = rig_next (rig);
      region = region_of (buffer);
      g_assert_cmpint (region->id, ==, (gint)i + 1);
      g_assert_cmpuint (region->w, >, 0);
      g_assert_cmpuint (region->h, >, 0);
      g_assert_cmpuint (region->x + region->w, <=, 320);
      g_assert_cmpuint (region->y + region->h, <=, 240);
      gst_buffer_unref (buffer);
    }
  }
  rig_free (rig);
}

static void
test_stats (void)
{
  GstElement *element = track_new ();
  guint64 frames, tracked;
  gdouble mean, last, score;
  GstStructure *stats;
  guint64 id;
  Rig *rig = rig_small (element);

  g_assert_cmpuint (rig_next_id (rig), ==, 0);
  track_set_box (element, start_box);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (rig_next_id (rig), ==, 1);
  g_object_get (element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get (stats, "frames", G_TYPE_UINT64, &frames,
      "tracked-frames", G_TYPE_UINT64, &tracked, "mean-ms", G_TYPE_DOUBLE,
      &mean, "last-ms", G_TYPE_DOUBLE, &last, "id", G_TYPE_UINT64, &id, "score",
      G_TYPE_DOUBLE, &score, NULL));
  g_assert_cmpuint (frames, ==, 5);
  g_assert_cmpuint (tracked, ==, 4);
  g_assert_cmpuint (id, ==, 1);
  g_assert_cmpfloat (mean, >, 0);
  g_assert_cmpfloat (last, >, 0);
  g_assert_true (score >= 0 && score <= 1);
  gst_structure_free (stats);
  rig_free (rig);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/seeding/none", test_no_seed);
  g_test_add_func ("/gst/seeding/box", test_box);
  g_test_add_func ("/gst/seeding/follows", test_follows);
  g_test_add_func ("/gst/seeding/numbers", test_numbers);
  g_test_add_func ("/gst/seeding/signal-refuses", test_signal_refuses);
  g_test_add_func ("/gst/seeding/region", test_region);
  g_test_add_func ("/gst/seeding/region-type", test_region_type);
  g_test_add_func ("/gst/seeding/region-unusable", test_region_unusable);
  g_test_add_func ("/gst/seeding/chain", test_chain);
  g_test_add_func ("/gst/seeding/clipped", test_clipped);
  g_test_add_func ("/gst/seeding/stats", test_stats);
  return g_test_run ();
}
