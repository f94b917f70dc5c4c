/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_POOL_H
#define SIAMBAN_POOL_H

#include <glib.h>

/* The process's worker threads. A caller that has a frame to compute takes a
 * team, runs parallel loops on it, and gives it back. Admission is first come,
 * first served, and the teams that exist at one time never have more threads
 * together than the affinity mask allows (a team of one is always granted when
 * its turn comes), so several elements share the machine without
 * oversubscribing it. */

typedef struct _SiambanTeam SiambanTeam;

/* Blocks until granted. @threads: the most to use, 0 for all allowed. The
 * calling thread is worker 0; workers are started on first need. */
SiambanTeam *siamban_team_acquire (unsigned threads);
/* The same, but stops waiting and returns NULL once *@served is not 0, which it
 * looks for whenever a team was granted or given back. */
SiambanTeam *siamban_team_acquire_unless (unsigned threads, const gint *served);
void siamban_team_release (SiambanTeam *team);
/* The calling thread only, at any time, by any number of callers: for what runs
 * loops inside a job. Not released. */
SiambanTeam *siamban_team_alone (void);
unsigned siamban_team_size (const SiambanTeam *team);

/* Runs job (data, i, worker) for every i < n, each exactly once, worker less
 * than n and the size, and returns when all are done; what the jobs wrote is
 * visible then. No lock, no allocation. Jobs must not call this, but with
 * siamban_team_alone(). */
typedef void (*SiambanJob) (void *data, unsigned i, unsigned worker);
void siamban_team_run (
    SiambanTeam *team, unsigned n, SiambanJob job, void *data);

/* How many CPUs the process's affinity mask allows, at least 1. */
unsigned siamban_pool_cpus (void);

/* How many of them no team has. */
unsigned siamban_pool_idle (void);

/* How many callers of siamban_team_acquire() are blocked in it. */
unsigned siamban_pool_waiting (void);

#endif
