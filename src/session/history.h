/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_HISTORY_H
#define SIAMBAN_HISTORY_H

#include <siamban/session.h>

#define SIAMBAN_HISTORY_MAX 256

/* Where a target has been, thinned out so that it never takes more room: every
 * @step-th frame. All zero is an empty one. */
typedef struct
{
  SiambanPoint *points;
  guint n;
  guint64 step, seen;
} SiambanHistory;

void siamban_history_add (
    SiambanHistory *history, const SiambanTrack *track, guint64 time);
/* The frame is now @sx times as wide and @sy times as high. */
void siamban_history_scale (SiambanHistory *history, double sx, double sy);
void siamban_history_clear (SiambanHistory *history);

#endif
