/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_PORTRAIT_H
#define SIAMBAN_PORTRAIT_H

#include <siamban/frame.h>

#include "online/filter.h"
#include "session/batch.h"

/* The pictures that a target was learnt from, kept so that it can be learnt
 * again: its template and its search crop, B, G, R. All zero is none. */
typedef struct
{
  double mean[3]; /* colour of the frame, and of what lies outside of it */
  guint8 *z, *x;
  int z_size, x_size;
  double w, h; /* of the target, in pixels of x; it is in the middle */
} SiambanPortrait;

void siamban_portrait_take (SiambanPortrait *portrait,
    const SiambanTrackParams *params, const SiambanFrame *frame,
    const double mean[3], const SiambanTrackState *state);
void siamban_portrait_clear (SiambanPortrait *portrait);

SiambanTemplate *siamban_portrait_template (
    const SiambanPortrait *portrait, SiambanModel *model, unsigned threads);
/* The filter that knows the target by its portrait, or nothing yet if @model
 * gives no finite features. */
SiambanFilter *siamban_portrait_filter (
    const SiambanPortrait *portrait, SiambanModel *model, unsigned threads);

#endif
