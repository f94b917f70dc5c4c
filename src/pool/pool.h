/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_POOL_H
#define SIAMBAN_POOL_H

#include <glib.h>

/* The process's worker threads. A caller that has a frame to compute takes a
 * team, runs parallel loops on it, and gives it back. The threads of the teams
 * that exist at one time each have a CPU of their own in the affinity mask of
 * their team's caller, so several elements share the machine without
 * oversubscribing it. A caller gets what is free of what it may use, and waits
 * only where there is not one CPU; those who wait are served in order, and
 * share what becomes free. So a team's size is a matter of luck, and no result
 * may depend on it. */

typedef struct _SiambanTeam SiambanTeam;

/* Blocks until granted. @threads: the most to use, 0 for all allowed. The
 * calling thread is worker 0; workers are started on first need. Until the team
 * is given back, by the same thread, that computes in the default floating-
 * point modes, as the workers do. */
SiambanTeam *siamban_team_acquire (unsigned threads);
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

/* The most threads that a team of this thread can have, at least 1. */
unsigned siamban_pool_cpus (void);

/* How many callers of siamban_team_acquire() are blocked in it. */
unsigned siamban_pool_waiting (void);

#endif
