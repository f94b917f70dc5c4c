/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/robust.h"

#include <math.h>

/* The filter tells the target from what is like it, but not as well as the
 * network where the target's middle is: from this share of its highest answer
 * on, all points are as good. An answer lower than the least of them is none.
 */
#define AS_GOOD   0.8
#define LEAST_TOP 0.25

/* Weight of the filter while the target is lost: the network alone finds
 * something everywhere. */
#define LOST_FUSION 0.5

/* What lies further from the highest answer than this, in sizes of the target,
 * is something else. */
#define APART 1.1
/* Answers elsewhere from this share of the highest on: it may be there. */
#define RIVAL 0.8

/* Grid points whose boxes lie this close together, in sizes of them, are about
 * one and the same thing. */
#define TOGETHER 0.25

/* Share of a frame in what is remembered. */
#define RATE 0.05

/* Filterings of a map for learning in a frame: in the one that it is learnt
 * from, which the network has work with, too; until the first steps are done;
 * and then. */
#define FIRST_UNITS 32
#define YOUNG_UNITS 64
#define UNITS       10

SiambanRobust *
siamban_robust_new (SiambanFilter *filter, const SiambanTrackState *state)
{
  SiambanRobust *robust = g_new0 (SiambanRobust, 1);
  int side = siamban_filter_info (filter)->side;

  robust->filter = filter;
  robust->response = g_new (float, side *side);
  siamban_belief_init (&robust->belief);
  robust->certain = *state;
  siamban_filter_work (filter, FIRST_UNITS);
  return robust;
}

void
siamban_robust_free (SiambanRobust *robust)
{
  if (!robust)
    return;
  siamban_filter_free (robust->filter);
  g_free (robust->response);
  g_free (robust);
}

void
siamban_robust_place (SiambanRobust *robust, const SiambanTrackState *state)
{
  siamban_belief_renew (&robust->belief);
  robust->certain = *state;
}

void
siamban_robust_scale (SiambanRobust *robust, double sx, double sy)
{
  siamban_track_scale (&robust->certain, sx, sy);
  robust->finder.x *= sx;
  robust->finder.y *= sy;
}

/* Where the map is @offset crop pixels from the crop's centre. */
static SiambanMapPoint
point_at (const SiambanRobust *robust, double offset)
{
  const SiambanMapInfo *info = siamban_filter_info (robust->filter);

  return siamban_map_point (
      info->side, CLAMP (siamban_map_pixel (info, offset), 0, info->side - 1));
}

/* The filter's answer there. */
static double
response_at (const SiambanRobust *robust, const SiambanMapPoint *x,
    const SiambanMapPoint *y)
{
  int side = siamban_filter_info (robust->filter)->side;

  return siamban_map_between (robust->response, side, x, y);
}

/* The highest answer, and the highest away from it; @w, @h: of the target, in
 * crop pixels. */
static void
find_peaks (SiambanRobust *robust, double w, double h)
{
  const SiambanMapInfo *info = siamban_filter_info (robust->filter);
  const float *response = robust->response;
  double far_x = APART * w / info->stride, far_y = APART * h / info->stride;
  int side = info->side, best = 0;

  for (int i = 1; i < side * side; i++) {
    if (response[i] > response[best])
      best = i;
  }
  robust->highest = response[best];
  robust->runner_up = 0;
  for (int i = 0; i < side * side; i++) {
    if (abs (i % side - best % side) > far_x ||
        abs (i / side - best / side) > far_y)
      robust->runner_up = fmax (robust->runner_up, response[i]);
  }
}

static const SiambanCandidate *
robust_choose (const SiambanRobust *robust, const SiambanSearch *search,
    double influence, double fusion)
{
  const SiambanTrackParams *params = search->params;
  int size = params->score_size, best = 0;
  g_autofree SiambanMapPoint *points = g_new (SiambanMapPoint, size);
  double good = AS_GOOD * fmax (robust->highest, LEAST_TOP), highest = -1;

  for (int i = 0; i < size; i++)
    points[i] = point_at (robust, (i - size / 2) * params->stride);
  for (int i = 0; i < size * size; i++) {
    const SiambanCandidate *at = &search->candidates[i];
    double response =
        response_at (robust, &points[i % size], &points[i / size]);
    double answer = CLAMP (response / good, 0, 1);
    double score = fusion * answer + (1 - fusion) * at->penalty * at->score;

    score = score * (1 - influence) + search->window[i] * influence;
    if (score > highest) {
      highest = score;
      best = i;
    }
  }
  return &search->candidates[best];
}

