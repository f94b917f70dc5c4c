/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "start.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double
ms_since (gint64 start)
{
  return (g_get_monotonic_time () - start) / 1e3;
}

static gboolean
measure (const BenchFiles *files, SiambanPrecision precision, BenchStart *start)
{
  gint64 before = g_get_monotonic_time ();
  BenchSubject *subject = bench_subject_load (files, precision, NULL);
  struct rusage usage;

  if (!subject)
    return FALSE;
  start->load_ms = ms_since (before);
  before = g_get_monotonic_time ();
  bench_subject_embed (subject);
  bench_subject_search (subject, 1, 0);
  start->first_ms = ms_since (before);
  getrusage (RUSAGE_SELF, &usage);
  start->peak_bytes = usage.ru_maxrss * 1024.0;
  return TRUE;
}

G_GNUC_NORETURN static void
run_child (int out, const BenchFiles *files, SiambanPrecision precision)
{
  BenchStart start;
  gboolean ok = measure (files, precision, &start) &&
                write (out, &start, sizeof start) == sizeof start;

  _exit (ok ? 0 : 1);
}

gboolean
bench_start (
    const BenchFiles *files, SiambanPrecision precision, BenchStart *start)
{
  int ends[2], status;
  gboolean ok = FALSE;
  pid_t child;

  if (pipe (ends) != 0)
    return FALSE;
  child = fork ();
  if (child == 0)
    run_child (ends[1], files, precision);
  close (ends[1]);
  if (child > 0) {
    ok = read (ends[0], start, sizeof *start) == sizeof *start;
    waitpid (child, &status, 0);
  }
  close (ends[0]);
  return ok;
}
