/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool/pool.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

#define CACHE_LINE 64
/* About what it takes to wake a sleeper: waiting longer than this awake costs
 * more than it saves. */
#define SPIN_US       50
#define PAUSES_A_LOOK 32

typedef struct _Worker Worker;

/* A token in @go is a run to join, a token in @done one that was joined. The
 * semaphores order every other field: the worker reads none before it holds a
 * token. */
struct _Worker
{
  _Alignas(CACHE_LINE) sem_t go;
  atomic_bool held;
  SiambanTeam *team;
  unsigned index;
  _Alignas(CACHE_LINE) sem_t done;
  Worker *next;
  pthread_t thread;
  cpu_set_t cpus;
};

struct _SiambanTeam
{
  unsigned size;
  Worker *workers; /* size - 1 */
  SiambanJob job;
  void *data;
  unsigned n;
  _Alignas(CACHE_LINE) atomic_uint next;
};

typedef struct
{
  pthread_mutex_t lock;
  pthread_cond_t turn;
  GQueue waiting; /* of callers, links on their stacks */
  unsigned busy;  /* threads of all teams */
  unsigned started;
  Worker *idle;
} Pool;

static Pool pool = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .turn = PTHREAD_COND_INITIALIZER,
    .waiting = G_QUEUE_INIT,
};

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
spin (sem_t *sem, atomic_bool *held)
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
  if (spin (sem, held))
    return;
  while (sem_wait (sem) != 0)
    continue;
}

static void
do_jobs (SiambanTeam *team, unsigned worker)
{
  for (;;) {
    unsigned i =
        atomic_fetch_add_explicit (&team->next, 1, memory_order_relaxed);
    if (i >= team->n)
      return;
    team->job (team->data, i, worker);
  }
}

static void *
worker_main (void *data)
{
  Worker *worker = data;
  for (;;) {
    take_token (&worker->go, &worker->held);
    do_jobs (worker->team, worker->index);
    sem_post (&worker->done);
  }
  return NULL;
}

/* Signals stay with the host's own threads. */
static gboolean
start_thread (Worker *worker)
{
  sigset_t all, old;
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &old);
  int failed = pthread_create (&worker->thread, NULL, worker_main, worker);
  pthread_sigmask (SIG_SETMASK, &old, NULL);
  return !failed;
}

static Worker *
worker_new (void)
{
  Worker *worker = g_aligned_alloc0 (1, sizeof (Worker), CACHE_LINE);
  sem_init (&worker->go, 0, 0);
  sem_init (&worker->done, 0, 0);
  if (!start_thread (worker)) {
    sem_destroy (&worker->go);
    sem_destroy (&worker->done);
    g_aligned_free (worker);
    return NULL;
  }
  char name[16];
  snprintf (name, sizeof name, "siamban-%u", ++pool.started);
  pthread_setname_np (worker->thread, name);
  CPU_ZERO (&worker->cpus);
  return worker;
}

static unsigned
read_cpus (cpu_set_t *cpus)
{
  CPU_ZERO (cpus);
  /* Fails where there are more CPUs than a cpu_set_t holds. */
  if (sched_getaffinity (0, sizeof *cpus, cpus) != 0)
    return MAX (g_get_num_processors (), 1);
  return MAX (CPU_COUNT (cpus), 1);
}

unsigned
siamban_pool_cpus (void)
{
  cpu_set_t cpus;
  return read_cpus (&cpus);
}

/* The worker runs where its team's owner may. */
static void
follow_cpus (Worker *worker, const cpu_set_t *cpus)
{
  if (CPU_COUNT (cpus) == 0 || CPU_EQUAL (cpus, &worker->cpus))
    return;
  pthread_setaffinity_np (worker->thread, sizeof *cpus, cpus);
  worker->cpus = *cpus;
}

static Worker *
pop_idle (void)
{
  Worker *worker = pool.idle;
  if (worker == NULL)
    return worker_new ();
  pool.idle = worker->next;
  return worker;
}

