/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "rig.h"
#include "siambanmeta.h"

#define BOXES "<<100, 80, 40, 40>, <20, 30, 50.5, 60.25>>"

static Rig *
rig_small (void)
{
  return rig_new (track_new (), "BGR", 320, 240);
}

static guint64
add (Rig *rig, gdouble x, gdouble y, gdouble w, gdouble h)
{
  guint64 id;

  g_signal_emit_by_name (rig->element, "add-target", x, y, w, h, &id);
  return id;
}

static SiambanStatus
track_status (GstBuffer *buffer)
{
  SiambanTrack track;

  g_assert_cmpuint (siamban_meta_n_tracks (buffer), ==, 1);
  siamban_meta_get_track (buffer, 0, &track);
  return track.status;
}

static void
set_boxes (Rig *rig, const gchar *text)
{
  g_autofree gchar *copy = g_strdup (text);

  gst_util_set_object_arg (G_OBJECT (rig->element), "boxes", copy);
}

static void
test_boxes (void)
{
  Rig *rig = rig_small ();

  set_boxes (rig, BOXES);
  rig_next_ids (rig, "1 2");
  rig_next_ids (rig, "1 2");
  set_boxes (rig, "<<60, 60, 30, 30>>");
  rig_next_ids (rig, "3");
  set_boxes (rig, "<>");
  rig_next_ids (rig, "3");
  rig_event (rig, "added", 1);
  rig_event (rig, "added", 2);
  rig_free (rig);
}

static void
test_boxes_round_trip (void)
{
  GstElement *element = track_new ();
  g_autofree gchar *copy = g_strdup (BOXES), *text = NULL;
  GValue value = G_VALUE_INIT;

  gst_util_set_object_arg (G_OBJECT (element), "boxes", copy);
  g_value_init (&value, GST_TYPE_ARRAY);
  g_object_get_property (G_OBJECT (element), "boxes", &value);
  g_assert_cmpuint (gst_value_array_get_size (&value), ==, 2);
  text = gst_value_serialize (gst_value_array_get_value (&value, 1));
  g_assert_cmpstr (
      text, ==, "< (double)20, (double)30, (double)50.5, (double)60.25 >");
  g_value_unset (&value);
  gst_object_unref (element);
}

static void
test_bad_boxes (void)
{
  static const gchar *const bad[] = {
      "<1, 2, 3, 4>", "<<1, 2, 3>>", "<<1, 2, 3, 4>, <1, 2, 3, -4>>"};

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    Rig *rig = rig_small ();

    set_boxes (rig, BOXES);
    set_boxes (rig, bad[i]);
    rig_next_ids (rig, "1 2");
    rig_event (rig, "refused", 0);
    gst_message_unref (rig_message (rig, GST_MESSAGE_WARNING));
    rig_no_message (rig, GST_MESSAGE_WARNING);
    rig_free (rig);
  }
}

/* What was given in one way replaces only what was given in the same. */
static void
test_ways_to_give (void)
{
  Rig *rig = rig_small ();
  gboolean done;

  g_assert_cmpuint (add (rig, 10, 10, 30, 30), ==, 1);
  track_set_box_text (rig->element, "<100, 80, 40, 40>");
  rig_next_ids (rig, "1 2");
  g_signal_emit_by_name (rig->element, "seed", 60., 60., 30., 30., &done);
  g_assert_true (done);
  rig_next_ids (rig, "1 3");
  g_signal_emit_by_name (rig->element, "remove-target", (guint64)1, &done);
  g_assert_true (done);
  rig_next_ids (rig, "3");
  g_signal_emit_by_name (rig->element, "remove-target", (guint64)1, &done);
  g_assert_false (done);
  g_signal_emit_by_name (rig->element, "reset");
  rig_next_ids (rig, "");
  rig_free (rig);
}

