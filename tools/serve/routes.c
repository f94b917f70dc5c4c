/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server-private.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "document.h"
#include "metrics.h"
#include "reply.h"
#include "seed.h"

typedef void (*Handler) (
    ServeServer *server, SoupServerMessage *message, const char *path);

static void
get_page (ServeServer *self, SoupServerMessage *message, const char *path)
{
  (void)self;
  (void)path;
  serve_reply_page (
      message, SOUP_STATUS_OK, "text/html; charset=utf-8", "index.html");
}

static void
get_script (ServeServer *self, SoupServerMessage *message, const char *path)
{
  (void)self;
  serve_reply_page (
      message, SOUP_STATUS_OK, "text/javascript; charset=utf-8", path + 1);
}

static void
get_style (ServeServer *self, SoupServerMessage *message, const char *path)
{
  (void)self;
  serve_reply_page (
      message, SOUP_STATUS_OK, "text/css; charset=utf-8", path + 1);
}

static void
get_targets (ServeServer *self, SoupServerMessage *message, const char *path)
{
  (void)path;
  serve_reply_json (
      message, SOUP_STATUS_OK, serve_document_targets (self->board));
}

static gboolean
is_json (SoupServerMessage *message)
{
  const char *type = soup_message_headers_get_content_type (
      soup_server_message_get_request_headers (message), NULL);

  return type && g_ascii_strcasecmp (type, "application/json") == 0;
}

static GstStructure *
read_seed (SoupServerMessage *message)
{
  g_autoptr (GBytes) body = soup_message_body_flatten (
      soup_server_message_get_request_body (message));
  g_autoptr (GError) error = NULL;
  GstStructure *seed;
  gsize size;
  const char *text = g_bytes_get_data (body, &size);

  seed = serve_seed_parse (text ? text : "", size, &error);
  if (!seed)
    serve_reply_error (message, SOUP_STATUS_BAD_REQUEST, error->message);
  return seed;
}

static void
post_target (ServeServer *self, SoupServerMessage *message, const char *path)
{
  GstStructure *seed;

  (void)path;
  if (!is_json (message)) {
    serve_reply_error (message, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE,
        "expected application/json");
    return;
  }
  seed = read_seed (message);
  if (!seed)
    return;
  if (!serve_waiters_add (self->seeds, message)) {
    serve_reply_error (message, SOUP_STATUS_SERVICE_UNAVAILABLE,
        "too many boxes wait for a frame");
    gst_structure_free (seed);
    return;
  }
  serve_tracker_ask (self->tracker, seed);
}

/* Who has gone does not wait. */
static void
on_answer (const char *sdp, const char *reason, gpointer data)
{
  SoupServerMessage *message = data;

  if (sdp)
    serve_reply_json (message, SOUP_STATUS_OK, serve_document_answer (sdp));
  else
    serve_reply_error (message, SOUP_STATUS_SERVICE_UNAVAILABLE, reason);
  if (!g_object_get_data (G_OBJECT (message), "gone"))
    soup_server_message_unpause (message);
  g_object_unref (message);
}

static void
on_gone (SoupServerMessage *message, gpointer data)
{
  g_object_set_data (G_OBJECT (message), "gone", data);
}

