/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <siamban/target.h>

#include <math.h>

#include "image/crop.h"
#include "model/model-private.h"
#include "tracker/tracker.h"

/* A box this many times the frame says nothing of the object's size. */
#define MAX_BOX 2

/* What a batch is computed in. The first target of a batch has it. */
typedef struct
{
  unsigned capacity; /* targets */
  guint8 *pixels;
  const guint8 **crops; /* into pixels */
  SiambanTemplate **templates;
  float *cls;
  float *loc;
} Batch;

struct _SiambanTarget
{
  SiambanModel *model;
  SiambanTemplate *template;
  SiambanTrackState state;
  double mean[3]; /* of the first frame */
  double *window;
  Batch batch;
};

static gboolean
check_frame (const SiambanFrame *frame, GError **error)
{
  const char *problem = siamban_frame_problem (frame);

  if (problem)
    g_set_error_literal (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT, problem);
  return !problem;
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

static SiambanTemplate *
embed (SiambanTarget *target, const SiambanFrame *frame, unsigned threads)
{
  const SiambanTrackParams *params = siamban_model_track (target->model);
  int size = params->exemplar_size;
  g_autofree guint8 *z = g_malloc_n (3 * size, size);

  siamban_crop (frame, target->state.cx, target->state.cy,
      siamban_track_template_side (&target->state, params), size, target->mean,
      z);
  return siamban_model_embed_pixels (target->model, z, threads);
}

SiambanTarget *
siamban_target_new (SiambanModel *model, const SiambanFrame *frame,
    const SiambanBox *box, unsigned threads, GError **error)
{
  SiambanTarget *target;
  SiambanBox seed;

  if (!check_frame (frame, error) || !check_box (&seed, box, frame, error))
    return NULL;
  target = g_new0 (SiambanTarget, 1);
  target->model = siamban_model_ref (model);
  target->window =
      siamban_track_window (siamban_model_track (model)->score_size);
  siamban_track_init (&target->state, &seed);
  siamban_frame_mean (frame, target->mean);
  target->template = embed (target, frame, threads);
  return target;
}

static void
batch_clear (Batch *batch)
{
  g_free (batch->pixels);
  g_free (batch->crops);
  g_free (batch->templates);
  g_free (batch->cls);
  g_free (batch->loc);
}

void
siamban_target_free (SiambanTarget *target)
{
  if (!target)
    return;
  batch_clear (&target->batch);
  g_free (target->window);
  siamban_template_free (target->template);
  siamban_model_unref (target->model);
  g_free (target);
}

static void
batch_reserve (Batch *batch, const SiambanTrackParams *params, unsigned n)
{
  gsize pixels = 3 * (gsize)params->instance_size * params->instance_size;
  gsize points = (gsize)params->score_size * params->score_size;

  if (batch->capacity >= n)
    return;
  batch_clear (batch);
  batch->capacity = n;
  batch->pixels = g_malloc_n (n, pixels);
  batch->crops = g_new (const guint8 *, n);
  batch->templates = g_new (SiambanTemplate *, n);
  batch->cls = g_new (float, n * params->cls_channels * points);
  batch->loc = g_new (float, n * 4 * points);
  for (unsigned i = 0; i < n; i++)
    batch->crops[i] = batch->pixels + i * pixels;
}

static void
crop_search (const SiambanTarget *target, const SiambanTrackParams *params,
    const SiambanFrame *frame, guint8 *out)
{
  const SiambanTrackState *state = &target->state;
  double scale, side = siamban_track_search_side (state, params, &scale);

  siamban_crop (frame, state->cx, state->cy, side, params->instance_size,
      target->mean, out);
}

static SiambanResult
step (SiambanTarget *target, const SiambanTrackParams *params,
    const SiambanFrame *frame, const float *cls, const float *loc)
{
  int points = params->score_size * params->score_size;
  g_autofree SiambanCandidate *all = g_new (SiambanCandidate, points);
  SiambanTrackState *state = &target->state;
  const SiambanCandidate *best;
  SiambanResult result = {.peak = 0};
  double scale;

  siamban_track_search_side (state, params, &scale);
  if (siamban_track_candidates (state, params, scale, cls, loc, all)) {
    best = siamban_track_best (params, target->window, all);
    if (siamban_track_commit (
            state, params, scale, best, frame->width, frame->height)) {
      result.score = best->score;
      for (int i = 0; i < points; i++)
        result.peak = MAX (result.peak, all[i].score);
    }
  }
  result.box = siamban_track_box (state);
  return result;
}

static gboolean
same_model (SiambanTarget *const *targets, unsigned n)
{
  for (unsigned i = 1; i < n; i++) {
    if (targets[i]->model != targets[0]->model)
      return FALSE;
  }
  return TRUE;
}

gboolean
siamban_targets_update (SiambanTarget *const *targets, unsigned n,
    const SiambanFrame *frame, SiambanResult *results, unsigned threads,
    GError **error)
{
  const SiambanTrackParams *params;
  gsize pixels, points;
  Batch *batch;

  g_return_val_if_fail (same_model (targets, n), FALSE);
  if (!check_frame (frame, error))
    return FALSE;
  if (n == 0)
    return TRUE;

  params = siamban_model_track (targets[0]->model);
  pixels = 3 * (gsize)params->instance_size * params->instance_size;
  points = (gsize)params->score_size * params->score_size;
  batch = &targets[0]->batch;
  batch_reserve (batch, params, n);
  for (unsigned i = 0; i < n; i++) {
    crop_search (targets[i], params, frame, batch->pixels + i * pixels);
    batch->templates[i] = targets[i]->template;
  }
  siamban_model_search_pixels (targets[0]->model, n, batch->templates,
      batch->crops, batch->cls, batch->loc, threads);
  for (unsigned i = 0; i < n; i++)
    results[i] = step (targets[i], params, frame,
        batch->cls + i * params->cls_channels * points,
        batch->loc + i * 4 * points);
  return TRUE;
}
