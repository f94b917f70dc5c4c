/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambantracker.h"

#include "gstsiambanframe.h"
#include "gstsiambanlog.h"
#include "gstsiambanorigin.h"
#include "gstsiambanregions.h"

/* What one frame is followed with. */
typedef struct
{
  GstSiambanTracker *tracker;
  const SiambanFrame *view;
  const GstSiambanMoment *moment;
  const GstSiambanSettings *settings;
} Step;

void
gst_siamban_tracker_init (GstSiambanTracker *self, GstElement *element)
{
  self->element = element;
  self->found_at = GST_CLOCK_TIME_NONE;
  gst_siamban_given_init (&self->given);
  g_queue_init (&self->requests);
  g_mutex_init (&self->ring_lock);
}

void
gst_siamban_tracker_clear (GstSiambanTracker *self)
{
  gst_siamban_given_clear (&self->given);
  g_queue_clear_full (&self->requests, g_free);
  g_mutex_clear (&self->ring_lock);
}

static SiambanSessionOptions
options_of (const GstSiambanSettings *settings)
{
  SiambanSessionOptions options;

  siamban_session_options_init (&options);
  options.mode = settings->mode;
  options.threads = settings->threads;
  options.max_targets = settings->max_targets;
  options.max_searches = settings->max_searches;
  options.interval = settings->inference_interval;
  options.first_id = settings->id_base;
  options.max_lost_age = settings->max_lost_age;
  options.lost_threshold = settings->lost_threshold;
  options.found_threshold = settings->found_threshold;
  return options;
}

gboolean
gst_siamban_tracker_start (GstSiambanTracker *self, SiambanModel *model,
    const GstSiambanSettings *settings)
{
  g_autoptr (GError) error = NULL;
  SiambanSession *session;

  self->options = options_of (settings);
  self->moment = GST_SIAMBAN_NO_MOMENT;
  self->warned = 0;
  session = siamban_session_new (model, &self->options, &error);
  if (!session) {
    GST_ELEMENT_ERROR (
        self->element, LIBRARY, SETTINGS, ("%s", error->message), (NULL));
    return FALSE;
  }
  GST_OBJECT_LOCK (self->element);
  self->session = session;
  gst_siamban_given_start (&self->given);
  GST_OBJECT_UNLOCK (self->element);
  return TRUE;
}

/* @given: (nullable): label for all targets. */
static const gchar *
label_of (const GstSiambanOrigin *origin, const gchar *given)
{
  if (given)
    return g_intern_string (given);
  return origin->type ? g_quark_to_string (origin->type) : "object";
}

static void
tracker_report (
    GstSiambanTracker *self, const SiambanEvent *event, const gchar *label)
{
  GstSiambanOrigin *origin = event->track.user_data;
  const gboolean of_region = origin->parent_id >= 0;

  if (event->type == SIAMBAN_EVENT_RESEEDED ||
      (event->type == SIAMBAN_EVENT_ADDED &&
          !GST_CLOCK_TIME_IS_VALID (origin->learnt_pts)))
    origin->learnt_pts = self->moment.pts;
  gst_siamban_post_event (
      self->element, event, label_of (origin, label), &self->moment);
  if (event->type != SIAMBAN_EVENT_REFUSED)
    return;
  if (of_region)
    gst_siamban_warn_once (self->element, &self->warned,
        GST_SIAMBAN_TROUBLE_REGION, event->message);
  else
    gst_siamban_warn_of_box (self->element, event->message);
}

static void
report_all (GstSiambanTracker *self, const gchar *label)
{
  SiambanEvent event;

  while (siamban_session_next_event (self->session, &event))
    tracker_report (self, &event, label);
}

static GArray *
tracker_collect (GstSiambanTracker *self, const gchar *label)
{
  const guint n = siamban_session_get_tracks (self->session, NULL, 0);
  g_autofree SiambanTrack *tracks = g_new (SiambanTrack, MAX (n, 1));
  GArray *results =
      g_array_sized_new (FALSE, FALSE, sizeof (GstSiambanResult), n);

  siamban_session_get_tracks (self->session, tracks, n);
  for (guint i = 0; i < n; i++) {
    const GstSiambanOrigin *origin = tracks[i].user_data;
    GstSiambanResult result = {.track = tracks[i],
        .label = label_of (origin, label),
        .parent_id = origin->parent_id,
        .parent_type = origin->type};

    result.track.user_data = NULL;
    g_array_append_val (results, result);
  }
  return results;
}

