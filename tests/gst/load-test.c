/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/controller/gstdirectcontrolbinding.h>
#include <gst/controller/gstinterpolationcontrolsource.h>

#include "gstsiambanlog.h"
#include "gstsiambanpace.h"
#include "rig.h"
#include "siambanmeta.h"

GST_DEBUG_CATEGORY (gst_siamban_track_debug);

#define FRAME (40 * GST_MSECOND)

/* A target on a clock that stands at the first frame. */
static Rig *
rig_on_clock (gboolean live)
{
  GstElement *element = track_new ();
  Rig *rig;

  track_set_box_text (element, "<100, 80, 40, 40>");
  rig = rig_new (element, "BGR", 320, 240);
  gst_harness_use_testclock (rig->harness);
  gst_element_set_base_time (element, 0);
  if (live) {
    gst_harness_set_upstream_latency (rig->harness, 0);
    gst_harness_query_latency (rig->harness);
  }
  return rig;
}

static gboolean
is_predicted (GstBuffer *buffer)
{
  SiambanTrack track;

  g_assert_cmpuint (siamban_meta_n_tracks (buffer), ==, 1);
  siamban_meta_get_track (buffer, 0, &track);
  gst_buffer_unref (buffer);
  return track.predicted;
}

/* Whether the next frame, which comes @late, is looked at. */
static gboolean
looks (Rig *rig, GstClockTime late)
{
  gst_harness_set_time (rig->harness, rig->n * FRAME + late);
  return !is_predicted (rig_next (rig));
}

static void
assert_notice (Rig *rig, const gchar *wanted)
{
  g_autoptr (GstMessage) message = rig_message (rig, GST_MESSAGE_ELEMENT);

  g_assert_cmpstr (
      gst_structure_get_string (gst_message_get_structure (message), "event"),
      ==, wanted);
}

static void
assert_qos (Rig *rig, guint64 wanted)
{
  g_autoptr (GstMessage) message = rig_message (rig, GST_MESSAGE_QOS);
  guint64 processed, dropped;
  GstFormat format;

  gst_message_parse_qos_stats (message, &format, &processed, &dropped);
  g_assert_cmpint (format, ==, GST_FORMAT_BUFFERS);
  g_assert_cmpuint (dropped, ==, wanted);
}

#define NOT_KNOWN GST_CLOCK_TIME_NONE

/* Whether the @n-th frame is left out, with half a frame to be owed. */
static gboolean
is_behind (GstSiambanPace *pace, guint n, GstClockTime now)
{
  return gst_siamban_pace_is_behind (pace, n * FRAME, now, FRAME / 2);
}

/* Three times too much work: every third frame is looked at. */
static void
test_debt (void)
{
  GstSiambanPace pace = {0};

  for (guint i = 0; i < 30; i++) {
    g_assert_cmpint (is_behind (&pace, i, NOT_KNOWN), ==, i % 3 != 0);
    if (i % 3 == 0)
      gst_siamban_pace_spend (&pace, 3 * FRAME);
  }
  g_assert_cmpuint (pace.followed, ==, 10);
  g_assert_cmpuint (pace.left_out, ==, 20);
}

static void
test_no_debt (void)
{
  GstSiambanPace pace = {0};

  for (guint i = 0; i < 30; i++) {
    g_assert_false (is_behind (&pace, i, NOT_KNOWN));
    gst_siamban_pace_spend (&pace, FRAME - 1);
  }
  gst_siamban_pace_spend (&pace, 10 * FRAME);
  g_assert_false (gst_siamban_pace_is_behind (&pace, 30 * FRAME, NOT_KNOWN, 0));
  g_assert_true (is_behind (&pace, 31, NOT_KNOWN));
  g_assert_false (is_behind (&pace, 0, NOT_KNOWN));
}

/* Others' delays: those of all frames are not counted, nor what the pipeline
 * allows for. */
