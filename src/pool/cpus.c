/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool/cpus.h"

#include <siamban/threads.h>
#include <stdatomic.h>

#include "pool/cgroup.h"

static atomic_uint max_threads; /* 0: none was set */

void
siamban_set_max_threads (unsigned max)
{
  atomic_store (&max_threads, max);
}

unsigned
siamban_get_max_threads (void)
{
  return siamban_cpus_limit ();
}

static unsigned
cpus_quota (void)
{
  static gsize once;

  if (g_once_init_enter (&once)) {
    unsigned cpus = siamban_cgroup_cpus ("");

    g_once_init_leave (&once, cpus ? cpus : CPU_SETSIZE);
  }
  return once;
}

unsigned
siamban_cpus_limit (void)
{
  unsigned max = atomic_load (&max_threads);

  return MIN (max ? max : CPU_SETSIZE, cpus_quota ());
}

gboolean
siamban_cpus_read (cpu_set_t *cpus)
{
  CPU_ZERO (cpus);
  /* Fails where there are more CPUs than a cpu_set_t holds. */
  if (sched_getaffinity (0, sizeof *cpus, cpus) == 0 && CPU_COUNT (cpus) > 0)
    return TRUE;
  for (unsigned i = 0; i < MIN (g_get_num_processors (), CPU_SETSIZE); i++)
    CPU_SET (i, cpus);
  return FALSE;
}
