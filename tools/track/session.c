/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <gst/pbutils/missing-plugins.h>

#include "tools/source/element.h"
#include "ledger.h"
#include "output.h"
#include "report.h"
#include "tools/source/frame-number.h"
#include "tools/source/source.h"
#include "tools/source/upright.h"

#define LIVE_QUEUE_FRAMES 4
#define LIVE_BURST_FRAMES 32
#define LIVE_BURST_BYTES  (256 << 20)
#define MAX_WARNINGS      10

typedef struct
{
  const TrackOptions *options;
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *source;
  GstElement *tracker;
  GstElement *output; /* NULL: none */
  GstElement *window; /* NULL: none */
  TrackReport *report;
  char *missing; /* which plugin decoding needs, or NULL */
  gint stopping; /* atomic: no more frames, please */
  gint live;     /* atomic: the source does not wait */
  TrackLedger ledger;
  GError *error; /* the first */
} Session;

static gboolean
are_same_file (const char *a, const char *b)
{
  GStatBuf sa, sb;

  return a && b && g_stat (a, &sa) == 0 && g_stat (b, &sb) == 0 &&
         S_ISREG (sa.st_mode) && sa.st_dev == sb.st_dev &&
         sa.st_ino == sb.st_ino;
}

static gboolean
check_outputs (const TrackOptions *options, GError **error)
{
  const char *twice = NULL;

  if (are_same_file (options->input, options->output) ||
      are_same_file (options->input, options->json))
    twice = options->input;
  else if (options->output && g_strcmp0 (options->output, options->json) == 0)
    twice = options->output;
  if (twice)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s: would be overwritten", twice);
  return !twice;
}

static void
append_box (GValue *boxes, const TrackBox *box)
{
  const double numbers[] = {box->x, box->y, box->w, box->h};
  GValue array = G_VALUE_INIT;

  gst_value_array_init (&array, G_N_ELEMENTS (numbers));
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    GValue number = G_VALUE_INIT;

    g_value_init (&number, G_TYPE_DOUBLE);
    g_value_set_double (&number, numbers[i]);
    gst_value_array_append_and_take_value (&array, &number);
  }
  gst_value_array_append_and_take_value (boxes, &array);
}

static void
set_boxes (GstElement *tracker, const GArray *boxes)
{
  GValue array = G_VALUE_INIT;

  gst_value_array_init (&array, boxes->len);
  for (guint i = 0; i < boxes->len; i++)
    append_box (&array, &g_array_index (boxes, TrackBox, i));
  g_object_set_property (G_OBJECT (tracker), "boxes", &array);
  g_value_unset (&array);
}

static void
set_up_tracker (Session *session)
{
  const TrackOptions *options = session->options;

  g_object_set (session->tracker, "model", options->model, "config",
      options->config, "threads", (guint)options->threads, "draw",
      options->output || options->show, "seed-from-roi", FALSE, "id-base",
      (guint64)1, NULL);
  if (options->mode)
    gst_util_set_object_arg (
        G_OBJECT (session->tracker), "mode", options->mode);
  if (options->precision)
    gst_util_set_object_arg (
        G_OBJECT (session->tracker), "precision", options->precision);
}

static gboolean
add_sinks (Session *session, GstElement *tee, GError **error)
{
  GstBin *bin = GST_BIN (session->pipeline);
  GstElement *nowhere;

  if (session->options->output) {
    session->output = track_output_add (
        bin, session->options->output, &session->ledger.written, error);
    if (!session->output || !gst_element_link (tee, session->output))
      return FALSE;
  }
  if (session->options->show) {
    session->window = track_window_add (bin, error);
    return session->window && gst_element_link (tee, session->window);
  }
  if (session->options->output)
    return TRUE;
  nowhere = track_element_add (bin, "fakesink async=false", error);
  return nowhere && gst_element_link (tee, nowhere);
}

static gboolean
session_build (Session *session, GError **error)
{
  GstBin *bin = GST_BIN (session->pipeline);
  GstElement *queue, *upright, *tee;

  queue = track_element_add (bin, "queue name=frames", error);
  upright = queue ? upright_add (bin, error) : NULL;
  session->tracker =
      upright ? track_element_add (bin, "siambantrack", error) : NULL;
  tee = session->tracker ? track_element_add (bin, "tee", error) : NULL;
  if (!tee || !add_sinks (session, tee, error))
    return FALSE;
  gst_element_link_many (queue, upright, session->tracker, tee, NULL);
  set_up_tracker (session);
  session->source = track_source_add (bin,
      &(TrackSource){
          .input = session->options->input,
          .start_index = session->options->start_index,
          .fps = session->options->fps,
          .gaps = session->options->gaps,
          .start_frame = session->options->start_frame,
          .start_time = session->options->start_time,
      },
      queue, error);
  return session->source != NULL;
}

