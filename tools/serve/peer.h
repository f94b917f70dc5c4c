/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_PEER_H
#define SERVE_PEER_H

#include "video.h"

/* One browser. */
typedef struct ServePeer ServePeer;

typedef enum
{
  SERVE_PEER_TALKING,
  SERVE_PEER_ANSWERED, /* serve_peer_get_answer() has it */
  SERVE_PEER_CONNECTED,
  SERVE_PEER_AWAY, /* perhaps it comes back */
  SERVE_PEER_OVER
} ServePeerState;

/* @payload: number of the kind of H.264 that @sdp offers, or 0. */
guint serve_peer_find_payload (const char *sdp);

/* @address: (nullable): the only one to use. @changed: called from any thread
 * when the state may have changed. */
ServePeer *serve_peer_new (const char *sdp, guint payload, ServeVideo *video,
    const char *address, void (*changed) (gpointer data), gpointer data);
/* @now: wait until all is stopped. */
void serve_peer_free (ServePeer *peer, gboolean now);

ServePeerState serve_peer_get_state (ServePeer *peer);
/* Free with g_free(). */
char *serve_peer_get_answer (ServePeer *peer);

/* Begins to send. */
void serve_peer_show (ServePeer *peer);

/* Packets that came from it since it was shown something: receivers tell of
 * themselves each second or so. */
guint serve_peer_get_packets (ServePeer *peer);

#endif
