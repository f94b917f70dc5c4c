/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_RUN_H
#define EVAL_RUN_H

#include "follow.h"
#include "sequence.h"

/**
 * EvalFrame:
 * @track: what the tracker said.
 * @kind: what the frame shows.
 * @overlap: of the box with the true one, 0 to 1.
 * @bounded: the same of both boxes' parts within the picture.
 * @distance: between the centres, in pixels.
 * @relative: the same, in widths and heights of the true box.
 * @width, @height: of the picture.
 *
 * One frame of a run, beside the truth. Overlaps and distances are 0 unless the
 * target is present.
 */
typedef struct
{
  EvalTrack track;
  EvalKind kind;
  double overlap;
  double bounded;
  double distance;
  double relative;
  int width;
  int height;
} EvalFrame;

/**
 * EvalRun:
 * @start: frame of the sequence that the target was learnt on.
 * @frames: (element-type EvalFrame): from that one on.
 *
 * The target followed once, from one frame to the end.
 */
typedef struct
{
  guint start;
  GArray *frames;
} EvalRun;

void eval_run_free (EvalRun *run);

#define eval_run_frame(run, i) (&g_array_index ((run)->frames, EvalFrame, i))

/* (transfer full) (element-type EvalRun): without frames. */
GPtrArray *eval_runs_new (const GArray *starts);

/* Called once for each frame, with how many targets were followed in it. */
typedef void (*EvalProgressFunc) (guint n, gpointer data);

/**
 * eval_run_sequence:
 * @starts: (element-type guint): frames to start from, rising.
 *
 * Follows the target from each of @starts to the end. All runs are made
 * together, so that each picture is decoded once; they know nothing of each
 * other.
 *
 * Returns: (transfer full) (element-type EvalRun): one for each of @starts, or
 *     %NULL with @error set.
 */
GPtrArray *eval_run_sequence (const EvalSequence *sequence,
    const GArray *starts, const EvalFollowing *following,
    EvalProgressFunc progress, gpointer data, GError **error);

/* Sets the judgement of @frame, of a picture of @width x @height. */
void eval_frame_judge (
    EvalFrame *frame, const EvalTruth *truth, int width, int height);

#endif
