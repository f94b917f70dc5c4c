/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server-private.h"

#include <string.h>

#include "document.h"
#include "listen.h"
#include "reply.h"
#include "seed.h"

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer data)
{
  (void)soup;
  (void)query;
  if (soup_server_message_get_status (message) == 0)
    serve_route (data, message, path);
}

static void
server_refuse (SoupServerMessage *message, guint status, const char *path,
    const char *reason)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (message);

  soup_message_body_set_accumulate (
      soup_server_message_get_request_body (message), FALSE);
  soup_message_headers_replace (headers, "Connection", "close");
  if (status == SOUP_STATUS_UNAUTHORIZED && g_str_equal (path, "/")) {
    serve_reply_page (
        message, status, "text/html; charset=utf-8", "login.html");
    return;
  }
  if (status == SOUP_STATUS_UNAUTHORIZED)
    soup_message_headers_replace (headers, "WWW-Authenticate", "Bearer");
  serve_reply_error (message, status, reason);
}

/* With the headers, before there is a body. */
static void
on_headers (SoupServer *soup, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer data)
{
  ServeServer *self = data;
  const char *reason = NULL;
  const guint status = serve_guard_check (&self->guard, message, path, &reason);

  (void)soup;
  (void)query;
  serve_reply_harden (message);
  if (status)
    server_refuse (message, status, path, reason);
}

static gboolean
listen_at (ServeServer *self, GError **error)
{
  g_autoptr (GSocketAddress) address = serve_listen_parse (
      "--listen", self->options->listen, 8080, self->options, error);

  if (!address)
    return FALSE;
  if (soup_server_listen (self->soup, address, 0, error))
    return TRUE;
  g_prefix_error (error, "--listen %s: ", self->options->listen);
  return FALSE;
}

ServeServer *
serve_server_new (
    const ServeOptions *options, ServeBoard *board, GError **error)
{
  ServeServer *self = g_new0 (ServeServer, 1);

  self->options = options;
  self->board = board;
  serve_guard_init (
      &self->guard, options->token, (const char *const *)options->hosts);
  self->feeds = serve_feeds_new (serve_server_watch, self);
  self->seeds = serve_waiters_new ("no frame came to learn it from; it will be "
                                   "learnt on the next one");
  self->snapshots = serve_waiters_new ("no frame came");
  self->soup = soup_server_new ("server-header", "siamban-serve", NULL);
  soup_server_add_early_handler (self->soup, NULL, on_headers, self, NULL);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
  if (listen_at (self, error))
    return self;
  serve_server_free (self);
  return NULL;
}

void
serve_server_free (ServeServer *self)
{
  if (!self)
    return;
  self->tracker = NULL;
  soup_server_disconnect (self->soup);
  g_object_unref (self->soup);
  serve_waiters_free (self->seeds);
  serve_waiters_free (self->snapshots);
  serve_feeds_free (self->feeds);
  g_free (self);
}

void
serve_server_set_stream (
    ServeServer *self, ServeTracker *tracker, ServeCamera *camera)
{
  self->tracker = tracker;
  self->camera = camera;
  g_clear_pointer (&self->webrtc, serve_webrtc_free);
  if (tracker)
    self->webrtc =
        serve_webrtc_new (self->options, serve_tracker_get_video (tracker));
}

void
serve_server_set_mqtt (ServeServer *self, const ServeMqtt *mqtt)
{
  self->mqtt = mqtt;
}

void
serve_server_set_rtsp (ServeServer *self, const ServeRtsp *rtsp)
{
  self->rtsp = rtsp;
}

gboolean
serve_server_take_seed (
    ServeServer *self, const char *text, gsize size, GError **error)
{
  GstStructure *seed = serve_seed_parse (text, size, error);

  if (!seed)
    return FALSE;
  if (serve_waiters_add (self->seeds, NULL))
    return serve_tracker_ask (self->tracker, seed);
  gst_structure_free (seed);
  g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_BUSY, "too many boxes wait for a frame");
  return FALSE;
}

char *
serve_server_get_address (ServeServer *self)
{
  GSList *uris = soup_server_get_uris (self->soup);
  GUri *uri = uris->data;
  const char *host = g_uri_get_host (uri);
  char *address =
      g_strdup_printf (strchr (host, ':') ? "http://[%s]:%d/" : "http://%s:%d/",
          host, g_uri_get_port (uri));

  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  return address;
}

void
serve_server_watch (gpointer server)
{
  ServeServer *self = server;

  if (self->tracker)
    serve_tracker_set_watched (
        self->tracker, serve_feeds_count (self->feeds, SERVE_FEED_VIDEO) > 0 ||
                           serve_waiters_count (self->snapshots) > 0);
}

void
serve_server_send_frame (ServeServer *self, const char *document)
{
  serve_feeds_send_event (self->feeds, "frame", document, TRUE);
}

static void
answer_seed (ServeServer *self, const GstStructure *event, guint status)
{
  SoupServerMessage *message;

  if (!serve_waiters_take (self->seeds, &message) || !message)
    return;
  if (status == SOUP_STATUS_CREATED)
    serve_reply_json (message, status, serve_document_event (event));
  else
    serve_reply_error (
        message, status, gst_structure_get_string (event, "message"));
  soup_server_message_unpause (message);
  g_object_unref (message);
}

void
serve_server_send_event (ServeServer *self, const GstStructure *event)
{
  const char *name = gst_structure_get_string (event, "event");
  g_autofree char *document = serve_document_event (event);

  serve_feeds_send_event (self->feeds, "target", document, FALSE);
  if (g_str_equal (name, "added"))
    answer_seed (self, event, SOUP_STATUS_CREATED);
  else if (g_str_equal (name, "refused"))
    answer_seed (self, event, SOUP_STATUS_UNPROCESSABLE_ENTITY);
}

void
serve_server_send_camera (ServeServer *self)
{
  g_autofree char *document = serve_document_camera (self->board);

  serve_feeds_send_event (self->feeds, "source", document, FALSE);
}

static void
answer_snapshot (SoupServerMessage *message, GBytes *jpeg)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_set_content_type (
      soup_server_message_get_response_headers (message), "image/jpeg", NULL);
  soup_message_body_append_bytes (
      soup_server_message_get_response_body (message), jpeg);
  soup_server_message_unpause (message);
}

void
serve_server_send_picture (ServeServer *self, GBytes *jpeg, GstClockTime pts)
{
  SoupServerMessage *message;

  serve_feeds_send_picture (self->feeds, jpeg, pts);
  while (serve_waiters_take (self->snapshots, &message)) {
    if (message)
      answer_snapshot (message, jpeg);
    g_clear_object (&message);
  }
  serve_server_watch (self);
}