static GstClockTime
time_of (GstPad *pad, const GstBuffer *buffer)
{
  GstEvent *event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;
  GstClockTime time;

  gst_event_parse_segment (event, &segment);
  time = gst_segment_to_stream_time (
      segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  gst_event_unref (event);
  return time;
}

static TrackFrame
frame_of (Session *session, GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  TrackFrame frame = {
      .number = (guint64)session->ledger.tracked,
      .time = time_of (pad, buffer),
  };
  const GstStructure *type = gst_caps_get_structure (caps, 0);

  if (!g_atomic_int_get (&session->live))
    frame_number_get (buffer, &frame.number, NULL);
  gst_structure_get_int (type, "width", &frame.width);
  gst_structure_get_int (type, "height", &frame.height);
  return frame;
}

static GstPadProbeReturn
report_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Session *session = data;
  const TrackFrame frame = frame_of (session, pad, buffer);
  GError *error = NULL;

  g_atomic_int_inc (&session->ledger.tracked);
  if (!track_report_frame (session->report, &frame, buffer, &error)) {
    GST_ELEMENT_WARNING (
        session->pipeline, RESOURCE, WRITE, ("%s", error->message), (NULL));
    g_clear_error (&error);
  }
  return GST_PAD_PROBE_OK;
}

/* Boxes are those of one frame: where that one is lost, they must not be taken
 * for those of the next. */
static gboolean
find_boxes (
    const Session *session, guint64 number, GArray *boxes, GError **error)
{
  const TrackOptions *options = session->options;
  TrackBox box;

  if (number > options->start_frame && options->start_time == 0) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
        "%s: frame %" G_GUINT64_FORMAT " could not be read, and the box is for "
        "it",
        options->input, options->start_frame);
    return FALSE;
  }
  if (!options->box_file) {
    g_array_append_vals (boxes, options->boxes->data, options->boxes->len);
    return TRUE;
  }
  if (!track_box_read (options->box_file, number, &box, error))
    return FALSE;
  g_array_append_val (boxes, box);
  return TRUE;
}

static GstPadProbeReturn
end_stream (GstPadProbeInfo *info)
{
  gst_buffer_unref (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GST_FLOW_EOS;
  return GST_PAD_PROBE_HANDLED;
}

static GstPadProbeReturn
point_at_object (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Session *session = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (TrackBox));
  guint64 number = 0;

  (void)pad;
  if (session->ledger.tracked > 0)
    return GST_PAD_PROBE_REMOVE;
  if (!g_atomic_int_get (&session->live))
    frame_number_get (GST_PAD_PROBE_INFO_BUFFER (info), &number, NULL);
  if (find_boxes (session, number, boxes, &error)) {
    set_boxes (session->tracker, boxes);
    return GST_PAD_PROBE_OK;
  }
  GST_ELEMENT_ERROR (
      session->pipeline, STREAM, FAILED, ("%s", error->message), (NULL));
  return end_stream (info);
}

static GstPadProbeReturn
count_frame (GstPad *pad, GstPadProbeInfo *info, gpointer count)
{
  (void)pad;
  (void)info;
  g_atomic_int_inc ((gint *)count);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
refuse_when_stopping (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Session *session = data;

  (void)pad;
  return g_atomic_int_get (&session->stopping) ? end_stream (info)
                                               : GST_PAD_PROBE_OK;
}

static void
add_probe (GstElement *element, const char *name, GstPadProbeCallback probe,
    gpointer data)
{
  GstPad *pad = gst_element_get_static_pad (element, name);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, probe, data, NULL);
  gst_object_unref (pad);
}

static void
add_probes (Session *session)
{
  g_autoptr (GstElement) queue =
      gst_bin_get_by_name (GST_BIN (session->pipeline), "frames");

  add_probe (queue, "sink", count_frame, &session->ledger.arrived);
  add_probe (session->tracker, "sink", refuse_when_stopping, session);
  add_probe (session->tracker, "sink", point_at_object, session);
  add_probe (session->tracker, "src", report_frame, session);
}

static void
send_eos (GstElement *tracker, gpointer data)
{
  GstPad *pad = gst_element_get_static_pad (tracker, "sink");

  (void)data;
  gst_pad_send_event (pad, gst_event_new_eos ());
  gst_object_unref (pad);
}

/* Ends the stream at the tracker: frames already decoded are left out, frames
 * already tracked are written. Not in this thread: it waits for the frame that
 * is being tracked. */
