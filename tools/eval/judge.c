/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run.h"

#include <math.h>

void
eval_run_free (EvalRun *run)
{
  if (!run)
    return;
  g_array_unref (run->frames);
  g_free (run);
}

GPtrArray *
eval_runs_new (const GArray *starts)
{
  GPtrArray *runs =
      g_ptr_array_new_with_free_func ((GDestroyNotify)eval_run_free);

  for (guint k = 0; k < starts->len; k++) {
    EvalRun *run = g_new (EvalRun, 1);

    run->start = g_array_index (starts, guint, k);
    run->frames = g_array_new (FALSE, FALSE, sizeof (EvalFrame));
    g_ptr_array_add (runs, run);
  }
  return runs;
}

static double
area_shared (const SiambanBox *a, const SiambanBox *b)
{
  double w = MIN (a->x + a->w, b->x + b->w) - MAX (a->x, b->x);
  double h = MIN (a->y + a->h, b->y + b->h) - MAX (a->y, b->y);

  return MAX (w, 0) * MAX (h, 0);
}

static double
overlap_of (const SiambanBox *a, const SiambanBox *b)
{
  double shared = area_shared (a, b);
  double all = a->w * a->h + b->w * b->h - shared;

  return all > 0 ? shared / all : 0;
}

static SiambanBox
bounded_box (const SiambanBox *box, int width, int height)
{
  double left = CLAMP (box->x, 0, width), top = CLAMP (box->y, 0, height);

  return (SiambanBox){left, top, CLAMP (box->x + box->w, 0, width) - left,
      CLAMP (box->y + box->h, 0, height) - top};
}

void
eval_frame_judge (
    EvalFrame *frame, const EvalTruth *truth, int width, int height)
{
  const SiambanBox *box = &frame->track.box, *real = &truth->box;
  SiambanBox inside = bounded_box (box, width, height);
  SiambanBox real_inside = bounded_box (real, width, height);
  double dx, dy;

  frame->kind = truth->kind;
  frame->width = width;
  frame->height = height;
  if (truth->kind != EVAL_PRESENT)
    return;
  dx = box->x + box->w / 2 - real->x - real->w / 2;
  dy = box->y + box->h / 2 - real->y - real->h / 2;
  frame->overlap = overlap_of (box, real);
  frame->bounded = overlap_of (&inside, &real_inside);
  frame->distance = hypot (dx, dy);
  frame->relative = hypot (dx / real->w, dy / real->h);
}
