/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_TRACKER_H
#define SIAMBAN_TRACKER_H

#include <glib.h>
#include <siamban/box.h>

#include "tracker/params.h"

/* The reference tracker's arithmetic, without pixels or network: all double. */

typedef struct
{
  double cx, cy, w, h;
} SiambanTrackState;

/* What one grid point says. @cx, @cy: of the box, in crop pixels from the
 * crop's centre; @penalty: 1 for a box of the size and shape that the target
 * has, less for others. */
typedef struct
{
  double cx, cy, w, h;
  double logit;
  double score;
  double penalty;
} SiambanCandidate;

void siamban_track_init (SiambanTrackState *state, const SiambanBox *box);
SiambanBox siamban_track_box (const SiambanTrackState *state);
/* The frame is now @sx times as wide and @sy times as high. */
void siamban_track_scale (SiambanTrackState *state, double sx, double sy);

/* Side of the template crop in frame pixels, rounded, ties to even. */
double siamban_track_template_side (
    const SiambanTrackState *state, const SiambanTrackParams *params);
/* Side of the search crop, rounded; @scale: crop pixels a frame pixel. */
double siamban_track_search_side (const SiambanTrackState *state,
    const SiambanTrackParams *params, double *scale);

/* Separable window, score_size x score_size. */
double *siamban_track_window (int score_size);

/* Reads @cls and @loc, as siamban_model_search() gives them of a crop with
 * @scale pixels a frame pixel. @candidates: (out): score_size x score_size.
 * Returns FALSE if any number that decides is not finite. */
gboolean siamban_track_candidates (const SiambanTrackState *state,
    const SiambanTrackParams *params, double scale, const float *cls,
    const float *loc, SiambanCandidate *candidates);

/* The one that the published tracker takes. */
const SiambanCandidate *siamban_track_best (const SiambanTrackParams *params,
    const double *window, const SiambanCandidate *candidates);

/* Moves @state to @choice, in a frame of width x height. Returns FALSE, leaving
 * @state as it was, if it would not be finite. */
gboolean siamban_track_commit (SiambanTrackState *state,
    const SiambanTrackParams *params, double scale,
    const SiambanCandidate *choice, int width, int height);

#endif
