/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "waiters.h"

#include "reply.h"

#define MOST_WAITERS 32
#define PATIENCE_US  (4 * G_USEC_PER_SEC)

typedef struct
{
  SoupServerMessage *message; /* NULL: nobody */
  gint64 since;
} Waiter;

struct ServeWaiters
{
  const char *late;
  GQueue queue;
  guint clock;
};

static void
let_go (Waiter *waiter)
{
  if (waiter->message)
    g_signal_handlers_disconnect_by_data (waiter->message, waiter);
  g_clear_object (&waiter->message);
}

static void
waiter_free (gpointer waiter)
{
  let_go (waiter);
  g_free (waiter);
}

static void
turn_away (Waiter *waiter, const char *late)
{
  serve_reply_error (waiter->message, SOUP_STATUS_SERVICE_UNAVAILABLE, late);
  soup_server_message_unpause (waiter->message);
  let_go (waiter);
}

static gboolean
on_clock (gpointer data)
{
  ServeWaiters *self = data;
  const gint64 now = g_get_monotonic_time ();

  for (GList *l = self->queue.head; l; l = l->next) {
    Waiter *waiter = l->data;

    if (waiter->message && now - waiter->since > PATIENCE_US)
      turn_away (waiter, self->late);
  }
  return G_SOURCE_CONTINUE;
}

ServeWaiters *
serve_waiters_new (const char *late)
{
  ServeWaiters *self = g_new0 (ServeWaiters, 1);

  self->late = late;
  g_queue_init (&self->queue);
  self->clock = g_timeout_add (500, on_clock, self);
  return self;
}

void
serve_waiters_free (ServeWaiters *self)
{
  if (!self)
    return;
  g_source_remove (self->clock);
  g_queue_clear_full (&self->queue, waiter_free);
  g_free (self);
}

static void
on_finished (SoupServerMessage *message, gpointer data)
{
  (void)message;
  let_go (data);
}

gboolean
serve_waiters_add (ServeWaiters *self, SoupServerMessage *message)
{
  Waiter *waiter;

  if (self->queue.length >= MOST_WAITERS)
    return FALSE;
  waiter = g_new0 (Waiter, 1);
  waiter->since = g_get_monotonic_time ();
  if (message) {
    waiter->message = g_object_ref (message);
    g_signal_connect (message, "finished", G_CALLBACK (on_finished), waiter);
    soup_server_message_pause (message);
  }
  g_queue_push_tail (&self->queue, waiter);
  return TRUE;
}

guint
serve_waiters_count (const ServeWaiters *self)
{
  return self->queue.length;
}

gboolean
serve_waiters_take (ServeWaiters *self, SoupServerMessage **message)
{
  Waiter *waiter = g_queue_pop_head (&self->queue);

  if (!waiter)
    return FALSE;
  *message = waiter->message ? g_object_ref (waiter->message) : NULL;
  waiter_free (waiter);
  return TRUE;
}
