/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tracker.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include "tools/source/element.h"
#include "clockwork.h"

#define MOST_WAITING 64 /* frames that the main loop has not seen yet */

struct ServeTracker
{
  const ServeTrackerCalls *calls;
  gpointer data;
  GstElement *pipeline, *source, *element, *valve;
  ServeVideo *video, *drawn; /* or NULL */
  guint watch;

  GMutex lock; /* of what frames are pushed with */
  ServeClockwork clockwork;
  GstCaps *caps;
  guint64 arrived;

  GMutex count_lock;
  ServeTrackerCounts counts;
  gint64 began; /* the streaming thread's: when this frame came */
  gint waiting; /* atomic */
  GstVideoInfo info;
};

/* What a streaming thread has for the main loop. */
typedef struct
{
  ServeTracker *tracker;
  ServeFrame *frame; /* or */
  GBytes *jpeg;
  GstClockTime pts;
} Parcel;

static gboolean
deliver (gpointer data)
{
  Parcel *parcel = data;
  ServeTracker *self = parcel->tracker;

  if (parcel->frame)
    self->calls->frame (parcel->frame, self->data);
  else
    self->calls->picture (parcel->jpeg, parcel->pts, self->data);
  g_atomic_int_add (&self->waiting, -1);
  return G_SOURCE_REMOVE;
}

static void
parcel_free (gpointer data)
{
  Parcel *parcel = data;

  g_free (parcel->frame);
  g_clear_pointer (&parcel->jpeg, g_bytes_unref);
  g_free (parcel);
}

static void
send_parcel (const Parcel *parcel)
{
  Parcel *copy = g_memdup2 (parcel, sizeof *parcel);

  if (g_atomic_int_add (&parcel->tracker->waiting, 1) < MOST_WAITING) {
    g_idle_add_full (G_PRIORITY_DEFAULT, deliver, copy, parcel_free);
  } else {
    g_atomic_int_add (&parcel->tracker->waiting, -1);
    parcel_free (copy);
  }
}

static GstPadProbeReturn
on_arrival (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  ServeTracker *self = data;

  (void)pad;
  (void)info;
  self->began = g_get_monotonic_time ();
  return GST_PAD_PROBE_OK;
}

static guint64
count_frame (ServeTracker *self)
{
  const gint64 took = g_get_monotonic_time () - self->began;
  guint64 number;

  g_mutex_lock (&self->count_lock);
  number = self->counts.tracked++;
  serve_timing_add (&self->counts.timing, (double)took / G_USEC_PER_SEC);
  g_mutex_unlock (&self->count_lock);
  return number;
}

static GstPadProbeReturn
on_departure (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  ServeTracker *self = data;
  Parcel parcel = {.tracker = self};
  GstCaps *caps;

  (void)pad;
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    parcel.frame = serve_frame_new (GST_PAD_PROBE_INFO_BUFFER (info),
        count_frame (self), self->info.width, self->info.height);
    send_parcel (&parcel);
  } else if (GST_EVENT_TYPE (info->data) == GST_EVENT_CAPS) {
    gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
    gst_video_info_from_caps (&self->info, caps);
  }
  return GST_PAD_PROBE_OK;
}

static void
add_probe (GstElement *element, const char *name, GstPadProbeType type,
    GstPadProbeCallback probe, gpointer data)
{
  GstPad *pad = gst_element_get_static_pad (element, name);

  gst_pad_add_probe (pad, type, probe, data, NULL);
  gst_object_unref (pad);
}

static GstFlowReturn
on_picture (GstAppSink *sink, gpointer data)
{
  GstSample *sample = gst_app_sink_pull_sample (sink);
  Parcel parcel = {.tracker = data};
  GstBuffer *buffer;
  gpointer bytes;
  gsize size;

  if (!sample)
    return GST_FLOW_EOS;
  buffer = gst_sample_get_buffer (sample);
  gst_buffer_extract_dup (buffer, 0, (gsize)-1, &bytes, &size);
  parcel.jpeg = g_bytes_new_take (bytes, size);
  parcel.pts = GST_BUFFER_PTS (buffer);
  send_parcel (&parcel);
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  ServeTracker *self = data;
  g_autoptr (GError) error = NULL;

  (void)bus;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    self->calls->failed (error, self->data);
  } else if (gst_message_has_name (message, "siambantrack")) {
    self->calls->event (gst_message_get_structure (message), self->data);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY) {
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  }
  return G_SOURCE_CONTINUE;
}

