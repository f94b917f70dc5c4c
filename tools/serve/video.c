/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "video.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include "tools/source/element.h"

#define MOST_WAITING 30 /* access units that a viewer has not taken */
#define KEY_US       (300 * 1000)
#define KBITS        "4000"

typedef struct
{
  GstAppSrc *source;
  gulong probe;
  gboolean shifts;
  gboolean begun; /* with a frame that stands alone */
  GstClockTimeDiff shift;
} Viewer;

struct ServeVideo
{
  GstElement *drawer; /* or NULL */
  GstElement *valve, *size, *encoder;
  GMutex lock;
  GList *viewers;
  gint64 asked; /* when, for a frame that stands alone */
};

static void
ask_for_key (ServeVideo *self)
{
  const gint64 now = g_get_monotonic_time ();

  if (self->asked != 0 && now - self->asked < KEY_US)
    return;
  self->asked = now;
  gst_element_send_event (
      self->encoder, gst_video_event_new_upstream_force_key_unit (
                         GST_CLOCK_TIME_NONE, TRUE, 0));
}

static GstClockTimeDiff
shift_of (const Viewer *viewer, GstClockTime pts)
{
  GstElement *source = GST_ELEMENT (viewer->source);

  return viewer->shifts ? GST_CLOCK_DIFF (pts,
                              gst_element_get_current_running_time (source))
                        : 0;
}

/* Encoders move their output far ahead, and say so in the segment. */
static GstClockTime
time_of (GstSample *sample)
{
  return gst_segment_to_running_time (gst_sample_get_segment (sample),
      GST_FORMAT_TIME, GST_BUFFER_PTS (gst_sample_get_buffer (sample)));
}

static gboolean
push (Viewer *viewer, GstSample *sample)
{
  GstBuffer *buffer = gst_buffer_copy (gst_sample_get_buffer (sample));

  GST_BUFFER_PTS (buffer) =
      (GstClockTime)MAX ((GstClockTimeDiff)time_of (sample) + viewer->shift, 0);
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  gst_app_src_set_caps (viewer->source, gst_sample_get_caps (sample));
  return gst_app_src_push_buffer (viewer->source, buffer) == GST_FLOW_OK;
}

static void
send (Viewer *viewer, GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  const gboolean stands_alone =
      !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);

  if (gst_app_src_get_current_level_buffers (viewer->source) > MOST_WAITING) {
    viewer->begun = FALSE;
    return;
  }
  if (!viewer->begun && !stands_alone)
    return;
  if (!viewer->begun)
    viewer->shift = shift_of (viewer, time_of (sample));
  viewer->begun = push (viewer, sample);
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer data)
{
  ServeVideo *self = data;
  GstSample *sample = gst_app_sink_pull_sample (sink);

  if (!sample)
    return GST_FLOW_EOS;
  g_mutex_lock (&self->lock);
  for (GList *l = self->viewers; l; l = l->next) {
    send (l->data, sample);
    if (!((Viewer *)l->data)->begun)
      ask_for_key (self);
  }
  g_mutex_unlock (&self->lock);
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

/* 4:2:0 has no odd sizes. */
static GstPadProbeReturn
on_caps (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  ServeVideo *self = data;
  g_autoptr (GstCaps) even = NULL;
  GstVideoInfo video;
  GstCaps *caps;

  (void)pad;
  if (GST_EVENT_TYPE (info->data) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
  if (!gst_video_info_from_caps (&video, caps))
    return GST_PAD_PROBE_OK;
  even = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420",
      "width", G_TYPE_INT, MAX (video.width & ~1, 2), "height", G_TYPE_INT,
      MAX (video.height & ~1, 2), NULL);
  g_object_set (self->size, "caps", even, NULL);
  return GST_PAD_PROBE_OK;
}

static const char *
encoder_line (GError **error)
{
  static const char *const lines[][2] = {
      {"x264enc", "x264enc tune=zerolatency speed-preset=superfast pass=qual "
                  "quantizer=24 bitrate=" KBITS " key-int-max=100"},
      {"openh264enc", "openh264enc rate-control=bitrate bitrate=" KBITS "000 "
                      "complexity=low gop-size=100"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GstElementFactory) factory =
        gst_element_factory_find (lines[i][0]);

    if (factory)
      return lines[i][1];
  }
  g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
      "GStreamer has no x264enc and no openh264enc to make H.264 with");
  return NULL;
}