static void
session_finish (Session *session)
{
  if (!g_atomic_int_get (&session->ledger.tracked) ||
      !g_atomic_int_compare_and_exchange (&session->stopping, FALSE, TRUE))
    g_main_loop_quit (session->loop);
  else
    gst_element_call_async (session->tracker, send_eos, NULL, NULL);
}

static gboolean
on_signal (gpointer data)
{
  session_finish (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
is_within (GstMessage *message, GstElement *element)
{
  return element && gst_object_has_as_ancestor (
                        GST_MESSAGE_SRC (message), GST_OBJECT (element));
}

static void
set_error (Session *session, GstMessage *message, const char *text)
{
  const char *file = NULL;

  if (session->error)
    return;
  if (is_within (message, session->source))
    file = session->options->input;
  else if (is_within (message, session->output))
    file = session->options->output;
  else if (is_within (message, session->window))
    file = "--show";
  session->error = g_error_new (GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
      "%s%s%s", file ? file : "", file ? ": " : "", text);
}

static char *
session_explain (const Session *session, const GError *error)
{
  if (session->missing && (g_error_matches (error, GST_STREAM_ERROR,
                               GST_STREAM_ERROR_CODEC_NOT_FOUND) ||
                              g_error_matches (error, GST_CORE_ERROR,
                                  GST_CORE_ERROR_MISSING_PLUGIN)))
    return g_strdup_printf (
        "GStreamer has no %s: install gstreamer1.0-libav, or "
        "gstreamer1.0-plugins-good, -bad, -ugly",
        session->missing);
  return g_strdup (error->message);
}

/* Where reading breaks off, what was tracked so far is kept. */
static void
on_error (Session *session, GstMessage *message)
{
  GError *error = NULL;
  char *text;

  gst_message_parse_error (message, &error, NULL);
  text = session_explain (session, error);
  set_error (session, message, text);
  g_free (text);
  g_error_free (error);
  if (!is_within (message, session->source))
    g_main_loop_quit (session->loop);
  else if (!g_atomic_int_get (&session->stopping))
    session_finish (session);
}

/* The first few are said, all are counted. */
static void
on_lost (Session *session, const GstStructure *details, const char *text)
{
  const gboolean names_file = gst_structure_has_field (details, "file");
  guint64 n = 0;

  gst_structure_get_uint64 (details, "lost", &n);
  session->ledger.lost += n;
  if (session->ledger.warnings++ >= MAX_WARNINGS)
    return;
  g_printerr ("siamban-track: warning: %s%s%s\n",
      names_file ? "" : session->options->input, names_file ? "" : ": ", text);
}

/* The reader of the boxes has gone away, or the disk is full. What else is
 * asked for is done, unless it would never end. */
static void
on_lines_lost (Session *session, GstMessage *message, const char *text)
{
  set_error (session, message, text);
  if (g_atomic_int_get (&session->live) ||
      (!session->output && !session->window))
    session_finish (session);
}

/* Those that mean that what was asked for is not done: a box that cannot be
 * followed, a window that cannot be opened, a picture that is lost. */
static void
on_warning (Session *session, GstMessage *message)
{
  const GstStructure *details;
  g_autoptr (GError) error = NULL;

  gst_message_parse_warning (message, &error, NULL);
  gst_message_parse_warning_details (message, &details);
  if (details && gst_structure_has_field (details, "lost")) {
    on_lost (session, details, error->message);
  } else if (GST_MESSAGE_SRC (message) == GST_OBJECT (session->pipeline)) {
    on_lines_lost (session, message, error->message);
  } else if (is_within (message, session->window) ||
             GST_MESSAGE_SRC (message) == GST_OBJECT (session->tracker)) {
    set_error (session, message, error->message);
    session_finish (session);
  }
}

/* A source that does not wait is not allowed to pile up frames. A burst is not
 * yet a sign of that. */
static void
on_overrun (GstElement *queue, gpointer data)
{
  (void)data;
  g_object_set (queue, "max-size-buffers", LIVE_QUEUE_FRAMES, NULL);
}

static void
set_live (Session *session)
{
  g_autoptr (GstElement) queue =
      gst_bin_get_by_name (GST_BIN (session->pipeline), "frames");

  g_atomic_int_set (&session->live, TRUE);
  g_object_set (queue, "max-size-buffers", LIVE_BURST_FRAMES, "max-size-bytes",
      LIVE_BURST_BYTES, "max-size-time", (guint64)0, NULL);
  g_signal_connect (queue, "overrun", G_CALLBACK (on_overrun), NULL);
  gst_util_set_object_arg (G_OBJECT (queue), "leaky", "downstream");
  track_output_set_live (GST_BIN (session->pipeline));
}

static void
on_element_message (Session *session, GstMessage *message)
{
  if (!session->missing && gst_is_missing_plugin_message (message))
    session->missing = gst_missing_plugin_message_get_description (message);
  if (gst_message_has_name (message, TRACK_SOURCE_LIVE))
    set_live (session);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Session *session = data;

  (void)bus;
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      on_error (session, message);
      break;
    case GST_MESSAGE_WARNING:
      on_warning (session, message);
      break;
    case GST_MESSAGE_ELEMENT:
      on_element_message (session, message);
      break;
    case GST_MESSAGE_EOS:
      session->ledger.whole = !g_atomic_int_get (&session->stopping);
      g_main_loop_quit (session->loop);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

/* Before anything is opened for writing: a model that is not there must not
 * cost an older result. */
static gboolean
load_model (Session *session, GError **error)
{
  GstBus *bus = gst_element_get_bus (session->pipeline);
  GstMessage *message = NULL;

  if (gst_element_set_state (session->tracker, GST_STATE_PAUSED) ==
      GST_STATE_CHANGE_FAILURE) {
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    gst_message_parse_error (message, error, NULL);
    gst_message_unref (message);
  }
  gst_object_unref (bus);
  return !message;
}

static void
session_start (Session *session)
{
  const GstStateChangeReturn change =
      gst_element_set_state (session->pipeline, GST_STATE_PAUSED);

  if (change == GST_STATE_CHANGE_FAILURE)
    GST_ELEMENT_ERROR (session->pipeline, CORE, STATE_CHANGE,
        ("the pipeline cannot be started"), (NULL));
  if (change == GST_STATE_CHANGE_NO_PREROLL)
    set_live (session);
  gst_element_set_state (session->pipeline, GST_STATE_PLAYING);
}

static void
session_run (Session *session)
{
  GstBus *bus = gst_element_get_bus (session->pipeline);
  const guint watch = gst_bus_add_watch (bus, on_message, session);
  const guint interrupt = g_unix_signal_add (SIGINT, on_signal, session);
  const guint terminate = g_unix_signal_add (SIGTERM, on_signal, session);

  add_probes (session);
  session_start (session);
  g_main_loop_run (session->loop);
  gst_element_set_state (session->pipeline, GST_STATE_NULL);
  g_source_remove (terminate);
  g_source_remove (interrupt);
  g_source_remove (watch);
  gst_object_unref (bus);
}

static gboolean
session_prepare (Session *session, GError **error)
{
  const TrackOptions *options = session->options;

  if (!check_outputs (options, error) || !session_build (session, error) ||
      !load_model (session, error))
    return FALSE;
  session->report =
      track_report_new (options->json, isatty (STDERR_FILENO), error);
  return session->report != NULL;
}

static void
explain_nothing (Session *session)
{
  const TrackOptions *options = session->options;
  const gboolean late = options->start_frame > 0 || options->start_time > 0;

  session->error = g_error_new (GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
      "%s: not one frame came out of it%s", options->input,
      late ? " after the start" : "");
}

static void
session_settle (Session *session)
{
  TrackLedger *ledger = &session->ledger;
  g_autofree char *problem = NULL;

  ledger->live = g_atomic_int_get (&session->live);
  if (!session->error && !ledger->tracked)
    explain_nothing (session);
  if (session->error)
    return;
  problem = track_ledger_problem (
      ledger, session->options->input, session->options->output);
  if (problem)
    session->error = g_error_new_literal (
        GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, problem);
  else if (ledger->live && ledger->arrived > ledger->tracked)
    g_printerr ("siamban-track: %d of %d frames were left out: there was no "
                "time for them\n",
        ledger->arrived - ledger->tracked, ledger->arrived);
}

static gboolean
conclude (Session *session, GError **error)
{
  GError *late = NULL;

  if (!track_report_finish (session->report, &late) && !session->error)
    session->error = g_steal_pointer (&late);
  g_clear_error (&late);
  session_settle (session);
  if (!session->error)
    return TRUE;
  g_propagate_error (error, session->error);
  return FALSE;
}

gboolean
track_session_run (const TrackOptions *options, GError **error)
{
  Session session = {
      .options = options,
      .loop = g_main_loop_new (NULL, FALSE),
      .pipeline = gst_pipeline_new (NULL),
  };
  gboolean ok = session_prepare (&session, error);

  if (ok) {
    session_run (&session);
    ok = conclude (&session, error);
  }
  gst_element_set_state (session.pipeline, GST_STATE_NULL);
  gst_object_unref (session.pipeline);
  g_clear_pointer (&session.report, track_report_free);
  g_main_loop_unref (session.loop);
  g_free (session.missing);
  return ok;
}
