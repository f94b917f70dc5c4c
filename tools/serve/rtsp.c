/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtsp.h"

#include <string.h>

#include <gst/rtsp-server/rtsp-server.h>

#include "listen.h"

#define USER          "viewer"
#define PORT          8554
#define PATH          "/live"
#define MOST_SESSIONS 16
#define TIDY_S        10

struct ServeRtsp
{
  ServeVideo *video;
  GstRTSPServer *server;
  char *path, *host;
  guint id, tidy;
};

static GstAppSrc *
source_of (GstRTSPMedia *media)
{
  g_autoptr (GstElement) bin = gst_rtsp_media_get_element (media);

  return GST_APP_SRC (gst_bin_get_by_name (GST_BIN (bin), "source"));
}

static void
on_unprepared (GstRTSPMedia *media, gpointer data)
{
  ServeVideo *video = data;
  g_autoptr (GstAppSrc) source = source_of (media);

  serve_video_remove (video, source);
}

static void
on_configure (GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer data)
{
  ServeVideo *video = data;
  g_autoptr (GstAppSrc) source = source_of (media);

  (void)factory;
  g_signal_connect (media, "unprepared", G_CALLBACK (on_unprepared), video);
  serve_video_add (video, source, TRUE);
}

static void
on_play (GstRTSPClient *client, GstRTSPContext *context, gpointer data)
{
  (void)client;
  (void)context;
  serve_video_refresh (data);
}

static void
on_client (GstRTSPServer *server, GstRTSPClient *client, gpointer data)
{
  (void)server;
  g_signal_connect (client, "play-request", G_CALLBACK (on_play), data);
}

static void
set_up_rights (ServeRtsp *self, GstRTSPMediaFactory *factory, const char *token)
{
  g_autoptr (GstRTSPAuth) auth = gst_rtsp_auth_new ();
  GstRTSPToken *rights = gst_rtsp_token_new (
      GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, USER, NULL);
  char *basic = gst_rtsp_auth_make_basic (USER, token);

  gst_rtsp_media_factory_add_role (factory, USER,
      GST_RTSP_PERM_MEDIA_FACTORY_ACCESS, G_TYPE_BOOLEAN, TRUE,
      GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, G_TYPE_BOOLEAN, TRUE, NULL);
  gst_rtsp_auth_add_basic (auth, basic, rights);
  gst_rtsp_server_set_auth (self->server, auth);
  g_free (basic);
  gst_rtsp_token_unref (rights);
}

static void
set_up (ServeRtsp *self, const char *token)
{
  g_autoptr (GstRTSPMountPoints) mounts =
      gst_rtsp_server_get_mount_points (self->server);
  g_autoptr (GstRTSPSessionPool) pool =
      gst_rtsp_server_get_session_pool (self->server);
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();

  gst_rtsp_session_pool_set_max_sessions (pool, MOST_SESSIONS);
  gst_rtsp_media_factory_set_launch (factory,
      "( appsrc name=source is-live=true format=time max-bytes=0 ! "
      "rtph264pay name=pay0 pt=96 config-interval=-1 )");
  gst_rtsp_media_factory_set_shared (factory, TRUE);
  gst_rtsp_media_factory_set_latency (factory, 0);
  gst_rtsp_media_factory_set_protocols (
      factory, GST_RTSP_LOWER_TRANS_UDP | GST_RTSP_LOWER_TRANS_TCP);
  g_signal_connect (
      factory, "media-configure", G_CALLBACK (on_configure), self->video);
  g_signal_connect (
      self->server, "client-connected", G_CALLBACK (on_client), self->video);
  if (token)
    set_up_rights (self, factory, token);
  gst_rtsp_mount_points_add_factory (mounts, self->path, factory);
}

static gboolean
listen_at (ServeRtsp *self, GSocketAddress *address)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  g_autofree char *port =
      g_strdup_printf ("%u", g_inet_socket_address_get_port (inet));

  self->host =
      g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  gst_rtsp_server_set_address (self->server, self->host);
  gst_rtsp_server_set_service (self->server, port);
  self->id = gst_rtsp_server_attach (self->server, NULL);
  return self->id != 0;
}

/* Viewers that have gone without a word. */
static gboolean
on_tidy (gpointer data)
{
  ServeRtsp *self = data;
  g_autoptr (GstRTSPSessionPool) pool =
      gst_rtsp_server_get_session_pool (self->server);

  gst_rtsp_session_pool_cleanup (pool);
  return G_SOURCE_CONTINUE;
}

ServeRtsp *
serve_rtsp_new (const ServeOptions *options, ServeVideo *video, GError **error)
{
  const char *slash = strchr (options->rtsp, '/');
  g_autofree char *place =
      slash ? g_strndup (options->rtsp, (gsize)(slash - options->rtsp))
            : g_strdup (options->rtsp);
  g_autoptr (GSocketAddress) address =
      serve_listen_parse ("--rtsp", place, PORT, options, error);
  ServeRtsp *self;

  if (!address)
    return NULL;
  self = g_new0 (ServeRtsp, 1);
  self->video = video;
  self->path = g_strdup (slash && slash[1] ? slash : PATH);
  self->server = gst_rtsp_server_new ();
  set_up (self, options->token);
  self->tidy = g_timeout_add_seconds (TIDY_S, on_tidy, self);
  if (listen_at (self, address))
    return self;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--rtsp %s: cannot listen there; is it taken?", options->rtsp);
  serve_rtsp_free (self);
  return NULL;
}

static GstRTSPFilterResult
end_client (GstRTSPServer *server, GstRTSPClient *client, gpointer data)
{
  (void)server;
  (void)client;
  (void)data;
  return GST_RTSP_FILTER_REMOVE;
}

static GstRTSPFilterResult
end_session (GstRTSPSessionPool *pool, GstRTSPSession *session, gpointer data)
{
  (void)pool;
  (void)session;
  (void)data;
  return GST_RTSP_FILTER_REMOVE;
}

static void
end_viewers (ServeRtsp *self)
{
  g_autoptr (GstRTSPSessionPool) pool =
      gst_rtsp_server_get_session_pool (self->server);

  gst_rtsp_server_client_filter (self->server, end_client, NULL);
  gst_rtsp_session_pool_filter (pool, end_session, NULL);
}

void
serve_rtsp_free (ServeRtsp *self)
{
  if (!self)
    return;
  g_source_remove (self->tidy);
  if (self->id)
    g_source_remove (self->id);
  end_viewers (self);
  g_object_unref (self->server);
  g_free (self->path);
  g_free (self->host);
  g_free (self);
}

guint
serve_rtsp_count (const ServeRtsp *self)
{
  g_autoptr (GstRTSPSessionPool) pool =
      gst_rtsp_server_get_session_pool (self->server);

  return gst_rtsp_session_pool_get_n_sessions (pool);
}

char *
serve_rtsp_get_address (const ServeRtsp *self)
{
  return g_strdup_printf (
      strchr (self->host, ':') ? "rtsp://[%s]:%d%s" : "rtsp://%s:%d%s",
      self->host, gst_rtsp_server_get_bound_port (self->server), self->path);
}
