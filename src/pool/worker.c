/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool/worker.h"

#include <fenv.h>
#include <signal.h>
#include <stdio.h>

/* About what it takes to wake a sleeper: waiting longer than this awake costs
 * more than it saves. */
#define SPIN_US       50
#define PAUSES_A_LOOK 32

static inline void
pause_cpu (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static gboolean
worker_spin (sem_t *sem, atomic_bool *held)
{
  gint64 end = g_get_monotonic_time () + SPIN_US;

  do {
    for (int i = 0; i < PAUSES_A_LOOK; i++) {
      if (sem_trywait (sem) == 0)
        return TRUE;
      pause_cpu ();
    }
  } while (atomic_load_explicit (held, memory_order_relaxed) &&
           g_get_monotonic_time () < end);
  return FALSE;
}

static void
take_token (sem_t *sem, atomic_bool *held)
{
  if (worker_spin (sem, held))
    return;
  while (sem_wait (sem) != 0)
    continue;
}

static void *
worker_main (void *data)
{
  SiambanWorker *worker = data;

  fesetenv (FE_DFL_ENV);
  for (;;) {
    take_token (&worker->go, &worker->held);
    worker->work (worker->data, worker->index);
    sem_post (&worker->done);
  }
  return NULL;
}

/* Signals stay with the host's own threads, as does what a real-time thread was
 * given for itself. */
static gboolean
start_thread (SiambanWorker *worker)
{
  const struct sched_param plain = {.sched_priority = 0};
  pthread_attr_t attributes;
  sigset_t all, old;
  int failed;

  pthread_attr_init (&attributes);
  pthread_attr_setinheritsched (&attributes, PTHREAD_EXPLICIT_SCHED);
  pthread_attr_setschedpolicy (&attributes, SCHED_OTHER);
  pthread_attr_setschedparam (&attributes, &plain);
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &old);
  failed = pthread_create (&worker->thread, &attributes, worker_main, worker);
  pthread_sigmask (SIG_SETMASK, &old, NULL);
  pthread_attr_destroy (&attributes);
  return !failed;
}

SiambanWorker *
siamban_worker_new (unsigned number)
{
  SiambanWorker *worker =
      g_aligned_alloc0 (1, sizeof (SiambanWorker), SIAMBAN_CACHE_LINE);
  char name[16];

  sem_init (&worker->go, 0, 0);
  sem_init (&worker->done, 0, 0);
  CPU_ZERO (&worker->cpus);
  if (!start_thread (worker)) {
    sem_destroy (&worker->go);
    sem_destroy (&worker->done);
    g_aligned_free (worker);
    return NULL;
  }
  snprintf (name, sizeof name, "siamban-%u", number);
  pthread_setname_np (worker->thread, name);
  return worker;
}

void
siamban_worker_follow (SiambanWorker *worker, const cpu_set_t *cpus)
{
  if (CPU_EQUAL (cpus, &worker->cpus))
    return;
  pthread_setaffinity_np (worker->thread, sizeof *cpus, cpus);
  worker->cpus = *cpus;
}

void
siamban_worker_call (SiambanWorker *worker)
{
  sem_post (&worker->go);
}

void
siamban_worker_finish (SiambanWorker *worker)
{
  if (sem_trywait (&worker->go) != 0)
    take_token (&worker->done, &worker->held);
}
