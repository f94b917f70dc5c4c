/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_RANGES_H
#define SIAMBAN_RANGES_H

#include "checkpoint/checkpoint.h"
#include "kernels/conv.h"

/* Metadata of a quantised checkpoint: a JSON object that has, by the name of
 * each convolution, [low, high], between which its input's values lie, or null
 * where 8 bits are too few for them. */
#define SIAMBAN_RANGES_KEY "siamban.activation_ranges"

typedef struct _SiambanRanges SiambanRanges;

gboolean siamban_ranges_present (const SiambanCheckpoint *checkpoint);
/* NULL with SIAMBAN_ERROR_MODEL where there are none, or where they are not as
 * said above, finite and in order. */
SiambanRanges *siamban_ranges_read (
    const SiambanCheckpoint *checkpoint, GError **error);
void siamban_ranges_free (SiambanRanges *ranges);

/* FALSE if the convolution is not listed; *@range is NULL for null. */
gboolean siamban_ranges_find (
    const SiambanRanges *ranges, const char *conv, const SiambanRange **range);

#endif
