/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Offers what a launch line makes as an RTSP stream that all viewers share. */

#include <locale.h>
#include <signal.h>

#include <glib-unix.h>
#include <gst/rtsp-server/rtsp-server.h>

typedef struct
{
  char *address;
  int port;
  char *path;
  char *line;
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
  options->line = ok ? g_strdup (argv[1]) : NULL;
  return ok;
}

static void
mount (GstRTSPServer *server, const Options *options)
{
  GstRTSPMountPoints *mounts = gst_rtsp_server_get_mount_points (server);
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();
  char *line = g_strdup_printf ("( %s )", options->line);

  gst_rtsp_media_factory_set_launch (factory, line);
  gst_rtsp_media_factory_set_shared (factory, TRUE);
  gst_rtsp_media_factory_set_latency (factory, 0);
  gst_rtsp_mount_points_add_factory (mounts, options->path, factory);
  g_free (line);
  g_object_unref (mounts);
}

static GstRTSPServer *
serve (const Options *options)
{
  GstRTSPServer *server = gst_rtsp_server_new ();
  char *port = g_strdup_printf ("%d", options->port);

  gst_rtsp_server_set_address (server, options->address);
  gst_rtsp_server_set_service (server, port);
  mount (server, options);
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

int
main (int argc, char **argv)
{
  Options options = {g_strdup ("127.0.0.1"), 8554, g_strdup ("/live"), NULL};
  GstRTSPServer *server = NULL;
  GError *error = NULL;

  setlocale (LC_ALL, "");
  if (!parse (&options, argc, argv, &error)) {
    g_printerr ("rtsp-serve: %s\n", error->message);
    g_error_free (error);
    return 2;
  }
  server = serve (&options);
  if (!server) {
    g_printerr ("rtsp-serve: cannot listen on %s, port %d\n", options.address,
        options.port);
    return 1;
  }
  g_print ("rtsp://%s:%d%s\n", options.address,
      gst_rtsp_server_get_bound_port (server), options.path);
  run ();
  g_object_unref (server);
  g_free (options.address);
  g_free (options.path);
  g_free (options.line);
  return 0;
}
