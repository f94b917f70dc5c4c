/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_ROBUST_H
#define SIAMBAN_ROBUST_H

#include "online/filter.h"
#include "session/batch.h"
#include "session/belief.h"
#include "session/finder.h"
#include "tracker/tracker.h"

/* What robust mode knows of a target beside what the reference does. */
typedef struct
{
  SiambanFilter *filter;
  float *response;           /* to the map read last */
  double highest, runner_up; /* of it */
  SiambanBelief belief;
  SiambanFinder finder;      /* while it is lost */
  SiambanTrackState certain; /* where it was when that was sure */
} SiambanRobust;

/* What a search says to a target. */
typedef struct
{
  const SiambanTrackParams *params;
  const double *window;
  const SiambanSessionOptions *options;
  const SiambanFinding *finding;
  const SiambanCandidate *candidates; /* NULL: nothing that is finite */
  gboolean interrupted;               /* the frame does not follow the last */
} SiambanSearch;

/* What follows from it. */
typedef struct
{
  SiambanStatus status;
  double confidence;
  SiambanEvidence evidence;
  const SiambanCandidate *choice; /* NULL: there is none */
} SiambanVerdict;

/* @filter: (transfer full): of the target at @state. */
SiambanRobust *siamban_robust_new (
    SiambanFilter *filter, const SiambanTrackState *state);
void siamban_robust_free (SiambanRobust *robust);

/* It is at @state, as somebody says who knows. */
void siamban_robust_place (
    SiambanRobust *robust, const SiambanTrackState *state);

/* Frames are now @sx times as wide and @sy times as high. */
void siamban_robust_scale (SiambanRobust *robust, double sx, double sy);

/* @state, @status: of the target before the search. */
SiambanVerdict siamban_robust_judge (SiambanRobust *robust,
    const SiambanSearch *search, const SiambanTrackState *state,
    SiambanStatus status);
/* After a verdict other than lost: the target was moved to @state, which is at
 * @place of the searched crop. */
void siamban_robust_confirm (SiambanRobust *robust, const SiambanSearch *search,
    const SiambanVerdict *verdict, const SiambanTrackState *state,
    const SiambanPlace *place);
/* Some of the learning; once a frame. */
void siamban_robust_work (SiambanRobust *robust);

#endif
