/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_FEEDS_H
#define SERVE_FEEDS_H

#include <gst/gst.h>
#include <libsoup/soup.h>

typedef enum
{
  SERVE_FEED_EVENTS,
  SERVE_FEED_VIDEO
} ServeFeedKind;

/* Answers that never end. One that does not take what it is sent misses frames
 * and pictures, and in the end its connection; nobody waits for it. */
typedef struct ServeFeeds ServeFeeds;

/* @changed: called when one comes or goes. */
ServeFeeds *serve_feeds_new (void (*changed) (gpointer data), gpointer data);
void serve_feeds_free (ServeFeeds *feeds);

/* FALSE: there are too many. */
gboolean serve_feeds_add (
    ServeFeeds *feeds, ServeFeedKind kind, SoupServerMessage *message);
guint serve_feeds_count (const ServeFeeds *feeds, ServeFeedKind kind);

/* @name: of the event; frames may be left out, others not. */
void serve_feeds_send_event (ServeFeeds *feeds, const char *name,
    const char *json, gboolean may_be_left_out);
void serve_feeds_send_picture (
    ServeFeeds *feeds, GBytes *jpeg, GstClockTime pts);

#endif
