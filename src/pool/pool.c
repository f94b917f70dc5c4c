/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool/pool.h"

#include <fenv.h>

#include "pool/cpus.h"
#include "pool/seats.h"
#include "pool/worker.h"

struct _SiambanTeam
{
  unsigned size;
  SiambanWorker *workers; /* size - 1 */
  SiambanJob job;
  void *data;
  SiambanShare share; /* the caller's own */
  SiambanParty
      party; /* as many seats as the size; guarded by the pool's lock */
  unsigned wanted;
  gboolean cpus_known;
  GList link;
  pthread_cond_t turn;
  fenv_t modes; /* of the caller's thread */
};

typedef struct
{
  pthread_mutex_t lock;
  GQueue waiting; /* of teams without a seat */
  SiambanSeats seats;
  unsigned busy; /* seats taken */
  unsigned started;
  SiambanWorker *idle;
} Pool;

static Pool pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void
before_fork (void)
{
  pthread_mutex_lock (&pool.lock);
}

static void
after_fork (void)
{
  pthread_mutex_unlock (&pool.lock);
}

/* The other threads, with their teams and what they wait for, are not there. */
static void
forget_threads (void)
{
  pool = (Pool){.lock = PTHREAD_MUTEX_INITIALIZER};
}

__attribute__ ((constructor)) static void
watch_forks (void)
{
  pthread_atfork (before_fork, after_fork, forget_threads);
}

static void
do_share (SiambanTeam *team, SiambanShare *share, unsigned worker)
{
  for (;;) {
    unsigned i =
        atomic_fetch_add_explicit (&share->next, 1, memory_order_relaxed);

    if (i >= share->end)
      return;
    team->job (team->data, i, worker);
  }
}

/* Its own share first: what lies there was mostly written by itself, in the
 * step before. Then what others have not come to yet. */
static void
do_jobs (gpointer data, unsigned worker)
{
  SiambanTeam *team = data;
  SiambanWorker *own = team->workers;

  if (worker > 0) {
    for (unsigned i = 1; i < worker; i++)
      own = own->next;
    do_share (team, &own->share, worker);
  }
  do_share (team, &team->share, worker);
  for (SiambanWorker *w = team->workers; w; w = w->next)
    do_share (team, &w->share, worker);
}

/* Parts the jobs among those who may do them. */
static void
share_out (SiambanTeam *team, unsigned n)
{
  guint64 i = 1, all = n;

  atomic_store_explicit (&team->share.next, 0, memory_order_relaxed);
  team->share.end = all / team->size;
  for (SiambanWorker *w = team->workers; w; w = w->next, i++) {
    atomic_store_explicit (
        &w->share.next, all * i / team->size, memory_order_relaxed);
    w->share.end = all * (i + 1) / team->size;
  }
}

/* NULL where the system starts no more threads. */
static SiambanWorker *
pop_idle (void)
{
  SiambanWorker *worker = pool.idle;

  if (!worker)
    return siamban_worker_new (++pool.started);
  pool.idle = worker->next;
  return worker;
}

static gboolean
add_worker (SiambanTeam *team)
{
  SiambanWorker *worker = pop_idle ();

  if (!worker)
    return FALSE;
  if (team->cpus_known)
    siamban_worker_follow (worker, &team->party.cpus);
  worker->work = do_jobs;
  worker->data = team;
  worker->next = team->workers;
  team->workers = worker;
  team->size++;
  atomic_store (&worker->held, TRUE);
  return TRUE;
}

/* As many as there are seats for, or fewer where the system starts no more. The
 * first ones in the list have the lowest numbers: they are called first. */
static void
add_workers (SiambanTeam *team)
{
  unsigned index = 1;

  while (team->size < team->party.n && add_worker (team))
    continue;
  for (SiambanWorker *w = team->workers; w; w = w->next)
    w->index = index++;
}

