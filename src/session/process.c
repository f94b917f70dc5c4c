/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/session-private.h"

#include "image/crop.h"

/* Pixels a side of a glance at a view, what range of colours is none, and how
 * many views are glanced at before one is searched. */
#define GLANCE      24
#define FLAT        12
#define MAX_GLANCES 64

static SiambanSubject *
subject_at (const SiambanSession *session, guint i)
{
  return session->subjects->pdata[i];
}

static SiambanSubject *
process_find (const SiambanSession *session, guint64 id)
{
  for (guint i = 0; i < session->subjects->len; i++) {
    if (subject_at (session, i)->track.id == id)
      return subject_at (session, i);
  }
  return NULL;
}

static void
process_emit (SiambanSession *session, SiambanEventType type,
    const SiambanSubject *subject)
{
  siamban_events_push (&session->events, type, &subject->track, session->time);
}

/* @subject is in the session no more, and freed. */
static void
process_end (
    SiambanSession *session, SiambanSubject *subject, SiambanEndReason reason)
{
  siamban_events_push_end (&session->events, &subject->track, session->time,
      reason, &subject->history, subject->destroy);
  siamban_subject_free (subject);
}

static void
end_id (SiambanSession *session, guint64 id)
{
  SiambanSubject *subject = process_find (session, id);

  if (!subject)
    return;
  g_ptr_array_remove (session->subjects, subject);
  process_end (session, subject, SIAMBAN_END_REMOVED);
}

static void
end_all (SiambanSession *session)
{
  for (guint i = 0; i < session->subjects->len; i++)
    process_end (session, subject_at (session, i), SIAMBAN_END_CLEARED);
  g_ptr_array_set_size (session->subjects, 0);
}

static void
process_forget (SiambanSession *session, guint64 id)
{
  g_mutex_lock (&session->lock);
  siamban_requests_forget (&session->requests, id);
  g_mutex_unlock (&session->lock);
}

/* @destroy: of the user data if the track goes with it. */
static void
process_refuse (SiambanSession *session, const SiambanTrack *track,
    const SiambanBox *box, const char *message, GDestroyNotify destroy)
{
  const SiambanTrack shown = {
      .id = track->id, .box = *box, .user_data = track->user_data};

  siamban_events_push_refusal (
      &session->events, &shown, session->time, g_strdup (message), destroy);
}

static gboolean
process_learn (SiambanSession *session, SiambanStep *step,
    SiambanSubject *subject, const SiambanBox *box, GError **error)
{
  if (!step->has_mean)
    siamban_frame_mean (step->frame, step->mean);
  step->has_mean = TRUE;
  if (!siamban_subject_learn (subject, session->used, step->frame, step->mean,
          box, &step->options, error))
    return FALSE;
  subject->searched = session->frame;
  return TRUE;
}

/* From an earlier frame, or from this one. */
static gboolean
process_admit (SiambanSession *session, SiambanStep *step,
    SiambanSubject *subject, const SiambanBox *box, GError **error)
{
  if (session->subjects->len >= step->options.max_targets) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT,
        "%u targets are followed, and max_targets is %u",
        session->subjects->len, step->options.max_targets);
    return FALSE;
  }
  if (subject->model) {
    siamban_subject_resize (subject, step->frame->width, step->frame->height);
    return TRUE;
  }
  subject->track.first_seen = step->time;
  return process_learn (session, step, subject, box, error);
}

static void
process_add (
    SiambanSession *session, SiambanStep *step, SiambanRequest *request)
{
  g_autoptr (GError) error = NULL;
  SiambanSubject *subject = g_steal_pointer (&request->subject);

  if (request->ended) {
    process_end (session, subject, request->ended);
  } else if (process_admit (session, step, subject, &request->box, &error)) {
    g_ptr_array_add (session->subjects, subject);
    process_emit (session, SIAMBAN_EVENT_ADDED, subject);
  } else {
    process_forget (session, request->id);
    process_refuse (session, &subject->track, &request->box, error->message,
        subject->destroy);
    siamban_subject_free (subject);
  }
}