static char *
read_offer (SoupServerMessage *message)
{
  g_autoptr (GBytes) body = soup_message_body_flatten (
      soup_server_message_get_request_body (message));
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root, *sdp;
  gsize size;
  const char *text = g_bytes_get_data (body, &size);

  if (!text || !json_parser_load_from_data (parser, text, (gssize)size, NULL) ||
      !(root = json_parser_get_root (parser)) || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  sdp = json_object_get_member (json_node_get_object (root), "sdp");
  return sdp && JSON_NODE_HOLDS_VALUE (sdp) ? json_node_dup_string (sdp) : NULL;
}

static void
take_offer (ServeServer *self, SoupServerMessage *message)
{
  g_autofree char *sdp = read_offer (message);
  const char *reason = sdp ? serve_webrtc_offer (self->webrtc, sdp, on_answer,
                                 g_object_ref (message))
                           : "expected a JSON object with sdp, a string";

  if (!reason) {
    g_signal_connect (
        message, "finished", G_CALLBACK (on_gone), GINT_TO_POINTER (TRUE));
    soup_server_message_pause (message);
    return;
  }
  if (sdp)
    g_object_unref (message);
  serve_reply_error (message, SOUP_STATUS_BAD_REQUEST, reason);
}

static void
post_webrtc (ServeServer *self, SoupServerMessage *message, const char *path)
{
  (void)path;
  if (!is_json (message))
    serve_reply_error (message, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE,
        "expected application/json");
  else if (!self->webrtc)
    serve_reply_error (message, SOUP_STATUS_NOT_IMPLEMENTED,
        "there is no WebRTC: built without, or GStreamer's webrtcbin, nice or "
        "an H.264 encoder is missing");
  else if (serve_webrtc_is_full (self->webrtc))
    serve_reply_error (
        message, SOUP_STATUS_SERVICE_UNAVAILABLE, "too many viewers");
  else
    take_offer (self, message);
}

static void
delete_targets (ServeServer *self, SoupServerMessage *message, const char *path)
{
  const GArray *ids = self->board->ids;

  (void)path;
  for (guint i = 0; ids && i < ids->len; i++)
    serve_tracker_remove (self->tracker, g_array_index (ids, guint64, i));
  soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
}

static void
get_events (ServeServer *self, SoupServerMessage *message, const char *path)
{
  (void)path;
  if (serve_feeds_add (self->feeds, SERVE_FEED_EVENTS, message))
    serve_server_send_camera (self);
  else
    serve_reply_error (
        message, SOUP_STATUS_SERVICE_UNAVAILABLE, "too many viewers");
}

static void
get_video (ServeServer *self, SoupServerMessage *message, const char *path)
{
  (void)path;
  if (!serve_feeds_add (self->feeds, SERVE_FEED_VIDEO, message))
    serve_reply_error (
        message, SOUP_STATUS_SERVICE_UNAVAILABLE, "too many viewers");
}

static void
get_snapshot (ServeServer *self, SoupServerMessage *message, const char *path)
{
  (void)path;
  if (!serve_waiters_add (self->snapshots, message))
    serve_reply_error (
        message, SOUP_STATUS_SERVICE_UNAVAILABLE, "too many viewers");
  serve_server_watch (self);
}

static void
get_stats (ServeServer *self, SoupServerMessage *message, const char *path)
{
  ServeTrackerCounts counts;

  (void)path;
  serve_tracker_get_counts (self->tracker, &counts);
  serve_reply_json (message, SOUP_STATUS_OK,
      serve_document_stats (
          self->board, &counts, serve_camera_get_retries (self->camera)));
}

static void
get_metrics (ServeServer *self, SoupServerMessage *message, const char *path)
{
  ServeMqttCounts mqtt;
  ServeMetrics metrics = {
      .board = self->board,
      .retries = serve_camera_get_retries (self->camera),
      .viewers = serve_feeds_count (self->feeds, SERVE_FEED_EVENTS) +
                 serve_feeds_count (self->feeds, SERVE_FEED_VIDEO) +
                 (self->webrtc ? serve_webrtc_count (self->webrtc) : 0),
      .rtsp = self->rtsp,
  };

  (void)path;
  serve_tracker_get_counts (self->tracker, &metrics.tracker);
  if (self->mqtt) {
    serve_mqtt_get_counts (self->mqtt, &mqtt);
    metrics.mqtt = &mqtt;
  }
  serve_reply_text (message, SOUP_STATUS_OK,
      "text/plain; version=0.0.4; charset=utf-8",
      serve_metrics_write (&metrics));
}

static void
get_health (ServeServer *self, SoupServerMessage *message, const char *path)
{
  (void)path;
  serve_reply_json (message,
      serve_board_is_healthy (self->board) ? SOUP_STATUS_OK
                                           : SOUP_STATUS_SERVICE_UNAVAILABLE,
      serve_document_health (self->board));
}

static void
get_ready (ServeServer *self, SoupServerMessage *message, const char *path)
{
  (void)self;
  (void)path;
  serve_reply_json (
      message, SOUP_STATUS_OK, g_strdup ("{\"status\":\"ready\"}"));
}

static void
redirect_to_page (ServeServer *self, SoupServerMessage *message)
{
  g_autofree char *cookie = serve_guard_cookie (&self->guard);

  soup_message_headers_append (
      soup_server_message_get_response_headers (message), "Set-Cookie", cookie);
  soup_server_message_set_redirect (message, SOUP_STATUS_SEE_OTHER, "/");
}

static void
post_login (ServeServer *self, SoupServerMessage *message, const char *path)
{
  g_autoptr (GBytes) body = soup_message_body_flatten (
      soup_server_message_get_request_body (message));
  gsize size;
  const char *text = g_bytes_get_data (body, &size);
  g_autofree char *form = g_strndup (text ? text : "", size);
  g_autoptr (GHashTable) fields = soup_form_decode (form);

  (void)path;
  if (serve_guard_is_token (
          &self->guard, g_hash_table_lookup (fields, "token")))
    redirect_to_page (self, message);
  else
    serve_reply_page (message, SOUP_STATUS_UNAUTHORIZED,
        "text/html; charset=utf-8", "login.html");
}

static const struct
{
  const char *method;
  const char *path;
  Handler handler;
} routes[] = {
    {"GET", "/", get_page},
    {"GET", "/page.js", get_script},
    {"GET", "/page.css", get_style},
    {"POST", "/login", post_login},
    {"GET", "/targets", get_targets},
    {"POST", "/targets", post_target},
    {"DELETE", "/targets", delete_targets},
    {"GET", "/events", get_events},
    {"GET", "/video.mjpg", get_video},
    {"POST", "/webrtc", post_webrtc},
    {"GET", "/snapshot.jpg", get_snapshot},
    {"GET", "/stats", get_stats},
    {"GET", "/metrics", get_metrics},
    {"GET", "/healthz", get_health},
    {"GET", "/readyz", get_ready},
};

static gboolean
parse_id (const char *path, guint64 *id)
{
  return g_str_has_prefix (path, "/targets/") &&
         g_ascii_string_to_unsigned (
             path + strlen ("/targets/"), 10, 1, G_MAXUINT64, id, NULL);
}

static void
refuse_method (SoupServerMessage *message, const char *allowed)
{
  soup_message_headers_replace (
      soup_server_message_get_response_headers (message), "Allow", allowed);
  serve_reply_error (message, SOUP_STATUS_METHOD_NOT_ALLOWED,
      "this method is not for this address");
}

static void
route_target (ServeServer *self, SoupServerMessage *message, guint64 id)
{
  const char *method = soup_server_message_get_method (message);
  const SiambanTrack *track = serve_board_find (self->board, id);

  if (method != SOUP_METHOD_GET && method != SOUP_METHOD_DELETE) {
    refuse_method (message, "GET, DELETE");
  } else if (method == SOUP_METHOD_GET && track) {
    serve_reply_json (
        message, SOUP_STATUS_OK, serve_document_target (self->board, track));
  } else if (method == SOUP_METHOD_DELETE &&
             serve_tracker_remove (self->tracker, id)) {
    soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
  } else {
    serve_reply_error (
        message, SOUP_STATUS_NOT_FOUND, "there is no target of this id");
  }
}

void
serve_route (ServeServer *self, SoupServerMessage *message, const char *path)
{
  const char *method = soup_server_message_get_method (message);
  g_autoptr (GString) allowed = g_string_new (NULL);
  guint64 id;

  if (!self->tracker) {
    serve_reply_error (
        message, SOUP_STATUS_SERVICE_UNAVAILABLE, "not ready yet");
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++) {
    if (!g_str_equal (routes[i].path, path))
      continue;
    g_string_append_printf (
        allowed, "%s%s", allowed->len > 0 ? ", " : "", routes[i].method);
    if (g_str_equal (routes[i].method, method)) {
      routes[i].handler (self, message, path);
      return;
    }
  }
  if (parse_id (path, &id))
    route_target (self, message, id);
  else if (allowed->len > 0)
    refuse_method (message, allowed->str);
  else
    serve_reply_error (message, SOUP_STATUS_NOT_FOUND, "there is nothing here");
}