static gboolean
take_seat (SiambanTeam *team)
{
  if (team->party.n == team->wanted || pool.busy >= siamban_cpus_limit () ||
      !siamban_seats_take (&pool.seats, &team->party))
    return FALSE;
  pool.busy++;
  return TRUE;
}

static void
leave_seats (SiambanTeam *team, unsigned n)
{
  siamban_seats_leave (&pool.seats, &team->party, n);
  pool.busy -= n;
}

static SiambanTeam *
team_of (const GList *link)
{
  return link->data;
}

/* In the order in which they came: one seat each, then, in rounds, whatever is
 * left. */
static void
seat_waiting (void)
{
  gboolean more = FALSE;
  GList *next;

  for (GList *link = pool.waiting.head; link; link = link->next)
    more |= take_seat (team_of (link));
  while (more) {
    more = FALSE;
    for (GList *link = pool.waiting.head; link; link = link->next)
      more |= team_of (link)->party.n > 0 && take_seat (team_of (link));
  }
  for (GList *link = pool.waiting.head; link; link = next) {
    next = link->next;
    if (team_of (link)->party.n == 0)
      continue;
    g_queue_unlink (&pool.waiting, link);
    pthread_cond_signal (&team_of (link)->turn);
  }
}

static SiambanTeam *
team_new (unsigned threads)
{
  SiambanTeam *team =
      g_aligned_alloc0 (1, sizeof (SiambanTeam), SIAMBAN_CACHE_LINE);
  cpu_set_t cpus;

  team->size = 1;
  team->wanted = threads ? threads : CPU_SETSIZE;
  team->cpus_known = siamban_cpus_read (&cpus);
  siamban_party_init (&team->party, &cpus);
  team->link.data = team;
  pthread_cond_init (&team->turn, NULL);
  return team;
}

SiambanTeam *
siamban_team_acquire (unsigned threads)
{
  SiambanTeam *team = team_new (threads);

  pthread_mutex_lock (&pool.lock);
  g_queue_push_tail_link (&pool.waiting, &team->link);
  seat_waiting ();
  while (team->party.n == 0)
    pthread_cond_wait (&team->turn, &pool.lock);
  add_workers (team);
  leave_seats (team, team->party.n - team->size);
  pthread_mutex_unlock (&pool.lock);
  /* Which thread does a job must not change its result. */
  fegetenv (&team->modes);
  fesetenv (FE_DFL_ENV);
  return team;
}

void
siamban_team_release (SiambanTeam *team)
{
  fesetenv (&team->modes);
  pthread_mutex_lock (&pool.lock);
  while (team->workers) {
    SiambanWorker *worker = team->workers;

    team->workers = worker->next;
    atomic_store (&worker->held, FALSE);
    worker->next = pool.idle;
    pool.idle = worker;
  }
  leave_seats (team, team->party.n);
  seat_waiting ();
  pthread_mutex_unlock (&pool.lock);
  pthread_cond_destroy (&team->turn);
  g_aligned_free (team);
}

unsigned
siamban_pool_cpus (void)
{
  cpu_set_t cpus;

  siamban_cpus_read (&cpus);
  return MIN ((unsigned)CPU_COUNT (&cpus), siamban_cpus_limit ());
}

unsigned
siamban_pool_waiting (void)
{
  unsigned waiting;

  pthread_mutex_lock (&pool.lock);
  waiting = pool.waiting.length;
  pthread_mutex_unlock (&pool.lock);
  return waiting;
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
  unsigned called = 0;

  if (team->size == 1 || n < 2) {
    run_alone (n, job, data);
    return;
  }
  team->job = job;
  team->data = data;
  share_out (team, n);
  for (SiambanWorker *w = team->workers; w && called < n - 1; w = w->next) {
    siamban_worker_call (w);
    called++;
  }
  do_jobs (team, 0);
  /* One that has not started yet has nothing left to do. */
  for (SiambanWorker *w = team->workers; called > 0; w = w->next, called--)
    siamban_worker_finish (w);
}
