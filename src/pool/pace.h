/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_POOL_PACE_H
#define SIAMBAN_POOL_PACE_H

#include <glib.h>

/* Whether calls of one kind end earlier with a team or alone, found by trying:
 * a team whose threads the kernel does not run at the same time, for others use
 * the CPUs, waits for itself at every loop's end. Every now and then some calls
 * are made the other way, and at once if calls take another time than they did.
 * All zero at first, when a team is trusted. */
typedef struct
{
  gboolean alone;    /* the usual way */
  gboolean trying;   /* the other way, now */
  unsigned calls;    /* made in the way of now */
  double seconds;    /* of a trial's calls */
  unsigned patience; /* usual calls between trials */
  double usual;      /* seconds a call, recent ones above all */
  double compared;   /* what that was at the last trial */
} SiambanPace;

gboolean siamban_pace_wants_team (const SiambanPace *pace);
/* A call took @seconds with, or without, a team. */
void siamban_pace_note (SiambanPace *pace, gboolean with_team, double seconds);

#endif
