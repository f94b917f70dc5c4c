/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanpace.h"

#include "gstsiambanlog.h"
#include "gstsiambanmessages.h"

#define WINDOW        (5 * GST_SECOND)
#define AT_LEAST_EACH GST_SECOND

static void
begin_window (GstSiambanPace *pace, GstClockTime now, GstClockTimeDiff lateness)
{
  pace->former = pace->started ? pace->least : lateness;
  pace->least = lateness;
  pace->window = now;
  pace->looked_at = pace->started ? pace->looked_at : now;
  pace->started = TRUE;
}

gboolean
gst_siamban_pace_is_behind (GstSiambanPace *pace, GstClockTime now,
    GstClockTime due, GstClockTime limit)
{
  const GstClockTimeDiff lateness = GST_CLOCK_DIFF (due, now);
  GstClockTimeDiff usual;

  if (!pace->started || now < pace->window || now - pace->window > WINDOW)
    begin_window (pace, now, lateness);
  pace->least = MIN (pace->least, lateness);
  usual = MIN (pace->least, pace->former);
  pace->behind = limit > 0 && lateness - usual > (GstClockTimeDiff)limit &&
                 now - pace->looked_at < AT_LEAST_EACH;
  if (!pace->behind)
    pace->looked_at = now;
  return pace->behind;
}

gboolean
gst_siamban_pace_announce (GstSiambanPace *pace, GstClockTime needed)
{
  const GstClockTime told = pace->announced;

  if (needed <= told && needed >= told - told / 4)
    return FALSE;
  pace->announced = needed + needed / 20;
  return pace->announced != told;
}

/* Running time on the clock, NONE if it stands. */
static GstClockTime
clock_time (GstElement *element)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (element);
  const GstClockTime base = gst_element_get_base_time (element);
  GstClockTime now;

  if (!clock || GST_STATE (element) != GST_STATE_PLAYING)
    return GST_CLOCK_TIME_NONE;
  now = gst_clock_get_time (clock);
  return now >= base ? now - base : GST_CLOCK_TIME_NONE;
}

static gboolean
is_live (GstSiambanPace *pace, GstElement *element)
{
  gboolean live;

  GST_OBJECT_LOCK (element);
  live = pace->live;
  GST_OBJECT_UNLOCK (element);
  return live;
}

static void
report (GstSiambanPace *pace, GstElement *element, gboolean live,
    const GstSiambanMoment *moment, GstClockTimeDiff lateness)
{
  GstMessage *message = gst_message_new_qos (GST_OBJECT (element), live,
      moment->running_time, moment->stream_time, moment->pts, moment->duration);

  gst_message_set_qos_values (message, lateness,
      1 + (gdouble)lateness / (gdouble)moment->duration, 1000000);
  gst_message_set_qos_stats (
      message, GST_FORMAT_BUFFERS, pace->followed, pace->left_out);
  gst_element_post_message (element, message);
  gst_siamban_post_notice (element, pace->behind ? "skipped" : "resumed",
      pace->behind ? "late: frames pass without inference until it keeps up"
                   : "every frame is looked at again",
      moment);
}

gboolean
gst_siamban_pace_leaves_out (GstSiambanPace *pace, GstElement *element,
    const GstSiambanMoment *moment, GstClockTime max_latency)
{
  const GstClockTime now = clock_time (element);
  const gboolean live = is_live (pace, element), before = pace->behind;
  GstClockTime limit = max_latency;

  if (!GST_CLOCK_TIME_IS_VALID (limit))
    limit = live ? moment->duration / 2 : 0;
  if (!GST_CLOCK_TIME_IS_VALID (now) ||
      !GST_CLOCK_TIME_IS_VALID (moment->running_time))
    return FALSE;
  if (gst_siamban_pace_is_behind (pace, now, moment->running_time, limit))
    pace->left_out++;
  else
    pace->followed++;
  if (pace->behind != before)
    report (pace, element, live, moment,
        GST_CLOCK_DIFF (moment->running_time, now));
  return pace->behind;
}

void
gst_siamban_pace_answer (
    GstSiambanPace *pace, GstElement *element, GstQuery *query)
{
  GstClockTime least, most;
  gboolean live;

  gst_query_parse_latency (query, &live, &least, &most);
  GST_OBJECT_LOCK (element);
  pace->live = live;
  least += pace->announced;
  if (GST_CLOCK_TIME_IS_VALID (most))
    most += pace->announced;
  GST_OBJECT_UNLOCK (element);
  GST_DEBUG_OBJECT (element,
      "latency %s, %" GST_TIME_FORMAT " to %" GST_TIME_FORMAT,
      live ? "live" : "not live", GST_TIME_ARGS (least), GST_TIME_ARGS (most));
  gst_query_set_latency (query, live, least, most);
}

void
gst_siamban_pace_measured (
    GstSiambanPace *pace, GstElement *element, GstClockTime needed)
{
  gboolean changed, live;

  GST_OBJECT_LOCK (element);
  changed = gst_siamban_pace_announce (pace, needed);
  live = pace->live;
  GST_OBJECT_UNLOCK (element);
  if (!changed)
    return;
  GST_INFO_OBJECT (
      element, "a frame takes %" GST_TIME_FORMAT, GST_TIME_ARGS (needed));
  if (live)
    gst_element_post_message (
        element, gst_message_new_latency (GST_OBJECT (element)));
}
