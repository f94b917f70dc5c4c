/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rig.h"

#include "gstsiambanpicture.h"

static Rig *
rig_small (void)
{
  return rig_new (track_new (), "I420", 320, 240);
}

static GstEvent *
event_of (gboolean up, const gchar *text)
{
  GstStructure *s = gst_structure_from_string (text, NULL);

  g_assert_nonnull (s);
  return gst_event_new_custom (
      up ? GST_EVENT_CUSTOM_UPSTREAM : GST_EVENT_CUSTOM_DOWNSTREAM, s);
}

/* Down. */
static void
ask (Rig *rig, const gchar *text)
{
  g_assert_true (gst_harness_push_event (rig->harness, event_of (FALSE, text)));
}

static void
assert_region (Rig *rig, gint id, guint x, guint y, guint w, guint h)
{
  g_autoptr (GstBuffer) buffer = rig_next (rig);
  const GstVideoRegionOfInterestMeta *region = region_of (buffer);

  g_assert_nonnull (region);
  g_assert_cmpint (region->id, ==, id);
  g_assert_cmpuint (region->x, ==, x);
  g_assert_cmpuint (region->y, ==, y);
  g_assert_cmpuint (region->w, ==, w);
  g_assert_cmpuint (region->h, ==, h);
}

static gboolean
goes_up (Rig *rig, const gchar *name)
{
  gboolean found = FALSE;
  GstEvent *event;

  while ((event = gst_harness_try_pull_upstream_event (rig->harness))) {
    found = found || gst_event_has_name (event, name);
    gst_event_unref (event);
  }
  return found;
}

static void
test_ways_in (void)
{
  const gchar *text = "siambantrack-seed, x=100, y=80.0, w=40, h=40";

  for (guint way = 0; way < 3; way++) {
    Rig *rig = rig_small ();
    GstEvent *event = event_of (way > 0, text);

    if (way == 0)
      g_assert_true (gst_harness_push_event (rig->harness, event));
    else if (way == 1)
      g_assert_true (gst_harness_push_upstream_event (rig->harness, event));
    else
      g_assert_true (gst_element_send_event (rig->element, event));
    assert_region (rig, 1, 100, 80, 40, 40);
    g_assert_false (goes_up (rig, "siambantrack-seed"));
    rig_free (rig);
  }
}

static void
test_units (void)
{
  Rig *rig = rig_small ();

  ask (rig, "siambantrack-seed, x=0.5, y=0.25, w=0.125, h=0.25, relative=true");
  assert_region (rig, 1, 160, 60, 40, 60);
  ask (rig, "siambantrack-reset");
  rig_next_ids (rig, "");
  ask (rig, "siambantrack-seed, x=120, y=100");
  assert_region (rig, 2, 105, 85, 30, 30);
  ask (rig, "siambantrack-reset");
  rig_next_ids (rig, "");
  ask (rig, "siambantrack-seed, x=0.5, y=0.5, relative=true");
  assert_region (rig, 3, 145, 105, 30, 30);
  rig_free (rig);
}

/* The next element message must say that a seed was refused since @reason. */
static void
assert_refused (Rig *rig, guint64 id, const gchar *reason)
{
  g_autoptr (GstMessage) message = rig_message (rig, GST_MESSAGE_ELEMENT);
  const GstStructure *s = gst_message_get_structure (message);
  guint64 of = G_MAXUINT64;

  g_assert_cmpstr (gst_structure_get_string (s, "event"), ==, "refused");
  g_assert_true (gst_structure_get_uint64 (s, "id", &of));
  g_assert_cmpuint (of, ==, id);
  g_assert_true (
      g_str_has_prefix (gst_structure_get_string (s, "message"), reason));
  g_assert_true (gst_structure_has_field_typed (s, "history", GST_TYPE_ARRAY));
}

static void
test_ids (void)
{
  Rig *rig = rig_small ();

  ask (rig, "siambantrack-seed, x=100, y=80, w=40, h=40");
  ask (rig, "siambantrack-seed, x=20, y=30, w=50, h=60");
  rig_next_ids (rig, "1 2");
  rig_event (rig, "added", 1);
  rig_event (rig, "added", 2);
  ask (rig, "siambantrack-seed, x=30, y=40, w=50, h=60, id=(guint64)2");
  rig_next_ids (rig, "1 2");
  rig_event (rig, "reseeded", 2);
  ask (rig, "siambantrack-remove, id=1");
  rig_next_ids (rig, "2");
  rig_event (rig, "ended", 1);
  ask (rig, "siambantrack-seed, x=30, y=40, w=50, h=60, id=7");
  rig_next_ids (rig, "2");
  assert_refused (rig, 7, "there is no target of this id");
  gst_message_unref (rig_message (rig, GST_MESSAGE_WARNING));
  rig_free (rig);
}

