/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "feeds.h"

#include <string.h>

#define MOST_FEEDS   16
#define MOST_FRAMES  8   /* events on their way, when frames are left out */
#define MOST_EVENTS  256 /* when the connection is given up */
#define BOUNDARY     "siamban-picture"
#define KEEP_ALIVE_S 15

typedef struct
{
  ServeFeeds *feeds;
  ServeFeedKind kind;
  SoupServerMessage *message;
  guint waiting; /* chunks on their way */
  gboolean given_up;
} Feed;

struct ServeFeeds
{
  GList *list;
  void (*changed) (gpointer data);
  gpointer data;
  guint clock;
};

static gboolean
on_clock (gpointer data)
{
  ServeFeeds *self = data;

  serve_feeds_send_event (self, NULL, NULL, FALSE);
  return G_SOURCE_CONTINUE;
}

ServeFeeds *
serve_feeds_new (void (*changed) (gpointer data), gpointer data)
{
  ServeFeeds *self = g_new0 (ServeFeeds, 1);

  self->changed = changed;
  self->data = data;
  self->clock = g_timeout_add_seconds (KEEP_ALIVE_S, on_clock, self);
  return self;
}

static void
feed_free (Feed *feed)
{
  g_signal_handlers_disconnect_by_data (feed->message, feed);
  g_object_unref (feed->message);
  g_free (feed);
}

void
serve_feeds_free (ServeFeeds *self)
{
  if (!self)
    return;
  g_source_remove (self->clock);
  g_list_free_full (self->list, (GDestroyNotify)feed_free);
  g_free (self);
}

static void
on_finished (SoupServerMessage *message, gpointer data)
{
  Feed *feed = data;
  ServeFeeds *self = feed->feeds;

  (void)message;
  self->list = g_list_remove (self->list, feed);
  feed_free (feed);
  self->changed (self->data);
}

static void
on_chunk (SoupServerMessage *message, gpointer data)
{
  Feed *feed = data;

  (void)message;
  if (feed->waiting > 0)
    feed->waiting--;
}

static void
set_head (SoupServerMessage *message, ServeFeedKind kind)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "Content-Type",
      kind == SERVE_FEED_VIDEO ? "multipart/x-mixed-replace; boundary=" BOUNDARY
                               : "text/event-stream");
  soup_message_body_set_accumulate (
      soup_server_message_get_response_body (message), FALSE);
}

gboolean
serve_feeds_add (
    ServeFeeds *self, ServeFeedKind kind, SoupServerMessage *message)
{
  Feed *feed;

  if (g_list_length (self->list) >= MOST_FEEDS)
    return FALSE;
  feed = g_new0 (Feed, 1);
  feed->feeds = self;
  feed->kind = kind;
  feed->message = g_object_ref (message);
  set_head (message, kind);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_chunk), feed);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), feed);
  self->list = g_list_append (self->list, feed);
  self->changed (self->data);
  return TRUE;
}

guint
serve_feeds_count (const ServeFeeds *self, ServeFeedKind kind)
{
  guint n = 0;

  for (GList *l = self->list; l; l = l->next)
    n += ((Feed *)l->data)->kind == kind;
  return n;
}

static void
send_chunk (Feed *feed, GBytes *bytes)
{
  feed->waiting++;
  soup_message_body_append_bytes (
      soup_server_message_get_response_body (feed->message), bytes);
  soup_server_message_unpause (feed->message);
}

static void
give_up (Feed *feed)
{
  feed->given_up = TRUE;
  soup_message_body_complete (
      soup_server_message_get_response_body (feed->message));
  soup_server_message_unpause (feed->message);
}

static void
send_text (Feed *feed, GBytes *bytes, gboolean may_be_left_out)
{
  if (feed->given_up || (may_be_left_out && feed->waiting >= MOST_FRAMES))
    return;
  if (feed->waiting >= MOST_EVENTS)
    give_up (feed);
  else
    send_chunk (feed, bytes);
}

void
serve_feeds_send_event (ServeFeeds *self, const char *name, const char *json,
    gboolean may_be_left_out)
{
  char *text = name ? g_strdup_printf ("event: %s\ndata: %s\n\n", name, json)
                    : g_strdup (": still here\n\n");
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  GList *next;

  for (GList *l = self->list; l; l = next) {
    next = l->next;
    if (((Feed *)l->data)->kind == SERVE_FEED_EVENTS)
      send_text (l->data, bytes, may_be_left_out);
  }
}

static GBytes *
part_of (GBytes *jpeg, GstClockTime pts)
{
  GByteArray *part = g_byte_array_new ();
  g_autofree char *head =
      g_strdup_printf ("--" BOUNDARY "\r\nContent-Type: image/jpeg\r\n"
                       "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                       "X-Pts: %" G_GUINT64_FORMAT "\r\n\r\n",
          g_bytes_get_size (jpeg), pts);

  g_byte_array_append (part, (const guint8 *)head, (guint)strlen (head));
  g_byte_array_append (
      part, g_bytes_get_data (jpeg, NULL), (guint)g_bytes_get_size (jpeg));
  g_byte_array_append (part, (const guint8 *)"\r\n", 2);
  return g_byte_array_free_to_bytes (part);
}

void
serve_feeds_send_picture (ServeFeeds *self, GBytes *jpeg, GstClockTime pts)
{
  g_autoptr (GBytes) part = part_of (jpeg, pts);
  GList *next;

  for (GList *l = self->list; l; l = next) {
    Feed *feed = l->data;

    next = l->next;
    if (feed->kind == SERVE_FEED_VIDEO && feed->waiting == 0)
      send_chunk (feed, part);
  }
}