static gboolean
build (ServeVideo *self, GstBin *bin, GError **error)
{
  const char *const parts[] = {"valve drop=true",
      "queue leaky=downstream max-size-buffers=1", "videoconvert", "videoscale",
      "capsfilter", encoder_line (error),
      "capsfilter caps=video/x-h264,profile=constrained-baseline",
      "h264parse config-interval=-1",
      "appsink async=false sync=false max-buffers=4 enable-last-sample=false "
      "caps=video/x-h264,stream-format=byte-stream,alignment=au"};
  GstElement *made[G_N_ELEMENTS (parts)];
  GstAppSinkCallbacks callbacks = {.new_sample = on_sample};

  if (!parts[5])
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    made[i] = track_element_add (bin, parts[i], error);
    if (!made[i])
      return FALSE;
    if (i > 0)
      gst_element_link (made[i - 1], made[i]);
  }
  self->valve = made[0];
  self->size = made[4];
  self->encoder = made[5];
  gst_app_sink_set_callbacks (
      GST_APP_SINK (made[G_N_ELEMENTS (parts) - 1]), &callbacks, self, NULL);
  return TRUE;
}

ServeVideo *
serve_video_new (GstBin *bin, GstElement *drawer, GError **error)
{
  ServeVideo *self = g_new0 (ServeVideo, 1);
  GstPad *pad;

  g_mutex_init (&self->lock);
  self->drawer = drawer;
  if (!build (self, bin, error)) {
    serve_video_free (self);
    return NULL;
  }
  pad = gst_element_get_static_pad (self->valve, "src");
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_caps, self, NULL);
  gst_object_unref (pad);
  return self;
}

static void
viewer_free (gpointer data)
{
  Viewer *viewer = data;
  GstPad *pad =
      gst_element_get_static_pad (GST_ELEMENT (viewer->source), "src");

  gst_pad_remove_probe (pad, viewer->probe);
  gst_object_unref (pad);
  gst_object_unref (viewer->source);
  g_free (viewer);
}

void
serve_video_free (ServeVideo *self)
{
  if (!self)
    return;
  g_list_free_full (self->viewers, viewer_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GstElement *
serve_video_get_entry (ServeVideo *self)
{
  return self->valve;
}

/* A viewer that has missed something says so. */
static GstPadProbeReturn
on_upstream (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  ServeVideo *self = data;

  (void)pad;
  if (!gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&self->lock);
  ask_for_key (self);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_DROP;
}

/* Called with the lock. */
static void
set_watched (ServeVideo *self, gboolean watched)
{
  if (self->drawer)
    g_object_set (self->drawer, "draw", watched, NULL);
  g_object_set (self->valve, "drop", !watched, NULL);
}

void
serve_video_add (ServeVideo *self, GstAppSrc *source, gboolean shifts)
{
  Viewer *viewer = g_new0 (Viewer, 1);
  GstPad *pad = gst_element_get_static_pad (GST_ELEMENT (source), "src");

  viewer->source = gst_object_ref (source);
  viewer->shifts = shifts;
  viewer->probe = gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream, self, NULL);
  gst_object_unref (pad);
  g_mutex_lock (&self->lock);
  self->viewers = g_list_append (self->viewers, viewer);
  set_watched (self, TRUE);
  ask_for_key (self);
  g_mutex_unlock (&self->lock);
}

void
serve_video_remove (ServeVideo *self, GstAppSrc *source)
{
  Viewer *gone = NULL;

  g_mutex_lock (&self->lock);
  for (GList *l = self->viewers; l && !gone; l = l->next) {
    if (((Viewer *)l->data)->source == source)
      gone = l->data;
  }
  self->viewers = g_list_remove (self->viewers, gone);
  if (!self->viewers)
    set_watched (self, FALSE);
  g_mutex_unlock (&self->lock);
  if (gone)
    viewer_free (gone);
}

void
serve_video_refresh (ServeVideo *self)
{
  g_mutex_lock (&self->lock);
  ask_for_key (self);
  g_mutex_unlock (&self->lock);
}

guint
serve_video_count (ServeVideo *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = g_list_length (self->viewers);
  g_mutex_unlock (&self->lock);
  return n;
}
