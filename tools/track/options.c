/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <math.h>
#include <stdlib.h>

#include <gst/gst.h>

#include "siamban-build.h"

static const char summary[] =
    "Follows the object inside a box of the first frame through a video.\n"
    "\n"
    "IN is a video file, an image sequence (dir/%04d.jpg), a camera\n"
    "(v4l2:///dev/video0), an rtsp:// address, or any other URI that "
    "GStreamer\n"
    "can read. Audio is ignored.";

static const char description[] =
    "At least one of -o, --json and --show is needed.\n"
    "\n"
    "JSON lines, one a frame, in the order of the frames:\n"
    "  {\"frame\":0,\"pts\":0,\"targets\":[{\"id\":1,\"x\":375.0000,...}]}\n"
    "frame counts from 0; pts is the frame's time in nanoseconds (null if the\n"
    "source gives none); x, y, w, h are pixels, (x, y) the top-left corner "
    "counted from 0;\n"
    "score is 0 to 1. The first frame holds the given box with score 1.\n"
    "\n"
    "Ctrl-C finishes the files; a second Ctrl-C stops at once.\n"
    "Exit code: 0 done, 1 something failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  siamban-track walk.mp4 --box 375,422,55,153 -o tracked.mp4\n"
    "  siamban-track img/%04d.jpg --fps 25 --box 10,20,30,40 --json "
    "boxes.jsonl\n"
    "  siamban-track v4l2:///dev/video0 --box 200,150,80,80 --show";

static gboolean
parse_box (const char *text, double box[4])
{
  for (int i = 0; i < 4; i++) {
    char *end;

    box[i] = g_ascii_strtod (text, &end);
    if (end == text || *end != (i < 3 ? ',' : '\0') || !isfinite (box[i]))
      return FALSE;
    text = end + 1;
  }
  return box[2] > 0 && box[3] > 0;
}

static const char *
problem (const TrackOptions *options, const char *box, char **inputs)
{
  static const char *const precisions[] = {
      "auto", "fp32", "int8", "bf16", NULL};

  if (!inputs || !inputs[0])
    return "no input given; see --help";
  if (inputs[1])
    return "more than one input given; see --help";
  if (!box)
    return "no --box X,Y,W,H given: which object should be followed?";
  if (!options->output && !options->json && !options->show)
    return "nothing to do: give -o OUT.mp4, --json OUT.jsonl or --show";
  if (options->threads < 0 || options->threads > 1024)
    return "--threads is out of range, expected 0 to 1024";
  if (options->precision && !g_strv_contains (precisions, options->precision))
    return "--precision is unknown, expected auto, fp32, int8 or bf16";
  if (!(options->fps >= 0 && options->fps <= 1000))
    return "--fps is out of range, expected above 0 to 1000";
  if (options->start_index < -1)
    return "--start-index is negative";
  return NULL;
}

static gboolean
check (TrackOptions *options, const char *box, char **inputs, GError **error)
{
  const char *message = problem (options, box, inputs);

  if (message) {
    g_set_error_literal (
        error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
    return FALSE;
  }
  if (!parse_box (box, options->box)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "--box is \"%s\", expected X,Y,W,H: four numbers in pixels, width and "
        "height above 0",
        box);
    return FALSE;
  }
  options->input = g_strdup (inputs[0]);
  return TRUE;
}

static GOptionContext *
context_new (const GOptionEntry *entries)
{
  GOptionContext *context = g_option_context_new ("IN --box X,Y,W,H");

  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  return context;
}

gboolean
track_options_parse (
    TrackOptions *options, int argc, char **argv, GError **error)
{
  char *box = NULL, **inputs = NULL;
  gboolean version = FALSE, ok;
  const GOptionEntry entries[] = {
      {"box", 'b', 0, G_OPTION_ARG_STRING, &box,
          "The object in the first frame, in pixels", "X,Y,W,H"},
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
          "Write the video with the box drawn in (.mp4 .mov .mkv .webm .avi)",
          "FILE"},
      {"json", 'j', 0, G_OPTION_ARG_FILENAME, &options->json,
          "Write one JSON line a frame (- for standard output)", "FILE"},
      {"show", 's', 0, G_OPTION_ARG_NONE, &options->show,
          "Show the video in a window", NULL},
      {"model", 'm', 0, G_OPTION_ARG_FILENAME, &options->model,
          "Checkpoint, .pth or .safetensors (default: the built-in model)",
          "FILE"},
      {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config,
          "The config.yaml published beside the checkpoint", "FILE"},
      {"threads", 't', 0, G_OPTION_ARG_INT, &options->threads,
          "Most threads to use (default: all CPUs)", "N"},
      {"precision", 'p', 0, G_OPTION_ARG_STRING, &options->precision,
          "Compute in fp32, int8 or bf16 (default: auto, what the checkpoint "
          "was made for)",
          "NAME"},
      {"start-index", 0, 0, G_OPTION_ARG_INT, &options->start_index,
          "First number of an image sequence (default: 0 or 1)", "N"},
      {"fps", 0, 0, G_OPTION_ARG_DOUBLE, &options->fps,
          "Frames a second of an image sequence (default: 30)", "N"},
      {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &inputs, NULL,
          NULL},
      {0}};
  GOptionContext *context = context_new (entries);

  *options = (TrackOptions){.start_index = -1};
  ok = g_option_context_parse (context, &argc, &argv, error);
  if (ok && version) {
    g_print ("siamban-track " SIAMBAN_VERSION "\n");
    exit (0);
  }
  ok = ok && check (options, box, inputs, error);
  g_option_context_free (context);
  g_strfreev (inputs);
  g_free (box);
  return ok;
}

void
track_options_clear (TrackOptions *options)
{
  g_free (options->input);
  g_free (options->output);
  g_free (options->json);
  g_free (options->model);
  g_free (options->config);
  g_free (options->precision);
}
