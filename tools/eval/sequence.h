/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_SEQUENCE_H
#define EVAL_SEQUENCE_H

#include "truth.h"

/* Whose way of laying out a folder it is; decides how results are written. */
typedef enum
{
  EVAL_LAYOUT_OTB,
  EVAL_LAYOUT_GOT,
  EVAL_LAYOUT_VOT,
  EVAL_LAYOUT_REDETECT /* made up: see redetect.h */
} EvalLayout;

/**
 * EvalSequence:
 * @name: of the folder, with the target's number behind where it has several.
 * @origin: number of the first pixel in the files of this sequence, 0 or 1.
 * @pictures: (element-type filename): one a frame, in order.
 * @truth: (element-type EvalTruth): as many.
 */
typedef struct
{
  char *name;
  EvalLayout layout;
  int origin;
  GPtrArray *pictures;
  GArray *truth;
} EvalSequence;

void eval_sequence_free (EvalSequence *sequence);

#define eval_sequence_truth(sequence, i)                                       \
  (&g_array_index ((sequence)->truth, EvalTruth, i))

/**
 * eval_sequences_find:
 * @folder: a sequence, or a folder of them, at most three levels up.
 * @ini: (nullable): a file that says more about sequences; see
 *     docs/accuracy.md. A file sequences.ini beside or in a sequence's folder
 *     is read as well; @ini goes before it.
 * @max_frames: frames to take of each, 0 is all.
 * @sequences: (element-type EvalSequence): where to put them, sorted by name.
 *
 * Returns: %FALSE with @error set if there is none, or one is not as it should
 *     be.
 */
gboolean eval_sequences_find (const char *folder, const char *ini,
    guint max_frames, GPtrArray *sequences, GError **error);

/**
 * eval_sequence_starts:
 * @n: how many are wanted.
 *
 * Frames to start from: every @n-th part of the frames that show the target.
 *
 * Returns: (transfer full) (element-type guint): in rising order, each once,
 *     so fewer in a short sequence; none if the target is never shown.
 */
GArray *eval_sequence_starts (const EvalSequence *sequence, guint n);

#endif
