/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <math.h>

#include "rig.h"
#include "siambanmeta.h"

static const gdouble start_box[] = {100, 80, 40, 40};

/* The message must be of @domain and @code, with @part in it. */
static void
assert_report (GstMessage *message, GQuark domain, gint code, const gchar *part)
{
  GError *error;
  gchar *debug;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, &debug);
  else
    gst_message_parse_warning (message, &error, &debug);
  g_assert_error (error, domain, code);
  if (!strstr (error->message, part) && !strstr (debug, part))
    g_error ("\"%s\" (%s) does not say \"%s\"", error->message, debug, part);
  g_error_free (error);
  g_free (debug);
  gst_message_unref (message);
}

static void
assert_start_fails (const gchar *property, const gchar *path, GQuark domain,
    gint code, const gchar *part)
{
  GstElement *element = track_new ();
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (element, bus);
  g_object_set (element, property, path, NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==,
      GST_STATE_CHANGE_FAILURE);
  assert_report (
      gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR), domain, code, part);
  g_assert_null (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR));
  gst_element_set_state (element, GST_STATE_NULL);

  g_object_set (element, property, NULL, NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), !=,
      GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

static void
test_missing_model (void)
{
  assert_start_fails ("model", "/nowhere/tracker.pth", GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_NOT_FOUND, "/nowhere/tracker.pth");
}

static void
test_missing_config (void)
{
  assert_start_fails ("config", "/nowhere/config.yaml", GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_NOT_FOUND, "/nowhere/config.yaml");
}

static void
with_file (const gchar *property, const gchar *text, GQuark domain, gint code)
{
  GError *error = NULL;
  gchar *path;
  const gint fd = g_file_open_tmp ("siamban-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  assert_start_fails (property, path, domain, code, path);
  g_unlink (path);
  g_free (path);
}

static void
test_bad_model (void)
{
  with_file ("model", "not a checkpoint at all", GST_LIBRARY_ERROR,
      GST_LIBRARY_ERROR_INIT);
  with_file ("model", "", GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_INIT);
}

static void
test_bad_config (void)
{
  with_file (
      "config", "TRACK: [1, 2", GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS);
  with_file ("config", "TRACK:\n  LR: wide\n", GST_LIBRARY_ERROR,
      GST_LIBRARY_ERROR_SETTINGS);
}

static void
test_directory (void)
{
  assert_start_fails ("model", g_get_tmp_dir (), GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_READ, g_get_tmp_dir ());
}

/* Refused at the next frame, once; before a target and with one. */
static void
test_boxes (void)
{
  static const gchar *const bad[] = {"<1, 2, 3>", "<1, 2, 3, 4, 5>",
      "<one, 2, 3, 4>", "<true, 2, 3, 4>", "<(double)nan, 2, 3, 4>",
      "<1, (double)inf, 3, 4>", "<1, 2, 0, 4>", "<1, 2, 3, -4>",
      "<(double)400, (double)10, 20, 20>", "<-50, 10, 20, 20>",
      "<10, 240, 20, 20>", "<10, -20.5, 20, 20>", "<10, 10, 0.25, 20>"};

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    Rig *rig = rig_new (track_new (), "BGR", 320, 240);

    for (guint id = 0, n = 0; n < 2; n++) {
      track_set_box_text (rig->element, bad[i]);
      g_assert_cmpuint (rig_next_id (rig), ==, id);
      assert_report (rig_message (rig, GST_MESSAGE_WARNING), GST_LIBRARY_ERROR,
          GST_LIBRARY_ERROR_SETTINGS, "box");
      g_assert_cmpuint (rig_next_id (rig), ==, id);
      rig_no_message (rig, GST_MESSAGE_WARNING);
      track_set_box (rig->element, start_box);
      g_assert_cmpuint (rig_next_id (rig), >, id);
      id = rig_next_id (rig);
    }
    rig_free (rig);
  }
}