static void
test_add_refuses (void)
{
  GstElement *element = track_new ();
  guint64 id;
  Rig *rig;

  g_signal_emit_by_name (element, "add-target", 1., 1., 9., 9., &id);
  g_assert_cmpuint (id, ==, 0);
  rig = rig_new (element, "BGR", 320, 240);
  g_assert_cmpuint (add (rig, 1, 1, 0, 9), ==, 0);
  g_assert_cmpuint (add (rig, (gdouble)NAN, 1, 9, 9), ==, 0);
  rig_next_ids (rig, "");
  rig_no_message (rig, GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING);

  g_assert_cmpuint (add (rig, 400, 1, 9, 9), ==, 1);
  rig_next_ids (rig, "");
  rig_event (rig, "refused", 1);
  gst_message_unref (rig_message (rig, GST_MESSAGE_WARNING));
  rig_free (rig);
}

static void
test_max_targets (void)
{
  Rig *rig = rig_small ();

  g_object_set (rig->element, "max-targets", 1, NULL);
  track_set_box_text (rig->element, "<100, 80, 40, 40>");
  rig_next_ids (rig, "1");
  g_assert_cmpuint (add (rig, 10, 10, 30, 30), ==, 2);
  rig_next_ids (rig, "1");
  rig_event (rig, "added", 1);
  rig_event (rig, "refused", 2);
  track_set_box_text (rig->element, "<60, 60, 40, 40>");
  rig_next_ids (rig, "3");
  rig_free (rig);
}

/* A box that shows nothing leaves what it would have replaced. */
static void
test_refused_replacement (void)
{
  Rig *rig = rig_small ();

  track_set_box_text (rig->element, "<100, 80, 40, 40>");
  rig_next_ids (rig, "1");
  track_set_box_text (rig->element, "<900, 80, 40, 40>");
  rig_next_ids (rig, "1");
  track_set_box_text (rig->element, "<60, 60, 40, 40>");
  rig_next_ids (rig, "3");
  rig_free (rig);
}

/* Elements of one process do not share numbers, unless they are told to. */
static void
test_ids (void)
{
  guint64 last = 0;

  for (guint i = 0; i < 3; i++) {
    Rig *rig = rig_new (
        gst_element_factory_make ("siambantrack", NULL), "BGR", 64, 64);
    const guint64 id = add (rig, 10, 10, 30, 30);

    g_assert_cmpuint (id, >, last);
    last = id;
    rig_free (rig);
  }
  for (guint i = 0; i < 2; i++) {
    GstElement *element = track_new ();
    Rig *rig;

    g_object_set (element, "id-base", (guint64)100, NULL);
    rig = rig_new (element, "BGR", 64, 64);
    g_assert_cmpuint (add (rig, 10, 10, 30, 30), ==, 100);
    rig_free (rig);
  }
}

static void
test_label (void)
{
  static const struct
  {
    const gchar *label, *type, *wanted;
  } cases[] = {{NULL, NULL, "object"}, {NULL, "car", "car"},
      {"thing", NULL, "thing"}, {"thing", "car", "thing"}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Rig *rig = rig_small ();
    GstBuffer *buffer = rig_frame (rig);

    g_object_set (rig->element, "label", cases[i].label, NULL);
    if (cases[i].type)
      gst_buffer_add_video_region_of_interest_meta (
          buffer, cases[i].type, 100, 80, 40, 40);
    else
      add (rig, 100, 80, 40, 40);
    buffer = rig_push (rig, buffer);
    g_assert_cmpstr (
        g_quark_to_string (region_of (buffer)->roi_type), ==, cases[i].wanted);
    gst_buffer_unref (buffer);
    rig_free (rig);
  }
}

