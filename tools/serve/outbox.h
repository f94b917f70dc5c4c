/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_OUTBOX_H
#define SERVE_OUTBOX_H

#include <glib.h>

typedef struct
{
  char *topic;
  char *text;
  gboolean retain;
} ServeLetter;

/* Letters that wait until somebody takes them, in order; where there are too
 * many, the oldest goes. */
typedef struct
{
  GQueue queue; /* of ServeLetter */
  guint most;
  guint64 dropped;
} ServeOutbox;

void serve_outbox_init (ServeOutbox *outbox, guint most);
void serve_outbox_clear (ServeOutbox *outbox);

/* Takes @topic and @text. */
void serve_outbox_push (
    ServeOutbox *outbox, char *topic, char *text, gboolean retain);

/* The oldest; NULL: none. It stays until serve_outbox_pop(). */
const ServeLetter *serve_outbox_peek (const ServeOutbox *outbox);
void serve_outbox_pop (ServeOutbox *outbox);

#endif
