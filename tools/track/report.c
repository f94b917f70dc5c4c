/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include <gst/video/video.h>

#define PROGRESS_US (G_USEC_PER_SEC / 10)

struct _TrackReport
{
  char *path; /* for messages */
  FILE *file; /* NULL: no JSON */
  gboolean progress;
  guint64 frames;
  gint64 begin;
  gint64 shown;
};

typedef struct
{
  int id;
  double x, y, w, h, score;
} Target;

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

static gboolean
read_target (GstVideoRegionOfInterestMeta *meta, Target *target)
{
  GstStructure *params =
      gst_video_region_of_interest_meta_get_param (meta, "siambantrack");

  target->id = meta->id;
  return params &&
         gst_structure_get (params, "x", G_TYPE_DOUBLE, &target->x, "y",
             G_TYPE_DOUBLE, &target->y, "w", G_TYPE_DOUBLE, &target->w, "h",
             G_TYPE_DOUBLE, &target->h, "score", G_TYPE_DOUBLE, &target->score,
             NULL) &&
         isfinite (target->x + target->y + target->w + target->h) &&
         isfinite (target->score);
}

static gboolean
next_target (GstBuffer *buffer, gpointer *state, Target *target)
{
  GstMeta *meta;

  while ((meta = gst_buffer_iterate_meta_filtered (
              buffer, state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
    if (read_target ((GstVideoRegionOfInterestMeta *)meta, target))
      return TRUE;
  }
  return FALSE;
}

static void
append_number (GString *line, const char *key, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE * 16];

  g_ascii_formatd (text, sizeof text, "%.4f", number);
  g_string_append_printf (line, ",\"%s\":%s", key, text);
}

static void
append_target (GString *line, const Target *target)
{
  g_string_append_printf (line, "{\"id\":%d", target->id);
  append_number (line, "x", target->x);
  append_number (line, "y", target->y);
  append_number (line, "w", target->w);
  append_number (line, "h", target->h);
  append_number (line, "score", target->score);
  g_string_append_c (line, '}');
}

static GString *
line_of (const TrackFrame *frame, GstBuffer *buffer)
{
  GString *line = g_string_new (NULL);
  gpointer state = NULL;
  Target target;
  gboolean first = TRUE;

  g_string_append_printf (
      line, "{\"frame\":%" G_GUINT64_FORMAT ",\"pts\":", frame->number);
  if (GST_CLOCK_TIME_IS_VALID (frame->time))
    g_string_append_printf (line, "%" G_GUINT64_FORMAT, frame->time);
  else
    g_string_append (line, "null");
  g_string_append_printf (line, ",\"width\":%d,\"height\":%d,\"targets\":[",
      frame->width, frame->height);
  for (; next_target (buffer, &state, &target); first = FALSE) {
    if (!first)
      g_string_append_c (line, ',');
    append_target (line, &target);
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
  gpointer state = NULL;
  Target target;

  if (now - report->shown < PROGRESS_US)
    return;
  report->shown = now;
  g_printerr ("\r\033[Kframe %" G_GUINT64_FORMAT ", %.1f a second",
      report->frames, (double)report->frames / MAX (seconds, 1e-3));
  if (next_target (buffer, &state, &target))
    g_printerr (", score %.2f, box %.0f,%.0f %.0fx%.0f", target.score, target.x,
        target.y, target.w, target.h);
  else
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