static void
test_ignored_box_is_not_kept (void)
{
  GstElement *element = track_new ();
  GValue value = G_VALUE_INIT;

  track_set_box (element, start_box);
  track_set_box_text (element, "<9, 9>");
  g_value_init (&value, GST_TYPE_ARRAY);
  g_object_get_property (G_OBJECT (element), "box", &value);
  g_assert_cmpuint (gst_value_array_get_size (&value), ==, 4);
  g_value_unset (&value);
  gst_object_unref (element);
}

static void
test_huge_box (void)
{
  static const gdouble boxes[][4] = {
      {-1e5, -1e5, 1e6, 1e6}, {0, 0, 319.5, 1}, {-1e300, -1e300, 1e301, 1e301}};

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++) {
    Rig *rig = rig_new (track_new (), "BGR", 320, 240);

    g_object_set (rig->element, "draw", TRUE, NULL);
    track_set_box (rig->element, boxes[i]);
    for (guint j = 0; j < 3; j++) {
      GstBuffer *buffer = rig_next (rig);
      GstVideoRegionOfInterestMeta *region = region_of (buffer);
      RegionResult result;

      if (region)
        region_result (region, &result);
      gst_buffer_unref (buffer);
    }
    rig_free (rig);
  }
}

static void
fill_noise (guint8 *data, gsize size)
{
  GRand *rand = g_rand_new_with_seed (1);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8)g_rand_int (rand);
  g_rand_free (rand);
}

static GstBuffer *
empty_frame (Rig *rig, guint kind)
{
  GstBuffer *buffer = rig_frame (rig);
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  if (kind == 2)
    fill_noise (map.data, map.size);
  else
    memset (map.data, kind ? 255 : 0, map.size);
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

/* A target learned from nothing, and one that vanishes into it. */
static void
test_empty_pictures (void)
{
  for (guint kind = 0; kind < 3; kind++) {
    for (guint before = 0; before < 2; before++) {
      GstElement *element = track_new ();
      Rig *rig;

      track_set_box (element, start_box);
      rig = rig_new (element, "BGR", 320, 240);
      for (guint i = 0; i < before; i++)
        g_assert_cmpuint (rig_next_id (rig), ==, 1);
      for (guint i = 0; i < 4; i++) {
        GstBuffer *buffer = rig_push (rig, empty_frame (rig, kind));
        SiambanTrack track;

        g_assert_cmpuint (siamban_meta_n_tracks (buffer), ==, 1);
        siamban_meta_get_track (buffer, 0, &track);
        g_assert_true (isfinite (track.box.x) && isfinite (track.box.y));
        g_assert_true (track.box.w > 0 && track.box.w <= 320);
        g_assert_true (track.box.h > 0 && track.box.h <= 240);
        gst_buffer_unref (buffer);
      }
      rig_free (rig);
    }
  }
}

static void
test_short_buffer (void)
{
  Rig *rig = rig_new (track_new (), "BGR", 320, 240);
  GstBuffer *buffer;

  track_set_box (rig->element, start_box);
  for (guint i = 0; i < 2; i++) {
    buffer = rig_push (rig, gst_buffer_new_allocate (NULL, 320 * 240, NULL));
    g_assert_null (region_of (buffer));
    gst_buffer_unref (buffer);
  }
  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_free (rig);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/bad-input/missing-model", test_missing_model);
  g_test_add_func ("/gst/bad-input/missing-config", test_missing_config);
  g_test_add_func ("/gst/bad-input/bad-model", test_bad_model);
  g_test_add_func ("/gst/bad-input/bad-config", test_bad_config);
  g_test_add_func ("/gst/bad-input/directory", test_directory);
  g_test_add_func ("/gst/bad-input/boxes", test_boxes);
  g_test_add_func ("/gst/bad-input/box-not-kept", test_ignored_box_is_not_kept);
  g_test_add_func ("/gst/bad-input/huge-box", test_huge_box);
  g_test_add_func ("/gst/bad-input/empty-pictures", test_empty_pictures);
  g_test_add_func ("/gst/bad-input/short-buffer", test_short_buffer);
  return g_test_run ();
}
