/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "outbox.h"

static void
letter_free (gpointer data)
{
  ServeLetter *letter = data;

  g_free (letter->topic);
  g_free (letter->text);
  g_free (letter);
}

void
serve_outbox_init (ServeOutbox *self, guint most)
{
  *self = (ServeOutbox){.most = most};
  g_queue_init (&self->queue);
}

void
serve_outbox_clear (ServeOutbox *self)
{
  g_queue_clear_full (&self->queue, letter_free);
}

void
serve_outbox_push (ServeOutbox *self, char *topic, char *text, gboolean retain)
{
  ServeLetter *letter = g_new (ServeLetter, 1);

  *letter = (ServeLetter){topic, text, retain};
  if (self->queue.length >= self->most) {
    serve_outbox_pop (self);
    self->dropped++;
  }
  g_queue_push_tail (&self->queue, letter);
}

const ServeLetter *
serve_outbox_peek (const ServeOutbox *self)
{
  return self->queue.head ? self->queue.head->data : NULL;
}

void
serve_outbox_pop (ServeOutbox *self)
{
  letter_free (g_queue_pop_head (&self->queue));
}