/* Fewer than asked for where the system starts no more threads. */
static SiambanTeam *
team_new (unsigned size, const cpu_set_t *cpus)
{
  SiambanTeam *team = g_aligned_alloc0 (1, sizeof (SiambanTeam), CACHE_LINE);
  for (team->size = 1; team->size < size; team->size++) {
    Worker *worker = pop_idle ();
    if (worker == NULL)
      break;
    follow_cpus (worker, cpus);
    worker->team = team;
    worker->next = team->workers;
    team->workers = worker;
    atomic_store (&worker->held, TRUE);
  }
  unsigned index = 1;
  for (Worker *worker = team->workers; worker != NULL; worker = worker->next)
    worker->index = index++;
  return team;
}

/* The size of the team that the caller in @link may have now, or 0. */
static unsigned
admitted (const GList *link, unsigned threads, cpu_set_t *cpus)
{
  if (pool.waiting.head != link)
    return 0;
  unsigned allowed = read_cpus (cpus);
  unsigned size = threads == 0 ? allowed : MIN (threads, allowed);
  return pool.busy + size <= allowed ? size : 0;
}

SiambanTeam *
siamban_team_acquire_unless (unsigned threads, const gint *served)
{
  GList link = {NULL, NULL, NULL};
  SiambanTeam *team = NULL;
  cpu_set_t cpus;
  pthread_mutex_lock (&pool.lock);
  g_queue_push_tail_link (&pool.waiting, &link);
  while (!g_atomic_int_get (served)) {
    unsigned size = admitted (&link, threads, &cpus);
    if (size > 0) {
      team = team_new (size, &cpus);
      pool.busy += team->size;
      break;
    }
    pthread_cond_wait (&pool.turn, &pool.lock);
  }
  g_queue_unlink (&pool.waiting, &link);
  pthread_cond_broadcast (&pool.turn);
  pthread_mutex_unlock (&pool.lock);
  return team;
}

SiambanTeam *
siamban_team_acquire (unsigned threads)
{
  const gint never = FALSE;
  return siamban_team_acquire_unless (threads, &never);
}

void
siamban_team_release (SiambanTeam *team)
{
  pthread_mutex_lock (&pool.lock);
  while (team->workers != NULL) {
    Worker *worker = team->workers;
    team->workers = worker->next;
    atomic_store (&worker->held, FALSE);
    worker->next = pool.idle;
    pool.idle = worker;
  }
  pool.busy -= team->size;
  pthread_cond_broadcast (&pool.turn);
  pthread_mutex_unlock (&pool.lock);
  g_aligned_free (team);
}

unsigned
siamban_pool_waiting (void)
{
  pthread_mutex_lock (&pool.lock);
  unsigned waiting = pool.waiting.length;
  pthread_mutex_unlock (&pool.lock);
  return waiting;
}

unsigned
siamban_pool_idle (void)
{
  unsigned cpus = siamban_pool_cpus ();
  pthread_mutex_lock (&pool.lock);
  unsigned busy = pool.busy;
  pthread_mutex_unlock (&pool.lock);
  return cpus > busy ? cpus - busy : 0;
}

SiambanTeam *
siamban_team_alone (void)
{
  static SiambanTeam team = {.size = 1};
  return &team;
}

unsigned
siamban_team_size (const SiambanTeam *team)
{
  return team->size;
}

static void
run_alone (unsigned n, SiambanJob job, void *data)
{
  for (unsigned i = 0; i < n; i++)
    job (data, i, 0);
}

void
siamban_team_run (SiambanTeam *team, unsigned n, SiambanJob job, void *data)
{
  if (team->size == 1 || n < 2) {
    run_alone (n, job, data);
    return;
  }
  team->job = job;
  team->data = data;
  team->n = n;
  atomic_store (&team->next, 0);
  unsigned called = 0;
  for (Worker *w = team->workers; w != NULL && called < n - 1; w = w->next) {
    sem_post (&w->go);
    called++;
  }
  do_jobs (team, 0);
  /* A worker that has not started yet has nothing left to do: its token is
   * taken back rather than waited for. */
  for (Worker *w = team->workers; called > 0; w = w->next, called--)
    if (sem_trywait (&w->go) != 0)
      take_token (&w->done, &w->held);
}
