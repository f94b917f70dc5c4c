/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/lease.h"

#include "base/locks.h"

static GMutex *const lock = &siamban_locks[SIAMBAN_LOCK_LEASES];

static SiambanLease *
lease_new (void)
{
  SiambanLease *lease = g_new (SiambanLease, 1);

  lease->workspace = siamban_workspace_new ();
  lease->pixels = g_ptr_array_new ();
  lease->planes = g_ptr_array_new ();
  lease->features = g_ptr_array_new ();
  lease->outputs = g_ptr_array_new ();
  lease->exposed = g_ptr_array_new ();
  return lease;
}

static void
lease_free (gpointer data)
{
  SiambanLease *lease = data;

  siamban_workspace_free (lease->workspace);
  g_ptr_array_unref (lease->pixels);
  g_ptr_array_unref (lease->planes);
  g_ptr_array_unref (lease->features);
  g_ptr_array_unref (lease->outputs);
  g_ptr_array_unref (lease->exposed);
  g_free (lease);
}

SiambanLease *
siamban_lease_take (GQueue *leases, const SiambanPace *pace, unsigned threads)
{
  SiambanTeam *team;
  SiambanLease *lease;
  gboolean alone;

  g_mutex_lock (lock);
  alone = pace && !siamban_pace_wants_team (pace);
  g_mutex_unlock (lock);
  team = siamban_team_acquire (alone ? 1 : threads);
  g_mutex_lock (lock);
  lease = g_queue_pop_head (leases);
  g_mutex_unlock (lock);
  if (!lease)
    lease = lease_new ();
  lease->team = team;
  return lease;
}

void
siamban_lease_return (GQueue *leases, SiambanLease *lease)
{
  SiambanTeam *team = lease->team;

  g_ptr_array_set_size (lease->pixels, 0);
  g_ptr_array_set_size (lease->planes, 0);
  g_ptr_array_set_size (lease->features, 0);
  g_ptr_array_set_size (lease->outputs, 0);
  g_ptr_array_set_size (lease->exposed, 0);
  g_mutex_lock (lock);
  g_queue_push_head (leases, lease);
  g_mutex_unlock (lock);
  siamban_team_release (team);
}

void
siamban_lease_run (SiambanLease *lease, SiambanPace *pace,
    const SiambanProgram *program, const SiambanRun *run)
{
  gint64 start = g_get_monotonic_time ();

  siamban_program_run (program, run, lease->workspace, lease->team);
  if (!pace)
    return;
  g_mutex_lock (lock);
  siamban_pace_note (pace, siamban_team_size (lease->team) > 1,
      (g_get_monotonic_time () - start) * 1e-6 / run->n);
  g_mutex_unlock (lock);
}

void
siamban_leases_clear (GQueue *leases)
{
  g_queue_clear_full (leases, lease_free);
}
