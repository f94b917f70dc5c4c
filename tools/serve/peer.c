/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peer.h"

#include <stdlib.h>

#define GST_USE_UNSTABLE_API
#include <gst/webrtc/webrtc.h>

#define LINE                                                                   \
  "webrtcbin name=peer bundle-policy=max-bundle latency=0 "                    \
  "appsrc name=source is-live=true format=time max-bytes=0 ! "                 \
  "rtph264pay config-interval=-1 aggregate-mode=zero-latency mtu=1200 "        \
  "timestamp-offset=0 pt=%u ! application/x-rtp,media=video,"                  \
  "encoding-name=H264,clock-rate=90000,payload=%u ! peer."

struct ServePeer
{
  ServeVideo *video;
  GstElement *pipeline, *bin;
  GstAppSrc *source;
  gboolean shown;
  gint packets; /* atomic */
  void (*changed) (gpointer data);
  gpointer data;
};

static GstSDPMessage *
parse (const char *text)
{
  GstSDPMessage *sdp;

  if (*text && gst_sdp_message_new_from_text (text, &sdp) == GST_SDP_OK)
    return sdp;
  return NULL;
}

/* GStreamer turns profile-level-id into profile where it may. */
static gboolean
is_ours (const GstCaps *caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  const char *encoding = gst_structure_get_string (s, "encoding-name");
  const char *mode = gst_structure_get_string (s, "packetization-mode");
  const char *level = gst_structure_get_string (s, "profile-level-id");
  const char *profile = gst_structure_get_string (s, "profile");

  if (g_strcmp0 (encoding, "H264") != 0 || g_strcmp0 (mode, "1") != 0)
    return FALSE;
  return (level && g_ascii_strncasecmp (level, "42e0", 4) == 0) ||
         g_strcmp0 (profile, "constrained-baseline") == 0;
}

static guint
payload_in (const GstSDPMedia *media)
{
  for (guint i = 0; i < gst_sdp_media_formats_len (media); i++) {
    const int payload = atoi (gst_sdp_media_get_format (media, i));
    g_autoptr (GstCaps) caps =
        gst_sdp_media_get_caps_from_media (media, payload);

    if (caps && payload > 0 && payload < 128 && is_ours (caps))
      return (guint)payload;
  }
  return 0;
}

guint
serve_peer_find_payload (const char *text)
{
  GstSDPMessage *sdp = parse (text);
  guint payload = 0;

  if (!sdp)
    return 0;
  if (gst_sdp_message_medias_len (sdp) == 1 &&
      g_strcmp0 (gst_sdp_media_get_media (gst_sdp_message_get_media (sdp, 0)),
          "video") == 0)
    payload = payload_in (gst_sdp_message_get_media (sdp, 0));
  gst_sdp_message_free (sdp);
  return payload;
}

/* Who made the offer comes to us: nothing is sent to where it says. */
static char *
without_candidates (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *kept = g_string_new (NULL);

  for (guint i = 0; lines[i]; i++) {
    if (!g_str_has_prefix (lines[i], "a=candidate") && *lines[i])
      g_string_append_printf (kept, "%s\n", lines[i]);
  }
  return g_string_free (kept, FALSE);
}

static void
on_notify (GObject *bin, GParamSpec *property, gpointer data)
{
  ServePeer *self = data;

  (void)bin;
  (void)property;
  self->changed (self->data);
}

static void
on_answer (GstPromise *promise, gpointer data)
{
  GstElement *bin = data;
  g_autoptr (GstWebRTCSessionDescription) answer = NULL;
  const GstStructure *reply =
      gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED
          ? gst_promise_get_reply (promise)
          : NULL;

  if (reply && gst_structure_get (reply, "answer",
                   GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &answer, NULL))
    g_signal_emit_by_name (bin, "set-local-description", answer, NULL);
  gst_promise_unref (promise);
}

static void
on_offer_set (GstPromise *promise, gpointer data)
{
  GstElement *bin = data;

  if (gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED)
    g_signal_emit_by_name (bin, "create-answer", NULL,
        gst_promise_new_with_change_func (
            on_answer, gst_object_ref (bin), gst_object_unref));
  gst_promise_unref (promise);
}

static void
take_offer (ServePeer *self, const char *text)
{
  g_autofree char *kept = without_candidates (text);
  g_autoptr (GstWebRTCSessionDescription) offer =
      gst_webrtc_session_description_new (
          GST_WEBRTC_SDP_TYPE_OFFER, parse (kept));

  g_signal_emit_by_name (self->bin, "set-remote-description", offer,
      gst_promise_new_with_change_func (
          on_offer_set, gst_object_ref (self->bin), gst_object_unref));
}

