/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_TRACKER_H
#define SIAMBAN_TRACKER_H

#include <siamban/target.h>

#include "arch/arch.h"

/* The reference tracker's arithmetic, without pixels or network: all double. */

typedef struct
{
  double cx, cy, w, h;
} SiambanTrackState;

void siamban_track_init (SiambanTrackState *state, const SiambanBox *box);

/* Side of the template crop in frame pixels, rounded, ties to even. */
double siamban_track_template_side (
    const SiambanTrackState *state, const SiambanTrackParams *params);
/* Side of the search crop, rounded; @scale: crop pixels a frame pixel. */
double siamban_track_search_side (const SiambanTrackState *state,
    const SiambanTrackParams *params, double *scale);

/* Separable window, score_size x score_size. */
double *siamban_track_window (int score_size);

/* Moves @state to the best point of @cls and @loc (as siamban_model_search()
 * gives them) in a frame of width x height. Returns FALSE, leaving @state as it
 * was, if any number that decides is not finite. */
gboolean siamban_track_step (SiambanTrackState *state,
    const SiambanTrackParams *params, const double *window, const float *cls,
    const float *loc, int width, int height, SiambanResult *result);

#endif
