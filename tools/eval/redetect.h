/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_REDETECT_H
#define EVAL_REDETECT_H

#include "evaluation.h"
#include "picture.h"

/**
 * eval_redetect_new:
 * @still: a picture.
 * @box: the target in it.
 *
 * VOT's test of whether a target is found again: on black, three times as wide
 * and high as @still, that is shown in the top left corner for 5 frames, and
 * then for 195 frames nothing but a square of three times the target's longer
 * side around it, in the bottom right corner.
 *
 * Returns: (transfer full): a sequence of layout %EVAL_LAYOUT_REDETECT, or
 *     %NULL with @error set if @still cannot be read, or does not show @box.
 */
EvalSequence *eval_redetect_new (
    const char *name, const char *still, const SiambanBox *box, GError **error);

/* Frame @i of such a sequence; @picture has to hold the one before. */
gboolean eval_redetect_read (const EvalSequence *sequence, guint i,
    EvalPicture *picture, GError **error);

/* Replaces each sequence by one for each of @n_starts frames of it. */
GPtrArray *eval_redetect_from (
    GPtrArray *sequences, guint n_starts, GError **error);

/* A table for people, on stdout. */
void eval_redetect_print (const Evaluation *evaluation);

/* The same as JSON. */
gboolean eval_redetect_write_json (
    const Evaluation *evaluation, const char *path, GError **error);

#endif