static void
set_up_ice (ServePeer *self, const char *address)
{
  g_autoptr (GstObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;
  gboolean ok;

  g_object_get (self->bin, "ice-agent", &ice, NULL);
  if (address)
    g_signal_emit_by_name (ice, "add-local-ip-address", address, &ok);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (ice), "agent"))
    g_object_get (ice, "agent", &agent, NULL);
  if (agent)
    g_object_set (agent, "ice-tcp", FALSE, "upnp", FALSE, "keepalive-conncheck",
        TRUE, NULL);
}

/* Times are those of the frames. */
static void
share_time (ServePeer *self)
{
  GstElement *entry = serve_video_get_entry (self->video);
  g_autoptr (GstClock) clock = gst_element_get_clock (entry);

  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (self->pipeline, gst_element_get_base_time (entry));
}

/* Nobody reads it; what goes wrong shows in the state. */
static void
close_bus (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  gst_bus_set_flushing (bus, TRUE);
}

ServePeer *
serve_peer_new (const char *sdp, guint payload, ServeVideo *video,
    const char *address, void (*changed) (gpointer data), gpointer data)
{
  g_autofree char *line = g_strdup_printf (LINE, payload, payload);
  GstElement *pipeline =
      gst_parse_launch_full (line, NULL, GST_PARSE_FLAG_FATAL_ERRORS, NULL);
  ServePeer *self;

  if (!pipeline)
    return NULL;
  self = g_new0 (ServePeer, 1);
  self->pipeline = gst_object_ref_sink (pipeline);
  self->bin = gst_bin_get_by_name (GST_BIN (pipeline), "peer");
  self->source =
      GST_APP_SRC (gst_bin_get_by_name (GST_BIN (pipeline), "source"));
  self->video = video;
  self->changed = changed;
  self->data = data;
  close_bus (pipeline);
  set_up_ice (self, address);
  share_time (self);
  g_signal_connect (
      self->bin, "notify::ice-gathering-state", G_CALLBACK (on_notify), self);
  g_signal_connect (
      self->bin, "notify::connection-state", G_CALLBACK (on_notify), self);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  take_offer (self, sdp);
  return self;
}

static void
peer_destroy (gpointer data)
{
  ServePeer *self = data;

  gst_object_unref (self->source);
  gst_object_unref (self->bin);
  gst_object_unref (self->pipeline);
  g_free (self);
}

static void
to_null (GstElement *pipeline, gpointer data)
{
  (void)data;
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

void
serve_peer_free (ServePeer *self, gboolean now)
{
  g_signal_handlers_disconnect_by_data (self->bin, self);
  if (self->shown)
    serve_video_remove (self->video, self->source);
  if (!now) {
    gst_element_call_async (self->pipeline, to_null, self, peer_destroy);
    return;
  }
  to_null (self->pipeline, self);
  peer_destroy (self);
}

ServePeerState
serve_peer_get_state (ServePeer *self)
{
  GstWebRTCPeerConnectionState connection;
  GstWebRTCICEGatheringState gathering;

  g_object_get (self->bin, "connection-state", &connection,
      "ice-gathering-state", &gathering, NULL);
  switch (connection) {
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED:
      return SERVE_PEER_CONNECTED;
    case GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED:
      return SERVE_PEER_AWAY;
    case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED:
    case GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED:
      return SERVE_PEER_OVER;
    default:
      return gathering == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE
                 ? SERVE_PEER_ANSWERED
                 : SERVE_PEER_TALKING;
  }
}

char *
serve_peer_get_answer (ServePeer *self)
{
  g_autoptr (GstWebRTCSessionDescription) answer = NULL;

  g_object_get (self->bin, "local-description", &answer, NULL);
  return answer ? gst_sdp_message_as_text (answer->sdp) : NULL;
}

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  ServePeer *self = data;

  (void)pad;
  (void)info;
  g_atomic_int_inc (&self->packets);
  return GST_PAD_PROBE_OK;
}

static void
listen_in (const GValue *item, gpointer data)
{
  ServePeer *self = data;
  GstPad *pad = gst_element_get_static_pad (g_value_get_object (item), "src");

  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packet,
      self, NULL);
  gst_object_unref (pad);
}

void
serve_peer_show (ServePeer *self)
{
  GstIterator *sources;

  if (self->shown)
    return;
  self->shown = TRUE;
  sources = gst_bin_iterate_all_by_element_factory_name (
      GST_BIN (self->bin), "nicesrc");
  gst_iterator_foreach (sources, listen_in, self);
  gst_iterator_free (sources);
  serve_video_add (self->video, self->source, FALSE);
}

guint
serve_peer_get_packets (ServePeer *self)
{
  return (guint)g_atomic_int_get (&self->packets);
}
