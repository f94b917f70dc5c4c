/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_FINDER_H
#define SIAMBAN_FINDER_H

#include "session/batch.h"
#include "tracker/tracker.h"

/* Where to look for a lost target, one view a frame: around the last place,
 * from further away too, and at the tiles of the frame in turns; and where
 * something like it was seen, as long as that may be. Numbers only. */
typedef struct
{
  guint turns;    /* views that were not of the suspect place */
  guint tiles;    /* of them, tiles of the frame */
  guint seen;     /* 0: no suspect place; then 1, and 1 more a frame that it was
                     surely there */
  guint followed; /* frames that the suspect place was looked at in vain */
  double x, y;    /* the suspect place */
} SiambanFinder;

/* It was thought to be at (@x, @y) until now. */
void siamban_finder_begin (SiambanFinder *finder, double x, double y);
/* @state: where it was seen last. */
SiambanView siamban_finder_view (SiambanFinder *finder,
    const SiambanTrackState *state, const SiambanTrackParams *params, int width,
    int height);
/* What the view showed: the target perhaps, at (@x, @y), sure from @threshold
 * on. Returns whether that is enough to have found it. */
gboolean siamban_finder_judge (SiambanFinder *finder, double confidence,
    double threshold, double x, double y);

#endif
