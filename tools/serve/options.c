/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include <gst/gst.h>

#include "settings.h"
#include "siamban-build.h"

#define LEAST_TOKEN  16
#define MOST_SECONDS (365 * 24 * 3600)

static const char summary[] =
    "Shows a video in the browser and follows what one points at there.\n"
    "\n"
    "SOURCE is a camera (v4l2:///dev/video0), an rtsp:// or http:// address, "
    "a\n"
    "video file or an image sequence (dir/%04d.jpg), played in real time.";

static const char description[] =
    "Options may also be in the environment, as SIAMBAN_SERVE_LISTEN and so "
    "on:\n"
    "there, other users of the machine do not see SIAMBAN_SERVE_TOKEN. "
    "Without\n"
    "a token, the program listens on this machine alone. SIAMBAN_MQTT_PASSWORD "
    "is the broker's.\n"
    "\n"
    "Examples:\n"
    "  siamban-serve v4l2:///dev/video0\n"
    "  siamban-serve walk.mp4 --loop --json boxes.jsonl\n"
    "  siamban-serve rtsp://camera/live --listen 0.0.0.0:8080 --token "
    "$(openssl rand -hex 16)";

static const char *
options_problem (const ServeOptions *options, const char *const *sources)
{
  static const char *const modes[] = {"reference", "robust", NULL};
  static const char *const precisions[] = {
      "auto", "fp32", "int8", "bf16", NULL};

  if (!sources[0])
    return "no source given; see --help";
  if (sources[1])
    return "more than one source given; see --help";
  if (options->mode && !g_strv_contains (modes, options->mode))
    return "--mode is unknown, expected reference or robust";
  if (options->precision && !g_strv_contains (precisions, options->precision))
    return "--precision is unknown, expected auto, fp32, int8 or bf16";
  if (options->threads < 0 || options->threads > 1024)
    return "--threads is out of range, expected 0 to 1024";
  if (options->interval < 0 || options->interval > 1000)
    return "--interval is out of range, expected 0 to 1000";
  if (!(options->lost_for >= 0 && options->lost_for <= MOST_SECONDS))
    return "--lost-for is out of range, expected 0 to 31536000 seconds";
  if (options->history < 0 || options->history > 1024)
    return "--history is out of range, expected 0 to 1024";
  if (options->token && strlen (options->token) < LEAST_TOKEN)
    return "the token is too short, expected 16 characters or more";
  if (strpbrk (options->name, "/+#") || !*options->name)
    return "--name is empty or holds one of / + #";
  if (strpbrk (options->mqtt_prefix, "+#") || !*options->mqtt_prefix)
    return "--mqtt-prefix is empty or holds one of + #";
  return NULL;
}

static gboolean
options_check (ServeOptions *options, const char *file_source, char **sources,
    GError **error)
{
  const char *const from_file[] = {file_source, NULL};
  const char *const *given = sources ? (const char *const *)sources : from_file;

  const char *message;

  if (!options->listen)
    options->listen = g_strdup ("127.0.0.1:8080");
  if (!options->name)
    options->name = g_strdup ("stream");
  if (!options->mqtt_prefix)
    options->mqtt_prefix = g_strdup ("siambantrack");
  message = options_problem (options, given);
  if (message) {
    g_set_error_literal (
        error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
    return FALSE;
  }
  options->source = g_strdup (given[0]);
  return TRUE;
}

static GOptionContext *
context_new (const GOptionEntry *entries)
{
  GOptionContext *context = g_option_context_new ("SOURCE");

  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  return context;
}

/* Before the rest is read: what it names comes before the rest. */
static const char *
find_file (char **argv)
{
  static const char name[] = "--config-file";
  const char *path = NULL;

  for (int i = 1; argv[i]; i++) {
    if (g_str_has_prefix (argv[i], "--config-file="))
      path = argv[i] + strlen (name) + 1;
    else if (g_str_equal (argv[i], name) && argv[i + 1])
      path = argv[++i];
  }
  return path;
}

/* The command line with the settings of file and environment in front. */
static char **
read_arguments (char **argv, char **source, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (all, g_strdup (argv[0]));
  if (!serve_settings_read (find_file (argv), all, source, error))
    return NULL;
  for (int i = 1; argv[i]; i++)
    g_ptr_array_add (all, g_strdup (argv[i]));
  g_ptr_array_add (all, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&all), FALSE);
}