static void
tracker_publish (GstSiambanTracker *self, const gchar *label)
{
  GArray *results = tracker_collect (self, label), *former;

  GST_OBJECT_LOCK (self->element);
  former = self->results;
  self->results = results;
  self->found_at = self->moment.running_time;
  GST_OBJECT_UNLOCK (self->element);
  g_clear_pointer (&former, g_array_unref);
  report_all (self, label);
}

/* With the element's lock. */
static GQueue
take_requests (GstSiambanTracker *self)
{
  const GQueue requests = self->requests;

  g_queue_init (&self->requests);
  return requests;
}

static void
refuse_requests (GstSiambanTracker *self, GQueue *requests, const gchar *reason)
{
  GstSiambanRequest *request;

  while ((request = g_queue_pop_head (requests))) {
    if (request->type == GST_SIAMBAN_REQUEST_SEED)
      gst_siamban_post_refusal (
          self->element, request->id, &request->box, reason);
    g_free (request);
  }
}

void
gst_siamban_tracker_stop (GstSiambanTracker *self, const gchar *label)
{
  SiambanSession *session = self->session;
  GArray *results;
  GQueue waiting;

  if (!session)
    return;
  siamban_session_clear (session);
  siamban_session_flush (session);
  report_all (self, label);

  GST_OBJECT_LOCK (self->element);
  self->session = NULL;
  results = g_steal_pointer (&self->results);
  waiting = take_requests (self);
  GST_OBJECT_UNLOCK (self->element);
  refuse_requests (
      self, &waiting, "the element was stopped before the next frame");
  siamban_session_free (session);
  g_clear_pointer (&results, g_array_unref);
  gst_siamban_ring_clear (&self->ring);
}

GArray *
gst_siamban_tracker_get_results (
    GstSiambanTracker *self, GstClockTime *found_at)
{
  GArray *results;

  GST_OBJECT_LOCK (self->element);
  results = self->results ? g_array_ref (self->results) : NULL;
  *found_at = self->found_at;
  GST_OBJECT_UNLOCK (self->element);
  return results;
}

static GArray *
results_of (GstSiambanTracker *self)
{
  GstClockTime found_at;

  return gst_siamban_tracker_get_results (self, &found_at);
}

/* Returns 0 if the frame is not kept any more, or does not show the box. */
static guint64
seed_from_ring (const Step *step, GstClockTime pts, const SiambanBox *box)
{
  GstSiambanTracker *self = step->tracker;
  g_autoptr (GError) error = NULL;
  GstSiambanOrigin *origin = gst_siamban_origin_new (-1, 0);
  const GstSiambanPicture *picture;
  SiambanFrame view;
  guint64 id = 0;

  g_mutex_lock (&self->ring_lock);
  picture = gst_siamban_ring_find (&self->ring, pts, step->moment->duration);
  if (picture && gst_siamban_picture_view (picture, &view)) {
    origin->learnt_pts = picture->pts;
    id = siamban_session_add_from (
        self->session, &view, picture->time, box, origin, g_free, &error);
  }
  g_mutex_unlock (&self->ring_lock);
  if (!id) {
    GST_INFO_OBJECT (self->element, "the frame at %" GST_TIME_FORMAT " is %s",
        GST_TIME_ARGS (pts), error ? error->message : "not kept");
    g_free (origin);
  }
  return id;
}

static void
refuse_unknown (GstElement *element, guint64 id, const SiambanBox *box)
{
  static const gchar reason[] = "there is no target of this id";

  gst_siamban_post_refusal (element, id, box, reason);
  gst_siamban_warn_of_box (element, reason);
}

