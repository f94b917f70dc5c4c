/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_FILTER_H
#define SIAMBAN_FILTER_H

#include "online/samples.h"

/* A filter over the network's map, learnt while it is used to answer 1 where
 * the target is and 0 elsewhere: L2 with a hinge, by steepest descent with the
 * exact step. Learning goes on in small pieces, so that no frame waits for it.
 */
typedef struct _SiambanFilter SiambanFilter;

/* @info: of the maps as the network gives them. */
SiambanFilter *siamban_filter_new (const SiambanMapInfo *info);
void siamban_filter_free (SiambanFilter *filter);

/* Of prepared maps and responses. */
const SiambanMapInfo *siamban_filter_info (const SiambanFilter *filter);

/* Reads @features. FALSE if they are not finite, or all 0: they tell nothing.
 * What follows is about the map read last. */
gboolean siamban_filter_read (SiambanFilter *filter, const float *features);
/* side x side: about 1 on the target, about 0 elsewhere. */
void siamban_filter_respond (SiambanFilter *filter, float *response);
/* Forgets all and learns from the map, which shows the target at @place. */
void siamban_filter_start (SiambanFilter *filter, const SiambanPlace *place);
/* Remembers the map, with the share @weight of all, from the next step on. Of
 * several before a step the last is kept, and weighs as much as all of them.
 * No map is read after that. */
void siamban_filter_add (
    SiambanFilter *filter, const SiambanPlace *place, double weight);

/* Learns for as long as it takes to filter @units maps. */
void siamban_filter_work (SiambanFilter *filter, unsigned units);
/* Whether the first steps are still to be done. */
gboolean siamban_filter_is_young (const SiambanFilter *filter);

#endif