/* Frames that there is no time for are left out before they come here: of what
 * is shown, everything is looked at and kept. */
static void
set_up (ServeTracker *self, const ServeOptions *options)
{
  g_object_set (self->element, "model", options->model, "config",
      options->config, "threads", (guint)options->threads, "seed-from-roi",
      FALSE, "seed-history", (guint)options->history, "max-latency", (guint64)0,
      "inference-interval", (guint)options->interval, "max-lost-age",
      (guint64)(options->lost_for * GST_SECOND), NULL);
  if (options->mode)
    gst_util_set_object_arg (G_OBJECT (self->element), "mode", options->mode);
  if (options->precision)
    gst_util_set_object_arg (
        G_OBJECT (self->element), "precision", options->precision);
}

static GstElement *
add_after (ServeTracker *self, GstElement *before, const char *description,
    GError **error)
{
  GstElement *element =
      track_element_add (GST_BIN (self->pipeline), description, error);

  if (element && before)
    gst_element_link (before, element);
  return element;
}

static gboolean
build_pictures (ServeTracker *self, GstElement *tee, GError **error)
{
  static const char *const parts[] = {"valve drop=true",
      "queue leaky=downstream max-size-buffers=1", "videoconvert",
      "jpegenc quality=80",
      "appsink async=false sync=false max-buffers=1 drop=true "
      "enable-last-sample=false"};
  GstAppSinkCallbacks callbacks = {.new_sample = on_picture};
  GstElement *last = tee;

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    last = add_after (self, last, parts[i], error);
    if (!last)
      return FALSE;
    if (i == 0)
      self->valve = last;
  }
  gst_app_sink_set_callbacks (GST_APP_SINK (last), &callbacks, self, NULL);
  return TRUE;
}

static ServeVideo *
add_video (
    ServeTracker *self, GstElement *before, GstElement *drawer, GError **error)
{
  ServeVideo *video = serve_video_new (GST_BIN (self->pipeline), drawer, error);

  if (video)
    gst_element_link (before, serve_video_get_entry (video));
  return video;
}

/* Drawn is what leaves the element; what went in stays as it is. */
static gboolean
build_video (ServeTracker *self, const ServeOptions *options, GstElement *tee,
    GError **error)
{
  if (options->rtsp && options->rtsp_draw)
    self->drawn = add_video (self, self->element, self->element, error);
  else if (!add_after (self, self->element, "fakesink async=false", error))
    return FALSE;
  if (options->rtsp && options->rtsp_draw && !self->drawn)
    return FALSE;
  self->video = add_video (
      self, tee, NULL, options->rtsp && !options->rtsp_draw ? error : NULL);
  return self->video || !options->rtsp || options->rtsp_draw;
}

/* The element comes first behind the tee: a picture is sent after its frame has
 * been looked at. */
static gboolean
tracker_build (ServeTracker *self, const ServeOptions *options, GError **error)
{
  GstElement *tee;

  self->source = add_after (self, NULL,
      "appsrc is-live=true format=time max-buffers=2 max-bytes=0 "
      "leaky-type=downstream",
      error);
  tee = self->source ? add_after (self, self->source, "tee", error) : NULL;
  self->element = tee ? add_after (self, tee, "siambantrack", error) : NULL;
  if (!self->element || !build_video (self, options, tee, error) ||
      !build_pictures (self, tee, error))
    return FALSE;
  add_probe (
      self->element, "sink", GST_PAD_PROBE_TYPE_BUFFER, on_arrival, self);
  add_probe (self->element, "src",
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      on_departure, self);
  return TRUE;
}

