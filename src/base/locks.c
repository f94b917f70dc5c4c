/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/locks.h"

#include <pthread.h>

GMutex siamban_locks[SIAMBAN_N_LOCKS];

static void
take_all (void)
{
  for (int i = 0; i < SIAMBAN_N_LOCKS; i++)
    g_mutex_lock (&siamban_locks[i]);
}

static void
free_all (void)
{
  for (int i = SIAMBAN_N_LOCKS - 1; i >= 0; i--)
    g_mutex_unlock (&siamban_locks[i]);
}

__attribute__ ((constructor)) static void
watch_forks (void)
{
  pthread_atfork (take_all, free_all, free_all);
}
