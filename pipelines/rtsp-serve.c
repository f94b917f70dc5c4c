/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Offers what a launch line makes as an RTSP stream that all viewers share. */

#include <locale.h>
#include <signal.h>

#include <gio/gio.h>
#include <glib-unix.h>
#include <gst/rtsp-server/rtsp-server.h>

typedef struct
{
  char *address;
  int port;
  char *path;
  char *line;
  int rtp_port; /* -1: none */
} Options;

static gboolean
parse (Options *options, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
      {"address", 'a', 0, G_OPTION_ARG_STRING, &options->address,
          "Address to listen on (default: 127.0.0.1; 0.0.0.0 for all)", "IP"},
      {"port", 'p', 0, G_OPTION_ARG_INT, &options->port,
          "Port to listen on (default: 8554; 0 for a free one)", "N"},
      {"path", 0, 0, G_OPTION_ARG_STRING, &options->path,
          "Path of the stream (default: /live)", "PATH"},
      {"rtp-port", 0, 0, G_OPTION_ARG_INT, &options->rtp_port,
          "Give the element named rtp, a udpsrc, this port of 127.0.0.1 (0: a "
          "free one), and print it",
          "N"},
      {0}};
  GOptionContext *context = g_option_context_new ("'LAUNCH LINE'");
  gboolean ok;

  g_option_context_set_summary (context,
      "Serves over RTSP what LAUNCH LINE makes; its last element is a\n"
      "payloader named pay0. Prints the stream's address.");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  ok = g_option_context_parse (context, &argc, &argv, error);
  g_option_context_free (context);
  if (ok && argc != 2) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "expected one launch line; see --help");
    return FALSE;
  }
  if (ok && options->rtp_port > G_MAXUINT16) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "--rtp-port is out of range, expected 0 to 65535");
    return FALSE;
  }
  options->line = ok ? g_strdup (argv[1]) : NULL;
  return ok;
}

/* Nobody else gets the port while this one is open. */
static GSocket *
open_rtp (int port, GError **error)
{
  g_autoptr (GSocket) rtp = g_socket_new (G_SOCKET_FAMILY_IPV4,
      G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", (guint)port);

  if (!rtp || !g_socket_bind (rtp, address, FALSE, error))
    return NULL;
  g_socket_set_blocking (rtp, FALSE);
  return g_steal_pointer (&rtp);
}

static void
print_port (GSocket *rtp)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (rtp, NULL);

  g_print ("rtp %d\n",
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
}

/* What came before the viewer did is old. */
static void
drop_old_packets (GSocket *rtp)
{
  char packet[2048];

  while (g_socket_receive (rtp, packet, sizeof packet, NULL, NULL) > 0)
    continue;
}

static void
give_socket (GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer rtp)
{
  g_autoptr (GstElement) bin = gst_rtsp_media_get_element (media);
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (bin), "rtp");

  (void)factory;
  drop_old_packets (rtp);
  if (source)
    g_object_set (source, "socket", rtp, "close-socket", FALSE, NULL);
}

static void
mount (GstRTSPServer *server, const Options *options, GSocket *rtp)
{
  GstRTSPMountPoints *mounts = gst_rtsp_server_get_mount_points (server);
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();
  char *line = g_strdup_printf ("( %s )", options->line);

  gst_rtsp_media_factory_set_launch (factory, line);
  gst_rtsp_media_factory_set_shared (factory, TRUE);
  gst_rtsp_media_factory_set_latency (factory, 0);
  if (rtp)
    g_signal_connect (
        factory, "media-configure", G_CALLBACK (give_socket), rtp);
  gst_rtsp_mount_points_add_factory (mounts, options->path, factory);
  g_free (line);
  g_object_unref (mounts);
}

static GstRTSPServer *
serve (const Options *options, GSocket *rtp)
{
  GstRTSPServer *server = gst_rtsp_server_new ();
  char *port = g_strdup_printf ("%d", options->port);

  gst_rtsp_server_set_address (server, options->address);
  gst_rtsp_server_set_service (server, port);
  mount (server, options, rtp);
  if (!gst_rtsp_server_attach (server, NULL))
    g_clear_object (&server);
  g_free (port);
  return server;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
run (void)
{
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);

  g_unix_signal_add (SIGINT, quit, loop);
  g_unix_signal_add (SIGTERM, quit, loop);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);
}

/* Returns the exit code. */
static int
run_server (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) rtp = NULL;
  g_autoptr (GstRTSPServer) server = NULL;

  if (options->rtp_port >= 0 && !(rtp = open_rtp (options->rtp_port, &error))) {
    g_printerr (
        "rtsp-serve: RTP port %d: %s\n", options->rtp_port, error->message);
    return 1;
  }
  server = serve (options, rtp);
  if (!server) {
    g_printerr ("rtsp-serve: cannot listen on %s, port %d\n", options->address,
        options->port);
    return 1;
  }
  if (rtp)
    print_port (rtp);
  g_print ("rtsp://%s:%d%s\n", options->address,
      gst_rtsp_server_get_bound_port (server), options->path);
  run ();
  return 0;
}

int
main (int argc, char **argv)
{
  Options options = {
      g_strdup ("127.0.0.1"), 8554, g_strdup ("/live"), NULL, -1};
  g_autoptr (GError) error = NULL;
  int status = 2;

  setlocale (LC_ALL, "");
  if (parse (&options, argc, argv, &error))
    status = run_server (&options);
  else
    g_printerr ("rtsp-serve: %s\n", error->message);
  g_free (options.address);
  g_free (options.path);
  g_free (options.line);
  return status;
}
