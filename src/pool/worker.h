/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_POOL_WORKER_H
#define SIAMBAN_POOL_WORKER_H

#include <glib.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#define SIAMBAN_CACHE_LINE 64

typedef struct _SiambanWorker SiambanWorker;
typedef void (*SiambanWork) (gpointer data, unsigned index);

/* Jobs of one worker, which others may take too: next .. end-1. */
typedef struct
{
  _Alignas(SIAMBAN_CACHE_LINE) atomic_uint next;
  unsigned end;
} SiambanShare;

/* A token in @go is a call to join, a token in @done one that was joined. The
 * semaphores order every other field: the worker reads none before it holds a
 * token. */
struct _SiambanWorker
{
  _Alignas(SIAMBAN_CACHE_LINE) sem_t go;
  atomic_bool held; /* by a team: more calls will follow */
  SiambanWork work;
  gpointer data;
  unsigned index;
  SiambanShare share;
  _Alignas(SIAMBAN_CACHE_LINE) sem_t done;
  SiambanWorker *next;
  pthread_t thread;
  cpu_set_t cpus;
};

/* A thread that waits for calls, named after @number. It inherits neither
 * signals nor the scheduling policy or floating-point modes of the caller. NULL
 * if the system starts no more threads. Never freed: threads are kept. */
SiambanWorker *siamban_worker_new (unsigned number);
/* It runs on these from now on. */
void siamban_worker_follow (SiambanWorker *worker, const cpu_set_t *cpus);

/* Work (data, index), which were set before, in the worker's thread. */
void siamban_worker_call (SiambanWorker *worker);
/* Returns when that is done, or at once if it has not begun: it is called off
 * then. */
void siamban_worker_finish (SiambanWorker *worker);

#endif
