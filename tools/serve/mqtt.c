/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mqtt.h"

#include <string.h>

#include <json-glib/json-glib.h>
#include <mosquitto.h>

#include "document.h"
#include "outbox.h"

#define MOST_WAITING  1000
#define MOST_ON_WAY   20
#define MOST_TEXT     4096
#define SIGHTING_US   (100 * 1000) /* between two of a target */
#define KEEP_ALIVE_S  15
#define LEAST_DELAY_S 1
#define MOST_DELAY_S  30

struct ServeMqtt
{
  const ServeOptions *options;
  const ServeMqttCalls *calls;
  gpointer data;
  struct mosquitto *client;
  ServeOutbox outbox;
  gboolean connected;
  GHashTable *on_way; /* ids of letters that the broker has not confirmed */
  gint64 sighting;    /* when targets were told last */
  char *state;        /* as told last */
};

typedef enum
{
  NEWS_CONNECTED,
  NEWS_GONE,
  NEWS_CONFIRMED,
  NEWS_ORDER
} NewsType;

/* What the client's thread has for the main loop. */
typedef struct
{
  ServeMqtt *mqtt;
  NewsType type;
  int id;             /* of what is confirmed */
  char *topic, *text; /* of an order */
} News;

static char *
topic_of (const ServeMqtt *self, const char *name)
{
  return g_strdup_printf (
      "%s/%s/%s", self->options->mqtt_prefix, self->options->name, name);
}

static void
empty_outbox (ServeMqtt *self)
{
  const ServeLetter *letter;
  int id;

  while (self->connected && g_hash_table_size (self->on_way) < MOST_ON_WAY &&
         (letter = serve_outbox_peek (&self->outbox))) {
    if (mosquitto_publish (self->client, &id, letter->topic,
            (int)strlen (letter->text), letter->text, 1,
            letter->retain) != MOSQ_ERR_SUCCESS)
      return;
    g_hash_table_add (self->on_way, GINT_TO_POINTER (id));
    serve_outbox_pop (&self->outbox);
  }
}

static void
send_letter (
    ServeMqtt *self, const char *name, const char *text, gboolean retain)
{
  serve_outbox_push (
      &self->outbox, topic_of (self, name), g_strdup (text), retain);
  empty_outbox (self);
}

static void
set_available (ServeMqtt *self, const char *text)
{
  g_autofree char *topic = topic_of (self, "available");

  mosquitto_publish (
      self->client, NULL, topic, (int)strlen (text), text, 1, TRUE);
}

static void
on_connected (ServeMqtt *self)
{
  g_autofree char *seed = topic_of (self, "seed/set");
  g_autofree char *stop = topic_of (self, "stop/set");

  self->connected = TRUE;
  g_clear_pointer (&self->state, g_free); /* a new broker knows nothing */
  set_available (self, "online");
  mosquitto_subscribe (self->client, NULL, seed, 1);
  mosquitto_subscribe (self->client, NULL, stop, 1);
  g_printerr ("siamban-serve: %s: connected\n", self->options->mqtt);
  empty_outbox (self);
}

static void
on_gone (ServeMqtt *self)
{
  if (self->connected)
    g_printerr (
        "siamban-serve: %s: the broker is gone; it will be tried again\n",
        self->options->mqtt);
  self->connected = FALSE;
}

static void
complain (ServeMqtt *self, const char *message)
{
  g_autofree char *document = serve_document_trouble (message);

  send_letter (self, "events", document, FALSE);
}

static gboolean
parse_stop (const char *text, guint64 *id)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root, *member;

  *id = 0;
  if (!*text)
    return TRUE;
  if (!json_parser_load_from_data (parser, text, -1, NULL) ||
      !(root = json_parser_get_root (parser)) || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;
  member = json_object_get_member (json_node_get_object (root), "id");
  if (!member)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (member) || json_node_get_int (member) <= 0)
    return FALSE;
  *id = (guint64)json_node_get_int (member);
  return TRUE;
}

