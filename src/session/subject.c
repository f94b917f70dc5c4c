/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/subject.h"

#include <math.h>

#include "session/scale.h"

/* A box this many times the frame says nothing of the object's size. */
#define MAX_BOX 2

/* A predicted box slows down, so that it does not run away. */
#define DRAG 0.9

/* With the interval left to us: frames between searches at most, and what
 * counts as hardly moving, in sizes of the target a frame. */
#define MAX_GAP   4
#define STILL     0.02
#define CONFIDENT 0.8

SiambanSubject *
siamban_subject_new (guint64 id, gpointer user_data, GDestroyNotify destroy)
{
  SiambanSubject *subject = g_new0 (SiambanSubject, 1);

  subject->track.id = id;
  subject->track.user_data = user_data;
  subject->destroy = destroy;
  return subject;
}

void
siamban_subject_free (SiambanSubject *subject)
{
  siamban_history_clear (&subject->history);
  g_clear_pointer (&subject->template, siamban_template_free);
  siamban_robust_free (subject->robust);
  siamban_portrait_clear (&subject->portrait);
  g_free (subject);
}

void
siamban_subject_drop (SiambanSubject *subject)
{
  if (subject->destroy)
    subject->destroy (subject->track.user_data);
  siamban_subject_free (subject);
}

static SiambanBox
clip_box (const SiambanBox *box, const SiambanFrame *frame)
{
  double x1 = fmax (box->x, 0), x2 = fmin (box->x + box->w, frame->width);
  double y1 = fmax (box->y, 0), y2 = fmin (box->y + box->h, frame->height);

  return (SiambanBox){x1, y1, x2 - x1, y2 - y1};
}

/* The box to start from. */
static gboolean
check_box (SiambanBox *seed, const SiambanBox *box, const SiambanFrame *frame,
    GError **error)
{
  SiambanBox inside = clip_box (box, frame);
  gboolean finite = isfinite (box->x) && isfinite (box->y) &&
                    isfinite (box->w) && isfinite (box->h);

  if (!finite || inside.w < 1 || inside.h < 1) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT,
        "box x=%g y=%g w=%g h=%g: expected finite numbers and at least 1x1 "
        "pixel inside the frame of %dx%d",
        box->x, box->y, box->w, box->h, frame->width, frame->height);
    return FALSE;
  }
  *seed = *box;
  if (box->w > MAX_BOX * frame->width || box->h > MAX_BOX * frame->height)
    *seed = inside;
  return TRUE;
}

gboolean
siamban_subject_place (SiambanSubject *subject, const SiambanFrame *frame,
    const SiambanBox *box, GError **error)
{
  SiambanTrack *track = &subject->track;
  SiambanBox seed;

  if (!check_box (&seed, box, frame, error))
    return FALSE;
  siamban_track_init (&subject->state, &seed);
  subject->width = frame->width;
  subject->height = frame->height;
  track->box = *box;
  track->status = SIAMBAN_STATUS_TRACKED;
  track->score = track->peak = track->confidence = 1;
  track->predicted = FALSE;
  if (subject->robust)
    siamban_robust_place (subject->robust, &subject->state);
  siamban_subject_interrupt (subject);
  return TRUE;
}

static void
forget_looks (SiambanSubject *subject)
{
  g_clear_pointer (&subject->template, siamban_template_free);
  g_clear_pointer (&subject->robust, siamban_robust_free);
  subject->model = NULL;
}

gboolean
siamban_subject_learn (SiambanSubject *subject, SiambanModel *model,
    const SiambanFrame *frame, const double mean[3], const SiambanBox *box,
    const SiambanSessionOptions *options, GError **error)
{
  if (!siamban_subject_place (subject, frame, box, error))
    return FALSE;
  siamban_portrait_take (&subject->portrait, siamban_model_track (model), frame,
      mean, &subject->state);
  forget_looks (subject);
  siamban_subject_adapt (subject, model, options);
  return TRUE;
}