static void
test_lateness (void)
{
  GstSiambanPace pace = {0};

  for (guint i = 0; i < 5; i++)
    g_assert_false (is_behind (&pace, i, i * FRAME + GST_SECOND));
  g_assert_true (is_behind (&pace, 5, 6 * FRAME + GST_SECOND));
  g_assert_true (pace.strained);
  pace.allowed = FRAME;
  g_assert_false (is_behind (&pace, 6, 7 * FRAME + GST_SECOND));
  g_assert_true (is_behind (&pace, 7, 9 * FRAME + GST_SECOND));
}

/* One frame a second is looked at, however late. */
static void
test_never_blind (void)
{
  GstSiambanPace pace = {0};
  guint looked = 0;

  g_assert_false (is_behind (&pace, 0, 0));
  for (guint i = 1; i <= 50; i++)
    looked += !is_behind (&pace, i, i * FRAME + GST_SECOND);
  g_assert_cmpuint (looked, ==, 2);
}

/* After a second without, it is over. */
static void
test_strained (void)
{
  GstSiambanPace pace = {0};

  g_assert_false (is_behind (&pace, 0, 0));
  g_assert_true (is_behind (&pace, 1, 9 * FRAME));
  for (guint i = 2; i < 26; i++) {
    g_assert_false (is_behind (&pace, i, i * FRAME));
    g_assert_true (pace.strained);
  }
  g_assert_false (is_behind (&pace, 26, 26 * FRAME));
  g_assert_false (pace.strained);
}

static void
test_announce (void)
{
  GstSiambanPace pace = {0};

  g_assert_true (gst_siamban_pace_announce (&pace, 100));
  g_assert_cmpuint (pace.announced, ==, 105);
  g_assert_false (gst_siamban_pace_announce (&pace, 105));
  g_assert_false (gst_siamban_pace_announce (&pace, 80));
  g_assert_true (gst_siamban_pace_announce (&pace, 106));
  g_assert_true (gst_siamban_pace_announce (&pace, 60));
  g_assert_cmpuint (pace.announced, ==, 63);
}

/* Every frame passes; late ones without inference, which is said. */
static void
test_late (void)
{
  Rig *rig = rig_on_clock (TRUE);
  g_autoptr (GstStructure) stats = NULL;
  guint64 skipped;

  g_object_set (rig->element, "max-latency", 100 * GST_SECOND, NULL);
  g_assert_true (looks (rig, 0));
  g_assert_true (looks (rig, 90 * GST_SECOND));
  rig_event (rig, "added", 1);
  rig_no_message (rig, GST_MESSAGE_QOS | GST_MESSAGE_ELEMENT);
  g_assert_false (looks (rig, 110 * GST_SECOND));
  assert_qos (rig, 1);
  assert_notice (rig, "skipped");
  g_assert_false (looks (rig, 110 * GST_SECOND));
  rig_no_message (rig, GST_MESSAGE_QOS | GST_MESSAGE_ELEMENT);
  rig->n += 120 * GST_SECOND / FRAME;
  g_assert_true (looks (rig, 0));
  assert_qos (rig, 2);
  assert_notice (rig, "resumed");
  g_object_get (rig->element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, "skipped-frames", &skipped));
  g_assert_cmpuint (skipped, ==, 2);
  rig_free (rig);
}

/* Without a limit nothing is left out but in live pipelines. */
static void
test_max_latency (void)
{
  static const struct
  {
    gboolean live;
    GstClockTime limit;
    gboolean looks;
  } cases[] = {{FALSE, GST_CLOCK_TIME_NONE, TRUE},
      {TRUE, GST_CLOCK_TIME_NONE, FALSE}, {TRUE, 0, TRUE},
      {FALSE, 100 * GST_SECOND, FALSE}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Rig *rig = rig_on_clock (cases[i].live);

    g_object_set (rig->element, "max-latency", cases[i].limit, NULL);
    g_assert_true (looks (rig, 0));
    g_assert_cmpint (looks (rig, 200 * GST_SECOND), ==, cases[i].looks);
    rig_free (rig);
  }
}

