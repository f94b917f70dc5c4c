/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <stdlib.h>
#include <string.h>

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
    "  {\"version\":1,\"frame\":0,\"pts\":0,\"width\":1280,\"height\":720,\n"
    "   "
    "\"targets\":[{\"id\":1,\"x\":375.0000,...,\"status\":\"tracked\",...}]}\n"
    "frame counts from 0; pts is its time in nanoseconds; width and height "
    "are\n"
    "its size; x, y, w, h are its pixels, (x, y) the top-left corner counted\n"
    "from 0; status is tracked, uncertain or lost, and the box of a lost one\n"
    "where it was seen last; score and confidence are 0 to 1. The first frame\n"
    "holds the given box with score 1.\n"
    "\n"
    "Ctrl-C finishes the files; a second Ctrl-C stops at once.\n"
    "Exit code: 0 done, 1 something failed or a frame was lost, 2 wrong "
    "usage.\n"
    "\n"
    "Examples:\n"
    "  siamban-track walk.mp4 --box 375,422,55,153 -o tracked.mp4\n"
    "  siamban-track img/%04d.jpg --fps 25 --box 10,20,30,40 --json "
    "boxes.jsonl\n"
    "  siamban-track v4l2:///dev/video0 --box 200,150,80,80 --show\n"
    "  siamban-track walk.mp4 --select --show";

/* What the command line says, before it is looked at. */
typedef struct
{
  char **boxes, **inputs;
  char *start;
} Given;

/* SECONDS with a dot or an s, or [HOURS:]MINUTES:SECONDS. */
static gboolean
parse_time (const char *text, guint64 *time)
{
  double total = 0;

  for (int part = 0; part < 3; part++) {
    char *end;
    const double value = g_ascii_strtod (text, &end);

    if (end == text || !g_ascii_isdigit (*text) || !(value < 1e6))
      return FALSE;
    total = 60 * total + value;
    if (!*end || (part == 0 && g_str_equal (end, "s"))) {
      *time = (guint64)(total * 1e9 + 0.5);
      return TRUE;
    }
    if (*end != ':')
      return FALSE;
    text = end + 1;
  }
  return FALSE;
}

static gboolean
parse_start (const char *text, TrackOptions *options)
{
  if (!text)
    return TRUE;
  if (strspn (text, "0123456789") == strlen (text))
    return g_ascii_string_to_unsigned (
        text, 10, 0, G_MAXINT64, &options->start_frame, NULL);
  return parse_time (text, &options->start_time);
}

static const char *
options_problem (const TrackOptions *options, const Given *given)
{
  char **inputs = given->inputs, **boxes = given->boxes;
  static const char *const precisions[] = {
      "auto", "fp32", "int8", "bf16", NULL};
  static const char *const modes[] = {"robust", "reference", NULL};

  if (!inputs || !inputs[0])
    return "no input given; see --help";
  if (inputs[1])
    return "more than one input given; see --help";
  if (!boxes && !options->box_file && !options->select)
    return "no --box X,Y,W,H given: which object should be followed?";
  if (boxes && options->box_file)
    return "--box and --box-file are both given, expected one of them";
  if (options->select && (boxes || options->box_file))
    return "--select is given with a box, expected one of them";
  if (!options->output && !options->json && !options->show)
    return "nothing to do: give -o OUT.mp4, --json OUT.jsonl or --show";
  if (options->threads < 0 || options->threads > 1024)
    return "--threads is out of range, expected 0 to 1024";
  if (options->precision && !g_strv_contains (precisions, options->precision))
    return "--precision is unknown, expected auto, fp32, int8 or bf16";
  if (options->mode && !g_strv_contains (modes, options->mode))
    return "--mode is unknown, expected robust or reference";
  if (!(options->fps >= 0 && options->fps <= 1000))
    return "--fps is out of range, expected above 0 to 1000";
  if (options->start_index < -1)
    return "--start-index is negative";
  return NULL;
}