void
siamban_subject_adapt (SiambanSubject *subject, SiambanModel *model,
    const SiambanSessionOptions *options)
{
  const SiambanPortrait *portrait = &subject->portrait;
  gboolean robust = options->mode == SIAMBAN_MODE_ROBUST;

  if (subject->model != model) {
    forget_looks (subject);
    subject->template =
        siamban_portrait_template (portrait, model, options->threads);
    subject->model = model;
  }
  if (robust && !subject->robust)
    subject->robust = siamban_robust_new (
        siamban_portrait_filter (portrait, model, options->threads),
        &subject->state);
  if (!robust) {
    g_clear_pointer (&subject->robust, siamban_robust_free);
    subject->track.status = SIAMBAN_STATUS_TRACKED;
  }
}

gboolean
siamban_subject_resize (SiambanSubject *subject, int width, int height)
{
  double sx = (double)width / subject->width;
  double sy = (double)height / subject->height;

  if (subject->width == width && subject->height == height)
    return FALSE;
  siamban_track_scale (&subject->state, sx, sy);
  if (subject->robust)
    siamban_robust_scale (subject->robust, sx, sy);
  subject->vx *= sx;
  subject->vy *= sy;
  subject->from_x *= sx;
  subject->from_y *= sy;
  siamban_box_scale (&subject->track.box, sx, sy);
  siamban_box_scale (&subject->track.search, sx, sy);
  siamban_history_scale (&subject->history, sx, sy);
  subject->width = width;
  subject->height = height;
  return TRUE;
}

SiambanView
siamban_subject_view (SiambanSubject *subject, const SiambanTrackParams *params)
{
  const SiambanTrackState *state = &subject->state;
  SiambanView view = {.cx = state->cx, .cy = state->cy};

  if (subject->track.status == SIAMBAN_STATUS_LOST)
    return siamban_finder_view (&subject->robust->finder, state, params,
        subject->width, subject->height);
  view.side = siamban_track_search_side (state, params, &view.scale);
  return view;
}

/* How far it has come since the last search. */
static void
measure_motion (SiambanSubject *subject, guint64 frame)
{
  double frames = (double)MAX (frame - subject->searched, 1);
  double vx = (subject->state.cx - subject->from_x) / frames;
  double vy = (subject->state.cy - subject->from_y) / frames;

  subject->vx = (subject->vx + vx) / 2;
  subject->vy = (subject->vy + vy) / 2;
  subject->from_x = subject->state.cx;
  subject->from_y = subject->state.cy;
  subject->searched = frame;
}

static double
peak_of (const SiambanCandidate *candidates, int n)
{
  double peak = 0;

  for (int i = 0; i < n; i++)
    peak = fmax (peak, candidates[i].score);
  return peak;
}

/* Moves to the choice in a view. FALSE if that is nowhere. */
static gboolean
move_to (SiambanSubject *subject, const SiambanSearch *search,
    const SiambanCandidate *choice)
{
  const SiambanView *view = &search->finding->view;
  SiambanTrackState next = {
      view->cx, view->cy, subject->state.w, subject->state.h};

  if (!siamban_track_commit (&next, search->params, view->scale, choice,
          subject->width, subject->height))
    return FALSE;
  subject->state = next;
  subject->track.score = choice->score;
  return TRUE;
}

static void
accept_reference (SiambanSubject *subject, const SiambanSearch *search)
{
  SiambanTrack *track = &subject->track;

  if (!search->candidates || !move_to (subject, search,
                                 siamban_track_best (search->params,
                                     search->window, search->candidates)))
    track->score = track->peak = 0;
  track->confidence = track->score;
}

static SiambanPlace
place_in (const SiambanTrackState *state, const SiambanView *view)
{
  return (SiambanPlace){
      (state->cx - view->cx) * view->scale,
      (state->cy - view->cy) * view->scale,
      state->w * view->scale,
      state->h * view->scale,
  };
}