/* Every message has every field, whatever it is about. */
static void
assert_fields (Rig *rig)
{
  static const struct
  {
    const gchar *name;
    GType type;
  } wanted[] = {{"event", G_TYPE_STRING}, {"id", G_TYPE_UINT64},
      {"label", G_TYPE_STRING}, {"status", G_TYPE_STRING}, {"x", G_TYPE_DOUBLE},
      {"y", G_TYPE_DOUBLE}, {"w", G_TYPE_DOUBLE}, {"h", G_TYPE_DOUBLE},
      {"score", G_TYPE_DOUBLE}, {"confidence", G_TYPE_DOUBLE},
      {"running-time", G_TYPE_UINT64}, {"stream-time", G_TYPE_UINT64},
      {"reason", G_TYPE_STRING}, {"message", G_TYPE_STRING},
      {"learnt-pts", G_TYPE_UINT64}};
  g_autoptr (GstMessage) message = rig_message (rig, GST_MESSAGE_ELEMENT);
  const GstStructure *s = gst_message_get_structure (message);

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_true (
        gst_structure_has_field_typed (s, wanted[i].name, wanted[i].type));
  g_assert_true (gst_structure_has_field_typed (s, "history", GST_TYPE_ARRAY));
  g_assert_cmpint (gst_structure_n_fields (s), ==, G_N_ELEMENTS (wanted) + 1);
}

static void
test_message_fields (void)
{
  Rig *rig = rig_small ();

  add (rig, 100, 80, 40, 40);
  rig_next_ids (rig, "1");
  assert_fields (rig);
  add (rig, 900, 80, 40, 40);
  rig_next_ids (rig, "1");
  assert_fields (rig);
  g_signal_emit_by_name (rig->element, "reset");
  rig_next_ids (rig, "");
  assert_fields (rig);
  rig_free (rig);
}

static void
test_end_has_history (void)
{
  Rig *rig = rig_small ();
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *s, *point;
  const GValue *history;
  guint64 time;

  add (rig, 100, 80, 40, 40);
  for (guint i = 0; i < 5; i++)
    rig_next_ids (rig, "1");
  rig_event (rig, "added", 1);
  g_signal_emit_by_name (rig->element, "reset");
  rig_next_ids (rig, "");
  message = rig_message (rig, GST_MESSAGE_ELEMENT);
  s = gst_message_get_structure (message);
  g_assert_cmpstr (gst_structure_get_string (s, "reason"), ==, "cleared");
  g_assert_cmpstr (gst_structure_get_string (s, "status"), ==, "ended");
  history = gst_structure_get_value (s, "history");
  g_assert_cmpuint (gst_value_array_get_size (history), ==, 5);
  point = gst_value_get_structure (gst_value_array_get_value (history, 4));
  g_assert_true (gst_structure_get_uint64 (point, "running-time", &time));
  g_assert_cmpuint (time, ==, 160 * GST_MSECOND);
  g_assert_true (gst_structure_has_field_typed (point, "w", G_TYPE_DOUBLE));
  rig_free (rig);
}