static void
test_latency_event (void)
{
  Rig *rig = rig_on_clock (TRUE);

  g_object_set (rig->element, "max-latency", 100 * GST_SECOND, NULL);
  g_assert_true (gst_harness_push_upstream_event (
      rig->harness, gst_event_new_latency (200 * GST_SECOND)));
  g_assert_true (looks (rig, 0));
  g_assert_true (looks (rig, 290 * GST_SECOND));
  g_assert_false (looks (rig, 310 * GST_SECOND));
  rig_free (rig);
}

/* What a frame takes is told once it is known, and more than it takes. */
static void
test_latency (void)
{
  Rig *rig = rig_on_clock (TRUE);
  g_autoptr (GstStructure) stats = NULL;
  gdouble told, median;

  g_object_set (rig->element, "max-latency", (guint64)0, NULL);
  for (guint i = 0; i < 9; i++)
    gst_buffer_unref (rig_next (rig));
  gst_message_unref (rig_message (rig, GST_MESSAGE_LATENCY));
  g_object_get (rig->element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get (stats, "latency-ms", G_TYPE_DOUBLE, &told,
      "follow-p50-ms", G_TYPE_DOUBLE, &median, NULL));
  g_assert_cmpfloat (told, >, median);
  gst_harness_set_upstream_latency (rig->harness, 30 * GST_MSECOND);
  g_assert_cmpfloat_with_epsilon (
      (gdouble)gst_harness_query_latency (rig->harness) / GST_MSECOND,
      30 + told, 0.001);
  rig_free (rig);
}

static void
test_interval (void)
{
  Rig *rig = rig_on_clock (FALSE);

  g_object_set (rig->element, "inference-interval", 3, NULL);
  gst_buffer_unref (rig_next (rig));
  for (guint i = 0; i < 9; i++)
    g_assert_cmpint (is_predicted (rig_next (rig)), ==, i % 3 != 0);
  rig_free (rig);
}

/* A value that changes over time is taken from frame to frame. */
static void
test_controlled (void)
{
  Rig *rig = rig_on_clock (FALSE);
  GstControlSource *source = gst_interpolation_control_source_new ();
  guint interval;

  g_object_set (source, "mode", GST_INTERPOLATION_MODE_NONE, NULL);
  gst_timed_value_control_source_set (
      GST_TIMED_VALUE_CONTROL_SOURCE (source), 0, 1);
  gst_timed_value_control_source_set (
      GST_TIMED_VALUE_CONTROL_SOURCE (source), 2 * FRAME, 5);
  g_assert_true (gst_object_add_control_binding (GST_OBJECT (rig->element),
      gst_direct_control_binding_new_absolute (
          GST_OBJECT (rig->element), "inference-interval", source)));
  for (guint i = 0; i < 4; i++) {
    gst_buffer_unref (rig_next (rig));
    g_object_get (rig->element, "inference-interval", &interval, NULL);
    g_assert_cmpuint (interval, ==, i < 2 ? 1 : 5);
  }
  gst_object_unref (source);
  rig_free (rig);
}

static void
test_options_refused (void)
{
  Rig *rig = rig_on_clock (FALSE);

  gst_buffer_unref (rig_next (rig));
  g_object_set (
      rig->element, "lost-threshold", 0.9, "found-threshold", 0.1, NULL);
  gst_buffer_unref (rig_next (rig));
  gst_message_unref (rig_message (rig, GST_MESSAGE_WARNING));
  gst_buffer_unref (rig_next (rig));
  rig_no_message (rig, GST_MESSAGE_WARNING);
  rig_free (rig);
}

static guint64
late_of (GstBuffer *buffer)
{
  guint64 late = 0;

  if (siamban_meta_n_tracks (buffer) > 0)
    g_assert_true (gst_structure_get_uint64 (
        siamban_meta_get_track_structure (buffer, 0), "late", &late));
  return late;
}