static void
process_correct (
    SiambanSession *session, SiambanStep *step, const SiambanRequest *request)
{
  SiambanSubject *subject = process_find (session, request->id);
  g_autoptr (GError) error = NULL;
  gboolean was_lost, done;

  if (!subject)
    return;
  was_lost = subject->track.status == SIAMBAN_STATUS_LOST;
  if (request->relearn)
    done = process_learn (session, step, subject, &request->box, &error);
  else
    done = siamban_subject_place (subject, step->frame, &request->box, &error);
  if (!done) {
    process_refuse (
        session, &subject->track, &request->box, error->message, NULL);
    return;
  }
  subject->searched = session->frame;
  if (was_lost)
    process_emit (session, SIAMBAN_EVENT_FOUND, subject);
  if (request->relearn)
    process_emit (session, SIAMBAN_EVENT_RESEEDED, subject);
}

static void
carry_out (SiambanSession *session, SiambanStep *step, SiambanRequest *request)
{
  switch (request->type) {
    case SIAMBAN_REQUEST_ADD:
      process_add (session, step, request);
      break;
    case SIAMBAN_REQUEST_CORRECT:
      process_correct (session, step, request);
      break;
    case SIAMBAN_REQUEST_REMOVE:
      end_id (session, request->id);
      break;
    case SIAMBAN_REQUEST_CLEAR:
      end_all (session);
      break;
  }
}

static void
carry_out_all (SiambanSession *session, SiambanStep *step, GQueue *requests)
{
  SiambanRequest *request;

  while ((request = g_queue_pop_head (requests))) {
    carry_out (session, step, request);
    siamban_request_free (request);
  }
}

void
siamban_session_end_some (SiambanSession *session, GQueue *requests)
{
  carry_out_all (session, NULL, requests);
}

/* Brings what was learnt of them earlier to this frame and this model. */
static void
process_adapt (SiambanSession *session, const SiambanStep *step)
{
  for (guint i = 0; i < session->subjects->len; i++) {
    SiambanSubject *subject = subject_at (session, i);

    if (siamban_subject_resize (
            subject, step->frame->width, step->frame->height))
      process_emit (session, SIAMBAN_EVENT_RESIZED, subject);
    if (step->discontinuity)
      siamban_subject_interrupt (subject);
  }
}

static void
adapt_looks (SiambanSession *session, const SiambanStep *step)
{
  for (guint i = 0; i < session->subjects->len; i++)
    siamban_subject_adapt (
        subject_at (session, i), session->used, &step->options);
}

static int
by_need (gconstpointer a, gconstpointer b)
{
  const SiambanSubject *first = *(SiambanSubject *const *)a;
  const SiambanSubject *second = *(SiambanSubject *const *)b;

  if (first->turn != second->turn)
    return first->turn < second->turn ? -1 : 1;
  return first->track.id < second->track.id ? -1 : 1;
}

/* Whose turn it is. Those that were learnt or placed on this very frame have
 * had theirs. */
static void
process_pick (SiambanSession *session, const SiambanStep *step)
{
  unsigned most = step->options.max_searches;

  g_ptr_array_set_size (session->searching, 0);
  for (guint i = 0; step->frame && i < session->subjects->len; i++) {
    SiambanSubject *subject = subject_at (session, i);

    if (subject->searched != session->frame && subject->due <= session->frame)
      g_ptr_array_add (session->searching, subject);
  }
  if (most > 0 && session->searching->len > most) {
    g_ptr_array_sort (session->searching, by_need);
    g_ptr_array_set_size (session->searching, (gint)most);
  }
}

/* A view of one colour shows nothing: no network is run on it. */
static gboolean
is_flat (
    const SiambanFrame *frame, const SiambanView *view, const double mean[3])
{
  guint8 pixels[3 * GLANCE * GLANCE], low[3] = {255, 255, 255}, high[3] = {0};

  siamban_crop (frame, view->cx, view->cy, view->side, GLANCE, mean, pixels);
  for (int i = 0; i < 3 * GLANCE * GLANCE; i++) {
    low[i % 3] = MIN (low[i % 3], pixels[i]);
    high[i % 3] = MAX (high[i % 3], pixels[i]);
  }
  for (int c = 0; c < 3; c++) {
    if (high[c] - low[c] >= FLAT)
      return FALSE;
  }
  return TRUE;
}

