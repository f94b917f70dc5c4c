/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "follow.h"

#include <time.h>

struct _EvalFollower
{
  SiambanSession *session;
  SiambanTrack last;
};

EvalFollower *
eval_follower_new (
    const EvalFollowing *following, const SiambanBox *box, GError **error)
{
  SiambanSession *session =
      siamban_session_new (following->model, &following->options, error);
  EvalFollower *follower;

  if (!session)
    return NULL;
  siamban_session_add (session, box, NULL, NULL);
  follower = g_new0 (EvalFollower, 1);
  follower->session = session;
  return follower;
}

static double
thread_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* The target is gone: it has ended, or was refused, which is an error. */
static gboolean
find_reason (EvalFollower *follower, GError **error)
{
  SiambanEvent event;

  while (siamban_session_next_event (follower->session, &event))
    if (event.type == SIAMBAN_EVENT_REFUSED) {
      g_set_error_literal (
          error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT, event.message);
      return FALSE;
    }
  follower->last.status = SIAMBAN_STATUS_LOST;
  follower->last.score = follower->last.confidence = 0;
  return TRUE;
}

gboolean
eval_follower_step (EvalFollower *follower, const SiambanFrame *frame,
    guint64 time, EvalTrack *track, GError **error)
{
  double before = thread_ms (), spent;
  const SiambanTrack *last = &follower->last;

  if (!siamban_session_process (follower->session, frame, time, error))
    return FALSE;
  spent = thread_ms () - before;
  if (siamban_session_get_tracks (follower->session, &follower->last, 1) == 0 &&
      !find_reason (follower, error))
    return FALSE;
  *track = (EvalTrack){
      last->box, last->status, last->score, last->confidence, spent};
  return TRUE;
}

void
eval_follower_free (EvalFollower *follower)
{
  if (!follower)
    return;
  siamban_session_free (follower->session);
  g_free (follower);
}