static gboolean
tracker_start (ServeTracker *self, GError **error)
{
  GstBus *bus = gst_element_get_bus (self->pipeline);
  GstMessage *message;
  const gboolean failed = gst_element_set_state (self->pipeline,
                              GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE;

  if (failed) {
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    gst_message_parse_error (message, error, NULL);
    gst_message_unref (message);
  } else {
    self->watch = gst_bus_add_watch (bus, on_message, self);
  }
  gst_object_unref (bus);
  return !failed;
}

ServeTracker *
serve_tracker_new (const ServeOptions *options, const ServeTrackerCalls *calls,
    gpointer data, GError **error)
{
  ServeTracker *self = g_new0 (ServeTracker, 1);

  self->calls = calls;
  self->data = data;
  self->pipeline = gst_pipeline_new ("tracker");
  g_mutex_init (&self->lock);
  g_mutex_init (&self->count_lock);
  if (tracker_build (self, options, error)) {
    set_up (self, options);
    if (tracker_start (self, error))
      return self;
  }
  serve_tracker_free (self);
  return NULL;
}

void
serve_tracker_free (ServeTracker *self)
{
  if (!self)
    return;
  if (self->watch)
    g_source_remove (self->watch);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->pipeline);
  serve_video_free (self->video);
  serve_video_free (self->drawn);
  gst_clear_caps (&self->caps);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->count_lock);
  g_free (self);
}

static void
set_caps (ServeTracker *self, GstCaps *caps)
{
  if (self->caps && gst_caps_is_equal (self->caps, caps))
    return;
  gst_caps_replace (&self->caps, caps);
  gst_app_src_set_caps (GST_APP_SRC (self->source), caps);
}

static GstBuffer *
placed_copy (ServeTracker *self, GstSample *sample, gboolean first)
{
  GstBuffer *buffer = gst_buffer_copy (gst_sample_get_buffer (sample));
  const GstClockTime time =
      gst_segment_to_running_time (gst_sample_get_segment (sample),
          GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));

  GST_BUFFER_PTS (buffer) = serve_clockwork_place (&self->clockwork, time,
      gst_element_get_current_running_time (self->pipeline), first);
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  if (first)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  else
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
  return buffer;
}

void
serve_tracker_push (ServeTracker *self, GstSample *sample, gboolean first)
{
  g_mutex_lock (&self->lock);
  self->arrived++;
  set_caps (self, gst_sample_get_caps (sample));
  gst_app_src_push_buffer (
      GST_APP_SRC (self->source), placed_copy (self, sample, first));
  g_mutex_unlock (&self->lock);
}

gboolean
serve_tracker_ask (ServeTracker *self, GstStructure *event)
{
  return gst_element_send_event (
      self->element, gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, event));
}

gboolean
serve_tracker_remove (ServeTracker *self, guint64 id)
{
  gboolean known = FALSE;

  g_signal_emit_by_name (self->element, "remove-target", id, &known);
  return known;
}

void
serve_tracker_set_watched (ServeTracker *self, gboolean watched)
{
  g_object_set (self->valve, "drop", !watched, NULL);
}

ServeVideo *
serve_tracker_get_video (ServeTracker *self)
{
  return self->video;
}

ServeVideo *
serve_tracker_get_drawn_video (ServeTracker *self)
{
  return self->drawn;
}

static guint64
tracker_searches (ServeTracker *self)
{
  GstStructure *stats;
  guint64 searches = 0;

  g_object_get (self->element, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "searches", &searches);
  gst_structure_free (stats);
  return searches;
}

void
serve_tracker_get_counts (ServeTracker *self, ServeTrackerCounts *counts)
{
  g_mutex_lock (&self->count_lock);
  *counts = self->counts;
  g_mutex_unlock (&self->count_lock);
  g_mutex_lock (&self->lock);
  counts->arrived = self->arrived;
  g_mutex_unlock (&self->lock);
  counts->searches = tracker_searches (self);
}
