/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BELIEF_H
#define SIAMBAN_BELIEF_H

#include <siamban/session.h>

/* What speaks for the target being at a place: the filter's answer there, and
 * the network's logit. Logits, because the probabilities of a target and of
 * what is like it are both nearly 1. */
typedef struct
{
  double response;
  double logit;
} SiambanEvidence;

/* How sure it is to be followed, from frame to frame: numbers only. What a
 * model answers on a target that is plainly there is learnt from the frames of
 * which it is sure, so that confidence means the same for all of them. */
typedef struct
{
  SiambanEvidence usual;
  guint n;      /* frames that it was learnt from */
  double doubt; /* frames of no confidence in a row, each as far as it has none
                 */
} SiambanBelief;

void siamban_belief_init (SiambanBelief *belief);
/* 0 to 1. */
double siamban_belief_confidence (
    const SiambanBelief *belief, const SiambanEvidence *evidence);
/* The status after a frame with @confidence, of a target that was not lost:
 * tracked from @found on, and lost when it was below @lost for long; on a frame
 * that does not follow the last one, at once. */
SiambanStatus siamban_belief_judge (SiambanBelief *belief, double confidence,
    double lost, double found, gboolean interrupted);
/* @evidence is of a target that is plainly there. */
void siamban_belief_learn (
    SiambanBelief *belief, const SiambanEvidence *evidence);
/* It was found, or shown. */
void siamban_belief_renew (SiambanBelief *belief);

#endif
