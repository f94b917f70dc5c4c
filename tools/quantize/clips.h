/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef QUANTIZE_CLIPS_H
#define QUANTIZE_CLIPS_H

#include "model/model-private.h"
#include "tools/source/source.h"

/* Byte crops, B, G, R interleaved, of one made-up target. */
typedef struct
{
  guint8 *z; /* of the template's size */
  guint8 *x; /* of the search region's, some frames later */
} Pair;

/* Appends to @pairs (of Pair) @n at most of @clip: always the same ones of the
 * same clip. Fails with a message that names the clip if it cannot be decoded.
 */
gboolean quantize_clip_read (const TrackSource *clip,
    const SiambanTrackParams *track, guint n, GArray *pairs, GError **error);

void quantize_pair_clear (Pair *pair);

#endif
