/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_WAITERS_H
#define SERVE_WAITERS_H

#include <glib.h>
#include <libsoup/soup.h>

/* Requests that are answered later, in the order in which they came, and with
 * status 503 if that takes too long. */
typedef struct ServeWaiters ServeWaiters;

/* @late: what those are told that waited too long. */
ServeWaiters *serve_waiters_new (const char *late);
void serve_waiters_free (ServeWaiters *waiters);

/* @message: NULL for nobody, who takes a place nevertheless. FALSE: there are
 * too many. */
gboolean serve_waiters_add (ServeWaiters *waiters, SoupServerMessage *message);
guint serve_waiters_count (const ServeWaiters *waiters);

/* Takes the first one's place away. FALSE: there was none. @message: (transfer
 * full), NULL if it was nobody or has gone. */
gboolean serve_waiters_take (
    ServeWaiters *waiters, SoupServerMessage **message);

#endif