/* The network's best logit for what @choice is about: the choice itself may
 * come from a point that is less sure of the same box. */
static double
logit_of (const SiambanSearch *search, const SiambanCandidate *choice)
{
  int area = search->params->score_size * search->params->score_size;
  double logit = choice->logit;

  for (int i = 0; i < area; i++) {
    const SiambanCandidate *at = &search->candidates[i];

    if (fabs (at->cx - choice->cx) < TOGETHER * choice->w &&
        fabs (at->cy - choice->cy) < TOGETHER * choice->h)
      logit = fmax (logit, at->logit);
  }
  return logit;
}

static SiambanEvidence
evidence_of (const SiambanRobust *robust, const SiambanSearch *search,
    const SiambanCandidate *choice)
{
  SiambanMapPoint x = point_at (robust, choice->cx);
  SiambanMapPoint y = point_at (robust, choice->cy);

  return (SiambanEvidence){
      response_at (robust, &x, &y),
      logit_of (search, choice),
  };
}

/* The best choice, and how sure it is. */
static SiambanVerdict
robust_look (SiambanRobust *robust, const SiambanSearch *search,
    const SiambanTrackState *state, gboolean lost)
{
  double scale = search->finding->view.scale;
  SiambanVerdict verdict = {.choice = NULL};

  if (!search->candidates ||
      !siamban_filter_read (robust->filter, search->finding->features))
    return verdict;
  siamban_filter_respond (robust->filter, robust->response);
  find_peaks (robust, state->w * scale, state->h * scale);
  verdict.choice = robust_choose (robust, search,
      lost ? 0 : search->params->window_influence,
      lost ? LOST_FUSION : search->options->fusion);
  verdict.evidence = evidence_of (robust, search, verdict.choice);
  /* A filter that has hardly learnt yet has nothing to say against it. */
  verdict.confidence =
      siamban_filter_is_young (robust->filter) && !lost
          ? verdict.choice->score
          : siamban_belief_confidence (&robust->belief, &verdict.evidence);
  return verdict;
}

/* Whether it was found. */
static gboolean
judge_lost (SiambanRobust *robust, const SiambanSearch *search,
    const SiambanVerdict *verdict)
{
  const SiambanView *view = &search->finding->view;
  double x = view->cx, y = view->cy;

  if (verdict->choice) {
    x += verdict->choice->cx / view->scale;
    y += verdict->choice->cy / view->scale;
  }
  if (!siamban_finder_judge (&robust->finder, verdict->confidence,
          search->options->found_threshold, x, y))
    return FALSE;
  siamban_belief_renew (&robust->belief);
  return TRUE;
}

SiambanVerdict
siamban_robust_judge (SiambanRobust *robust, const SiambanSearch *search,
    const SiambanTrackState *state, SiambanStatus status)
{
  gboolean lost = status == SIAMBAN_STATUS_LOST;
  SiambanVerdict verdict = robust_look (robust, search, state, lost);
  const SiambanView *view = &search->finding->view;

  if (lost) {
    verdict.status = judge_lost (robust, search, &verdict)
                         ? SIAMBAN_STATUS_TRACKED
                         : SIAMBAN_STATUS_LOST;
    return verdict;
  }
  verdict.status = siamban_belief_judge (&robust->belief, verdict.confidence,
      search->options->lost_threshold, search->options->found_threshold,
      search->interrupted);
  if (verdict.status == SIAMBAN_STATUS_LOST && verdict.choice)
    siamban_finder_begin (&robust->finder,
        view->cx + verdict.choice->cx / view->scale,
        view->cy + verdict.choice->cy / view->scale);
  else if (verdict.status == SIAMBAN_STATUS_LOST)
    siamban_finder_begin (&robust->finder, state->cx, state->cy);
  return verdict;
}

void
siamban_robust_confirm (SiambanRobust *robust, const SiambanSearch *search,
    const SiambanVerdict *verdict, const SiambanTrackState *state,
    const SiambanPlace *place)
{
  if (search->interrupted)
    return;
  if (verdict->status == SIAMBAN_STATUS_TRACKED) {
    robust->certain = *state;
    siamban_belief_learn (&robust->belief, &verdict->evidence);
  }
  if (verdict->confidence >= search->options->lost_threshold &&
      robust->runner_up <= RIVAL * robust->highest)
    siamban_filter_add (robust->filter, place, RATE);
}

void
siamban_robust_work (SiambanRobust *robust)
{
  siamban_filter_work (robust->filter,
      siamban_filter_is_young (robust->filter) ? YOUNG_UNITS : UNITS);
}
