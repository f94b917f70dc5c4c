/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/video/navigation.h>

#include "rig.h"

#include "siambanmeta.h"

static Rig *
rig_with_mouse (void)
{
  Rig *rig = rig_new (track_new (), "RGB", 320, 240);

  g_object_set (rig->element, "mouse-select", TRUE, NULL);
  gst_buffer_unref (rig_next (rig));
  return rig;
}

/* Whether the event went on upstream. */
static gboolean
send (Rig *rig, GstEvent *event)
{
  guint before = gst_harness_upstream_events_received (rig->harness);

  gst_harness_push_upstream_event (rig->harness, event);
  return gst_harness_upstream_events_received (rig->harness) > before;
}

static gboolean
press (Rig *rig, gint button, gdouble x, gdouble y)
{
  return send (rig, gst_navigation_event_new_mouse_button_press (
                        button, x, y, GST_NAVIGATION_MODIFIER_NONE));
}

static gboolean
release (Rig *rig, gint button, gdouble x, gdouble y)
{
  return send (rig, gst_navigation_event_new_mouse_button_release (
                        button, x, y, GST_NAVIGATION_MODIFIER_NONE));
}

static gboolean
move (Rig *rig, gdouble x, gdouble y)
{
  return send (rig,
      gst_navigation_event_new_mouse_move (x, y, GST_NAVIGATION_MODIFIER_NONE));
}

static gboolean
key (Rig *rig, const gchar *name)
{
  return send (rig,
      gst_navigation_event_new_key_press (name, GST_NAVIGATION_MODIFIER_NONE));
}

/* The tracks of the next frame; the first of them in @track. */
static guint
next_tracks (Rig *rig, SiambanTrack *track)
{
  GstBuffer *buffer = rig_next (rig);
  const guint n = siamban_meta_n_tracks (buffer);

  if (n > 0)
    siamban_meta_get_track (buffer, 0, track);
  gst_buffer_unref (buffer);
  return n;
}

static void
assert_box (const SiambanBox *box, gdouble x, gdouble y, gdouble w, gdouble h)
{
  g_assert_cmpfloat (box->x, ==, x);
  g_assert_cmpfloat (box->y, ==, y);
  g_assert_cmpfloat (box->w, ==, w);
  g_assert_cmpfloat (box->h, ==, h);
}

/* From any corner to the one across. */
static void
test_drag (void)
{
  static const gdouble ways[][4] = {
      {100, 80, 140, 120}, {140, 120, 100, 80}, {100, 120, 140, 80}};

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    Rig *rig = rig_with_mouse ();
    SiambanTrack track;

    g_assert_false (press (rig, 1, ways[i][0], ways[i][1]));
    g_assert_false (move (rig, 5, 5));
    g_assert_cmpuint (next_tracks (rig, &track), ==, 0);
    g_assert_false (release (rig, 1, ways[i][2], ways[i][3]));
    g_assert_cmpuint (next_tracks (rig, &track), ==, 1);
    assert_box (&track.box, 100, 80, 40, 40);
    rig_free (rig);
  }
}

static gboolean
shows_band (Rig *rig)
{
  g_autoptr (GstBuffer) plain = NULL;
  g_autoptr (GstBuffer) out = rig_next (rig);
  GstMapInfo map;
  gboolean differs;

  rig->n--;
  plain = rig_frame (rig);
  g_assert_true (gst_buffer_map (plain, &map, GST_MAP_READ));
  differs = gst_buffer_memcmp (out, 0, map.data, map.size) != 0;
  gst_buffer_unmap (plain, &map);
  return differs;
}

/* The box is seen while it is drawn, and only then. */
static void
test_band (void)
{
  Rig *rig = rig_with_mouse ();

  g_assert_false (shows_band (rig));
  press (rig, 1, 100, 80);
  move (rig, 180, 150);
  g_assert_true (shows_band (rig));
  release (rig, 1, 180, 150);
  g_assert_false (shows_band (rig));
  rig_free (rig);
}

static void
test_escape (void)
{
  Rig *rig = rig_with_mouse ();
  SiambanTrack track;

  g_assert_true (key (rig, "Escape"));
  press (rig, 1, 100, 80);
  move (rig, 140, 120);
  g_assert_true (key (rig, "a"));
  g_assert_false (key (rig, "Escape"));
  g_assert_true (release (rig, 1, 140, 120));
  g_assert_false (shows_band (rig));
  g_assert_cmpuint (next_tracks (rig, &track), ==, 0);
  rig_free (rig);
}

/* A click makes a square of an eighth of the smaller side, where there is
 * nothing yet. */
static void
test_click (void)
{
  Rig *rig = rig_with_mouse ();
  SiambanTrack track;

  press (rig, 1, 120, 100);
  release (rig, 1, 121, 100);
  g_assert_cmpuint (next_tracks (rig, &track), ==, 1);
  assert_box (&track.box, 106, 85, 30, 30);
  press (rig, 1, 120, 100);
  release (rig, 1, 121, 100);
  g_assert_cmpuint (next_tracks (rig, &track), ==, 1);
  press (rig, 1, 250, 200);
  release (rig, 1, 250, 200);
  g_assert_cmpuint (next_tracks (rig, &track), ==, 2);
  rig_free (rig);
}

static void
test_remove (void)
{
  Rig *rig = rig_with_mouse ();
  SiambanTrack track;

  press (rig, 1, 100, 80);
  release (rig, 1, 140, 120);
  g_assert_cmpuint (next_tracks (rig, &track), ==, 1);
  g_assert_false (press (rig, 3, 300, 230));
  g_assert_cmpuint (next_tracks (rig, &track), ==, 1);
  g_assert_false (press (rig, 3, 122, 102));
  g_assert_cmpuint (next_tracks (rig, &track), ==, 0);
  rig_free (rig);
}

/* Off by default; and other events are others'. */
static void
test_passes_on (void)
{
  Rig *rig = rig_new (track_new (), "RGB", 320, 240);
  SiambanTrack track;

  gst_buffer_unref (rig_next (rig));
  g_assert_true (press (rig, 1, 100, 80));
  g_assert_true (move (rig, 120, 100));
  g_assert_true (release (rig, 1, 140, 120));
  g_assert_true (press (rig, 3, 100, 80));
  g_assert_cmpuint (next_tracks (rig, &track), ==, 0);
  rig_free (rig);

  rig = rig_with_mouse ();
  g_assert_true (move (rig, 120, 100));
  g_assert_true (press (rig, 2, 100, 80));
  g_assert_true (release (rig, 1, 100, 80));
  g_assert_true (send (rig, gst_navigation_event_new_mouse_scroll (
                                1, 1, 0, 1, GST_NAVIGATION_MODIFIER_NONE)));
  rig_free (rig);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/navigation/drag", test_drag);
  g_test_add_func ("/gst/navigation/band", test_band);
  g_test_add_func ("/gst/navigation/escape", test_escape);
  g_test_add_func ("/gst/navigation/click", test_click);
  g_test_add_func ("/gst/navigation/remove", test_remove);
  g_test_add_func ("/gst/navigation/passes-on", test_passes_on);
  return g_test_run ();
}