static void
seed_as_requested (const Step *step, const GstSiambanRequest *request)
{
  SiambanSession *session = step->tracker->session;
  const SiambanBox box =
      gst_siamban_request_box (request, step->view->width, step->view->height);

  if (request->id != 0) {
    if (!siamban_session_correct (session, request->id, &box, TRUE))
      refuse_unknown (step->tracker->element, request->id, &box);
    return;
  }
  if (GST_CLOCK_TIME_IS_VALID (request->pts) &&
      seed_from_ring (step, request->pts, &box))
    return;
  siamban_session_add (session, &box, gst_siamban_origin_new (-1, 0), g_free);
}

/* The smallest target there. */
static void
remove_at (const Step *step, gdouble x, gdouble y)
{
  g_autoptr (GArray) results = results_of (step->tracker);
  const SiambanTrack *found = NULL;

  for (guint i = 0; results && i < results->len; i++) {
    const SiambanTrack *track =
        &g_array_index (results, GstSiambanResult, i).track;
    const SiambanBox *box = &track->box;

    if (x >= box->x && y >= box->y && x < box->x + box->w &&
        y < box->y + box->h &&
        (!found || box->w * box->h < found->box.w * found->box.h))
      found = track;
  }
  if (found)
    siamban_session_remove (step->tracker->session, found->id);
}

static void
carry_out (const Step *step, const GstSiambanRequest *request)
{
  switch (request->type) {
    case GST_SIAMBAN_REQUEST_SEED:
      seed_as_requested (step, request);
      break;
    case GST_SIAMBAN_REQUEST_REMOVE:
      siamban_session_remove (step->tracker->session, request->id);
      break;
    case GST_SIAMBAN_REQUEST_REMOVE_AT:
      remove_at (step, request->box.x, request->box.y);
      break;
    case GST_SIAMBAN_REQUEST_RESET:
      gst_siamban_tracker_reset (step->tracker);
      break;
  }
}

static void
carry_out_all (const Step *step)
{
  GstSiambanTracker *self = step->tracker;
  const GstSiambanPlace place = {step->moment->stream_time,
      step->moment->duration, step->view->width, step->view->height};
  GstSiambanRequest *request;
  GQueue requests;

  GST_OBJECT_LOCK (self->element);
  requests = take_requests (self);
  GST_OBJECT_UNLOCK (self->element);
  while ((request = g_queue_pop_head (&requests))) {
    carry_out (step, request);
    g_free (request);
  }
  GST_OBJECT_LOCK (self->element);
  gst_siamban_given_apply (&self->given, self->session, &place);
  GST_OBJECT_UNLOCK (self->element);
}

static void
take_region (const Step *step, const GstSiambanRegion *region,
    const GstSiambanResult *shown)
{
  SiambanSession *session = step->tracker->session;

  if (!shown)
    siamban_session_add (session, &region->box,
        gst_siamban_origin_new (region->id, region->type), g_free);
  else if (gst_siamban_region_corrects (region, shown))
    siamban_session_correct (session, shown->track.id, &region->box, FALSE);
}

/* While there is room: a detector that sees more is no news. */
static void
take_regions (const Step *step, const GArray *regions)
{
  g_autoptr (GArray) results = results_of (step->tracker);
  guint n = results ? results->len : 0;
  g_autofree gint *match = gst_siamban_regions_match (
      regions, n > 0 ? (const GstSiambanResult *)results->data : NULL, n);

  for (guint i = 0; i < regions->len; i++) {
    const GstSiambanResult *shown =
        match[i] >= 0 ? &g_array_index (results, GstSiambanResult, match[i])
                      : NULL;

    if (!shown && n++ >= step->settings->max_targets)
      continue;
    take_region (step, &g_array_index (regions, GstSiambanRegion, i), shown);
  }
}

static void
update_options (GstSiambanTracker *self, const GstSiambanSettings *settings)
{
  const SiambanSessionOptions options = options_of (settings);
  g_autoptr (GError) error = NULL;

  if (memcmp (&options, &self->options, sizeof options) == 0)
    return;
  self->options = options;
  if (!siamban_session_set_options (self->session, &options, &error))
    GST_ELEMENT_WARNING (self->element, LIBRARY, SETTINGS,
        ("%s: the former ones hold", error->message), (NULL));
}

