/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "metrics.h"

static void
append_head (GString *to, const char *name, const char *type, const char *help)
{
  g_string_append_printf (
      to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
append_value (GString *to, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (
      to, "%s %s\n", name, g_ascii_dtostr (text, sizeof text, value));
}

static void
append_one (GString *to, const char *name, const char *type, const char *help,
    double value)
{
  append_head (to, name, type, help);
  append_value (to, name, value);
}

static void
append_timing (GString *to, const ServeTiming *timing)
{
  guint64 sum = 0;

  append_head (to, "siamban_frame_seconds", "histogram",
      "Time that the tracker held up a frame.");
  for (int i = 0; i < SERVE_TIMING_BUCKETS; i++) {
    char edge[G_ASCII_DTOSTR_BUF_SIZE];

    sum += timing->counts[i];
    g_string_append_printf (to,
        "siamban_frame_seconds_bucket{le=\"%s\"} %" G_GUINT64_FORMAT "\n",
        g_ascii_formatd (edge, sizeof edge, "%g", serve_timing_edges[i]), sum);
  }
  g_string_append_printf (to,
      "siamban_frame_seconds_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT "\n",
      timing->n);
  append_value (to, "siamban_frame_seconds_sum", timing->seconds);
  append_value (to, "siamban_frame_seconds_count", (double)timing->n);
}

static void
append_targets (GString *to, const ServeBoard *board)
{
  static const SiambanStatus states[] = {
      SIAMBAN_STATUS_TRACKED, SIAMBAN_STATUS_UNCERTAIN, SIAMBAN_STATUS_LOST};
  const guint n = board->frame ? board->frame->n : 0;

  append_head (to, "siamban_targets", "gauge", "Targets by their state.");
  for (gsize s = 0; s < G_N_ELEMENTS (states); s++) {
    guint count = 0;

    for (guint i = 0; i < n; i++)
      count +=
          serve_board_status (board, &board->frame->tracks[i]) == states[s];
    g_string_append_printf (to, "siamban_targets{state=\"%s\"} %u\n",
        siamban_status_name (states[s]), count);
  }
}

static void
append_scores (GString *to, const ServeBoard *board)
{
  const guint n = board->frame ? board->frame->n : 0;

  append_head (to, "siamban_confidence", "gauge",
      "How sure it is that the box shows the target, 0 to 1.");
  for (guint i = 0; i < n; i++) {
    const SiambanTrack *track = &board->frame->tracks[i];
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf (to,
        "siamban_confidence{id=\"%" G_GUINT64_FORMAT "\"} %s\n", track->id,
        g_ascii_formatd (
            text, sizeof text, "%.4f", serve_board_confidence (board, track)));
  }
}

static void
append_counts (GString *to, const ServeBoard *board)
{
  static const struct
  {
    const char *name, *help;
  } counts[SERVE_COUNTS] = {
      {"siamban_seeds_total", "Targets that were given."},
      {"siamban_lost_total", "Times that a target was lost."},
      {"siamban_found_total", "Times that a lost target was found again."},
      {"siamban_ended_total", "Targets that ended."},
      {"siamban_refused_total", "Boxes that could not be followed."},
  };

  for (int i = 0; i < SERVE_COUNTS; i++)
    append_one (to, counts[i].name, "counter", counts[i].help,
        (double)board->counts[i]);
}

static void
append_mqtt (GString *to, const ServeMqttCounts *mqtt)
{
  append_one (to, "siamban_mqtt_up", "gauge", "Whether the broker is there.",
      mqtt->connected);
  append_one (to, "siamban_mqtt_waiting", "gauge",
      "Messages that the broker has not confirmed yet.", mqtt->waiting);
  append_one (to, "siamban_mqtt_dropped_total", "counter",
      "Messages dropped because the broker was away for too long.",
      (double)mqtt->dropped);
}

static void
append_frames (GString *to, const ServeTrackerCounts *counts)
{
  append_one (to, "siamban_frames_total", "counter",
      "Frames that went through the tracker.", (double)counts->tracked);
  append_one (to, "siamban_dropped_total", "counter",
      "Frames left out before the tracker, or waiting for it.",
      (double)(counts->arrived - MIN (counts->tracked, counts->arrived)));
  append_timing (to, &counts->timing);
}

char *
serve_metrics_write (const ServeMetrics *metrics)
{
  GString *text = g_string_new (NULL);

  append_frames (text, &metrics->tracker);
  append_targets (text, metrics->board);
  append_scores (text, metrics->board);
  append_counts (text, metrics->board);
  append_one (text, "siamban_source_up", "gauge", "Whether frames come.",
      serve_board_is_healthy (metrics->board));
  append_one (text, "siamban_source_retries_total", "counter",
      "Times that the source was tried again.", (double)metrics->retries);
  append_one (text, "siamban_viewers", "gauge",
      "Connections that follow events or video.", metrics->viewers);
  if (metrics->rtsp)
    append_one (text, "siamban_rtsp_viewers", "gauge",
        "Sessions that look by RTSP.", serve_rtsp_count (metrics->rtsp));
  if (metrics->mqtt)
    append_mqtt (text, metrics->mqtt);
  return g_string_free (text, FALSE);
}
