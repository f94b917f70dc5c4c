/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>
#include <stdio.h>

#include "rig.h"

/* What came out at the sink named "sink". */
typedef struct
{
  guint frames;
  GArray *ids;     /* gint, 0 for no region */
  GArray *results; /* RegionResult, where there was one */
} Seen;

static gboolean
have (const gchar *first, ...)
{
  gboolean all = TRUE;
  va_list names;

  va_start (names, first);
  for (const gchar *name = first; name && all; name = va_arg (names, gchar *)) {
    GstElementFactory *factory = gst_element_factory_find (name);

    all = factory != NULL;
    if (all)
      gst_object_unref (factory);
    else
      g_test_skip_printf ("GStreamer here has no element %s", name);
  }
  va_end (names);
  return all;
}

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  Seen *seen = data;
  gint id = 0;
  GstMeta *meta;
  gpointer state = NULL;

  (void)sink;
  (void)pad;
  while ((meta = gst_buffer_iterate_meta_filtered (
              buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)))
    id = ((GstVideoRegionOfInterestMeta *)meta)->id;
  if (region_of (buffer)) {
    RegionResult result;

    region_result (region_of (buffer), &result);
    g_array_append_val (seen->results, result);
  }
  g_array_append_val (seen->ids, id);
  seen->frames++;
}

static Seen *
seen_new (GstElement *pipeline, const gchar *signal)
{
  Seen *seen = g_new0 (Seen, 1);
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");

  seen->ids = g_array_new (FALSE, FALSE, sizeof (gint));
  seen->results = g_array_new (FALSE, FALSE, sizeof (RegionResult));
  g_object_set (sink, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, signal, G_CALLBACK (on_handoff), seen);
  gst_object_unref (sink);
  return seen;
}

static void
seen_free (Seen *seen)
{
  g_array_unref (seen->ids);
  g_array_unref (seen->results);
  g_free (seen);
}

static GstElement *
launch (const gchar *description)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  g_assert_no_error (error);
  return pipeline;
}

static void
play_to_the_end (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, 200 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    GError *error;

    gst_message_parse_error (message, &error, NULL);
    g_assert_no_error (error);
  }
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
}

static Seen *
run (const gchar *description)
{
  GstElement *pipeline = launch (description);
  Seen *seen = seen_new (pipeline, "handoff");

  play_to_the_end (pipeline);
  gst_object_unref (pipeline);
  return seen;
}

#define BALL                                                                   \
  "videotestsrc pattern=ball num-buffers=12 ! video/x-raw,format=I420 ! "
#define TRACK "siambantrack name=track id-base=1 box=\"<140,100,42,42>\" "

static void
test_tee (void)
{
  Seen *seen;

  if (!have ("videotestsrc", "tee", "queue", "fakesink", NULL))
    return;
  seen = run (BALL "tee name=t ! queue ! " TRACK "! fakesink t. ! queue ! "
                   "fakesink name=sink");
  g_assert_cmpuint (seen->frames, ==, 12);
  g_assert_cmpuint (seen->results->len, ==, 0);
  seen_free (seen);
}

/* The number gets through what changes the picture; the params may not. */
static void
test_meta_survives (void)
{
  static const gchar *const after[] = {"queue",
      "videoconvert ! video/x-raw,format=BGR",
      "videoscale ! video/x-raw,width=160,height=120"};

  if (!have ("videotestsrc", "queue", "videoconvert", "videoscale", "fakesink",
          NULL))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (after); i++) {
    gchar *description =
        g_strdup_printf (BALL TRACK "! %s ! fakesink name=sink", after[i]);
    Seen *seen = run (description);

    g_assert_cmpuint (seen->frames, ==, 12);
    for (guint j = 0; j < seen->frames; j++)
      g_assert_cmpint (g_array_index (seen->ids, gint, j), ==, 1);
    seen_free (seen);
    g_free (description);
  }
}

/* A second element takes nothing for a detector's that the first one wrote,
 * though it has been scaled. */
static void
test_own_regions (void)
{
  GstElement *pipeline;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  if (!have ("videotestsrc", "videoscale", "fakesink", NULL))
    return;
  pipeline =
      launch (BALL TRACK "! videoscale ! video/x-raw,width=160,height=120 "
                         "! siambantrack name=second ! fakesink");
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!message || GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS) {
    g_clear_pointer (&message, gst_message_unref);
    message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND,
        GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT);
    g_assert_nonnull (message);
    g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_ERROR);
    g_assert_cmpstr (GST_OBJECT_NAME (message->src), !=, "second");
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

static void
set_state (GstElement *pipeline, GstState state)
{
  gst_element_set_state (pipeline, state);
  g_assert_cmpint (
      gst_element_get_state (pipeline, NULL, NULL, 60 * GST_SECOND), ==,
      GST_STATE_CHANGE_SUCCESS);
}

