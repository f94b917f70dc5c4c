/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run.h"

#include "redetect.h"

#define FRAME_NS 40000000ull /* 25 frames a second */

typedef struct
{
  const EvalSequence *sequence;
  const EvalFollowing *following;
  GPtrArray *runs;
  GPtrArray *followers; /* of those runs that have started */
} Pass;

static gboolean
read_picture (
    const EvalSequence *sequence, guint i, EvalPicture *picture, GError **error)
{
  if (sequence->layout == EVAL_LAYOUT_REDETECT)
    return eval_redetect_read (sequence, i, picture, error);
  return eval_picture_read (picture, sequence->pictures->pdata[i], error);
}

static gboolean
run_start (Pass *pass, const SiambanBox *box, GError **error)
{
  EvalFollower *follower = eval_follower_new (pass->following, box, error);

  if (!follower)
    return FALSE;
  g_ptr_array_add (pass->followers, follower);
  return TRUE;
}

static gboolean
run_step (Pass *pass, guint i, const SiambanFrame *picture, GError **error)
{
  const EvalTruth *truth = eval_sequence_truth (pass->sequence, i);

  for (guint k = 0; k < pass->runs->len; k++) {
    EvalRun *run = pass->runs->pdata[k];
    EvalFrame frame = {0};

    if (run->start > i)
      break;
    if (run->start == i && !run_start (pass, &truth->box, error))
      return FALSE;
    if (!eval_follower_step (pass->followers->pdata[k], picture, i * FRAME_NS,
            &frame.track, error))
      return FALSE;
    eval_frame_judge (&frame, truth, picture->width, picture->height);
    g_array_append_val (run->frames, frame);
  }
  return TRUE;
}

static gboolean
pass_over (Pass *pass, EvalProgressFunc progress, gpointer data, GError **error)
{
  const GPtrArray *pictures = pass->sequence->pictures;
  guint first = pass->runs->len ? ((EvalRun *)pass->runs->pdata[0])->start : 0;
  EvalPicture picture = {0};
  gboolean ok = pass->runs->len > 0;

  for (guint i = first; ok && i < pictures->len; i++) {
    ok = read_picture (pass->sequence, i, &picture, error);
    if (ok && !run_step (pass, i, &picture.frame, error)) {
      g_prefix_error (error, "%s: ", (const char *)pictures->pdata[i]);
      ok = FALSE;
    }
    progress (pass->followers->len, data);
  }
  eval_picture_clear (&picture);
  return ok;
}

GPtrArray *
eval_run_sequence (const EvalSequence *sequence, const GArray *starts,
    const EvalFollowing *following, EvalProgressFunc progress, gpointer data,
    GError **error)
{
  Pass pass = {sequence, following, eval_runs_new (starts),
      g_ptr_array_new_with_free_func ((GDestroyNotify)eval_follower_free)};

  if (!pass_over (&pass, progress, data, error))
    g_clear_pointer (&pass.runs, g_ptr_array_unref);
  g_ptr_array_unref (pass.followers);
  return pass.runs;
}