static gboolean
parse_boxes (char **texts, TrackOptions *options, GError **error)
{
  for (; texts && *texts; texts++) {
    TrackBox box;

    if (!track_box_parse (*texts, &box, error)) {
      g_prefix_error (error, "--box: ");
      return FALSE;
    }
    g_array_append_val (options->boxes, box);
  }
  return TRUE;
}

static gboolean
options_check (TrackOptions *options, const Given *given, GError **error)
{
  const char *message = options_problem (options, given);

  if (message) {
    g_set_error_literal (
        error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
    return FALSE;
  }
  if (!parse_start (given->start, options)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "--start is \"%s\", expected a frame's number, or a time: 2.5, 90s, "
        "1:30 or 1:02:30.5",
        given->start);
    return FALSE;
  }
  if (!parse_boxes (given->boxes, options, error))
    return FALSE;
  options->input = g_strdup (given->inputs[0]);
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
  Given given = {0};
  gboolean version = FALSE, ok;
  const GOptionEntry entries[] = {
      {"box", 'b', 0, G_OPTION_ARG_STRING_ARRAY, &given.boxes,
          "The object in the first frame, in pixels; or 8 numbers, the corners "
          "of a polygon; again for each further object",
          "X,Y,W,H"},
      {"box-file", 0, 0, G_OPTION_ARG_FILENAME, &options->box_file,
          "Read the box from a file with a line for each frame, or one line",
          "FILE"},
      {"select", 'S', 0, G_OPTION_ARG_NONE, &options->select,
          "Show the first frame in a window, to draw boxes there", NULL},
      {"start", 0, 0, G_OPTION_ARG_STRING, &given.start,
          "Start at this frame (50), or at this time (2.5, 90s, 1:30)",
          "TIME|FRAME"},
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
          "Write the video with the box drawn in (.mp4 .mov .mkv .webm .avi)",
          "FILE"},
      {"json", 'j', 0, G_OPTION_ARG_FILENAME, &options->json,
          "Write one JSON line a frame (- for standard output)", "FILE"},
      {"show", 's', 0, G_OPTION_ARG_NONE, &options->show,
          "Show the video in a window", NULL},
      {"model", 'm', 0, G_OPTION_ARG_FILENAME, &options->model,
          "Checkpoint, .pth or .safetensors, or the name of a model "
          "(default: builtin)",
          "FILE|NAME"},
      {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config,
          "The config.yaml published beside the checkpoint", "FILE"},
      {"threads", 't', 0, G_OPTION_ARG_INT, &options->threads,
          "Most threads to use (default: all CPUs)", "N"},
      {"precision", 'p', 0, G_OPTION_ARG_STRING, &options->precision,
          "Compute in fp32, int8 or bf16 (default: auto, what the checkpoint "
          "was made for)",
          "NAME"},
      {"mode", 0, 0, G_OPTION_ARG_STRING, &options->mode,
          "robust, which says when an object is lost and finds it again "
          "(default), or reference, the published tracker",
          "NAME"},
      {"start-index", 0, 0, G_OPTION_ARG_INT, &options->start_index,
          "First number of an image sequence (default: 0 or 1)", "N"},
      {"fps", 0, 0, G_OPTION_ARG_DOUBLE, &options->fps,
          "Frames a second of an image sequence (default: 30), or of a stream "
          "without times, like .mjpeg (default: 25)",
          "N"},
      {"gaps", 0, 0, G_OPTION_ARG_NONE, &options->gaps,
          "Pictures of an image sequence may be missing", NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given.inputs,
          NULL, NULL},
      {0}};
  GOptionContext *context = context_new (entries);

  *options = (TrackOptions){
      .start_index = -1,
      .boxes = g_array_new (FALSE, FALSE, sizeof (TrackBox)),
  };
  ok = g_option_context_parse (context, &argc, &argv, error);
  if (ok && version) {
    g_print ("siamban-track " SIAMBAN_VERSION "\n");
    exit (0);
  }
  ok = ok && options_check (options, &given, error);
  g_option_context_free (context);
  g_strfreev (given.inputs);
  g_strfreev (given.boxes);
  g_free (given.start);
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
  g_free (options->box_file);
  g_free (options->mode);
  g_array_unref (options->boxes);
}