/* Into the dark and out again. */
static void
test_lost_and_found (void)
{
  Rig *rig = rig_small ();
  const SiambanBox box = film_box (0);

  add (rig, box.x, box.y, box.w, box.h);
  for (guint i = 0; i < 20; i++)
    rig_next_ids (rig, "1");
  rig_event (rig, "added", 1);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  for (guint i = 0; i < 30; i++) {
    GstBuffer *buffer = rig_frame (rig);

    gst_buffer_memset (buffer, 0, 0, gst_buffer_get_size (buffer));
    buffer = rig_push (rig, buffer);
    if (i == 29)
      g_assert_cmpint (track_status (buffer), ==, SIAMBAN_STATUS_LOST);
    gst_buffer_unref (buffer);
  }
  rig_event (rig, "lost", 1);
  for (guint i = 0; i < 30; i++)
    gst_buffer_unref (rig_next (rig));
  rig_event (rig, "found", 1);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

/* Going to READY ends them, too, and says so. */
static void
test_stop_ends (void)
{
  Rig *rig = rig_small ();

  add (rig, 100, 80, 40, 40);
  rig_next_ids (rig, "1");
  rig_event (rig, "added", 1);
  gst_element_set_state (rig->element, GST_STATE_READY);
  rig_event (rig, "ended", 1);
  gst_element_set_state (rig->element, GST_STATE_PLAYING);
  rig_free (rig);
}

static void
test_post_frames (void)
{
  Rig *rig = rig_small ();
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *s, *target;
  const GValue *targets;
  guint64 id;

  g_object_set (rig->element, "post-frames", TRUE, NULL);
  set_boxes (rig, BOXES);
  rig_next_ids (rig, "1 2");
  rig_event (rig, "added", 1);
  rig_event (rig, "added", 2);
  message = rig_message (rig, GST_MESSAGE_ELEMENT);
  s = gst_message_get_structure (message);
  g_assert_cmpstr (gst_structure_get_name (s), ==, "siambantrack-frame");
  targets = gst_structure_get_value (s, "targets");
  g_assert_cmpuint (gst_value_array_get_size (targets), ==, 2);
  target = gst_value_get_structure (gst_value_array_get_value (targets, 1));
  g_assert_true (gst_structure_get_uint64 (target, "id", &id));
  g_assert_cmpuint (id, ==, 2);
  g_object_set (rig->element, "post-frames", FALSE, NULL);
  rig_next_ids (rig, "1 2");
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

static void
test_stats (void)
{
  Rig *rig = rig_small ();
  g_autoptr (GstStructure) stats = NULL;
  guint64 frames, skipped, searches;
  gdouble p50, p95, most;
  guint tracked, uncertain, lost;

  set_boxes (rig, BOXES);
  for (guint i = 0; i < 5; i++)
    rig_next_ids (rig, "1 2");
  gst_buffer_unref (
      rig_push (rig, gst_buffer_new_allocate (NULL, 320 * 240, NULL)));
  g_object_get (rig->element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get (stats, "frames", G_TYPE_UINT64, &frames,
      "skipped-frames", G_TYPE_UINT64, &skipped, "searches", G_TYPE_UINT64,
      &searches, "targets-tracked", G_TYPE_UINT, &tracked, "targets-uncertain",
      G_TYPE_UINT, &uncertain, "targets-lost", G_TYPE_UINT, &lost,
      "follow-p50-ms", G_TYPE_DOUBLE, &p50, "follow-p95-ms", G_TYPE_DOUBLE,
      &p95, "follow-max-ms", G_TYPE_DOUBLE, &most, NULL));
  g_assert_cmpuint (frames, ==, 6);
  g_assert_cmpuint (skipped, ==, 1);
  g_assert_cmpuint (searches, ==, 2 * 4);
  g_assert_cmpuint (tracked + uncertain + lost, ==, 2);
  g_assert_true (0 < p50 && p50 <= p95 && p95 <= most);
  rig_free (rig);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/targets/boxes", test_boxes);
  g_test_add_func ("/gst/targets/boxes-round-trip", test_boxes_round_trip);
  g_test_add_func ("/gst/targets/bad-boxes", test_bad_boxes);
  g_test_add_func ("/gst/targets/ways-to-give", test_ways_to_give);
  g_test_add_func ("/gst/targets/add-refuses", test_add_refuses);
  g_test_add_func ("/gst/targets/max-targets", test_max_targets);
  g_test_add_func (
      "/gst/targets/refused-replacement", test_refused_replacement);
  g_test_add_func ("/gst/targets/ids", test_ids);
  g_test_add_func ("/gst/targets/label", test_label);
  g_test_add_func ("/gst/targets/message-fields", test_message_fields);
  g_test_add_func ("/gst/targets/history", test_end_has_history);
  g_test_add_func ("/gst/targets/lost-and-found", test_lost_and_found);
  g_test_add_func ("/gst/targets/stop-ends", test_stop_ends);
  g_test_add_func ("/gst/targets/post-frames", test_post_frames);
  g_test_add_func ("/gst/targets/stats", test_stats);
  return g_test_run ();
}