/* Missing frames are a cut if they are many. */
static gboolean
has_cut (const GstSiambanMoment *former, const GstSiambanMoment *moment)
{
  return moment->discont && GST_CLOCK_TIME_IS_VALID (former->running_time) &&
         GST_CLOCK_TIME_IS_VALID (moment->running_time) &&
         ABS (GST_CLOCK_DIFF (former->running_time, moment->running_time)) >
             GST_SECOND;
}

gboolean
gst_siamban_tracker_follow (GstSiambanTracker *self, const SiambanFrame *view,
    const GstSiambanMoment *moment, const GArray *regions,
    const GstSiambanSettings *settings)
{
  const Step step = {self, view, moment, settings};
  g_autoptr (GError) error = NULL;

  if (has_cut (&self->moment, moment))
    siamban_session_discontinuity (self->session);
  self->moment = *moment;
  update_options (self, settings);
  carry_out_all (&step);
  if (regions)
    take_regions (&step, regions);
  if (!siamban_session_process (
          self->session, view, moment->running_time, &error)) {
    gst_siamban_warn_once (self->element, &self->warned,
        GST_SIAMBAN_TROUBLE_UPDATE, error->message);
    return FALSE;
  }
  tracker_publish (self, settings->label);
  return TRUE;
}

void
gst_siamban_tracker_skip (GstSiambanTracker *self,
    const GstSiambanMoment *moment, const GstSiambanSettings *settings)
{
  self->moment = *moment;
  siamban_session_skip (self->session, moment->running_time);
  tracker_publish (self, settings->label);
}

gboolean
gst_siamban_tracker_request (
    GstSiambanTracker *self, const GstSiambanRequest *request)
{
  gboolean running;

  GST_OBJECT_LOCK (self->element);
  running = self->session != NULL;
  if (running)
    g_queue_push_tail (&self->requests, g_memdup2 (request, sizeof *request));
  GST_OBJECT_UNLOCK (self->element);
  return running;
}

guint64
gst_siamban_tracker_add (GstSiambanTracker *self, const SiambanBox *box)
{
  guint64 id = 0;

  GST_OBJECT_LOCK (self->element);
  if (self->session)
    id = siamban_session_add (
        self->session, box, gst_siamban_origin_new (-1, 0), g_free);
  GST_OBJECT_UNLOCK (self->element);
  return id;
}

gboolean
gst_siamban_tracker_remove (GstSiambanTracker *self, guint64 id)
{
  gboolean known;

  GST_OBJECT_LOCK (self->element);
  known = self->session && siamban_session_remove (self->session, id);
  GST_OBJECT_UNLOCK (self->element);
  return known;
}

void
gst_siamban_tracker_reset (GstSiambanTracker *self)
{
  static const gchar reason[] = "a reset came before the next frame";
  g_autoptr (GArray) dropped = g_array_new (FALSE, FALSE, sizeof (SiambanBox));
  GQueue waiting = G_QUEUE_INIT;

  GST_OBJECT_LOCK (self->element);
  if (self->session) {
    siamban_session_clear (self->session);
    gst_siamban_given_forget (&self->given, dropped);
    waiting = take_requests (self);
    g_clear_pointer (&self->results, g_array_unref);
  }
  GST_OBJECT_UNLOCK (self->element);
  refuse_requests (self, &waiting, reason);
  for (guint i = 0; i < dropped->len; i++)
    gst_siamban_post_refusal (
        self->element, 0, &g_array_index (dropped, SiambanBox, i), reason);
}

void
gst_siamban_tracker_cut (GstSiambanTracker *self, GstSiambanCut cut,
    gboolean forget, const gchar *label)
{
  if (!self->session)
    return;
  GST_OBJECT_LOCK (self->element);
  siamban_session_discontinuity (self->session);
  if (forget)
    siamban_session_clear (self->session);
  if (cut == GST_SIAMBAN_CUT_FLUSH)
    gst_siamban_given_rewind (&self->given);
  else
    gst_siamban_given_leave (&self->given);
  GST_OBJECT_UNLOCK (self->element);
  siamban_session_flush (self->session);
  tracker_publish (self, label);
  g_mutex_lock (&self->ring_lock);
  gst_siamban_ring_clear (&self->ring);
  g_mutex_unlock (&self->ring_lock);
}
