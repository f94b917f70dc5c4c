/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rig.h"

static const gdouble start_box[] = {100, 80, 40, 40};

/* The harness pushes buffers without looking whether its thread for events has
 * caught up with the one for states; GStreamer 1.26 warns of that. */
static void
allow_warnings (void)
{
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
}

/* Nothing here can be asserted but that it ends, and ends whole. */
static void
stress (gboolean states, gboolean async)
{
  GstElement *element = track_new ();
  GstHarnessThread *threads[6];
  guint n = 0;
  GValue draw = G_VALUE_INIT;
  GstBuffer *buffer;
  GstEvent *const qos =
      gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 2.0, GST_SECOND, GST_SECOND);
  GstEvent *const seed_event =
      gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
          gst_structure_new ("siambantrack-seed", "x", G_TYPE_INT, 60, "y",
              G_TYPE_INT, 60, "pts", G_TYPE_INT, 0, NULL));
  GstSegment segment;
  GstCaps *caps;
  Rig *rig;

  g_object_set (
      element, "async", async, "max-targets", 3, "seed-history", 4, NULL);
  track_set_box (element, start_box);
  rig = rig_new (element, "BGR", 320, 240);
  buffer = rig_frame (rig);
  caps = gst_video_info_to_caps (&rig->info);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_value_init (&draw, G_TYPE_BOOLEAN);
  g_value_set_boolean (&draw, TRUE);
  gst_harness_set_drop_buffers (rig->harness, TRUE);

  threads[n++] = gst_harness_stress_push_buffer_start (
      rig->harness, caps, &segment, buffer);
  threads[n++] =
      gst_harness_stress_property_start (rig->harness, "draw", &draw);
  threads[n++] =
      gst_harness_stress_send_upstream_event_start (rig->harness, qos);
  if (states) {
    threads[n++] = gst_harness_stress_statechange_start (rig->harness);
  } else {
    threads[n++] =
        gst_harness_stress_push_event_start (rig->harness, seed_event);
  }
  for (guint i = 0; i < 50; i++) {
    GstStructure *stats;
    gboolean accepted;
    guint64 added;

    g_signal_emit_by_name (element, "seed", 50., 50., 40., 40., &accepted);
    g_signal_emit_by_name (element, "add-target", 9., 9., 40., 40., &added);
    g_signal_emit_by_name (element, "remove-target", added, &accepted);
    track_set_box (element, start_box);
    if (i % 10 == 0)
      g_object_set (element, "precision", (gint)(i / 10 % 2), NULL);
    g_object_get (element, "stats", &stats, NULL);
    gst_structure_free (stats);
    g_usleep (10 * 1000);
    g_signal_emit_by_name (element, "reset");
  }
  while (n > 0)
    gst_harness_stress_thread_stop (threads[--n]);
  g_value_unset (&draw);
  gst_event_unref (seed_event);
  gst_event_unref (qos);
  gst_caps_unref (caps);
  gst_buffer_unref (buffer);
  rig_free (rig);
}

static void
test_properties (void)
{
  stress (FALSE, FALSE);
}

static void
test_states (void)
{
  allow_warnings ();
  stress (TRUE, FALSE);
}

static void
test_async (void)
{
  allow_warnings ();
  stress (FALSE, TRUE);
  stress (TRUE, TRUE);
}

/* Another size and format every other frame, a seek to anywhere every third. */
static void
test_flips_and_seeks (void)
{
  static const gchar *const formats[] = {"BGR", "NV12", "I420_10LE", "YUY2"};
  static const gint sizes[][2] = {{320, 240}, {160, 120}, {641, 481}};
  GstElement *element = track_new ();
  GstStructure *stats;
  guint64 frames;
  Rig *rig;

  track_set_box (element, start_box);
  rig = rig_new (element, "BGR", 320, 240);
  for (guint i = 0; i < 60; i++) {
    if (i % 2 == 1)
      rig_set_caps (rig, formats[i / 2 % G_N_ELEMENTS (formats)],
          sizes[i / 2 % G_N_ELEMENTS (sizes)][0],
          sizes[i / 2 % G_N_ELEMENTS (sizes)][1]);
    if (i % 3 == 2) {
      rig_flush (rig);
      rig->n = i * 7 % 40;
    }
    gst_buffer_unref (rig_next (rig));
  }
  g_object_get (element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, "frames", &frames));
  g_assert_cmpuint (frames, ==, 60);
  gst_structure_free (stats);
  rig_no_message (rig, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
  rig_free (rig);
}

static void
test_up_and_down (void)
{
  GstElement *element = track_new ();

  track_set_box (element, start_box);
  for (guint i = 0; i < 20; i++) {
    Rig *rig = rig_new (gst_object_ref (element), "NV12", 320, 240);

    g_assert_cmpuint (rig_next_id (rig), ==, 1);
    g_assert_cmpuint (rig_next_id (rig), ==, 1);
    rig_free (rig);
  }
  gst_object_unref (element);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/stress/properties", test_properties);
  g_test_add_func ("/gst/stress/states", test_states);
  g_test_add_func ("/gst/stress/async", test_async);
  g_test_add_func ("/gst/stress/flips-and-seeks", test_flips_and_seeks);
  g_test_add_func ("/gst/stress/up-and-down", test_up_and_down);
  return g_test_run ();
}
