/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_TRUTH_H
#define EVAL_TRUTH_H

#include <siamban/siamban.h>

/* What a frame is known to show. */
typedef enum
{
  EVAL_PRESENT,
  EVAL_ABSENT,
  EVAL_UNKNOWN
} EvalKind;

/* @box counts from 0; all zero unless the target is present. */
typedef struct
{
  EvalKind kind;
  SiambanBox box;
} EvalTruth;

/**
 * eval_truth_read:
 * @path: a text with one line a frame: x,y,w,h; or the corners of a polygon,
 *     x,y,...; or VOT's mask, "m" before x,y,w,h and more numbers, of which
 *     only the box is used. Between numbers stand commas, semicolons, blanks or
 *     tabs. NaN anywhere, or a side of 0, says that the target is absent; a
 *     single number, that nothing is known.
 * @origin: number of the first column and row of pixels, 0 or 1.
 *
 * Of a polygon the upright box around it is taken.
 *
 * Returns: (transfer full) (element-type EvalTruth): or %NULL with
 *     %SIAMBAN_ERROR_IO: the message names the line.
 */
GArray *eval_truth_read (const char *path, int origin, GError **error);

/* Reads GOT-10k's absence.label, a 1 for each frame without the target, into
 * @truth. */
gboolean eval_truth_read_absence (
    GArray *truth, const char *path, GError **error);

#endif