/* Frames do not wait; boxes say how old they are. */
static void
test_async (void)
{
  GstElement *element = track_new ();
  g_autoptr (GstMessage) message = NULL;
  guint64 late = 0;
  GstBuffer *buffer;
  Rig *rig;

  g_object_set (element, "async", TRUE, NULL);
  track_set_box_text (element, "<100, 80, 40, 40>");
  rig = rig_new (element, "BGR", 320, 240);
  gst_buffer_unref (rig_next (rig));
  message = gst_bus_timed_pop_filtered (
      rig->bus, 60 * GST_SECOND, GST_MESSAGE_ELEMENT);
  g_assert_nonnull (message);
  while (late == 0) {
    g_assert_cmpuint (rig->n, <, 1000);
    buffer = rig_next (rig);
    g_assert_cmpuint (siamban_meta_n_tracks (buffer), ==, 1);
    late = late_of (buffer);
    gst_buffer_unref (buffer);
  }
  g_assert_cmpuint (late % FRAME, ==, 0);
  g_assert_cmpuint (gst_harness_buffers_received (rig->harness), ==, rig->n);
  g_assert_cmpuint (gst_harness_query_latency (rig->harness), ==, 0);
  rig_free (rig);
}

/* What the worker still does comes before the end, and a flush waits. */
static void
test_async_end (void)
{
  for (guint flush = 0; flush < 2; flush++) {
    GstElement *element = track_new ();
    Rig *rig;

    g_object_set (element, "async", TRUE, "reset-on-flush", TRUE, NULL);
    track_set_box_text (element, "<100, 80, 40, 40>");
    rig = rig_new (element, "BGR", 320, 240);
    gst_buffer_unref (rig_next (rig));
    if (flush)
      rig_flush (rig);
    else
      gst_harness_push_event (rig->harness, gst_event_new_eos ());
    rig_event (rig, "added", 1);
    if (flush)
      rig_event (rig, "ended", 1);
    rig_no_message (rig, GST_MESSAGE_ELEMENT);
    rig_free (rig);
  }
}

static void
wait_for (Rig *rig, GstMessageType type)
{
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (rig->bus, 60 * GST_SECOND, type);

  g_assert_nonnull (message);
}

/* The stream goes on meanwhile, and targets keep their numbers. */
static void
test_other_model (void)
{
  Rig *rig = rig_on_clock (FALSE);

  rig_next_ids (rig, "1");
  rig_event (rig, "added", 1);
  g_object_set (rig->element, "precision", 1, NULL);
  rig_next_ids (rig, "1");
  wait_for (rig, GST_MESSAGE_ELEMENT);
  rig_next_ids (rig, "1");
  rig_next_ids (rig, "1");
  rig_no_message (rig, GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING);

  g_object_set (rig->element, "model", "/nowhere/tracker.pth", "config",
      "/nowhere/config.yaml", NULL);
  wait_for (rig, GST_MESSAGE_WARNING);
  rig_next_ids (rig, "1");
  rig_no_message (
      rig, GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
  rig_free (rig);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  GST_DEBUG_CATEGORY_INIT (gst_siamban_track_debug, "test", 0, "test");
  g_test_add_func ("/gst/load/debt", test_debt);
  g_test_add_func ("/gst/load/no-debt", test_no_debt);
  g_test_add_func ("/gst/load/lateness", test_lateness);
  g_test_add_func ("/gst/load/never-blind", test_never_blind);
  g_test_add_func ("/gst/load/strained", test_strained);
  g_test_add_func ("/gst/load/announce", test_announce);
  g_test_add_func ("/gst/load/late", test_late);
  g_test_add_func ("/gst/load/max-latency", test_max_latency);
  g_test_add_func ("/gst/load/latency-event", test_latency_event);
  g_test_add_func ("/gst/load/latency", test_latency);
  g_test_add_func ("/gst/load/interval", test_interval);
  g_test_add_func ("/gst/load/controlled", test_controlled);
  g_test_add_func ("/gst/load/options-refused", test_options_refused);
  g_test_add_func ("/gst/load/async", test_async);
  g_test_add_func ("/gst/load/async-end", test_async_end);
  g_test_add_func ("/gst/load/other-model", test_other_model);
  return g_test_run ();
}
