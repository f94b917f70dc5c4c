/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "camera.h"

#include <gst/app/gstappsink.h>

#include "tools/source/element.h"
#include "tools/source/source.h"
#include "tools/source/upright.h"

#define FIRST_DELAY_MS 1000
#define LAST_DELAY_MS  30000
#define SILENCE_S      10
#define QUEUE_FRAMES   4

#define FORMATS "{ I420, NV12, YV12, BGRx, RGBx, BGR, RGB, GRAY8 }"

/* One life of the pipeline. What it still sends after its end is not heard. */
typedef struct
{
  ServeCamera *camera;
  gint over;   /* atomic */
  gint frames; /* atomic */
} Life;

struct ServeCamera
{
  const ServeOptions *options;
  const ServeCameraCalls *calls;
  gpointer data;
  gboolean is_file;
  ServeCameraState state;

  GstElement *pipeline; /* NULL: between two lives */
  GstElement *sink;
  Life *life; /* of the pipeline, owned by its sink */
  guint watch, retry, clock;
  int seen;   /* frames, at the last look */
  int silent; /* seconds without one */
  guint failures, retries;
};

static gboolean camera_begin (ServeCamera *self, GError **error);

const char *
serve_camera_state_name (ServeCameraState state)
{
  static const char *const names[] = {"connecting", "playing", "lost", "ended"};

  return names[state];
}

guint
serve_camera_delay (guint n)
{
  return n < 5 ? FIRST_DELAY_MS << n : LAST_DELAY_MS;
}

guint64
serve_camera_get_retries (const ServeCamera *self)
{
  return self->retries;
}

static void
enter (ServeCamera *self, ServeCameraState state, const char *reason)
{
  self->state = state;
  self->calls->state (state, reason, self->data);
}

