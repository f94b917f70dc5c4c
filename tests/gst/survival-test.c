/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What docs/metadata.md says of other elements: which metas pass them, and with
 * boxes in the right place. */
#include <string.h>

#include "rig.h"

#include "siambanmeta.h"

#ifdef HAVE_ANALYTICS
#include <gst/analytics/analytics.h>
#endif

#define SOURCE                                                                 \
  "videotestsrc pattern=ball num-buffers=3 ! "                                 \
  "video/x-raw,format=I420,width=320,height=240 ! "                            \
  "siambantrack id-base=1 box=\"<140,100,42,44>\" ! "

/* What is on the first buffer that comes out. */
typedef struct
{
  gboolean seen;
  gboolean tracks, region, object;
  SiambanBox track_box, region_box, object_box;
} Found;

static void
find_region (GstBuffer *buffer, Found *found)
{
  gpointer state = NULL;
  GstMeta *meta = gst_buffer_iterate_meta_filtered (
      buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE);
  GstVideoRegionOfInterestMeta *region = (GstVideoRegionOfInterestMeta *)meta;

  found->region = region && region->id == 1;
  if (found->region)
    found->region_box =
        (SiambanBox){region->x, region->y, region->w, region->h};
}

static void
find_object (GstBuffer *buffer, Found *found)
{
#ifdef HAVE_ANALYTICS
  GstAnalyticsRelationMeta *meta =
      gst_buffer_get_analytics_relation_meta (buffer);
  gpointer state = NULL;
  GstAnalyticsODMtd object;
  gint x, y, w, h;
  gfloat confidence;

  if (!meta || !gst_analytics_relation_meta_iterate (
                   meta, &state, gst_analytics_od_mtd_get_mtd_type (), &object))
    return;
  found->object =
      gst_analytics_od_mtd_get_location (&object, &x, &y, &w, &h, &confidence);
  found->object_box = (SiambanBox){x, y, w, h};
#else
  (void)buffer;
  (void)found;
#endif
}

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, Found *found)
{
  (void)sink;
  (void)pad;
  if (found->seen)
    return;
  found->seen = TRUE;
  if (siamban_meta_n_tracks (buffer) == 1) {
    SiambanTrack track;

    siamban_meta_get_track (buffer, 0, &track);
    found->tracks = TRUE;
    found->track_box = track.box;
  }
  find_region (buffer, found);
  find_object (buffer, found);
}

/* Returns FALSE if GStreamer here lacks an element. */
static gboolean
play (const gchar *middle, Found *found)
{
  g_autofree gchar *line =
      g_strconcat (SOURCE, middle, " ! fakesink name=sink", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline =
      gst_parse_launch_full (line, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  if (g_error_matches (
          error, GST_PARSE_ERROR, GST_PARSE_ERROR_NO_SUCH_ELEMENT)) {
    g_test_skip (error->message);
    return FALSE;
  }
  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_object_set (sink, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), found);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  bus = gst_element_get_bus (pipeline);
  message = gst_bus_timed_pop_filtered (
      bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_true (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  g_assert_true (found->seen);
  return TRUE;
}

typedef struct
{
  const gchar *name;
  const gchar *middle;
  gboolean kept; /* by every release; else by newer ones, or by none */
  SiambanBox box;
} Case;

static const Case cases[] = {
    {"queue", "queue", TRUE, {140, 100, 42, 44}},
    {"tee", "tee name=t ! queue ! fakesink t. ! queue", TRUE,
        {140, 100, 42, 44}},
    {"videoconvert", "videoconvert ! video/x-raw,format=BGR", TRUE,
        {140, 100, 42, 44}},
    {"videoscale", "videoscale ! video/x-raw,width=160,height=480", TRUE,
        {70, 200, 21, 88}},
    {"videorate", "videorate ! video/x-raw,framerate=60/1", TRUE,
        {140, 100, 42, 44}},
    {"videobalance", "videobalance saturation=0.5", TRUE, {140, 100, 42, 44}},
    {"textoverlay", "textoverlay text=hi", TRUE, {140, 100, 42, 44}},
    {"x264enc", "x264enc", TRUE, {140, 100, 42, 44}},
    {"vp8enc", "vp8enc deadline=1", TRUE, {140, 100, 42, 44}},
    {"jpegenc", "jpegenc", TRUE, {140, 100, 42, 44}},
    {"h264parse", "x264enc ! h264parse", TRUE, {140, 100, 42, 44}},
    {"avdec_h264", "x264enc ! avdec_h264", TRUE, {140, 100, 42, 44}},
    {"jpegdec", "jpegenc ! jpegdec", TRUE, {140, 100, 42, 44}},
    {"videocrop", "videocrop left=20 top=10", FALSE, {120, 90, 42, 44}},
    {"videoflip", "videoflip video-direction=horiz", FALSE, {138, 100, 42, 44}},
    {"turned", "videoflip video-direction=90r", FALSE, {96, 140, 44, 42}},
    {"videobox", "videobox left=-20", FALSE, {160, 100, 42, 44}},
    {"compositor", "compositor", FALSE, {140, 100, 42, 44}},
    {"payloader", "x264enc ! rtph264pay", FALSE, {140, 100, 42, 44}},
    {"muxer", "x264enc ! mpegtsmux", FALSE, {140, 100, 42, 44}},
};

static void
assert_box (const SiambanBox *box, const SiambanBox *wanted, gdouble off)
{
  g_assert_cmpfloat_with_epsilon (box->x, wanted->x, off);
  g_assert_cmpfloat_with_epsilon (box->y, wanted->y, off);
  g_assert_cmpfloat_with_epsilon (box->w, wanted->w, off);
  g_assert_cmpfloat_with_epsilon (box->h, wanted->h, off);
}

/* None at all is better than one in the wrong place. */
static void
test_passes (gconstpointer data)
{
  const Case *c = data;
  Found found = {0};

  if (!play (c->middle, &found))
    return;
  g_test_message ("tracks %d, region %d, object %d", found.tracks, found.region,
      found.object);
  if (c->kept)
    g_assert_true (found.tracks && found.region);
#ifdef HAVE_ANALYTICS
  g_assert_true (found.object == found.region);
#endif
  if (found.tracks)
    assert_box (&found.track_box, &c->box, 1e-6);
  if (found.region)
    assert_box (&found.region_box, &c->box, 1);
  if (found.object)
    assert_box (&found.object_box, &c->box, 1);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *name =
        g_strconcat ("/gst/survival/", cases[i].name, NULL);

    g_test_add_data_func (name, &cases[i], test_passes);
  }
  return g_test_run ();
}