/* Seeds that wait for a frame, and a reset or the end comes first. */
static void
test_dropped (void)
{
  Rig *rig = rig_small ();

  ask (rig, "siambantrack-seed, x=100, y=80, w=40, h=40");
  ask (rig, "siambantrack-remove, id=1");
  track_set_box_text (rig->element, "<20, 30, 40, 40>");
  g_signal_emit_by_name (rig->element, "reset");
  assert_refused (rig, 0, "a reset came before the next frame");
  assert_refused (rig, 0, "a reset came before the next frame");
  rig_no_message (rig, GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING);
  rig_next_ids (rig, "");

  ask (rig, "siambantrack-seed, x=100, y=80, w=40, h=40");
  gst_element_set_state (rig->element, GST_STATE_READY);
  assert_refused (rig, 0, "the element was stopped before the next frame");
  rig_no_message (rig, GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING);
  rig_free (rig);
}

/* What came before the reset has been asked for already. */
static void
test_reset_after_seed (void)
{
  Rig *rig = rig_small ();

  ask (rig, "siambantrack-seed, x=100, y=80, w=40, h=40");
  ask (rig, "siambantrack-reset");
  ask (rig, "siambantrack-seed, x=100, y=80, w=40, h=40");
  rig_next_ids (rig, "2");
  rig_event (rig, "ended", 1);
  rig_event (rig, "added", 2);
  rig_free (rig);
}

