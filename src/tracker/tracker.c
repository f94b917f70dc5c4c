/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tracker/tracker.h"

#include <math.h>

#define MIN_SIZE 10 /* pixels */

void
siamban_track_init (SiambanTrackState *state, const SiambanBox *box)
{
  state->cx = box->x + (box->w - 1) / 2;
  state->cy = box->y + (box->h - 1) / 2;
  state->w = box->w;
  state->h = box->h;
}

SiambanBox
siamban_track_box (const SiambanTrackState *state)
{
  return (SiambanBox){
      state->cx - state->w / 2, state->cy - state->h / 2, state->w, state->h};
}

void
siamban_track_scale (SiambanTrackState *state, double sx, double sy)
{
  state->cx *= sx;
  state->cy *= sy;
  state->w *= sx;
  state->h *= sy;
}

/* Side of the square that holds the box and @context of its size around it. */
static double
context_side (double w, double h, double context)
{
  double pad = context * (w + h);

  return sqrt ((w + pad) * (h + pad));
}

double
siamban_track_template_side (
    const SiambanTrackState *state, const SiambanTrackParams *params)
{
  return rint (context_side (state->w, state->h, params->context_amount));
}

double
siamban_track_search_side (const SiambanTrackState *state,
    const SiambanTrackParams *params, double *scale)
{
  double side = context_side (state->w, state->h, params->context_amount);

  *scale = params->exemplar_size / side;
  return rint (side * ((double)params->instance_size / params->exemplar_size));
}

/* numpy.hanning() */
static double
hanning (int i, int n)
{
  return n > 1 ? 0.5 + 0.5 * cos (G_PI * (2 * i + 1 - n) / (n - 1)) : 1;
}

double *
siamban_track_window (int score_size)
{
  double *window = g_new (double, score_size *score_size);

  for (int i = 0; i < score_size; i++)
    for (int j = 0; j < score_size; j++)
      window[i * score_size + j] =
          hanning (i, score_size) * hanning (j, score_size);
  return window;
}

static gboolean
all_finite (const float *values, int n)
{
  for (int i = 0; i < n; i++) {
    if (!isfinite (values[i]))
      return FALSE;
  }
  return TRUE;
}

/* Where the box of point @i is. */
static void
read_box (const float *loc, const SiambanTrackParams *params, int i,
    SiambanCandidate *at)
{
  int size = params->score_size, area = size * size;
  double px = (i % size - size / 2) * params->stride;
  double py = (i / size - size / 2) * params->stride;
  double x1 = px - loc[i], y1 = py - loc[area + i];
  double x2 = px + loc[2 * area + i], y2 = py + loc[3 * area + i];

  at->cx = (x1 + x2) / 2;
  at->cy = (y1 + y2) / 2;
  at->w = x2 - x1;
  at->h = y2 - y1;
}

static void
read_score (
    const float *cls, int channels, int area, int i, SiambanCandidate *at)
{
  at->logit = channels == 2 ? (double)cls[area + i] - cls[i] : cls[i];
  at->score = 1 / (1 + exp (-at->logit));
}

static double
tracker_change (double ratio)
{
  return fmax (ratio, 1 / ratio);
}

/* @w, @h: the target's, in crop pixels. */
static double
penalty_of (const SiambanCandidate *at, double w, double h, double k)
{
  double size = tracker_change (
      context_side (at->w, at->h, 0.5) / context_side (w, h, 0.5));
  double shape = tracker_change ((w / h) / (at->w / at->h));

  return exp (-(size * shape - 1) * k);
}

static double
tracker_pscore (
    const SiambanCandidate *at, const SiambanTrackParams *params, double window)
{
  return at->penalty * at->score * (1 - params->window_influence) +
         window * params->window_influence;
}

gboolean
siamban_track_candidates (const SiambanTrackState *state,
    const SiambanTrackParams *params, double scale, const float *cls,
    const float *loc, SiambanCandidate *candidates)
{
  int area = params->score_size * params->score_size;
  double w = state->w * scale, h = state->h * scale;

  if (!all_finite (cls, params->cls_channels * area) ||
      !all_finite (loc, 4 * area))
    return FALSE;
  for (int i = 0; i < area; i++) {
    SiambanCandidate *at = &candidates[i];

    read_box (loc, params, i, at);
    read_score (cls, params->cls_channels, area, i, at);
    at->penalty = penalty_of (at, w, h, params->penalty_k);
    if (!isfinite (tracker_pscore (at, params, 0)))
      return FALSE;
  }
  return TRUE;
}

/* The first of the highest. */
const SiambanCandidate *
siamban_track_best (const SiambanTrackParams *params, const double *window,
    const SiambanCandidate *candidates)
{
  int area = params->score_size * params->score_size, best = 0;

  for (int i = 1; i < area; i++) {
    if (tracker_pscore (&candidates[i], params, window[i]) >
        tracker_pscore (&candidates[best], params, window[best]))
      best = i;
  }
  return &candidates[best];
}

static gboolean
state_is_finite (const SiambanTrackState *state)
{
  return isfinite (state->cx) && isfinite (state->cy) && isfinite (state->w) &&
         isfinite (state->h);
}

gboolean
siamban_track_commit (SiambanTrackState *state,
    const SiambanTrackParams *params, double scale,
    const SiambanCandidate *choice, int width, int height)
{
  double lr = choice->penalty * choice->score * params->lr;
  SiambanTrackState next = {
      state->cx + choice->cx / scale,
      state->cy + choice->cy / scale,
      state->w * (1 - lr) + choice->w / scale * lr,
      state->h * (1 - lr) + choice->h / scale * lr,
  };

  if (!state_is_finite (&next))
    return FALSE;
  state->cx = fmax (0, fmin (next.cx, width));
  state->cy = fmax (0, fmin (next.cy, height));
  state->w = fmax (MIN_SIZE, fmin (next.w, width));
  state->h = fmax (MIN_SIZE, fmin (next.h, height));
  return TRUE;
}
