/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#include <errno.h>
#include <stdio.h>

#include "gst/siambanmeta.h"

#define PROGRESS_US (G_USEC_PER_SEC / 10)
#define MAX_SHOWN   3 /* targets in the progress line */

struct _TrackReport
{
  char *path; /* for messages */
  FILE *file; /* NULL: no JSON */
  gboolean progress;
  guint64 frames;
  gint64 begin;
  gint64 shown;
};

TrackReport *
track_report_new (const char *json, gboolean progress, GError **error)
{
  TrackReport *report = g_new0 (TrackReport, 1);

  report->progress = progress;
  if (!json)
    return report;
  report->path = g_strdup (json);
  report->file = g_str_equal (json, "-") ? stdout : fopen (json, "w");
  if (report->file)
    return report;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s",
      json, g_strerror (errno));
  track_report_free (report);
  return NULL;
}

static void
append_number (GString *line, const char *key, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE * 16];

  g_ascii_formatd (text, sizeof text, "%.4f", number);
  g_string_append_printf (line, ",\"%s\":%s", key, text);
}

static void
append_target (GString *line, const GstStructure *target)
{
  SiambanTrack track;

  siamban_meta_parse_track (target, &track);
  g_string_append_printf (line, "{\"id\":%" G_GUINT64_FORMAT, track.id);
  append_number (line, "x", track.box.x);
  append_number (line, "y", track.box.y);
  append_number (line, "w", track.box.w);
  append_number (line, "h", track.box.h);
  append_number (line, "score", track.score);
  g_string_append_printf (
      line, ",\"status\":\"%s\"", gst_structure_get_string (target, "status"));
  append_number (line, "confidence", track.confidence);
  g_string_append_c (line, '}');
}

static GString *
line_of (const TrackFrame *frame, GstBuffer *buffer)
{
  GString *line = g_string_new ("{\"version\":1,\"frame\":");

  g_string_append_printf (
      line, "%" G_GUINT64_FORMAT ",\"pts\":", frame->number);
  if (GST_CLOCK_TIME_IS_VALID (frame->time))
    g_string_append_printf (line, "%" G_GUINT64_FORMAT, frame->time);
  else
    g_string_append (line, "null");
  g_string_append_printf (line, ",\"width\":%d,\"height\":%d,\"targets\":[",
      frame->width, frame->height);
  for (guint i = 0; i < siamban_meta_n_tracks (buffer); i++) {
    if (i > 0)
      g_string_append_c (line, ',');
    append_target (line, siamban_meta_get_track_structure (buffer, i));
  }
  return g_string_append (line, "]}\n");
}

static gboolean
close_file (TrackReport *report)
{
  FILE *file = g_steal_pointer (&report->file);

  return !file || file == stdout || fclose (file) == 0;
}

static gboolean
set_write_error (TrackReport *report, GError **error)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s",
      g_str_equal (report->path, "-") ? "standard output" : report->path,
      g_strerror (errno));
  return FALSE;
}

static gboolean
write_line (TrackReport *report, const TrackFrame *frame, GstBuffer *buffer,
    GError **error)
{
  GString *line = line_of (frame, buffer);
  gboolean ok = fwrite (line->str, line->len, 1, report->file) == 1 &&
                fflush (report->file) == 0;

  if (!ok)
    set_write_error (report, error);
  g_string_free (line, TRUE);
  return ok;
}

static void
show_progress (TrackReport *report, GstBuffer *buffer)
{
  const gint64 now = g_get_monotonic_time ();
  const double seconds = (double)(now - report->begin) / G_USEC_PER_SEC;
  guint n = siamban_meta_n_tracks (buffer);
  SiambanTrack track;

  if (now - report->shown < PROGRESS_US)
    return;
  report->shown = now;
  g_printerr ("\r\033[Kframe %" G_GUINT64_FORMAT ", %.1f a second",
      report->frames, (double)report->frames / MAX (seconds, 1e-3));
  for (guint i = 0; i < MIN (n, MAX_SHOWN); i++) {
    const GstStructure *target = siamban_meta_get_track_structure (buffer, i);

    siamban_meta_parse_track (target, &track);
    g_printerr (", %" G_GUINT64_FORMAT " %s %.2f", track.id,
        gst_structure_get_string (target, "status"), track.confidence);
  }
  if (n == 0)
    g_printerr (", no target");
}

gboolean
track_report_frame (TrackReport *report, const TrackFrame *frame,
    GstBuffer *buffer, GError **error)
{
  if (report->frames == 0)
    report->begin = g_get_monotonic_time ();
  if (report->progress)
    show_progress (report, buffer);
  report->frames++;
  if (!report->file || write_line (report, frame, buffer, error))
    return TRUE;
  close_file (report);
  return FALSE;
}

gboolean
track_report_finish (TrackReport *report, GError **error)
{
  const double seconds =
      (double)(g_get_monotonic_time () - report->begin) / G_USEC_PER_SEC;

  if (report->progress && report->frames > 0)
    g_printerr ("\r\033[K%" G_GUINT64_FORMAT " frames in %.1f s\n",
        report->frames, seconds);
  return close_file (report) || set_write_error (report, error);
}

void
track_report_free (TrackReport *report)
{
  close_file (report);
  g_free (report->path);
  g_free (report);
}