/* It is lost from now on: the box goes back to where it was seen last. */
static void
subject_freeze (SiambanSubject *subject)
{
  subject->state = subject->robust->certain;
  subject->vx = subject->vy = 0;
  subject->track.confidence = 0;
}

static void
accept_robust (SiambanSubject *subject, const SiambanSearch *search)
{
  SiambanRobust *robust = subject->robust;
  SiambanTrack *track = &subject->track;
  SiambanVerdict verdict =
      siamban_robust_judge (robust, search, &subject->state, track->status);
  gboolean was_lost = track->status == SIAMBAN_STATUS_LOST;

  track->status = verdict.status;
  track->score = 0;
  track->confidence = verdict.confidence;
  if (verdict.status == SIAMBAN_STATUS_LOST) {
    subject_freeze (subject);
  } else if (verdict.choice && move_to (subject, search, verdict.choice)) {
    SiambanPlace place = place_in (&subject->state, &search->finding->view);

    siamban_robust_confirm (robust, search, &verdict, &subject->state, &place);
    if (was_lost)
      siamban_subject_interrupt (subject);
    if (verdict.status == SIAMBAN_STATUS_UNCERTAIN) {
      subject->state.w = robust->certain.w;
      subject->state.h = robust->certain.h;
    }
  }
  siamban_robust_work (robust);
}

void
siamban_subject_accept (
    SiambanSubject *subject, SiambanSearch *search, guint64 frame)
{
  int area = search->params->score_size * search->params->score_size;
  g_autofree SiambanCandidate *candidates = g_new (SiambanCandidate, area);
  const SiambanFinding *finding = search->finding;
  const SiambanView *view = &finding->view;
  SiambanTrack *track = &subject->track;

  if (siamban_track_candidates (&subject->state, search->params, view->scale,
          finding->cls, finding->loc, candidates))
    search->candidates = candidates;
  track->peak = search->candidates ? peak_of (candidates, area) : 0;
  if (subject->robust)
    accept_robust (subject, search);
  else
    accept_reference (subject, search);
  measure_motion (subject, frame);
  track->box = siamban_track_box (&subject->state);
  track->predicted = FALSE;
  track->search = (SiambanBox){view->cx - view->side / 2,
      view->cy - view->side / 2, view->side, view->side};
}

void
siamban_subject_predict (SiambanSubject *subject)
{
  SiambanTrackState *state = &subject->state;

  subject->track.predicted = TRUE;
  if (subject->track.status == SIAMBAN_STATUS_LOST)
    return;
  state->cx = fmax (0, fmin (state->cx + subject->vx, subject->width));
  state->cy = fmax (0, fmin (state->cy + subject->vy, subject->height));
  subject->vx *= DRAG;
  subject->vy *= DRAG;
  subject->track.box = siamban_track_box (state);
}

static gboolean
hardly_moves (const SiambanSubject *subject)
{
  const SiambanTrackState *state = &subject->state;

  return hypot (subject->vx, subject->vy) < STILL * sqrt (state->w * state->h);
}

void
siamban_subject_plan (SiambanSubject *subject, guint64 frame, unsigned interval)
{
  const SiambanTrack *track = &subject->track;

  if (interval > 0)
    subject->gap = interval;
  else if (track->status == SIAMBAN_STATUS_TRACKED &&
           track->confidence >= CONFIDENT && hardly_moves (subject))
    subject->gap = MIN (subject->gap + 1, MAX_GAP);
  else
    subject->gap = 1;
  subject->due = frame + subject->gap;
}

void
siamban_subject_interrupt (SiambanSubject *subject)
{
  subject->vx = subject->vy = 0;
  subject->from_x = subject->state.cx;
  subject->from_y = subject->state.cy;
  subject->due = 0;
  subject->gap = 0;
}
