/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanframe.h"
#include "gstsiambanlog.h"
#include "gstsiambanmeta.h"
#include "gstsiambantrackprivate.h"

#define MEASURE_EACH 32 /* frames */

/* A frame on its way through the element. */
typedef struct
{
  GstSiambanTrack *self;
  GstBuffer *buffer;
  GstSiambanSettings settings;
  GstSiambanMoment moment;
  gint width, height; /* of the picture */
  gboolean marked;    /* leaves with what is known of targets */
  gboolean followed;  /* they were followed into it */
  gint64 follow_us;
} Pass;

static void
warn_once (Pass *pass, GstSiambanTrouble kind, const gchar *reason)
{
  gst_siamban_warn_once (
      GST_ELEMENT (pass->self), &pass->self->troubles, kind, reason);
}

static GstSiambanMoment
moment_of (GstSiambanTrack *self, GstBuffer *buffer)
{
  const GstSegment *segment = &GST_BASE_TRANSFORM (self)->segment;
  const GstClockTime pts = GST_BUFFER_PTS (buffer);
  GstSiambanMoment moment = GST_SIAMBAN_NO_MOMENT;

  moment.pts = pts;
  moment.discont = GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  if (segment->format == GST_FORMAT_TIME) {
    moment.running_time =
        gst_segment_to_running_time (segment, GST_FORMAT_TIME, pts);
    moment.stream_time =
        gst_segment_to_stream_time (segment, GST_FORMAT_TIME, pts);
  }
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    moment.duration = GST_BUFFER_DURATION (buffer);
  else if (self->info.fps_n > 0)
    moment.duration = gst_util_uint64_scale_int (
        GST_SECOND, self->info.fps_d, self->info.fps_n);
  return moment;
}

static void
pass_follow (Pass *pass, const SiambanFrame *view, GArray *regions)
{
  const gint64 start = g_get_monotonic_time ();

  pass->followed = gst_siamban_tracker_follow (
      &pass->self->tracker, view, &pass->moment, regions, &pass->settings);
  pass->follow_us = g_get_monotonic_time () - start;
}

static void
pass_keep (Pass *pass, const GstVideoFrame *frame)
{
  GstSiambanTracker *tracker = &pass->self->tracker;

  if (pass->settings.seed_history == 0 && tracker->ring.pictures.length == 0)
    return;
  g_mutex_lock (&tracker->ring_lock);
  gst_siamban_ring_push (&tracker->ring, frame, pass->moment.pts,
      pass->moment.running_time, pass->settings.seed_history);
  g_mutex_unlock (&tracker->ring_lock);
}

static void
look_at (Pass *pass, const GstVideoFrame *frame)
{
  GstSiambanWorker *worker = pass->self->worker;
  g_autoptr (GArray) regions = NULL;
  SiambanFrame view;

  if (!gst_siamban_frame_view (frame, &view)) {
    warn_once (pass, GST_SIAMBAN_TROUBLE_FORMAT,
        "its video meta has a format that cannot be read");
    return;
  }
  pass->marked = TRUE;
  pass->width = view.width;
  pass->height = view.height;
  regions = gst_siamban_regions_read (pass->buffer, view.width, view.height,
      pass->settings.seed_from, pass->settings.seed_roi_type);
  pass_keep (pass, frame);
  if (!worker)
    pass_follow (pass, &view, regions);
  else
    pass->followed = gst_siamban_worker_offer (
        worker, frame, &pass->moment, regions, &pass->settings);
  if (worker && !pass->followed)
    GST_DEBUG_OBJECT (pass->self, "busy: no inference at %" GST_TIME_FORMAT,
        GST_TIME_ARGS (pass->moment.running_time));
}

static void
pass_look (Pass *pass)
{
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, &pass->self->info, pass->buffer,
          GST_MAP_READ | GST_VIDEO_FRAME_MAP_FLAG_NO_REF)) {
    warn_once (
        pass, GST_SIAMBAN_TROUBLE_MAP, "it cannot be mapped, is it too small?");
    return;
  }
  if (gst_siamban_frame_crop (&frame, pass->buffer))
    look_at (pass, &frame);
  else
    warn_once (pass, GST_SIAMBAN_TROUBLE_CROP,
        "its crop meta reaches out of the frame");
  gst_video_frame_unmap (&frame);
}

static void
look_if_in_time (Pass *pass)
{
  GstSiambanTrack *self = pass->self;

  if (GST_BUFFER_FLAG_IS_SET (pass->buffer, GST_BUFFER_FLAG_GAP)) {
    GST_LOG_OBJECT (self, "a gap passed on");
  } else if (!self->worker &&
             gst_siamban_pace_leaves_out (&self->pace, GST_ELEMENT (self),
                 &pass->moment, pass->settings.max_latency)) {
    GST_DEBUG_OBJECT (self, "late: no inference at %" GST_TIME_FORMAT,
        GST_TIME_ARGS (pass->moment.running_time));
    pass->marked = TRUE;
    gst_siamban_tracker_skip (&self->tracker, &pass->moment, &pass->settings);
    return;
  } else {
    pass_look (pass);
  }
  if (!pass->followed && !self->worker)
    gst_siamban_tracker_skip (&self->tracker, &pass->moment, &pass->settings);
}

