/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_SAMPLES_H
#define SIAMBAN_SAMPLES_H

#include <glib.h>

#include "online/map.h"

#define SIAMBAN_SAMPLES_MAX 20

/* Where the target is in a crop, in crop pixels from the centre. */
typedef struct
{
  double cx, cy, w, h;
} SiambanPlace;

/* A map that shows the target, and what a filter should make of it. */
typedef struct
{
  float *x; /* the map */
  float
      *label; /* 1 on the target, 0 elsewhere; then what it makes of it now, */
  float *score; /* and how that changes along the step that is looked for */
  float *slope;
  double weight;
} SiambanSample;

/* What is remembered of a target: the first samples for good, of the others
 * those that weigh most. The weights' sum is 1. */
typedef struct
{
  SiambanMapInfo info;
  SiambanSample all[SIAMBAN_SAMPLES_MAX];
  guint n, n_first, most;
} SiambanSamples;

/* @info: of prepared maps. */
void siamban_samples_init (SiambanSamples *samples, const SiambanMapInfo *info);
void siamban_samples_clear (SiambanSamples *samples);

/* Forgets all but @map, and copies of it that are mirrored and shifted: that
 * costs no run of the network, and is as good. */
void siamban_samples_start (
    SiambanSamples *samples, const float *map, const SiambanPlace *place);
/* Remembers @map with the share @weight of all. Returns it; its score is not
 * set. */
SiambanSample *siamban_samples_add (SiambanSamples *samples, const float *map,
    const SiambanPlace *place, double weight);

#endif
