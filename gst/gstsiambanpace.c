/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanpace.h"

#include "gstsiambanlog.h"
#include "gstsiambanmessages.h"

#define WINDOW        (5 * GST_SECOND)
#define AT_LEAST_EACH GST_SECOND

static void
begin_window (GstSiambanPace *pace, GstClockTime due, GstClockTimeDiff lateness)
{
  pace->former =
      GST_CLOCK_TIME_IS_VALID (pace->window) ? pace->least : lateness;
  pace->least = lateness;
  pace->window = due;
}

static gboolean
is_late (GstSiambanPace *pace, GstClockTime due, GstClockTime now,
    GstClockTime limit)
{
  const GstClockTimeDiff lateness = GST_CLOCK_DIFF (due, now);

  if (!GST_CLOCK_TIME_IS_VALID (pace->window) || due - pace->window > WINDOW)
    begin_window (pace, due, lateness);
  pace->least = MIN (pace->least, lateness);
  return lateness - MIN (pace->least, pace->former) >
         (GstClockTimeDiff)(pace->allowed + limit);
}

static void
pace_advance (GstSiambanPace *pace, GstClockTime due)
{
  if (!pace->started || due < pace->due) {
    pace->started = TRUE;
    pace->debt = 0;
    pace->window = GST_CLOCK_TIME_NONE;
    pace->looked_at = pace->left_out_at = due;
  } else {
    pace->debt -= MIN (pace->debt, due - pace->due);
  }
  pace->due = due;
}

static gboolean
count_frame (GstSiambanPace *pace, gboolean behind)
{
  if (behind) {
    pace->left_out++;
    pace->left_out_at = pace->due;
    pace->strained = TRUE;
  } else {
    pace->followed++;
    pace->looked_at = pace->due;
    pace->strained =
        pace->strained && pace->due - pace->left_out_at < AT_LEAST_EACH;
  }
  return behind;
}

gboolean
gst_siamban_pace_is_behind (GstSiambanPace *pace, GstClockTime due,
    GstClockTime now, GstClockTime limit)
{
  gboolean late;

  pace_advance (pace, due);
  pace->limit = limit;
  late = GST_CLOCK_TIME_IS_VALID (now) && is_late (pace, due, now, limit);
  return count_frame (pace, limit > 0 && (late || pace->debt > limit) &&
                                due - pace->looked_at < AT_LEAST_EACH);
}

void
gst_siamban_pace_spend (GstSiambanPace *pace, GstClockTime time)
{
  pace->debt += time;
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

static void
pace_report (GstSiambanPace *pace, GstElement *element, gboolean live,
    const GstSiambanMoment *moment, GstClockTimeDiff lateness)
{
  GstMessage *message = gst_message_new_qos (GST_OBJECT (element), live,
      moment->running_time, moment->stream_time, moment->pts, moment->duration);

  gst_message_set_qos_values (message, lateness,
      1 + (gdouble)lateness / (gdouble)moment->duration, 1000000);
  gst_message_set_qos_stats (
      message, GST_FORMAT_BUFFERS, pace->followed, pace->left_out);
  gst_element_post_message (element, message);
  gst_siamban_post_notice (element, pace->strained ? "skipped" : "resumed",
      pace->strained ? "behind: some frames pass without inference"
                     : "every frame is looked at again",
      moment);
}

/* What may be owed in a live pipeline, if nothing is said: half a frame. */
static GstClockTime
limit_of (GstSiambanPace *pace, GstElement *element,
    const GstSiambanMoment *moment, GstClockTime max_latency, gboolean *live)
{
  GST_OBJECT_LOCK (element);
  *live = pace->live;
  GST_OBJECT_UNLOCK (element);
  if (GST_CLOCK_TIME_IS_VALID (max_latency))
    return max_latency;
  return *live ? moment->duration / 2 : 0;
}

gboolean
gst_siamban_pace_leaves_out (GstSiambanPace *pace, GstElement *element,
    const GstSiambanMoment *moment, GstClockTime max_latency)
{
  const GstClockTime now = clock_time (element), due = moment->running_time;
  const gboolean before = pace->strained;
  GstClockTime limit;
  gboolean live, behind;

  limit = limit_of (pace, element, moment, max_latency, &live);
  if (!GST_CLOCK_TIME_IS_VALID (due))
    return FALSE;
  behind = gst_siamban_pace_is_behind (pace, due, now, limit);
  if (pace->strained != before)
    pace_report (pace, element, live, moment,
        GST_CLOCK_TIME_IS_VALID (now) ? GST_CLOCK_DIFF (due, now)
                                      : (GstClockTimeDiff)pace->debt);
  return behind;
}

void
gst_siamban_pace_allow (
    GstSiambanPace *pace, GstElement *element, GstEvent *event)
{
  GstClockTime latency;

  gst_event_parse_latency (event, &latency);
  GST_OBJECT_LOCK (element);
  pace->allowed = latency;
  GST_OBJECT_UNLOCK (element);
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

  if (pace->strained)
    needed += pace->limit;
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