static void
on_order (ServeMqtt *self, const char *topic, const char *text)
{
  g_autofree char *seed = topic_of (self, "seed/set");
  g_autoptr (GError) error = NULL;
  guint64 id;

  if (strlen (text) > MOST_TEXT)
    complain (self, "the message is larger than 4096 bytes");
  else if (g_str_equal (topic, seed) &&
           !self->calls->seed (text, strlen (text), self->data, &error))
    complain (self, error->message);
  else if (!g_str_equal (topic, seed) && !parse_stop (text, &id))
    complain (self, "stop/set takes {} or {\"id\": N}");
  else if (!g_str_equal (topic, seed))
    self->calls->stop (id, self->data);
}

static gboolean
take_news (gpointer data)
{
  News *news = data;
  ServeMqtt *self = news->mqtt;

  switch (news->type) {
    case NEWS_CONNECTED:
      on_connected (self);
      break;
    case NEWS_GONE:
      on_gone (self);
      break;
    case NEWS_CONFIRMED:
      g_hash_table_remove (self->on_way, GINT_TO_POINTER (news->id));
      empty_outbox (self);
      break;
    case NEWS_ORDER:
      on_order (self, news->topic, news->text);
      break;
  }
  return G_SOURCE_REMOVE;
}

static void
news_free (gpointer data)
{
  News *news = data;

  g_free (news->topic);
  g_free (news->text);
  g_free (news);
}

static void
send_news (ServeMqtt *self, News news)
{
  news.mqtt = self;
  g_idle_add_full (
      G_PRIORITY_DEFAULT, take_news, g_memdup2 (&news, sizeof news), news_free);
}

static void
hear_connect (struct mosquitto *client, void *data, int code)
{
  (void)client;
  if (code == 0)
    send_news (data, (News){.type = NEWS_CONNECTED});
  else
    g_printerr ("siamban-serve: the broker refuses: %s\n",
        mosquitto_connack_string (code));
}

static void
hear_disconnect (struct mosquitto *client, void *data, int code)
{
  (void)client;
  (void)code;
  send_news (data, (News){.type = NEWS_GONE});
}

static void
hear_publish (struct mosquitto *client, void *data, int id)
{
  (void)client;
  send_news (data, (News){.type = NEWS_CONFIRMED, .id = id});
}

/* A retained order is an old one: a program that starts must not obey it. */
static void
hear_message (struct mosquitto *client, void *data,
    const struct mosquitto_message *message)
{
  (void)client;
  if (!message->retain && message->payloadlen <= 2 * MOST_TEXT)
    send_news (data,
        (News){.type = NEWS_ORDER,
            .topic = g_strdup (message->topic),
            .text = g_strndup (message->payload, (gsize)message->payloadlen)});
}

static GUri *
parse_address (const char *text, GError **error)
{
  GUri *uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD, NULL);
  const char *scheme = uri ? g_uri_get_scheme (uri) : NULL;

  if (uri && g_uri_get_host (uri) && *g_uri_get_host (uri) &&
      (g_str_equal (scheme, "mqtt") || g_str_equal (scheme, "mqtts")))
    return uri;
  g_clear_pointer (&uri, g_uri_unref);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--mqtt: expected mqtt://HOST, or mqtts://HOST for TLS");
  return NULL;
}

static gboolean
succeeded (int code, GError **error)
{
  if (code != MOSQ_ERR_SUCCESS)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--mqtt: %s",
        mosquitto_strerror (code));
  return code == MOSQ_ERR_SUCCESS;
}

static gboolean
set_up_safety (ServeMqtt *self, GUri *uri, GError **error)
{
  const char *password = g_getenv ("SIAMBAN_MQTT_PASSWORD");
  const char *ca = self->options->mqtt_ca;

  if (!password)
    password = g_uri_get_password (uri);
  if (g_uri_get_user (uri) &&
      !succeeded (mosquitto_username_pw_set (
                      self->client, g_uri_get_user (uri), password),
          error))
    return FALSE;
  if (!g_str_equal (g_uri_get_scheme (uri), "mqtts"))
    return TRUE;
  return succeeded (
      ca ? mosquitto_tls_set (self->client, ca, NULL, NULL, NULL, NULL)
         : mosquitto_int_option (self->client, MOSQ_OPT_TLS_USE_OS_CERTS, 1),
      error);
}

