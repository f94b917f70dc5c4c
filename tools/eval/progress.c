/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define WIDTH    40
#define EVERY_US 200000

struct _EvalProgress
{
  GMutex lock;
  gboolean shown;
  guint64 total;
  guint64 done;
  gint64 started;
  gint64 drawn;
};

EvalProgress *
eval_progress_new (guint64 total)
{
  EvalProgress *progress = g_new0 (EvalProgress, 1);

  g_mutex_init (&progress->lock);
  progress->shown = isatty (STDERR_FILENO);
  progress->total = MAX (total, 1);
  progress->started = g_get_monotonic_time ();
  return progress;
}

static void
draw (const EvalProgress *progress, gint64 now)
{
  double share = (double)progress->done / (double)progress->total;
  double spent = (double)(now - progress->started) / 1e6;
  guint left = (guint)(share > 0 ? spent / share - spent : 0);
  int filled = (int)(share * WIDTH);

  fprintf (stderr, "\r[%-*.*s] %3.0f %%, %u:%02u left ", WIDTH, filled,
      "########################################", 100 * share, left / 60,
      left % 60);
  fflush (stderr);
}

void
eval_progress_add (EvalProgress *progress, guint n)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&progress->lock);
  progress->done += n;
  if (progress->shown && now - progress->drawn >= EVERY_US) {
    draw (progress, now);
    progress->drawn = now;
  }
  g_mutex_unlock (&progress->lock);
}

void
eval_progress_free (EvalProgress *progress)
{
  if (progress->shown && progress->drawn)
    fputs ("\r\033[K", stderr);
  g_mutex_clear (&progress->lock);
  g_free (progress);
}