/* PAUSED to READY and back: numbers start again. */
static void
test_forgets (void)
{
  GstElement *pipeline;
  Seen *seen;

  if (!have ("videotestsrc", "fakesink", NULL))
    return;
  pipeline = launch (BALL TRACK "! fakesink name=sink sync=false");
  seen = seen_new (pipeline, "preroll-handoff");
  for (guint i = 0; i < 20; i++) {
    set_state (pipeline, GST_STATE_PAUSED);
    if (i % 3 == 0)
      set_state (pipeline, GST_STATE_PLAYING);
    set_state (pipeline, i % 2 ? GST_STATE_READY : GST_STATE_NULL);
  }
  g_assert_cmpuint (seen->frames, ==, 20);
  for (guint i = 0; i < seen->frames; i++)
    g_assert_cmpint (g_array_index (seen->ids, gint, i), ==, 1);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  seen_free (seen);
}

/* Boxes seed again where they were given, and nowhere else. */
static void
test_seek (void)
{
  GstElement *pipeline;
  Seen *seen;

  if (!have ("videotestsrc", "fakesink", NULL))
    return;
  pipeline = launch ("videotestsrc pattern=ball num-buffers=200 ! " TRACK
                     "! fakesink name=sink sync=false");
  seen = seen_new (pipeline, "preroll-handoff");
  set_state (pipeline, GST_STATE_PAUSED);
  gst_child_proxy_set (
      GST_CHILD_PROXY (pipeline), "track::reset-on-flush", TRUE, NULL);
  for (guint i = 0; i < 5; i++) {
    g_assert_true (gst_element_seek_simple (
        pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, i % 2 * GST_SECOND));
    g_assert_cmpint (
        gst_element_get_state (pipeline, NULL, NULL, 60 * GST_SECOND), ==,
        GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpint (g_array_index (seen->ids, gint, seen->ids->len - 1), ==,
        i % 2 ? 0 : (gint)i / 2 + 2);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  seen_free (seen);
}

/* Lines "x,y,w,h,score" after one of comment. */
static GArray *
oracle (const gchar *shared, guint version)
{
  gchar *name = g_strdup_printf ("nanotrack_v%u_bag.csv", version);
  gchar *path = g_build_filename (shared, "oracle", name, NULL);
  GArray *boxes = g_array_new (FALSE, FALSE, sizeof (SiambanBox));
  gchar *text, **lines;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] && *lines[i]; i++) {
    SiambanBox box;

    g_assert_cmpint (
        sscanf (lines[i], "%lf,%lf,%lf,%lf", &box.x, &box.y, &box.w, &box.h),
        ==, 4);
    g_array_append_val (boxes, box);
  }
  g_strfreev (lines);
  g_free (text);
  g_free (path);
  g_free (name);
  return boxes;
}

static gdouble
difference (const SiambanBox *a, const SiambanBox *b)
{
  return MAX (MAX (ABS (a->x - b->x), ABS (a->y - b->y)),
      MAX (ABS (a->w - b->w), ABS (a->h - b->h)));
}

static gdouble
iou (const SiambanBox *a, const SiambanBox *b)
{
  const gdouble w = MIN (a->x + a->w, b->x + b->w) - MAX (a->x, b->x);
  const gdouble h = MIN (a->y + a->h, b->y + b->h) - MAX (a->y, b->y);
  const gdouble both = MAX (w, 0) * MAX (h, 0);

  return both / (a->w * a->h + b->w * b->h - both);
}

typedef struct
{
  gdouble worst_difference, mean_difference, worst_iou;
} Agreement;

static Agreement
compare (const GArray *results, const GArray *boxes)
{
  Agreement a = {0, 0, 1};

  for (guint i = 0; i < results->len; i++) {
    const SiambanBox *got = &g_array_index (results, RegionResult, i).box;
    const SiambanBox *wanted = &g_array_index (boxes, SiambanBox, i);
    const gdouble d = difference (got, wanted);

    a.worst_difference = MAX (a.worst_difference, d);
    a.mean_difference += d / results->len;
    a.worst_iou = MIN (a.worst_iou, iou (got, wanted));
  }
  return a;
}

static void
keep_first (GstElement *sink, GstBuffer *buffer, GstPad *pad, GstBuffer **first)
{
  (void)sink;
  (void)pad;
  if (!*first)
    *first = gst_buffer_ref (buffer);
}