static SiambanView
view_for (SiambanSubject *subject, const SiambanTrackParams *params,
    const SiambanFrame *frame)
{
  SiambanView view = siamban_subject_view (subject, params);

  if (subject->track.status != SIAMBAN_STATUS_LOST)
    return view;
  for (int i = 0;
       i < MAX_GLANCES && is_flat (frame, &view, subject->portrait.mean); i++)
    view = siamban_subject_view (subject, params);
  return view;
}

static void
process_accept (SiambanSession *session, const SiambanStep *step,
    SiambanSubject *subject, const SiambanFinding *finding)
{
  SiambanSearch search = {
      .params = siamban_model_track (session->used),
      .window = session->window,
      .options = &step->options,
      .finding = finding,
      .interrupted = step->discontinuity,
  };
  gboolean was_lost = subject->track.status == SIAMBAN_STATUS_LOST, is_lost;

  siamban_subject_accept (subject, &search, session->frame);
  siamban_subject_plan (subject, session->frame, step->options.interval);
  subject->turn = ++session->turns;
  is_lost = subject->track.status == SIAMBAN_STATUS_LOST;
  if (is_lost != was_lost)
    process_emit (
        session, is_lost ? SIAMBAN_EVENT_LOST : SIAMBAN_EVENT_FOUND, subject);
}

static void
process_search (SiambanSession *session, const SiambanStep *step)
{
  const SiambanTrackParams *params = siamban_model_track (session->used);
  SiambanBatch *batch = &session->batch;
  guint n = session->searching->len;

  siamban_batch_begin (batch, params, n);
  for (guint i = 0; i < n; i++) {
    SiambanSubject *subject = session->searching->pdata[i];
    SiambanView view = view_for (subject, params, step->frame);

    siamban_batch_add (batch, params, subject->template, step->frame, &view,
        subject->portrait.mean);
  }
  siamban_batch_run (batch, session->used,
      step->options.mode == SIAMBAN_MODE_ROBUST, step->options.threads);
  for (guint i = 0; i < n; i++) {
    SiambanFinding finding = siamban_batch_finding (batch, params, i);

    process_accept (session, step, session->searching->pdata[i], &finding);
  }
}

/* Ages and the history, which every frame adds to. */
static void
grow_older (
    SiambanSession *session, SiambanSubject *subject, const SiambanStep *step)
{
  SiambanTrack *track = &subject->track;

  if (subject->searched != session->frame)
    siamban_subject_predict (subject);
  if (track->status == SIAMBAN_STATUS_LOST) {
    track->unseen++;
    subject->lost_ns += step->passed;
  } else {
    track->last_seen = step->time;
    track->unseen = 0;
    subject->lost_ns = 0;
  }
  siamban_history_add (&subject->history, track, step->time);
}

static void
end_those_long_lost (SiambanSession *session, const SiambanStep *step)
{
  guint64 most = step->options.max_lost_age;
  guint kept = 0;

  for (guint i = 0; i < session->subjects->len; i++) {
    SiambanSubject *subject = subject_at (session, i);

    if (most > 0 && subject->lost_ns > most) {
      process_forget (session, subject->track.id);
      process_end (session, subject, SIAMBAN_END_LOST);
    } else {
      session->subjects->pdata[kept++] = subject;
    }
  }
  g_ptr_array_set_size (session->subjects, (gint)kept);
}

void
siamban_session_step (SiambanSession *session, SiambanStep *step)
{
  for (guint i = 0; i < session->subjects->len; i++)
    subject_at (session, i)->track.age++;
  if (step->frame) {
    process_adapt (session, step);
    carry_out_all (session, step, &step->requests);
    adapt_looks (session, step);
    process_pick (session, step);
    process_search (session, step);
  }
  for (guint i = 0; i < session->subjects->len; i++)
    grow_older (session, subject_at (session, i), step);
  end_those_long_lost (session, step);
}
