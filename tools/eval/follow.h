/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_FOLLOW_H
#define EVAL_FOLLOW_H

#include <siamban/siamban.h>

/* The tracker under test; of one that has run already, the folder that
 * @recorded names has the boxes. */
typedef struct
{
  SiambanModel *model;
  SiambanSessionOptions options;
  const char *recorded;
} EvalFollowing;

/* What it said of one frame; @cpu_ms is its thread's CPU time for that. */
typedef struct
{
  SiambanBox box;
  SiambanStatus status;
  double score;
  double confidence;
  double cpu_ms;
} EvalTrack;

/* One target, in a session of its own. */
typedef struct _EvalFollower EvalFollower;

/* The first frame that it is given has to show @box. */
EvalFollower *eval_follower_new (
    const EvalFollowing *following, const SiambanBox *box, GError **error);

/* @time: of the frame, in nanoseconds. A target that has ended is told as lost,
 * where it was last seen. */
gboolean eval_follower_step (EvalFollower *follower, const SiambanFrame *frame,
    guint64 time, EvalTrack *track, GError **error);
void eval_follower_free (EvalFollower *follower);

/**
 * eval_options_set:
 * @text: OPTION=VALUE, one of those of #SiambanSessionOptions with "-" for "_".
 *
 * Returns: %FALSE with %SIAMBAN_ERROR_ARGUMENT if there is no such option, or
 *     the value is not a number that it can take.
 */
gboolean eval_options_set (
    SiambanSessionOptions *options, const char *text, GError **error);

#endif