/* Of a picture in @format, what @middle makes. */
static GstBuffer *
first_after (const gchar *format, const gchar *middle)
{
  g_autofree gchar *line =
      g_strdup_printf ("videotestsrc pattern=zone-plate kx2=20 ky2=20 "
                       "num-buffers=1 ! video/x-raw,format=%s ! %s ! "
                       "fakesink name=sink signal-handoffs=true",
          format, middle);
  GstElement *pipeline = launch (line);
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstBuffer *first = NULL;

  g_signal_connect (sink, "handoff", G_CALLBACK (keep_first), &first);
  play_to_the_end (pipeline);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  g_assert_nonnull (first);
  return first;
}

static void
test_view_is_crop (void)
{
  static const gchar *const formats[] = {
      "I420", "NV12", "YUY2", "UYVY", "RGB", "BGRx", "GRAY8"};

  if (!have ("videotestsrc", "videocrop", "fakesink", NULL))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    GstBuffer *view =
        first_after (formats[i], "siambantrack box=\"<140,100,40,40>\" ! "
                                 "siambancrop width=96 height=80");
    GstBuffer *crop = first_after (
        formats[i], "videocrop left=112 right=112 top=80 bottom=80");
    GstMapInfo map;

    g_assert_true (gst_buffer_map (crop, &map, GST_MAP_READ));
    g_assert_cmpuint (gst_buffer_get_size (view), ==, map.size);
    g_assert_cmpint (gst_buffer_memcmp (view, 0, map.data, map.size), ==, 0);
    gst_buffer_unmap (crop, &map);
    gst_buffer_unref (view);
    gst_buffer_unref (crop);
  }
}

static Agreement
follow_bag (const gchar *shared, guint version, const gchar *source, guint n)
{
  GArray *boxes = oracle (shared, version);
  const SiambanBox *box = &g_array_index (boxes, SiambanBox, 0);
  gchar *description = g_strdup_printf (
      "%s ! siambantrack mode=reference "
      "model=%s/models/nanotrack/nanotrackv%u.pth "
      "config=%s/models/nanotrack/configv%u.yaml box=\"<%g,%g,%g,%g>\" ! "
      "fakesink name=sink",
      source, shared, version, shared, version, box->x, box->y, box->w, box->h);
  Seen *seen = run (description);
  Agreement a;

  g_assert_cmpuint (seen->results->len, ==, n);
  a = compare (seen->results, boxes);
  g_test_message ("NanoTrack V%u, %u frames: boxes differ by %.5f px at most, "
                  "%.5f on average; least IoU %.4f",
      version, n, a.worst_difference, a.mean_difference, a.worst_iou);
  seen_free (seen);
  g_free (description);
  g_array_unref (boxes);
  return a;
}

static const gchar *
shared_dir (void)
{
  const gchar *dir = g_getenv ("SIAMBAN_SHARED");

  if (dir && g_file_test (dir, G_FILE_TEST_IS_DIR))
    return dir;
  g_test_skip ("SIAMBAN_SHARED names no directory with models and oracle");
  return NULL;
}

/* The very pixels that the published code saw. */
static void
test_same_pixels (void)
{
  const gchar *shared = shared_dir ();
  gchar *source;

  if (!shared ||
      !have ("multifilesrc", "pngdec", "videoconvert", "fakesink", NULL))
    return;
  source = g_strdup_printf (
      "multifilesrc location=%s/oracle/bag_frames/%%04d.png start-index=0 "
      "stop-index=39 caps=image/png,framerate=25/1 ! pngdec ! videoconvert ! "
      "video/x-raw,format=BGR",
      shared);
  for (guint version = 1; version <= 3; version++)
    g_assert_cmpfloat (
        follow_bag (shared, version, source, 40).worst_difference, <, 0.05);
  g_free (source);
}

/* A decoder of GStreamer's, its YUV read directly. */
static void
test_own_decoding (void)
{
  const gchar *shared = shared_dir ();
  gchar *source;

  if (!shared || !have ("filesrc", "avidemux", "avdec_mpeg4", "fakesink", NULL))
    return;
  source = g_strdup_printf (
      "filesrc location=%s/video/bag.avi ! avidemux ! avdec_mpeg4", shared);
  for (guint version = 1; version <= 3; version++)
    g_assert_cmpfloat (
        follow_bag (shared, version, source, 196).worst_iou, >=, 0.95);
  g_free (source);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/pipeline/tee", test_tee);
  g_test_add_func ("/gst/pipeline/meta-survives", test_meta_survives);
  g_test_add_func ("/gst/pipeline/own-regions", test_own_regions);
  g_test_add_func ("/gst/pipeline/forgets", test_forgets);
  g_test_add_func ("/gst/pipeline/seek", test_seek);
  g_test_add_func ("/gst/pipeline/same-pixels", test_same_pixels);
  g_test_add_func ("/gst/pipeline/own-decoding", test_own_decoding);
  g_test_add_func ("/gst/pipeline/view-is-crop", test_view_is_crop);
  return g_test_run ();
}
