/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_PROGRESS_H
#define EVAL_PROGRESS_H

#include <glib.h>

/* A bar with the time left, on stderr if that is a terminal. For any thread. */
typedef struct _EvalProgress EvalProgress;

/* @total: steps that there will be. */
EvalProgress *eval_progress_new (guint64 total);
/* @n more are done. */
void eval_progress_add (EvalProgress *progress, guint n);
/* Wipes the bar. */
void eval_progress_free (EvalProgress *progress);

#endif
