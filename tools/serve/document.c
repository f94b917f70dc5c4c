/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document.h"

#include "base/json.h"

#define HEAD "{\"version\":" G_STRINGIFY (SERVE_SCHEMA)

static void
append_number (GString *to, const char *name, const char *format, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (to, ",\"%s\":%s", name,
      g_ascii_formatd (text, sizeof text, format, number));
}

static void
append_text (GString *to, const char *name, const char *text)
{
  g_string_append_printf (to, ",\"%s\":", name);
  if (text)
    siamban_json_append (to, text);
  else
    g_string_append (to, "null");
}

static void
append_count (GString *to, const char *name, guint64 count)
{
  g_string_append_printf (to, ",\"%s\":%" G_GUINT64_FORMAT, name, count);
}

static void
append_box (GString *to, const SiambanBox *box)
{
  append_number (to, "x", "%.3f", box->x);
  append_number (to, "y", "%.3f", box->y);
  append_number (to, "w", "%.3f", box->w);
  append_number (to, "h", "%.3f", box->h);
}

static void
append_track (GString *to, const ServeBoard *board, const SiambanTrack *track)
{
  g_string_append_printf (to, "\"id\":%" G_GUINT64_FORMAT, track->id);
  append_box (to, &track->box);
  append_number (to, "score", "%.4f", track->score);
  append_text (
      to, "status", siamban_status_name (serve_board_status (board, track)));
  append_number (
      to, "confidence", "%.4f", serve_board_confidence (board, track));
}

static void
append_frame (GString *to, const ServeBoard *board)
{
  const ServeFrame *frame = board->frame;

  append_count (to, "frame", frame->number);
  append_count (to, "pts", frame->pts);
  append_count (to, "width", (guint64)frame->width);
  append_count (to, "height", (guint64)frame->height);
}

static void
append_targets (GString *to, const ServeBoard *board)
{
  const guint n = board->frame ? board->frame->n : 0;

  g_string_append (to, ",\"targets\":[");
  for (guint i = 0; i < n; i++) {
    g_string_append (to, i > 0 ? ",{" : "{");
    append_track (to, board, &board->frame->tracks[i]);
    g_string_append_c (to, '}');
  }
  g_string_append (to, "]");
}

static void
append_camera (GString *to, const ServeBoard *board)
{
  append_text (to, "stream", board->name);
  append_text (to, "source", serve_camera_state_name (board->camera));
  append_text (to, "reason", board->reason);
}

static char *
document_finish (GString *text)
{
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

char *
serve_document_frame (const ServeBoard *board)
{
  GString *text = g_string_new (HEAD);

  append_frame (text, board);
  append_targets (text, board);
  return document_finish (text);
}

char *
serve_document_targets (const ServeBoard *board)
{
  GString *text = g_string_new (HEAD);

  append_camera (text, board);
  if (board->frame)
    append_frame (text, board);
  append_targets (text, board);
  return document_finish (text);
}

char *
serve_document_target (const ServeBoard *board, const SiambanTrack *track)
{
  GString *text = g_string_new ("{");

  append_track (text, board, track);
  return document_finish (text);
}

static void
append_field (
    GString *to, const char *name, const GstStructure *event, const char *field)
{
  guint64 count;

  if (gst_structure_get_uint64 (event, field, &count) &&
      GST_CLOCK_TIME_IS_VALID (count))
    append_count (to, name, count);
}

static void
append_event_box (GString *to, const GstStructure *event)
{
  SiambanBox box;

  if (gst_structure_get (event, "x", G_TYPE_DOUBLE, &box.x, "y", G_TYPE_DOUBLE,
          &box.y, "w", G_TYPE_DOUBLE, &box.w, "h", G_TYPE_DOUBLE, &box.h, NULL))
    append_box (to, &box);
}

char *
serve_document_event (const GstStructure *event)
{
  GString *text = g_string_new (HEAD);
  double confidence = 0;

  append_text (text, "type", gst_structure_get_string (event, "event"));
  append_field (text, "id", event, "id");
  append_text (text, "status", gst_structure_get_string (event, "status"));
  append_event_box (text, event);
  gst_structure_get_double (event, "confidence", &confidence);
  append_number (text, "confidence", "%.4f", confidence);
  append_field (text, "pts", event, "running-time");
  append_field (text, "learnt_pts", event, "learnt-pts");
  append_text (text, "reason", gst_structure_get_string (event, "reason"));
  append_text (text, "message", gst_structure_get_string (event, "message"));
  return document_finish (text);
}

char *
serve_document_trouble (const char *message)
{
  GString *text = g_string_new (HEAD);

  append_text (text, "type", "error");
  append_text (text, "message", message);
  return document_finish (text);
}

char *
serve_document_sighting (const ServeBoard *board, const SiambanTrack *track)
{
  GString *text = g_string_new (HEAD ",");

  append_track (text, board, track);
  append_frame (text, board);
  append_count (text, "wall_ms", (guint64)(board->frame_wall / 1000));
  return document_finish (text);
}

char *
serve_document_state (const ServeBoard *board)
{
  GString *text = g_string_new (HEAD);
  const guint n = board->frame ? board->frame->n : 0;
  const SiambanTrack *track = n > 0 ? &board->frame->tracks[0] : NULL;

  append_text (text, "state",
      track ? siamban_status_name (serve_board_status (board, track)) : "idle");
  append_count (text, "id", track ? track->id : 0);
  append_count (text, "targets", n);
  append_camera (text, board);
  return document_finish (text);
}

char *
serve_document_camera (const ServeBoard *board)
{
  GString *text = g_string_new (HEAD);

  append_camera (text, board);
  return document_finish (text);
}

char *
serve_document_health (const ServeBoard *board)
{
  GString *text = g_string_new (HEAD);

  append_text (
      text, "status", serve_board_is_healthy (board) ? "ok" : "no frames");
  append_camera (text, board);
  append_number (text, "seconds", "%.1f", serve_board_silence (board));
  return document_finish (text);
}

char *
serve_document_stats (
    const ServeBoard *board, const ServeTrackerCounts *counts, guint64 retries)
{
  GString *text = g_string_new (HEAD);
  const ServeTiming *timing = &counts->timing;

  append_camera (text, board);
  append_count (text, "arrived", counts->arrived);
  append_count (text, "frames", counts->tracked);
  append_count (text, "searches", counts->searches);
  append_number (text, "mean_ms", "%.3f",
      timing->n > 0 ? timing->seconds * 1e3 / (double)timing->n : 0);
  append_count (text, "added", board->counts[SERVE_COUNT_ADDED]);
  append_count (text, "lost", board->counts[SERVE_COUNT_LOST]);
  append_count (text, "found", board->counts[SERVE_COUNT_FOUND]);
  append_count (text, "ended", board->counts[SERVE_COUNT_ENDED]);
  append_count (text, "refused", board->counts[SERVE_COUNT_REFUSED]);
  append_count (text, "retries", retries);
  return document_finish (text);
}

char *
serve_document_answer (const char *sdp)
{
  GString *text = g_string_new ("{\"type\":\"answer\",\"sdp\":");

  siamban_json_append (text, sdp);
  return document_finish (text);
}

char *
serve_document_error (const char *message)
{
  GString *text = g_string_new ("{\"error\":");

  siamban_json_append (text, message);
  return document_finish (text);
}