static void
test_malformed (void)
{
  static const gchar *const bad[] = {"siambantrack-seed",
      "siambantrack-seed, x=1", "siambantrack-seed, x=1, y=one",
      "siambantrack-seed, x=1, y=2, w=3",
      "siambantrack-seed, x=1, y=2, w=0, h=1",
      "siambantrack-seed, x=1, y=2, w=3, h=(double)nan",
      "siambantrack-seed, x=1, y=2, w=3, h=4, id=0",
      "siambantrack-seed, x=1, y=2, w=3, h=4, pts=now", "siambantrack-remove",
      "siambantrack-remove, id=-3"};
  Rig *rig = rig_small ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    ask (rig, bad[i]);
    if (g_str_has_prefix (bad[i], "siambantrack-seed"))
      assert_refused (rig, 0, "siambantrack-seed: ");
    gst_message_unref (rig_message (rig, GST_MESSAGE_WARNING));
    rig_next_ids (rig, "");
  }
  rig_no_message (rig, GST_MESSAGE_WARNING | GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

static gboolean
comes_out (Rig *rig, const gchar *name)
{
  gboolean found = FALSE;
  GstEvent *event;

  while ((event = gst_harness_try_pull_event (rig->harness))) {
    found = found || gst_event_has_name (event, name);
    gst_event_unref (event);
  }
  return found;
}

/* Others' events, and those for an element of another name, go on. */
static void
test_not_ours (void)
{
  Rig *rig = rig_small ();

  ask (rig, "something-else, x=1");
  g_assert_true (comes_out (rig, "something-else"));
  gst_harness_push_upstream_event (
      rig->harness, event_of (TRUE, "something-else"));
  g_assert_true (goes_up (rig, "something-else"));
  ask (rig, "siambantrack-seed, x=1, y=2, w=30, h=40, element=nobody");
  g_assert_true (comes_out (rig, "siambantrack-seed"));
  rig_next_ids (rig, "");
  gst_object_set_name (GST_OBJECT (rig->element), "somebody");
  ask (rig, "siambantrack-seed, x=1, y=2, w=30, h=40, element=somebody");
  g_assert_false (comes_out (rig, "siambantrack-seed"));
  rig_next_ids (rig, "1");
  rig_free (rig);
}

static guint64
learnt_pts (Rig *rig)
{
  g_autoptr (GstMessage) message = rig_message (rig, GST_MESSAGE_ELEMENT);
  const GstStructure *s = gst_message_get_structure (message);
  guint64 pts;

  g_assert_cmpstr (gst_structure_get_string (s, "event"), ==, "added");
  g_assert_true (gst_structure_get_uint64 (s, "learnt-pts", &pts));
  return pts;
}

static void
seed_late (Rig *rig, guint frame)
{
  const SiambanBox box = film_box (frame);
  g_autofree gchar *text = g_strdup_printf (
      "siambantrack-seed, x=%g, y=%g, w=%g, h=%g, pts=(guint64)%u", box.x,
      box.y, box.w, box.h, 40000000 * frame);

  ask (rig, text);
}

/* The box is of the frame that the user saw; it is found on a later one. */
static void
test_pts (void)
{
  Rig *rig = rig_small ();
  g_autoptr (GstBuffer) buffer = NULL;
  SiambanBox wanted;
  RegionResult result;

  g_object_set (rig->element, "seed-history", 8, NULL);
  for (guint i = 0; i < 10; i++)
    rig_next_ids (rig, "");
  seed_late (rig, 4);
  wanted = film_box (rig->n);
  buffer = rig_next (rig);
  g_assert_cmpuint (learnt_pts (rig), ==, 4 * 40 * GST_MSECOND);
  region_result (region_of (buffer), &result);
  g_assert_cmpfloat_with_epsilon (result.box.x, wanted.x, 8);
  g_assert_cmpfloat_with_epsilon (result.box.y, wanted.y, 8);
  g_assert_cmpfloat (result.score, <, 1);

  seed_late (rig, 1);
  rig_next_ids (rig, "1 2");
  g_assert_cmpuint (learnt_pts (rig), ==, 11 * 40 * GST_MSECOND);
  rig_free (rig);
}

static void
test_pts_without_history (void)
{
  Rig *rig = rig_small ();

  rig_next_ids (rig, "");
  rig_next_ids (rig, "");
  seed_late (rig, 1);
  rig_next_ids (rig, "1");
  g_assert_cmpuint (learnt_pts (rig), ==, 2 * 40 * GST_MSECOND);
  rig_free (rig);
}

/* A seek makes what is kept another time's. */
static void
test_history_and_flush (void)
{
  Rig *rig = rig_small ();

  g_object_set (rig->element, "seed-history", 8, NULL);
  for (guint i = 0; i < 4; i++)
    rig_next_ids (rig, "");
  rig_flush (rig);
  seed_late (rig, 2);
  rig_next_ids (rig, "1");
  g_assert_cmpuint (learnt_pts (rig), ==, 4 * 40 * GST_MSECOND);
  rig_free (rig);
}

static void
push_some (GstSiambanRing *ring, GstVideoFormat format, guint side, guint most)
{
  g_autoptr (GstBuffer) buffer = NULL;
  GstVideoFrame frame;
  GstVideoInfo info;

  gst_video_info_set_format (&info, format, side, side);
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  gst_buffer_memset (buffer, 0, 77, info.size);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (guint i = 0; i < 6; i++)
    gst_siamban_ring_push (ring, &frame, i * GST_SECOND, i * GST_SECOND, most);
  gst_video_frame_unmap (&frame);
}

static void
test_ring (void)
{
  GstSiambanRing ring = {G_QUEUE_INIT};
  const GstSiambanPicture *picture;

  push_some (&ring, GST_VIDEO_FORMAT_NV12, 64, 4);
  g_assert_cmpuint (ring.pictures.length, ==, 4);
  g_assert_null (gst_siamban_ring_find (&ring, GST_SECOND, GST_MSECOND));
  picture = gst_siamban_ring_find (
      &ring, 3 * GST_SECOND + GST_MSECOND, 4 * GST_MSECOND);
  g_assert_nonnull (picture);
  g_assert_cmpuint (picture->pts, ==, 3 * GST_SECOND);
  g_assert_cmpint (((guint8 *)picture->frame.data[1])[63], ==, 77);
  push_some (&ring, GST_VIDEO_FORMAT_RGB, 32, 2);
  g_assert_cmpuint (ring.pictures.length, ==, 2);
  push_some (&ring, GST_VIDEO_FORMAT_RGB, 32, 0);
  g_assert_cmpuint (ring.pictures.length, ==, 0);
  push_some (&ring, GST_VIDEO_FORMAT_RGBA, 4096, 100);
  g_assert_cmpuint (ring.pictures.length, ==, GST_SIAMBAN_RING_BYTES >> 26);
  gst_siamban_ring_clear (&ring);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/events/ways-in", test_ways_in);
  g_test_add_func ("/gst/events/units", test_units);
  g_test_add_func ("/gst/events/ids", test_ids);
  g_test_add_func ("/gst/events/dropped", test_dropped);
  g_test_add_func ("/gst/events/reset-after-seed", test_reset_after_seed);
  g_test_add_func ("/gst/events/malformed", test_malformed);
  g_test_add_func ("/gst/events/not-ours", test_not_ours);
  g_test_add_func ("/gst/events/pts", test_pts);
  g_test_add_func ("/gst/events/pts-without-history", test_pts_without_history);
  g_test_add_func ("/gst/events/history-and-flush", test_history_and_flush);
  g_test_add_func ("/gst/events/ring", test_ring);
  return g_test_run ();
}
