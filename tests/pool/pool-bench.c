/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>
#include <stdatomic.h>

#include "pool/pool.h"

#define RUNS 100000

typedef struct
{
  unsigned size;
  atomic_uint here, round;
} Meeting;

static void
empty_job (void *data, unsigned i, unsigned worker)
{
  (void)data;
  (void)i;
  (void)worker;
}

/* Back only when all are there: workers that do come, not tokens taken back. */
static void
meet_job (void *data, unsigned i, unsigned worker)
{
  (void)i;
  (void)worker;
  Meeting *meeting = data;
  unsigned round = atomic_load (&meeting->round);
  if (atomic_fetch_add (&meeting->here, 1) + 1 == meeting->size) {
    atomic_store (&meeting->here, 0);
    atomic_fetch_add (&meeting->round, 1);
  }
  while (atomic_load (&meeting->round) == round)
    continue;
}

static void
busy_job (void *data, unsigned i, unsigned worker)
{
  (void)worker;
  volatile double *sums = data;
  double sum = 0;
  for (int k = 0; k < 1000000; k++)
    sum = sum * 0.5 + k;
  sums[i * 16] = sum;
}

static double
best_seconds (
    SiambanTeam *team, unsigned n, SiambanJob job, void *data, unsigned runs)
{
  double best = G_MAXDOUBLE;

  for (int k = 0; k < 9; k++) {
    gint64 start = g_get_monotonic_time ();

    for (unsigned r = 0; r < runs; r++)
      siamban_team_run (team, n, job, data);
    best = MIN (best, (g_get_monotonic_time () - start) * 1e-6 / runs);
  }
  return best;
}

int
main (void)
{
  double sums[64] = {0};
  double alone = 0;

  for (unsigned threads = 1; threads <= MIN (siamban_pool_cpus (), 4);
       threads++) {
    SiambanTeam *team = siamban_team_acquire (threads);
    double empty = best_seconds (team, threads, empty_job, NULL, RUNS);
    Meeting meeting = {.size = threads};
    double meet = best_seconds (team, threads, meet_job, &meeting, RUNS);
    double busy = best_seconds (team, threads, busy_job, sums, 5);

    if (threads == 1)
      alone = busy;
    g_print ("%u threads: empty run %.2f us, with all workers met %.2f us, ",
        threads, empty * 1e6, meet * 1e6);
    g_print ("%u equal jobs of %.2f ms: %.2fx\n", threads, alone * 1e3,
        threads * alone / busy);
    siamban_team_release (team);
  }
  return 0;
}