gboolean
serve_options_parse (ServeOptions *options, char **argv, GError **error)
{
  char **sources = NULL, *file = NULL;
  g_autofree char *file_source = NULL;
  g_auto (GStrv) arguments = read_arguments (argv, &file_source, error);
  gboolean version = FALSE, ok;
  const GOptionEntry entries[] = {
      {"config-file", 0, 0, G_OPTION_ARG_FILENAME, &file,
          "YAML file with lines of OPTION: VALUE, and source", "FILE"},
      {"listen", 'l', 0, G_OPTION_ARG_STRING, &options->listen,
          "Where to be found (default: 127.0.0.1:8080); port 0 is a free one",
          "ADDRESS:PORT"},
      {"loop", 0, 0, G_OPTION_ARG_NONE, &options->loop,
          "Start a file again when it ends", NULL},
      {"name", 'n', 0, G_OPTION_ARG_STRING, &options->name,
          "Name of the stream (default: stream)", "NAME"},
      {"token", 0, 0, G_OPTION_ARG_STRING, &options->token,
          "Word that all who connect must know", "TOKEN"},
      {"open-to-all", 0, 0, G_OPTION_ARG_NONE, &options->open_to_all,
          "Listen beyond this machine without a token", NULL},
      {"host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->hosts,
          "Name that this server is called by in addresses, beside localhost "
          "and numbers; may be repeated",
          "NAME"},
      {"rtsp", 0, 0, G_OPTION_ARG_STRING, &options->rtsp,
          "Offer the video by RTSP, as H.264", "ADDRESS:PORT[/PATH]"},
      {"rtsp-draw", 0, 0, G_OPTION_ARG_NONE, &options->rtsp_draw,
          "Draw boxes into the video offered by RTSP", NULL},
      {"json", 'j', 0, G_OPTION_ARG_FILENAME, &options->json,
          "Write one JSON line a frame (- for standard output, fd:3 for a "
          "descriptor)",
          "FILE"},
      {"mqtt", 0, 0, G_OPTION_ARG_STRING, &options->mqtt,
          "Tell a broker, and take orders from it", "mqtt[s]://[USER@]HOST"},
      {"mqtt-prefix", 0, 0, G_OPTION_ARG_STRING, &options->mqtt_prefix,
          "Topics are PREFIX/NAME/... (default: siambantrack)", "PREFIX"},
      {"mqtt-ca", 0, 0, G_OPTION_ARG_FILENAME, &options->mqtt_ca,
          "Certificates to know the broker by (default: the system's)", "FILE"},
      {"model", 'm', 0, G_OPTION_ARG_FILENAME, &options->model,
          "Checkpoint, .pth or .safetensors, or the name of a model "
          "(default: builtin)",
          "FILE|NAME"},
      {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config,
          "The config.yaml published beside the checkpoint", "FILE"},
      {"mode", 0, 0, G_OPTION_ARG_STRING, &options->mode,
          "robust (default), which knows when it is lost, or reference",
          "NAME"},
      {"precision", 'p', 0, G_OPTION_ARG_STRING, &options->precision,
          "Compute in fp32, int8 or bf16 (default: auto)", "NAME"},
      {"threads", 't', 0, G_OPTION_ARG_INT, &options->threads,
          "Most threads to use (default: all CPUs)", "N"},
      {"interval", 0, 0, G_OPTION_ARG_INT, &options->interval,
          "Look for targets in every N-th frame (default: 1; 0 is less often "
          "while little moves)",
          "N"},
      {"lost-for", 0, 0, G_OPTION_ARG_DOUBLE, &options->lost_for,
          "End a target that is lost for longer (default: 0, which is never)",
          "SECONDS"},
      {"history", 0, 0, G_OPTION_ARG_INT, &options->history,
          "Frames to keep, so that a box is learnt on the one that was seen "
          "(default: 50; not more than 256 MiB)",
          "N"},
      {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &sources, NULL,
          NULL},
      {0}};
  GOptionContext *context = context_new (entries);

  *options = (ServeOptions){.history = 50, .interval = 1};
  ok = arguments && g_option_context_parse_strv (context, &arguments, error);
  if (ok && version) {
    g_print ("siamban-serve " SIAMBAN_VERSION "\n");
    exit (0);
  }
  ok = ok && options_check (options, file_source, sources, error);
  g_option_context_free (context);
  g_strfreev (sources);
  g_free (file);
  return ok;
}

void
serve_options_clear (ServeOptions *options)
{
  g_free (options->source);
  g_free (options->name);
  g_free (options->listen);
  g_strfreev (options->hosts);
  g_free (options->token);
  g_free (options->rtsp);
  g_free (options->json);
  g_free (options->mqtt);
  g_free (options->mqtt_prefix);
  g_free (options->mqtt_ca);
  g_free (options->model);
  g_free (options->config);
  g_free (options->mode);
  g_free (options->precision);
}
