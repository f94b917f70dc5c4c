/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/session-private.h"

#include "image/crop.h"
#include "session/options.h"

#define FRAME_NS (1000000000 / 25) /* of frames without a time */

SiambanSession *
siamban_session_new (
    SiambanModel *model, const SiambanSessionOptions *options, GError **error)
{
  SiambanSession *session;
  SiambanSessionOptions defaults;

  siamban_session_options_init (&defaults);
  if (!options)
    options = &defaults;
  if (!siamban_options_check (options, error))
    return NULL;
  session = g_new0 (SiambanSession, 1);
  g_mutex_init (&session->lock);
  session->options = *options;
  session->next_id = options->first_id;
  session->model = siamban_model_ref (model);
  siamban_requests_init (&session->requests);
  session->subjects = g_ptr_array_new ();
  session->searching = g_ptr_array_new ();
  session->time = SIAMBAN_TIME_NONE;
  return session;
}

void
siamban_session_free (SiambanSession *session)
{
  if (!session)
    return;
  for (guint i = 0; i < session->subjects->len; i++)
    siamban_subject_drop (session->subjects->pdata[i]);
  g_ptr_array_unref (session->subjects);
  g_ptr_array_unref (session->searching);
  siamban_events_clear (&session->events);
  siamban_batch_clear (&session->batch);
  siamban_requests_clear (&session->requests);
  g_free (session->window);
  g_clear_pointer (&session->used, siamban_model_unref);
  siamban_model_unref (session->model);
  g_mutex_clear (&session->lock);
  g_free (session);
}

gboolean
siamban_session_set_options (SiambanSession *session,
    const SiambanSessionOptions *options, GError **error)
{
  if (!siamban_options_check (options, error))
    return FALSE;
  g_mutex_lock (&session->lock);
  session->options = *options;
  g_mutex_unlock (&session->lock);
  return TRUE;
}

void
siamban_session_get_options (
    SiambanSession *session, SiambanSessionOptions *options)
{
  g_mutex_lock (&session->lock);
  *options = session->options;
  g_mutex_unlock (&session->lock);
}

void
siamban_session_set_model (SiambanSession *session, SiambanModel *model)
{
  SiambanModel *former;

  siamban_model_ref (model);
  g_mutex_lock (&session->lock);
  former = session->model;
  session->model = model;
  g_mutex_unlock (&session->lock);
  siamban_model_unref (former);
}

/* With the lock. */
static guint64
take_id (SiambanSession *session)
{
  static gsize shared;

  if (session->next_id != 0)
    return session->next_id++;
  return (guint64)g_atomic_pointer_add (&shared, 1) + 1;
}

guint64
siamban_session_add (SiambanSession *session, const SiambanBox *box,
    gpointer user_data, GDestroyNotify destroy)
{
  SiambanSubject *subject = siamban_subject_new (0, user_data, destroy);
  guint64 id;

  g_mutex_lock (&session->lock);
  id = subject->track.id = take_id (session);
  siamban_requests_add (&session->requests, subject, box);
  g_mutex_unlock (&session->lock);
  return id;
}

gboolean
siamban_frame_check (const SiambanFrame *frame, GError **error)
{
  const char *problem = siamban_frame_problem (frame);

  if (problem)
    g_set_error_literal (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT, problem);
  return !problem;
}

/* Returns NULL, with @error set, if @frame does not show @box. */
static SiambanSubject *
learn_from (SiambanSession *session, const SiambanFrame *frame, guint64 time,
    const SiambanBox *box, GError **error)
{
  SiambanSubject *subject = siamban_subject_new (0, NULL, NULL);
  SiambanSessionOptions options;
  SiambanModel *model;
  double mean[3];

  g_mutex_lock (&session->lock);
  model = siamban_model_ref (session->model);
  options = session->options;
  g_mutex_unlock (&session->lock);

  siamban_frame_mean (frame, mean);
  if (!siamban_subject_learn (
          subject, model, frame, mean, box, &options, error))
    g_clear_pointer (&subject, siamban_subject_free);
  else
    subject->track.first_seen = subject->track.last_seen = time;
  siamban_model_unref (model);
  return subject;
}

guint64
siamban_session_add_from (SiambanSession *session, const SiambanFrame *frame,
    guint64 time, const SiambanBox *box, gpointer user_data,
    GDestroyNotify destroy, GError **error)
{
  SiambanSubject *subject;
  guint64 id;

  if (!siamban_frame_check (frame, error))
    return 0;
  subject = learn_from (session, frame, time, box, error);
  if (!subject)
    return 0;
  subject->track.user_data = user_data;
  subject->destroy = destroy;
  g_mutex_lock (&session->lock);
  id = subject->track.id = take_id (session);
  siamban_requests_add (&session->requests, subject, box);
  g_mutex_unlock (&session->lock);
  return id;
}

