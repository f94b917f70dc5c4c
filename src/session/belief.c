/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/belief.h"

#include <math.h>

/* The filter's answer when it was just learnt, and what is asked of one whose
 * target keeps changing; the network's logits likewise. */
#define USUAL_RESPONSE 0.7
#define LEAST_RESPONSE 0.45
#define LEAST_LOGIT    3

/* Share of a frame in what is usual. */
#define RATE 0.01

/* One alone does not make up for the other. */
#define MOST 1.5

/* Strength of the evidence, of the usual one, at which the target is as likely
 * there as not, and how fast that changes with it. */
#define EVEN  0.54
#define SLOPE 0.07

/* Frames without any confidence after which a target is lost. */
#define PATIENCE 2

void
siamban_belief_init (SiambanBelief *belief)
{
  *belief = (SiambanBelief){.usual = {USUAL_RESPONSE, LEAST_LOGIT}};
}

double
siamban_belief_confidence (
    const SiambanBelief *belief, const SiambanEvidence *evidence)
{
  double response = fmin (
      MOST, evidence->response / fmax (belief->usual.response, LEAST_RESPONSE));
  double logit =
      fmin (MOST, evidence->logit / fmax (belief->usual.logit, LEAST_LOGIT));
  double strength = belief->n > 0 ? (response + logit) / 2 : response;

  return 1 / (1 + exp (-(strength - EVEN) / SLOPE));
}

SiambanStatus
siamban_belief_judge (SiambanBelief *belief, double confidence, double lost,
    double found, gboolean interrupted)
{
  if (confidence >= lost)
    belief->doubt = 0;
  else
    belief->doubt += interrupted ? PATIENCE : 1 - confidence / lost;
  if (confidence >= found)
    return SIAMBAN_STATUS_TRACKED;
  return belief->doubt < PATIENCE ? SIAMBAN_STATUS_UNCERTAIN
                                  : SIAMBAN_STATUS_LOST;
}

void
siamban_belief_learn (SiambanBelief *belief, const SiambanEvidence *evidence)
{
  double rate = fmax (RATE, 1. / ++belief->n);

  belief->usual.logit += rate * (evidence->logit - belief->usual.logit);
  belief->usual.response +=
      RATE * (evidence->response - belief->usual.response);
}

void
siamban_belief_renew (SiambanBelief *belief)
{
  belief->doubt = 0;
}
