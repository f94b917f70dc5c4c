/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanmessages.h"

#include "gstsiambanlog.h"
#include "gstsiambanorigin.h"

static void
messages_post (GstElement *element, GstStructure *s)
{
  gst_element_post_message (
      element, gst_message_new_element (GST_OBJECT (element), s));
}

static void
set_box (GstStructure *s, const SiambanBox *box)
{
  gst_structure_set (s, "x", G_TYPE_DOUBLE, box->x, "y", G_TYPE_DOUBLE, box->y,
      "w", G_TYPE_DOUBLE, box->w, "h", G_TYPE_DOUBLE, box->h, NULL);
}

static void
set_track (GstStructure *s, const SiambanTrack *track, const gchar *label)
{
  gst_structure_set (s, "id", G_TYPE_UINT64, track->id, "label", G_TYPE_STRING,
      label, "status", G_TYPE_STRING, siamban_status_name (track->status),
      "score", G_TYPE_DOUBLE, track->score, "confidence", G_TYPE_DOUBLE,
      track->confidence, NULL);
  set_box (s, &track->box);
}

static void
set_moment (GstStructure *s, const GstSiambanMoment *moment)
{
  gst_structure_set (s, "running-time", G_TYPE_UINT64, moment->running_time,
      "stream-time", G_TYPE_UINT64, moment->stream_time, NULL);
}

static void
append_point (GValue *history, const SiambanPoint *point)
{
  GstStructure *s = gst_structure_new ("point", "running-time", G_TYPE_UINT64,
      point->time, "status", G_TYPE_STRING, siamban_status_name (point->status),
      "confidence", G_TYPE_DOUBLE, point->confidence, NULL);
  GValue value = G_VALUE_INIT;

  set_box (s, &point->box);
  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, s);
  gst_value_array_append_and_take_value (history, &value);
}

static void
set_rest (GstStructure *s, const gchar *reason, const gchar *message,
    const SiambanPoint *points, guint n, GstClockTime learnt)
{
  GValue history = G_VALUE_INIT;

  g_value_init (&history, GST_TYPE_ARRAY);
  for (guint i = 0; i < n; i++)
    append_point (&history, &points[i]);
  gst_structure_take_value (s, "history", &history);
  gst_structure_set (s, "reason", G_TYPE_STRING, reason, "message",
      G_TYPE_STRING, message, "learnt-pts", G_TYPE_UINT64, learnt, NULL);
}

void
gst_siamban_post_event (GstElement *element, const SiambanEvent *event,
    const gchar *label, const GstSiambanMoment *moment)
{
  const GstSiambanOrigin *origin = event->track.user_data;
  const gchar *name = siamban_event_name (event->type);
  GstStructure *s =
      gst_structure_new ("siambantrack", "event", G_TYPE_STRING, name, NULL);

  GST_INFO_OBJECT (element,
      "target %" G_GUINT64_FORMAT " (%s%s) %s at %" GST_TIME_FORMAT
      ", %g,%g %gx%g%s%s",
      event->track.id, label,
      origin && origin->parent_id >= 0 ? ", of a region" : "", name,
      GST_TIME_ARGS (moment->running_time), event->track.box.x,
      event->track.box.y, event->track.box.w, event->track.box.h,
      event->message ? ": " : "", event->message ? event->message : "");
  set_track (s, &event->track, label);
  set_moment (s, moment);
  set_rest (s, siamban_end_reason_name (event->reason), event->message,
      event->history, event->n_history,
      origin ? origin->learnt_pts : GST_CLOCK_TIME_NONE);
  messages_post (element, s);
}

void
gst_siamban_post_notice (GstElement *element, const gchar *event,
    const gchar *message, const GstSiambanMoment *moment)
{
  static const SiambanTrack nobody = {.status = SIAMBAN_STATUS_ENDED};
  GstStructure *s =
      gst_structure_new ("siambantrack", "event", G_TYPE_STRING, event, NULL);

  GST_INFO_OBJECT (element, "%s: %s", event, message);
  set_track (s, &nobody, NULL);
  set_moment (s, moment);
  set_rest (s, siamban_end_reason_name (SIAMBAN_END_NONE), message, NULL, 0,
      GST_CLOCK_TIME_NONE);
  messages_post (element, s);
}

void
gst_siamban_post_frame (GstElement *element, const GstSiambanResult *results,
    guint n, const GstSiambanMoment *moment)
{
  GstStructure *s = gst_structure_new (
      "siambantrack-frame", "pts", G_TYPE_UINT64, moment->pts, NULL);
  GValue targets = G_VALUE_INIT;

  g_value_init (&targets, GST_TYPE_ARRAY);
  for (guint i = 0; i < n; i++) {
    GstStructure *target = gst_structure_new ("target", "predicted",
        G_TYPE_BOOLEAN, results[i].track.predicted, NULL);
    GValue value = G_VALUE_INIT;

    set_track (target, &results[i].track, results[i].label);
    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, target);
    gst_value_array_append_and_take_value (&targets, &value);
  }
  set_moment (s, moment);
  gst_structure_take_value (s, "targets", &targets);
  messages_post (element, s);
}

void
gst_siamban_post_refusal (
    GstElement *element, guint64 id, const SiambanBox *box, const gchar *reason)
{
  const SiambanEvent event = {.type = SIAMBAN_EVENT_REFUSED,
      .track = {.id = id, .box = *box, .status = SIAMBAN_STATUS_ENDED},
      .message = reason};
  const GstSiambanMoment moment = GST_SIAMBAN_NO_MOMENT;
  g_autofree gchar *label = NULL;

  g_object_get (element, "label", &label, NULL);
  gst_siamban_post_event (element, &event, label ? label : "object", &moment);
}

void
gst_siamban_warn_of_box (GstElement *element, const gchar *reason)
{
  GST_ELEMENT_WARNING (element, LIBRARY, SETTINGS,
      ("Cannot follow this box: %s", reason), (NULL));
}

void
gst_siamban_warn_once (GstElement *element, guint *seen, GstSiambanTrouble kind,
    const gchar *reason)
{
  GST_LOG_OBJECT (element, "a frame passed on as it came: %s", reason);
  if (*seen & kind)
    return;
  *seen |= kind;
  GST_ELEMENT_WARNING (element, STREAM, FAILED,
      ("A frame passed on as it came: %s", reason),
      ("said once, however many there are"));
}