/* With their age, where inference runs beside the stream. */
static GArray *
pass_newest (Pass *pass)
{
  GstClockTime found_at;
  GArray *results =
      gst_siamban_tracker_get_results (&pass->self->tracker, &found_at);
  const GstClockTime now = pass->moment.running_time;
  GArray *aged;

  if (!results || !pass->self->worker || !GST_CLOCK_TIME_IS_VALID (found_at) ||
      !GST_CLOCK_TIME_IS_VALID (now))
    return results;
  aged = g_array_copy (results);
  g_array_unref (results);
  for (guint i = 0; i < aged->len; i++)
    g_array_index (aged, GstSiambanResult, i).late =
        now > found_at ? now - found_at : 0;
  return aged;
}

static void
pass_paint (Pass *pass, const GArray *results)
{
  GstSiambanTrack *self = pass->self;
  const GstSiambanCanvas canvas = {
      &self->info, pass->buffer, pass->width, pass->height};
  gboolean drawing;
  SiambanBox band;

  GST_OBJECT_LOCK (self);
  drawing = pass->settings.mouse_select &&
            gst_siamban_pointer_get_band (&self->pointer, &band);
  GST_OBJECT_UNLOCK (self);
  if (!gst_siamban_painter_paint (&self->painter, &pass->settings.overlay,
          &canvas, results ? (const GstSiambanResult *)results->data : NULL,
          results ? results->len : 0, drawing ? &band : NULL))
    warn_once (
        pass, GST_SIAMBAN_TROUBLE_DRAW, "it cannot be mapped to draw into it");
}

static void
hand_out (Pass *pass, const GArray *results)
{
  GstElement *element = GST_ELEMENT (pass->self);
  const GstSiambanResult *first = (const GstSiambanResult *)results->data;

  if (pass->settings.post_frames)
    gst_siamban_post_frame (element, first, results->len, &pass->moment);
  gst_siamban_meta_add (pass->buffer, pass->width, pass->height, first,
      results->len, pass->settings.meta);
}

static void
pass_count (const Pass *pass, const GArray *results, gint64 spent_us)
{
  GstSiambanStats *stats = &pass->self->stats;
  const gboolean found = pass->marked && results && results->len > 0;
  const SiambanTrack *first =
      found ? &g_array_index (results, GstSiambanResult, 0).track : NULL;

  GST_OBJECT_LOCK (pass->self);
  stats->frames++;
  stats->skipped += !pass->followed;
  stats->id = first ? first->id : 0;
  stats->score = first ? first->score : 0;
  if (found) {
    stats->tracked++;
    stats->total_us += spent_us;
    stats->last_us = spent_us;
  }
  if (found && pass->followed) {
    gst_siamban_times_add (&stats->follow, pass->follow_us);
    gst_siamban_times_add (&stats->around, spent_us - pass->follow_us);
  }
  GST_OBJECT_UNLOCK (pass->self);
}

/* A frame of 20 takes longer. */
static void
tell_latency (GstSiambanTrack *self)
{
  GstSiambanStats *stats = &self->stats;
  const guint64 n = stats->follow.n;

  if (self->worker || (n != MEASURE_EACH / 4 && n % MEASURE_EACH != 0) ||
      n == 0)
    return;
  gst_siamban_pace_measured (&self->pace, GST_ELEMENT (self),
      (GstClockTime)(gst_siamban_times_at (&stats->follow, 0.95) +
                     gst_siamban_times_at (&stats->around, 0.95)) *
          GST_USECOND);
}

static void
report_problem (Pass *pass)
{
  static const SiambanBox nowhere = {0};
  g_autofree gchar *problem = NULL;

  GST_OBJECT_LOCK (pass->self);
  problem = gst_siamban_given_take_problem (&pass->self->tracker.given);
  GST_OBJECT_UNLOCK (pass->self);
  if (!problem)
    return;
  gst_siamban_post_refusal (GST_ELEMENT (pass->self), 0, &nowhere, problem);
  gst_siamban_warn_of_box (GST_ELEMENT (pass->self), problem);
}

static void
pass_on (Pass *pass)
{
  const gint64 start = g_get_monotonic_time ();
  g_autoptr (GArray) results = NULL;
  gint64 spent_us;

  report_problem (pass);
  look_if_in_time (pass);
  results = pass_newest (pass);
  if (pass->marked)
    pass_paint (pass, results);
  if (pass->marked && results)
    hand_out (pass, results);
  spent_us = g_get_monotonic_time () - start;
  gst_siamban_pace_spend (
      &pass->self->pace, (GstClockTime)spent_us * GST_USECOND);
  pass_count (pass, results, spent_us);
  tell_latency (pass->self);
}

/* Where the element is linked into a stream that flows, frames come before the
 * model is loaded. */
static gboolean
is_running (Pass *pass)
{
  GstSiambanTrack *self = pass->self;
  gboolean running;

  GST_OBJECT_LOCK (self);
  running = self->tracker.session != NULL;
  if (running)
    gst_siamban_settings_copy (&self->settings, &pass->settings);
  GST_OBJECT_UNLOCK (self);
  return running;
}

GstFlowReturn
gst_siamban_track_transform_ip (GstBaseTransform *trans, GstBuffer *buffer)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);
  Pass pass = {.self = self,
      .buffer = buffer,
      .width = self->info.width,
      .height = self->info.height};

  if (!is_running (&pass)) {
    GST_LOG_OBJECT (self, "passed on: no model yet");
    return GST_FLOW_OK;
  }
  pass.moment = moment_of (self, buffer);
  pass_on (&pass);
  gst_siamban_settings_clear (&pass.settings);
  return GST_FLOW_OK;
}