static void
set_up_client (ServeMqtt *self)
{
  g_autofree char *available = topic_of (self, "available");

  mosquitto_will_set (self->client, available, 7, "offline", 1, TRUE);
  mosquitto_reconnect_delay_set (
      self->client, LEAST_DELAY_S, MOST_DELAY_S, TRUE);
  mosquitto_connect_callback_set (self->client, hear_connect);
  mosquitto_disconnect_callback_set (self->client, hear_disconnect);
  mosquitto_publish_callback_set (self->client, hear_publish);
  mosquitto_message_callback_set (self->client, hear_message);
}

static void
mqtt_start (ServeMqtt *self, GUri *uri)
{
  const gboolean tls = g_str_equal (g_uri_get_scheme (uri), "mqtts");
  int port = g_uri_get_port (uri);

  if (port < 0)
    port = tls ? 8883 : 1883;
  mosquitto_connect_async (
      self->client, g_uri_get_host (uri), port, KEEP_ALIVE_S);
  mosquitto_loop_start (self->client);
}

ServeMqtt *
serve_mqtt_new (const ServeOptions *options, const ServeMqttCalls *calls,
    gpointer data, GError **error)
{
  g_autoptr (GUri) uri = parse_address (options->mqtt, error);
  ServeMqtt *self;

  if (!uri)
    return NULL;
  mosquitto_lib_init ();
  self = g_new0 (ServeMqtt, 1);
  self->options = options;
  self->calls = calls;
  self->data = data;
  self->on_way = g_hash_table_new (NULL, NULL);
  serve_outbox_init (&self->outbox, MOST_WAITING);
  self->client = mosquitto_new (NULL, TRUE, self);
  if (set_up_safety (self, uri, error)) {
    set_up_client (self);
    mqtt_start (self, uri);
    return self;
  }
  serve_mqtt_free (self);
  return NULL;
}

void
serve_mqtt_free (ServeMqtt *self)
{
  if (!self)
    return;
  if (self->connected)
    set_available (self, "offline");
  mosquitto_disconnect (self->client);
  mosquitto_loop_stop (self->client, !self->connected);
  mosquitto_destroy (self->client);
  mosquitto_lib_cleanup ();
  if (self->outbox.dropped > 0)
    g_printerr ("siamban-serve: %" G_GUINT64_FORMAT " messages were dropped: "
                "the broker was away for too long\n",
        self->outbox.dropped);
  serve_outbox_clear (&self->outbox);
  g_hash_table_unref (self->on_way);
  g_free (self->state);
  g_free (self);
}

static void
send_sightings (ServeMqtt *self, const ServeBoard *board)
{
  const gint64 now = g_get_monotonic_time ();
  g_autofree char *topic = topic_of (self, "target");

  if (!self->connected || now - self->sighting < SIGHTING_US)
    return;
  self->sighting = now;
  for (guint i = 0; i < board->frame->n; i++) {
    g_autofree char *text =
        serve_document_sighting (board, &board->frame->tracks[i]);

    mosquitto_publish (
        self->client, NULL, topic, (int)strlen (text), text, 0, FALSE);
  }
}

static void
send_state (ServeMqtt *self, const ServeBoard *board)
{
  char *state = serve_document_state (board);

  if (g_strcmp0 (state, self->state) == 0) {
    g_free (state);
    return;
  }
  send_letter (self, "state", state, TRUE);
  g_free (self->state);
  self->state = state;
}

void
serve_mqtt_send_board (ServeMqtt *self, const ServeBoard *board)
{
  send_state (self, board);
  if (board->frame)
    send_sightings (self, board);
}

void
serve_mqtt_send_event (ServeMqtt *self, const char *document)
{
  send_letter (self, "events", document, FALSE);
}

void
serve_mqtt_get_counts (const ServeMqtt *self, ServeMqttCounts *counts)
{
  counts->connected = self->connected;
  counts->waiting =
      self->outbox.queue.length + g_hash_table_size (self->on_way);
  counts->dropped = self->outbox.dropped;
}
