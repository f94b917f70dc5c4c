/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream.h"

#include <signal.h>

#include <glib-unix.h>

#include "document.h"
#include "lines.h"
#include "rtsp.h"
#include "server.h"

typedef struct
{
  const ServeOptions *options;
  GMainLoop *loop;
  ServeBoard board;
  ServeTracker *tracker;
  ServeCamera *camera;
  ServeServer *server;
  ServeLines *lines; /* NULL: none wanted */
  ServeMqtt *mqtt;   /* NULL: none wanted */
  ServeRtsp *rtsp;   /* NULL: none wanted */
  GError *error;
} Stream;

static void
on_frame (const ServeFrame *frame, gpointer data)
{
  Stream *self = data;
  g_autofree char *document = NULL;

  serve_board_set_frame (&self->board, frame);
  document = serve_document_frame (&self->board);
  serve_server_send_frame (self->server, document);
  if (self->lines)
    serve_lines_send (self->lines, document);
  if (self->mqtt)
    serve_mqtt_send_board (self->mqtt, &self->board);
}

static void
on_picture (GBytes *jpeg, GstClockTime pts, gpointer data)
{
  Stream *self = data;

  serve_server_send_picture (self->server, jpeg, pts);
}

static void
on_event (const GstStructure *event, gpointer data)
{
  Stream *self = data;
  g_autofree char *document = serve_document_event (event);

  serve_board_take_event (&self->board, event);
  serve_server_send_event (self->server, event);
  if (self->mqtt)
    serve_mqtt_send_event (self->mqtt, document);
}

static void
on_failure (const GError *error, gpointer data)
{
  Stream *self = data;

  if (!self->error)
    self->error = g_error_copy (error);
  g_main_loop_quit (self->loop);
}

static void
on_camera_frame (GstSample *sample, gboolean first, gpointer data)
{
  Stream *self = data;

  serve_tracker_push (self->tracker, sample, first);
}

static void
on_camera_state (ServeCameraState state, const char *reason, gpointer data)
{
  Stream *self = data;

  if (reason)
    g_printerr ("siamban-serve: %s: %s\n", self->options->source, reason);
  serve_board_set_camera (&self->board, state, reason);
  serve_server_send_camera (self->server);
  if (self->mqtt)
    serve_mqtt_send_board (self->mqtt, &self->board);
}

static gboolean
on_seed (const char *text, gsize size, gpointer data, GError **error)
{
  Stream *self = data;

  return serve_server_take_seed (self->server, text, size, error);
}

static void
on_stop (guint64 id, gpointer data)
{
  Stream *self = data;
  const GArray *ids = self->board.ids;

  if (id != 0)
    serve_tracker_remove (self->tracker, id);
  for (guint i = 0; id == 0 && ids && i < ids->len; i++)
    serve_tracker_remove (self->tracker, g_array_index (ids, guint64, i));
}

static const ServeTrackerCalls tracker_calls = {
    .frame = on_frame,
    .picture = on_picture,
    .event = on_event,
    .failed = on_failure,
};

static const ServeCameraCalls camera_calls = {
    .frame = on_camera_frame,
    .state = on_camera_state,
};

static const ServeMqttCalls mqtt_calls = {
    .seed = on_seed,
    .stop = on_stop,
};

static gboolean
begin_rtsp (Stream *self, GError **error)
{
  const ServeOptions *options = self->options;

  if (options->rtsp)
    self->rtsp = serve_rtsp_new (options,
        options->rtsp_draw ? serve_tracker_get_drawn_video (self->tracker)
                           : serve_tracker_get_video (self->tracker),
        error);
  serve_server_set_rtsp (self->server, self->rtsp);
  return self->rtsp || !options->rtsp;
}

static gboolean
begin_reports (Stream *self, GError **error)
{
  const ServeOptions *options = self->options;

  if (options->json) {
    self->lines = serve_lines_new (options->json, error);
    if (!self->lines)
      return FALSE;
  }
  if (options->mqtt) {
    self->mqtt = serve_mqtt_new (options, &mqtt_calls, self, error);
    if (!self->mqtt)
      return FALSE;
    serve_server_set_mqtt (self->server, self->mqtt);
  }
  return TRUE;
}

static gboolean
stream_begin (Stream *self, GError **error)
{
  const ServeOptions *options = self->options;

  self->board.name = options->name;
  self->board.began = g_get_monotonic_time ();
  self->server = serve_server_new (options, &self->board, error);
  if (!self->server)
    return FALSE;
  self->tracker = serve_tracker_new (options, &tracker_calls, self, error);
  if (!self->tracker)
    return FALSE;
  self->camera = serve_camera_new (options, &camera_calls, self, error);
  if (!self->camera)
    return FALSE;
  serve_server_set_stream (self->server, self->tracker, self->camera);
  return begin_rtsp (self, error) && begin_reports (self, error);
}

static void
stream_end (Stream *self)
{
  if (self->server) {
    serve_server_set_stream (self->server, NULL, NULL);
    serve_server_set_mqtt (self->server, NULL);
    serve_server_set_rtsp (self->server, NULL);
  }
  serve_camera_free (self->camera);
  serve_rtsp_free (self->rtsp);
  serve_tracker_free (self->tracker);
  serve_lines_free (self->lines);
  serve_mqtt_free (self->mqtt);
  serve_server_free (self->server);
  serve_board_clear (&self->board);
  g_main_loop_unref (self->loop);
}

static void
tell_address (Stream *self)
{
  g_autofree char *address = serve_server_get_address (self->server);
  g_autofree char *rtsp =
      self->rtsp ? serve_rtsp_get_address (self->rtsp) : NULL;

  g_printerr ("siamban-serve: open %s\n", address);
  if (rtsp)
    g_printerr ("siamban-serve: %s\n", rtsp);
}

static gboolean
on_signal (gpointer data)
{
  Stream *self = data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

gboolean
serve_stream_run (const ServeOptions *options, GError **error)
{
  Stream self = {
      .options = options,
      .loop = g_main_loop_new (NULL, FALSE),
  };
  gboolean ok = stream_begin (&self, error);

  if (ok) {
    const guint interrupt = g_unix_signal_add (SIGINT, on_signal, &self);
    const guint terminate = g_unix_signal_add (SIGTERM, on_signal, &self);

    tell_address (&self);
    g_main_loop_run (self.loop);
    g_source_remove (interrupt);
    g_source_remove (terminate);
  }
  stream_end (&self);
  if (self.error) {
    g_propagate_error (error, self.error);
    ok = FALSE;
  }
  return ok;
}
