/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_REPORT_H
#define EVAL_REPORT_H

#include "evaluation.h"

/* What was evaluated, and what it is called. */
typedef struct
{
  const char *name;
  const EvalFollowing *following;
} EvalSubject;

/* A table for people, on stdout. */
void eval_report_print (const Evaluation *evaluation);

/* Everything but the frames; what --compare reads. */
gboolean eval_report_write_json (const Evaluation *evaluation,
    const EvalSubject *subject, const char *path, GError **error);

/* A line a run, one a sequence (start "mean"), and one for all. */
gboolean eval_report_write_csv (
    const Evaluation *evaluation, const char *path, GError **error);

#endif
