/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "figures.h"

#include <math.h>

#define GOOD     0.5 /* overlap */
#define PATIENCE 30  /* frames after an absence */

/* Of absences that can be judged, how many ended well, and after how long. */
typedef struct
{
  guint judged;
  guint found;
  guint frames;
} Returns;

static gboolean
is_lost (const EvalFrame *frame)
{
  return frame->track.status == SIAMBAN_STATUS_LOST;
}

static double
share (guint part, guint all)
{
  return all ? (double)part / all : NAN;
}

static void
count_states (const EvalRun *run, double *values)
{
  guint absent = 0, told = 0, good = 0, lost = 0;

  for (guint k = 1; k < run->frames->len; k++) {
    const EvalFrame *frame = eval_run_frame (run, k);

    if (frame->kind == EVAL_ABSENT) {
      absent++;
      told += frame->track.status != SIAMBAN_STATUS_TRACKED;
    } else if (frame->kind == EVAL_PRESENT && frame->overlap > GOOD) {
      good++;
      lost += is_lost (frame);
    }
  }
  values[EVAL_ABSENT_TOLD] = share (told, absent);
  values[EVAL_GOOD_LOST] = share (lost, good);
}

/* The target is back in frame @k. If it is not found before it leaves again or
 * the sequence ends, that counts only where there was time enough. */
static void
judge_return (const EvalRun *run, guint k, Returns *returns)
{
  guint end = MIN (k + PATIENCE, run->frames->len);

  for (guint i = k; i < end; i++) {
    const EvalFrame *frame = eval_run_frame (run, i);

    if (frame->kind == EVAL_ABSENT)
      return;
    if (frame->kind == EVAL_PRESENT && frame->overlap > GOOD &&
        !is_lost (frame)) {
      returns->judged++;
      returns->found++;
      returns->frames += i - k;
      return;
    }
  }
  returns->judged += end == k + PATIENCE;
}

void
eval_state_figures (const EvalRun *run, double *values)
{
  Returns returns = {0};

  count_states (run, values);
  for (guint k = 1; k < run->frames->len; k++)
    if (eval_run_frame (run, k)->kind == EVAL_PRESENT &&
        eval_run_frame (run, k - 1)->kind == EVAL_ABSENT)
      judge_return (run, k, &returns);
  values[EVAL_FOUND_AGAIN] = share (returns.found, returns.judged);
  values[EVAL_FRAMES_TO_FIND] = share (returns.frames, returns.found);
}
