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

static double
score_at (const float *cls, int channels, int area, int i)
{
  double logit = channels == 2 ? (double)cls[area + i] - cls[i] : cls[i];
  return 1 / (1 + exp (-logit));
}

/* A box in crop pixels, from the crop's centre. */
typedef struct
{
  double cx, cy, w, h;
} CropBox;

static CropBox
box_at (const float *loc, const SiambanTrackParams *params, int i)
{
  int size = params->score_size, area = size * size;
  double px = (i % size - size / 2) * params->stride;
  double py = (i / size - size / 2) * params->stride;
  double x1 = px - loc[i], y1 = py - loc[area + i];
  double x2 = px + loc[2 * area + i], y2 = py + loc[3 * area + i];

  return (CropBox){(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1};
}

static double
change (double ratio)
{
  return fmax (ratio, 1 / ratio);
}

/* 1 for a box of the size and shape that the target has; @w, @h: the target's,
 * in crop pixels. */
static double
penalty_of (const CropBox *box, double w, double h, double k)
{
  double size =
      change (context_side (box->w, box->h, 0.5) / context_side (w, h, 0.5));
  double shape = change ((w / h) / (box->w / box->h));

  return exp (-(size * shape - 1) * k);
}

static gboolean
state_is_finite (const SiambanTrackState *state)
{
  return isfinite (state->cx) && isfinite (state->cy) && isfinite (state->w) &&
         isfinite (state->h);
}

static SiambanTrackState
moved (const SiambanTrackState *state, const CropBox *box, double scale,
    double lr, int width, int height)
{
  SiambanTrackState next = {
      state->cx + box->cx / scale,
      state->cy + box->cy / scale,
      state->w * (1 - lr) + box->w / scale * lr,
      state->h * (1 - lr) + box->h / scale * lr,
  };

  if (state_is_finite (&next)) {
    next.cx = fmax (0, fmin (next.cx, width));
    next.cy = fmax (0, fmin (next.cy, height));
    next.w = fmax (MIN_SIZE, fmin (next.w, width));
    next.h = fmax (MIN_SIZE, fmin (next.h, height));
  }
  return next;
}

/* What is known of the grid point that wins. */
typedef struct
{
  CropBox box;
  double score;
  double penalty;
  double pscore;
} Choice;

/* The first of the highest pscores. FALSE if any of them is not finite. */
static gboolean
choose (const SiambanTrackParams *params, const double *window,
    const float *cls, const float *loc, double w, double h, Choice *best,
    double *peak)
{
  int area = params->score_size * params->score_size;

  *peak = 0;
  *best = (Choice){.pscore = -INFINITY};
  for (int i = 0; i < area; i++) {
    Choice at;

    at.box = box_at (loc, params, i);
    at.score = score_at (cls, params->cls_channels, area, i);
    at.penalty = penalty_of (&at.box, w, h, params->penalty_k);
    at.pscore = at.penalty * at.score * (1 - params->window_influence) +
                window[i] * params->window_influence;
    if (!isfinite (at.pscore))
      return FALSE;
    *peak = fmax (*peak, at.score);
    if (at.pscore > best->pscore)
      *best = at;
  }
  return TRUE;
}

gboolean
siamban_track_step (SiambanTrackState *state, const SiambanTrackParams *params,
    const double *window, const float *cls, const float *loc, int width,
    int height, SiambanResult *result)
{
  int area = params->score_size * params->score_size;
  SiambanTrackState next;
  Choice best;
  double scale, peak;

  if (!all_finite (cls, params->cls_channels * area) ||
      !all_finite (loc, 4 * area))
    return FALSE;
  siamban_track_search_side (state, params, &scale);
  if (!choose (params, window, cls, loc, state->w * scale, state->h * scale,
          &best, &peak))
    return FALSE;
  next = moved (state, &best.box, scale, best.penalty * best.score * params->lr,
      width, height);
  if (!state_is_finite (&next))
    return FALSE;

  *state = next;
  result->box =
      (SiambanBox){next.cx - next.w / 2, next.cy - next.h / 2, next.w, next.h};
  result->score = best.score;
  result->peak = peak;
  return TRUE;
}
