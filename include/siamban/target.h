/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_TARGET_H
#define SIAMBAN_TARGET_H

#include <siamban/box.h>
#include <siamban/frame.h>
#include <siamban/model.h>

G_BEGIN_DECLS

/**
 * SiambanResult:
 * @box: where the target is now.
 * @score: probability at the chosen grid point, 0..1.
 * @peak: the highest probability on the whole grid, before size penalty and
 *     window: at least @score.
 */
typedef struct
{
  SiambanBox box;
  double score;
  double peak;
} SiambanResult;

/**
 * SiambanTarget:
 *
 * One object being followed. Not thread-safe: one thread at a time may use
 * it; different targets are independent.
 */
typedef struct _SiambanTarget SiambanTarget;

/**
 * siamban_target_new:
 * @model: the network; the target takes its own reference.
 * @frame: the frame that shows the object; all of it is read, once.
 * @box: the object in @frame; finite, at least 1 x 1 pixel of it in @frame.
 *     It is taken as it is, parts outside and all, unless it is wider or
 *     higher than twice @frame: then only what is inside counts.
 * @threads: most threads to use, 0 for all that the affinity mask allows.
 *
 * Returns: (transfer full): the target, freed by siamban_target_free(), or
 *     %NULL with %SIAMBAN_ERROR_ARGUMENT: the message says what is wrong with
 *     @box or @frame.
 */
SIAMBAN_API SiambanTarget *siamban_target_new (SiambanModel *model,
    const SiambanFrame *frame, const SiambanBox *box, unsigned threads,
    GError **error);

SIAMBAN_API void siamban_target_free (SiambanTarget *target);

/**
 * siamban_targets_update:
 * @targets: (array length=n): targets of one model, each named once.
 * @n: how many; their search crops run as one batch.
 * @frame: the next frame, any format; its size may differ from earlier ones.
 * @results: (out caller-allocates) (array length=n): one a target.
 * @threads: as for siamban_target_new().
 *
 * Looks for each target near where it was. Memory is taken only when a batch
 * is larger than its first target has seen before. A target whose outcome is
 * not finite keeps its former state, and reports its former box with score
 * and peak 0.
 *
 * Returns: %FALSE with %SIAMBAN_ERROR_ARGUMENT if @frame is unusable; the
 *     targets are then as they were.
 */
SIAMBAN_API gboolean siamban_targets_update (SiambanTarget *const *targets,
    unsigned n, const SiambanFrame *frame, SiambanResult *results,
    unsigned threads, GError **error);

G_END_DECLS

#endif