gboolean
siamban_session_correct (SiambanSession *session, guint64 id,
    const SiambanBox *box, gboolean relearn)
{
  gboolean known;

  g_mutex_lock (&session->lock);
  known = siamban_requests_correct (&session->requests, id, box, relearn);
  g_mutex_unlock (&session->lock);
  return known;
}

gboolean
siamban_session_remove (SiambanSession *session, guint64 id)
{
  gboolean known;

  g_mutex_lock (&session->lock);
  known = siamban_requests_remove (&session->requests, id);
  g_mutex_unlock (&session->lock);
  return known;
}

void
siamban_session_clear (SiambanSession *session)
{
  g_mutex_lock (&session->lock);
  siamban_requests_remove_all (&session->requests);
  g_mutex_unlock (&session->lock);
}

void
siamban_session_discontinuity (SiambanSession *session)
{
  g_mutex_lock (&session->lock);
  session->discontinuity = TRUE;
  g_mutex_unlock (&session->lock);
}

static void
use_model (SiambanSession *session, SiambanModel *model)
{
  g_clear_pointer (&session->used, siamban_model_unref);
  g_free (session->window);
  siamban_batch_clear (&session->batch);
  session->used = model;
  session->window =
      siamban_track_window (siamban_model_track (model)->score_size);
}

/* What was asked for until now. A skipped frame leaves it for the next. */
static void
take_step (SiambanSession *session, SiambanStep *step)
{
  SiambanModel *model = NULL;

  g_mutex_lock (&session->lock);
  step->options = session->options;
  if (step->frame) {
    step->requests = siamban_requests_take (&session->requests, FALSE);
    step->discontinuity = session->discontinuity;
    session->discontinuity = FALSE;
    if (session->model != session->used)
      model = siamban_model_ref (session->model);
  }
  g_mutex_unlock (&session->lock);
  if (model)
    use_model (session, model);
}

static guint64
time_passed (const SiambanSession *session, guint64 time)
{
  if (time == SIAMBAN_TIME_NONE || session->time == SIAMBAN_TIME_NONE)
    return FRAME_NS;
  return time > session->time ? time - session->time : 0;
}

static void
session_count (SiambanSession *session, const SiambanStep *step, gint64 start)
{
  SiambanSessionStats *stats = &session->stats;
  guint by_status[SIAMBAN_STATUS_ENDED] = {0};
  guint predicted = 0;

  for (guint i = 0; i < session->subjects->len; i++) {
    const SiambanTrack *track =
        &((SiambanSubject *)session->subjects->pdata[i])->track;

    by_status[track->status]++;
    predicted += track->predicted;
  }
  g_mutex_lock (&session->lock);
  stats->frames++;
  stats->searches += step->frame ? session->batch.n : 0;
  stats->predictions += predicted;
  stats->tracked = by_status[SIAMBAN_STATUS_TRACKED];
  stats->uncertain = by_status[SIAMBAN_STATUS_UNCERTAIN];
  stats->lost = by_status[SIAMBAN_STATUS_LOST];
  stats->last_ns = (guint64)(g_get_monotonic_time () - start) * 1000;
  stats->total_ns += stats->last_ns;
  g_mutex_unlock (&session->lock);
}

static void
run_step (SiambanSession *session, const SiambanFrame *frame, guint64 time)
{
  gint64 start = g_get_monotonic_time ();
  SiambanStep step = {.frame = frame, .time = time};

  take_step (session, &step);
  step.passed = step.discontinuity ? 0 : time_passed (session, time);
  session->time = time;
  session->frame++;
  siamban_session_step (session, &step);
  session_count (session, &step, start);
}

gboolean
siamban_session_process (SiambanSession *session, const SiambanFrame *frame,
    guint64 time, GError **error)
{
  if (!siamban_frame_check (frame, error))
    return FALSE;
  run_step (session, frame, time);
  return TRUE;
}

void
siamban_session_skip (SiambanSession *session, guint64 time)
{
  run_step (session, NULL, time);
}

void
siamban_session_flush (SiambanSession *session)
{
  GQueue requests;

  g_mutex_lock (&session->lock);
  requests = siamban_requests_take (&session->requests, TRUE);
  g_mutex_unlock (&session->lock);
  siamban_session_end_some (session, &requests);
}

guint
siamban_session_get_tracks (
    SiambanSession *session, SiambanTrack *tracks, guint n)
{
  for (guint i = 0; i < MIN (n, session->subjects->len); i++)
    tracks[i] = ((SiambanSubject *)session->subjects->pdata[i])->track;
  return session->subjects->len;
}

gboolean
siamban_session_next_event (SiambanSession *session, SiambanEvent *event)
{
  return siamban_events_next (&session->events, event);
}

void
siamban_session_get_stats (SiambanSession *session, SiambanSessionStats *stats)
{
  g_mutex_lock (&session->lock);
  *stats = session->stats;
  g_mutex_unlock (&session->lock);
}