static void
to_null (GstElement *pipeline, gpointer data)
{
  (void)data;
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Elsewhere: a camera that does not answer may take long to let go. */
static void
end_life (ServeCamera *self)
{
  if (!self->pipeline)
    return;
  g_source_remove (self->watch);
  g_atomic_int_set (&self->life->over, TRUE);
  self->life = NULL;
  self->sink = NULL;
  gst_element_call_async (self->pipeline, to_null, NULL, NULL);
  g_clear_pointer (&self->pipeline, gst_object_unref);
}

static gboolean
on_retry (gpointer data)
{
  ServeCamera *self = data;
  g_autoptr (GError) error = NULL;

  self->retry = 0;
  self->retries++;
  if (!camera_begin (self, &error)) {
    enter (self, SERVE_CAMERA_LOST, error->message);
    self->retry =
        g_timeout_add (serve_camera_delay (self->failures++), on_retry, self);
  }
  return G_SOURCE_REMOVE;
}

static void
lose (ServeCamera *self, const char *reason)
{
  if (self->life && g_atomic_int_get (&self->life->frames) > 0)
    self->failures = 0;
  end_life (self);
  if (self->is_file) {
    enter (self, SERVE_CAMERA_ENDED, reason);
    return;
  }
  enter (self, SERVE_CAMERA_LOST, reason);
  self->retry =
      g_timeout_add (serve_camera_delay (self->failures++), on_retry, self);
}

static gboolean
on_again (gpointer data)
{
  ServeCamera *self = data;
  g_autoptr (GError) error = NULL;

  self->retry = 0;
  if (!camera_begin (self, &error))
    lose (self, error->message);
  return G_SOURCE_REMOVE;
}

static void
on_end (ServeCamera *self)
{
  if (!self->options->loop || g_atomic_int_get (&self->life->frames) == 0) {
    lose (self, self->is_file ? NULL : "the stream ended");
    return;
  }
  end_life (self);
  self->retry = g_idle_add (on_again, self);
}

static void
set_live (ServeCamera *self)
{
  g_autoptr (GstElement) queue =
      gst_bin_get_by_name (GST_BIN (self->pipeline), "frames");

  g_object_set (self->sink, "sync", FALSE, NULL);
  g_object_set (queue, "max-size-buffers", QUEUE_FRAMES, NULL);
  gst_util_set_object_arg (G_OBJECT (queue), "leaky", "downstream");
}

static void
on_error (ServeCamera *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  lose (self, error->message);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  ServeCamera *self = data;

  (void)bus;
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      on_error (self, message);
      break;
    case GST_MESSAGE_EOS:
      on_end (self);
      break;
    case GST_MESSAGE_ELEMENT:
      if (gst_message_has_name (message, TRACK_SOURCE_LIVE))
        set_live (self);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer data)
{
  Life *life = data;
  GstSample *sample = gst_app_sink_pull_sample (sink);

  if (!sample)
    return GST_FLOW_EOS;
  if (!g_atomic_int_get (&life->over))
    life->camera->calls->frame (
        sample, g_atomic_int_add (&life->frames, 1) == 0, life->camera->data);
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

static gboolean
camera_build (ServeCamera *self, GError **error)
{
  GstBin *bin = GST_BIN (self->pipeline);
  GstAppSinkCallbacks callbacks = {.new_sample = on_sample};
  GstElement *queue = track_element_add (bin, "queue name=frames", error);
  GstElement *upright = queue ? upright_add (bin, error) : NULL;

  self->sink = upright ? track_element_add (bin,
                             "appsink name=sink max-buffers=2 "
                             "enable-last-sample=false "
                             "caps=\"video/x-raw,format=" FORMATS "\"",
                             error)
                       : NULL;
  if (!self->sink)
    return FALSE;
  self->life = g_new0 (Life, 1);
  self->life->camera = self;
  gst_app_sink_set_callbacks (
      GST_APP_SINK (self->sink), &callbacks, self->life, g_free);
  gst_element_link_many (queue, upright, self->sink, NULL);
  return track_source_add (bin,
             &(TrackSource){.input = self->options->source, .start_index = -1},
             queue, error) != NULL;
}

static gboolean
camera_begin (ServeCamera *self, GError **error)
{
  GstBus *bus;

  self->pipeline = gst_pipeline_new ("camera");
  bus = gst_element_get_bus (self->pipeline);
  if (!camera_build (self, error)) {
    gst_object_unref (bus);
    self->life = NULL;
    g_clear_pointer (&self->pipeline, gst_object_unref);
    return FALSE;
  }
  self->watch = gst_bus_add_watch (bus, on_message, self);
  gst_object_unref (bus);
  self->seen = self->silent = 0;
  if (gst_element_set_state (self->pipeline, GST_STATE_PAUSED) ==
      GST_STATE_CHANGE_NO_PREROLL)
    set_live (self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  return TRUE;
}

/* Some cameras neither send nor say that they do not. */
static gboolean
on_clock (gpointer data)
{
  ServeCamera *self = data;
  int frames;

  if (!self->pipeline)
    return G_SOURCE_CONTINUE;
  frames = g_atomic_int_get (&self->life->frames);
  if (frames > self->seen && self->state != SERVE_CAMERA_PLAYING)
    enter (self, SERVE_CAMERA_PLAYING, NULL);
  self->silent = frames > self->seen ? 0 : self->silent + 1;
  self->seen = frames;
  if (self->silent >= SILENCE_S)
    lose (self, "no frames come");
  return G_SOURCE_CONTINUE;
}

ServeCamera *
serve_camera_new (const ServeOptions *options, const ServeCameraCalls *calls,
    gpointer data, GError **error)
{
  ServeCamera *self = g_new0 (ServeCamera, 1);

  self->options = options;
  self->calls = calls;
  self->data = data;
  self->is_file = !gst_uri_is_valid (options->source) ||
                  g_str_has_prefix (options->source, "file:");
  if (!camera_begin (self, error)) {
    g_free (self);
    return NULL;
  }
  self->clock = g_timeout_add (1000, on_clock, self);
  return self;
}

void
serve_camera_free (ServeCamera *self)
{
  if (!self)
    return;
  g_source_remove (self->clock);
  if (self->retry)
    g_source_remove (self->retry);
  if (self->pipeline) {
    g_source_remove (self->watch);
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
    gst_object_unref (self->pipeline);
  }
  g_free (self);
}
