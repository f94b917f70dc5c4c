/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webrtc.h"

#include "listen.h"
#include "peer.h"

#define MOST_PEERS  8
#define PATIENCE_US (15 * G_USEC_PER_SEC)

struct ServeWebrtc
{
  ServeVideo *video;
  char *address; /* the only one to use, or NULL */
  GList *guests;
  guint clock;
};

typedef struct
{
  ServePeer *peer;
  ServeWebrtcAnswer answer; /* NULL: called */
  gpointer data;
  guint packets; /* of it, at the last look */
  gint64 since;  /* nothing was heard of it */
} Guest;

static void
reply (Guest *guest, const char *sdp, const char *reason)
{
  ServeWebrtcAnswer answer = guest->answer;

  guest->answer = NULL;
  if (answer)
    answer (sdp, reason, guest->data);
}

static void
guest_end (Guest *guest, gboolean now)
{
  reply (guest, NULL, "the connection could not be made");
  serve_peer_free (guest->peer, now);
  g_free (guest);
}

/* Whether it stays. */
static gboolean
guest_look (Guest *guest, gint64 now)
{
  const ServePeerState state = serve_peer_get_state (guest->peer);
  g_autofree char *answer = NULL;

  if (state == SERVE_PEER_ANSWERED && guest->answer) {
    answer = serve_peer_get_answer (guest->peer);
    reply (guest, answer, answer ? NULL : "no answer could be made");
  }
  if (state == SERVE_PEER_CONNECTED)
    serve_peer_show (guest->peer);
  if (serve_peer_get_packets (guest->peer) != guest->packets) {
    guest->packets = serve_peer_get_packets (guest->peer);
    guest->since = now;
  }
  return state != SERVE_PEER_OVER && now - guest->since < PATIENCE_US;
}

static gboolean
look (gpointer data)
{
  ServeWebrtc *self = data;
  const gint64 now = g_get_monotonic_time ();
  GList *next;

  for (GList *l = self->guests; l; l = next) {
    Guest *guest = l->data;

    next = l->next;
    if (guest_look (guest, now))
      continue;
    self->guests = g_list_delete_link (self->guests, l);
    guest_end (guest, FALSE);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
look_once (gpointer data)
{
  look (data);
  return G_SOURCE_REMOVE;
}

static void
on_changed (gpointer data)
{
  g_idle_add (look_once, data);
}

static gboolean
is_there (const char *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

/* Where HTTP listens, or everywhere if that does. */
static char *
address_of (const ServeOptions *options)
{
  g_autoptr (GSocketAddress) address =
      serve_listen_parse ("--listen", options->listen, 0, options, NULL);
  GInetAddress *inet = address ? g_inet_socket_address_get_address (
                                     G_INET_SOCKET_ADDRESS (address))
                               : NULL;

  return inet && !g_inet_address_get_is_any (inet)
             ? g_inet_address_to_string (inet)
             : NULL;
}

ServeWebrtc *
serve_webrtc_new (const ServeOptions *options, ServeVideo *video)
{
  ServeWebrtc *self;

  if (!video || !is_there ("webrtcbin") || !is_there ("nicesrc") ||
      !is_there ("dtlsdec") || !is_there ("srtpenc") ||
      !is_there ("rtph264pay"))
    return NULL;
  self = g_new0 (ServeWebrtc, 1);
  self->video = video;
  self->address = address_of (options);
  self->clock = g_timeout_add (1000, look, self);
  return self;
}

void
serve_webrtc_free (ServeWebrtc *self)
{
  if (!self)
    return;
  g_source_remove (self->clock);
  for (GList *l = self->guests; l; l = l->next)
    guest_end (l->data, TRUE);
  g_list_free (self->guests);
  g_free (self->address);
  g_free (self);
}

const char *
serve_webrtc_offer (
    ServeWebrtc *self, const char *sdp, ServeWebrtcAnswer answer, gpointer data)
{
  const guint payload = serve_peer_find_payload (sdp);
  Guest *guest;
  ServePeer *peer;

  if (payload == 0)
    return "the offer must be of one video, in H.264 of the profile 42e0 and "
           "packetization mode 1";
  peer = serve_peer_new (
      sdp, payload, self->video, self->address, on_changed, self);
  if (!peer)
    return "webrtcbin cannot be used";
  guest = g_new0 (Guest, 1);
  *guest = (Guest){peer, answer, data, 0, g_get_monotonic_time ()};
  self->guests = g_list_append (self->guests, guest);
  return NULL;
}

gboolean
serve_webrtc_is_full (const ServeWebrtc *self)
{
  return g_list_length (self->guests) >= MOST_PEERS;
}

guint
serve_webrtc_count (const ServeWebrtc *self)
{
  return g_list_length (self->guests);
}
