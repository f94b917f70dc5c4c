/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/subject.h"

#include <math.h>

#include "image/crop.h"
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
  g_free (subject->picture);
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
  siamban_subject_interrupt (subject);
  return TRUE;
}

static void
set_template (SiambanSubject *subject, SiambanModel *model, const guint8 *z,
    unsigned threads)
{
  g_clear_pointer (&subject->template, siamban_template_free);
  subject->template = siamban_model_embed_pixels (model, z, threads);
  subject->model = model;
}

gboolean
siamban_subject_learn (SiambanSubject *subject, SiambanModel *model,
    const SiambanFrame *frame, const double mean[3], const SiambanBox *box,
    unsigned threads, GError **error)
{
  const SiambanTrackParams *params = siamban_model_track (model);
  int size = params->exemplar_size;

  if (!siamban_subject_place (subject, frame, box, error))
    return FALSE;
  for (int c = 0; c < 3; c++)
    subject->mean[c] = mean[c];
  subject->picture_size = size;
  subject->picture = g_realloc_n (subject->picture, (gsize)size * size, 3);
  siamban_crop (frame, subject->state.cx, subject->state.cy,
      siamban_track_template_side (&subject->state, params), size, mean,
      subject->picture);
  set_template (subject, model, subject->picture, threads);
  return TRUE;
}

void
siamban_subject_relearn (
    SiambanSubject *subject, SiambanModel *model, unsigned threads)
{
  int size = siamban_model_track (model)->exemplar_size;
  int had = subject->picture_size;
  const SiambanFrame kept = {
      .format = SIAMBAN_FORMAT_BGR,
      .width = had,
      .height = had,
      .data = {subject->picture},
      .stride = {3 * had},
  };
  g_autofree guint8 *z = g_malloc_n (3 * (gsize)size, size);

  siamban_crop (&kept, had / 2., had / 2., had, size, subject->mean, z);
  set_template (subject, model, z, threads);
}

gboolean
siamban_subject_resize (SiambanSubject *subject, int width, int height)
{
  double sx = (double)width / subject->width;
  double sy = (double)height / subject->height;

  if (subject->width == width && subject->height == height)
    return FALSE;
  subject->state.cx *= sx;
  subject->state.cy *= sy;
  subject->state.w *= sx;
  subject->state.h *= sy;
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
siamban_subject_view (
    const SiambanSubject *subject, const SiambanTrackParams *params)
{
  const SiambanTrackState *state = &subject->state;
  SiambanView view = {.cx = state->cx, .cy = state->cy};

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

/* FALSE if what the network says is not finite. */
static gboolean
choose (SiambanSubject *subject, const SiambanTrackParams *params,
    const double *window, const SiambanFinding *finding)
{
  int area = params->score_size * params->score_size;
  double scale = finding->view.scale;
  g_autofree SiambanCandidate *all = g_new (SiambanCandidate, area);
  const SiambanCandidate *best;

  if (!siamban_track_candidates (
          &subject->state, params, scale, finding->cls, finding->loc, all))
    return FALSE;
  best = siamban_track_best (params, window, all);
  if (!siamban_track_commit (&subject->state, params, scale, best,
          subject->width, subject->height))
    return FALSE;
  subject->track.score = best->score;
  subject->track.peak = peak_of (all, area);
  return TRUE;
}

void
siamban_subject_accept (SiambanSubject *subject,
    const SiambanTrackParams *params, const double *window,
    const SiambanFinding *finding, guint64 frame)
{
  SiambanTrack *track = &subject->track;
  const SiambanView *view = &finding->view;

  if (!choose (subject, params, window, finding))
    track->score = track->peak = 0;
  measure_motion (subject, frame);
  track->box = siamban_track_box (&subject->state);
  track->confidence = track->score;
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
