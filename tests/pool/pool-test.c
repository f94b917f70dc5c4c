/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>
#include <pthread.h>
#include <sched.h>
#include <siamban/threads.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/pool.h"

#define MAX_JOBS 1000

typedef struct
{
  atomic_uint count[MAX_JOBS];
  unsigned size, n;
} Counts;

static void
count_job (void *data, unsigned i, unsigned worker)
{
  Counts *counts = data;

  g_assert_cmpuint (worker, <, MIN (counts->size, counts->n));
  atomic_fetch_add (&counts->count[i], 1);
}

static void
check_counts (SiambanTeam *team, unsigned n)
{
  Counts counts = {.size = siamban_team_size (team), .n = n};

  siamban_team_run (team, n, count_job, &counts);
  for (unsigned i = 0; i < MAX_JOBS; i++)
    g_assert_cmpuint (counts.count[i], ==, i < n ? 1 : 0);
}

static void
test_each_once (void)
{
  static const unsigned ns[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 64, MAX_JOBS};

  for (unsigned threads = 0; threads <= siamban_pool_cpus (); threads++) {
    SiambanTeam *team = siamban_team_acquire (threads);

    for (unsigned k = 0; k < G_N_ELEMENTS (ns); k++)
      check_counts (team, ns[k]);
    siamban_team_release (team);
  }
}

static void
test_size (void)
{
  unsigned cpus = siamban_pool_cpus ();
  const struct
  {
    unsigned threads, size;
  } cases[] = {{0, cpus}, {1, 1}, {cpus, cpus}, {G_MAXUINT, cpus}};

  for (unsigned k = 0; k < G_N_ELEMENTS (cases); k++) {
    SiambanTeam *team = siamban_team_acquire (cases[k].threads);

    g_assert_cmpuint (siamban_team_size (team), ==, cases[k].size);
    siamban_team_release (team);
  }
}

static void
add_job (void *data, unsigned i, unsigned worker)
{
  g_assert_cmpuint (worker, ==, 0);
  ((unsigned *)data)[i]++;
}

static void
alone_job (void *data, unsigned i, unsigned worker)
{
  Counts *counts = data;
  unsigned inner[MAX_JOBS] = {0};

  (void)worker;
  siamban_team_run (siamban_team_alone (), MAX_JOBS, add_job, inner);
  for (unsigned k = 0; k < MAX_JOBS; k++)
    g_assert_cmpuint (inner[k], ==, 1);
  atomic_fetch_add (&counts->count[i], 1);
}

static void
test_alone (void)
{
  SiambanTeam *team = siamban_team_acquire (0);
  Counts counts = {0};

  g_assert_cmpuint (siamban_team_size (siamban_team_alone ()), ==, 1);
  siamban_team_run (team, MAX_JOBS, alone_job, &counts);
  for (unsigned k = 0; k < MAX_JOBS; k++)
    g_assert_cmpuint (counts.count[k], ==, 1);
  siamban_team_release (team);
}

/* Plain memory, so that a sanitizer sees what is not ordered. */
typedef struct
{
  guint64 from[MAX_JOBS], to[MAX_JOBS];
} Shift;

static void
shift_job (void *data, unsigned i, unsigned worker)
{
  Shift *shift = data;

  shift->to[i] = shift->from[(i + 1) % MAX_JOBS] + (worker & 0);
}

static void
test_visibility (void)
{
  SiambanTeam *team = siamban_team_acquire (0);
  Shift *shift = g_new0 (Shift, 1);

  for (unsigned i = 0; i < MAX_JOBS; i++)
    shift->to[i] = i;
  for (unsigned k = 1; k <= 100; k++) {
    memcpy (shift->from, shift->to, sizeof shift->from);
    siamban_team_run (team, MAX_JOBS, shift_job, shift);
    for (unsigned i = 0; i < MAX_JOBS; i++)
      g_assert_cmpuint (shift->to[i], ==, (i + k) % MAX_JOBS);
  }
  g_free (shift);
  siamban_team_release (team);
}

static void
barrier_job (void *data, unsigned i, unsigned worker)
{
  (void)i;
  (void)worker;
  pthread_barrier_wait (data);
}

/* Ends only if every worker has one of the jobs at the same time. */
static void
test_together (void)
{
  SiambanTeam *team = siamban_team_acquire (0);
  unsigned size = siamban_team_size (team);
  pthread_barrier_t barrier;

  pthread_barrier_init (&barrier, NULL, size);
  for (int k = 0; k < 20; k++) {
    siamban_team_run (team, size, barrier_job, &barrier);
    if (k % 5 == 4)
      g_usleep (1000); /* the workers fall asleep */
  }
  pthread_barrier_destroy (&barrier);
  siamban_team_release (team);
}

static atomic_uint inside;
static atomic_uint admitted;

static void
crowd_job (void *data, unsigned i, unsigned worker)
{
  (void)worker;
  g_assert_cmpuint (atomic_fetch_add (&inside, 1), <, siamban_pool_cpus ());
  ((unsigned *)data)[i]++;
  atomic_fetch_sub (&inside, 1);
}

static void
crowd_round (GRand *rand)
{
  SiambanTeam *team = siamban_team_acquire (
      g_rand_int_range (rand, 0, siamban_pool_cpus () + 2));
  unsigned size = siamban_team_size (team);

  g_assert_cmpuint (
      atomic_fetch_add (&admitted, size) + size, <=, siamban_pool_cpus ());
  unsigned hits[50] = {0};
  unsigned runs = g_rand_int_range (rand, 0, 20);
  unsigned n = g_rand_int_range (rand, 0, G_N_ELEMENTS (hits) + 1);
  for (unsigned k = 0; k < runs; k++)
    siamban_team_run (team, n, crowd_job, hits);
  for (unsigned i = 0; i < n; i++)
    g_assert_cmpuint (hits[i], ==, runs);
  atomic_fetch_sub (&admitted, size);
  siamban_team_release (team);
}

static void *
crowd_main (void *data)
{
  GRand *rand = g_rand_new_with_seed (GPOINTER_TO_UINT (data));

  for (int k = 0; k < 100; k++)
    crowd_round (rand);
  g_rand_free (rand);
  return NULL;
}

static void
test_crowd (void)
{
  pthread_t threads[12];
  guint32 seed = g_test_rand_int ();

  for (unsigned t = 0; t < G_N_ELEMENTS (threads); t++)
    pthread_create (&threads[t], NULL, crowd_main, GUINT_TO_POINTER (seed + t));
  for (unsigned t = 0; t < G_N_ELEMENTS (threads); t++)
    pthread_join (threads[t], NULL);
}

typedef struct
{
  unsigned threads;
  const cpu_set_t *cpus; /* or NULL */
  pthread_t thread;
  unsigned size;
  unsigned place;
  gint granted, may_go;
} Caller;

static unsigned arrived;

static void *
caller_main (void *data)
{
  Caller *caller = data;
  SiambanTeam *team;

  if (caller->cpus)
    pthread_setaffinity_np (
        pthread_self (), sizeof *caller->cpus, caller->cpus);
  team = siamban_team_acquire (caller->threads);
  caller->size = siamban_team_size (team);
  caller->place = g_atomic_int_add (&arrived, 1);
  g_atomic_int_set (&caller->granted, TRUE);
  while (!g_atomic_int_get (&caller->may_go))
    sched_yield ();
  siamban_team_release (team);
  return NULL;
}

static void
start_caller (Caller *caller)
{
  pthread_create (&caller->thread, NULL, caller_main, caller);
}

static void
wait_until_waiting (unsigned n)
{
  while (siamban_pool_waiting () != n)
    sched_yield ();
}

static void
wait_until_granted (Caller *caller)
{
  while (!g_atomic_int_get (&caller->granted))
    sched_yield ();
}

static void
end_caller (Caller *caller)
{
  wait_until_granted (caller);
  g_atomic_int_set (&caller->may_go, TRUE);
  pthread_join (caller->thread, NULL);
}

static void
test_first_come (void)
{
  Caller callers[8] = {0};
  unsigned cpus = siamban_pool_cpus ();
  SiambanTeam *team = siamban_team_acquire (0);

  arrived = 0;
  for (unsigned t = 0; t < G_N_ELEMENTS (callers); t++) {
    callers[t].may_go = cpus == 1;
    start_caller (&callers[t]);
    wait_until_waiting (t + 1);
  }
  siamban_team_release (team);
  /* With several CPUs some are granted at the same time: all of them have said
   * so before the next are. */
  for (unsigned t = 0; t < G_N_ELEMENTS (callers); t++) {
    unsigned next = (t / cpus + 1) * cpus;

    for (unsigned i = t; i < MIN (next, G_N_ELEMENTS (callers)); i++)
      wait_until_granted (&callers[i]);
    end_caller (&callers[t]);
  }
  for (unsigned t = 0; t < G_N_ELEMENTS (callers); t++)
    g_assert_cmpuint (callers[t].place / cpus, ==, t / cpus);
}

/* Who wants all gets what one who wants one leaves. */
static void
test_what_is_free (void)
{
  unsigned cpus = siamban_pool_cpus ();
  Caller one = {.threads = 1}, all = {.threads = 0};

  if (cpus == 1) {
    g_test_skip ("needs two CPUs");
    return;
  }
  start_caller (&one);
  while (!g_atomic_int_get (&one.granted))
    sched_yield ();
  start_caller (&all);
  end_caller (&all);
  end_caller (&one);
  g_assert_cmpuint (one.size, ==, 1);
  g_assert_cmpuint (all.size, ==, cpus - 1);
}

/* What becomes free is for all who wait, not for the first of them. */
static void
test_shared (void)
{
  unsigned cpus = siamban_pool_cpus ();
  Caller callers[2] = {0};
  SiambanTeam *team = siamban_team_acquire (0);

  if (cpus == 1) {
    siamban_team_release (team);
    g_test_skip ("needs two CPUs");
    return;
  }
  for (unsigned t = 0; t < 2; t++) {
    start_caller (&callers[t]);
    wait_until_waiting (t + 1);
  }
  siamban_team_release (team);
  while (!g_atomic_int_get (&callers[0].granted) ||
         !g_atomic_int_get (&callers[1].granted))
    sched_yield ();
  end_caller (&callers[0]);
  end_caller (&callers[1]);
  g_assert_cmpuint (callers[0].size, ==, cpus - cpus / 2);
  g_assert_cmpuint (callers[1].size, ==, cpus / 2);
}

static void
test_limit (void)
{
  Caller caller = {.may_go = TRUE};
  SiambanTeam *team;

  siamban_set_max_threads (1);
  g_assert_cmpuint (siamban_get_max_threads (), ==, 1);
  g_assert_cmpuint (siamban_pool_cpus (), ==, 1);
  team = siamban_team_acquire (0);
  g_assert_cmpuint (siamban_team_size (team), ==, 1);
  start_caller (&caller);
  wait_until_waiting (1);
  siamban_team_release (team);
  end_caller (&caller);
  g_assert_cmpuint (caller.size, ==, 1);
  siamban_set_max_threads (0);
  g_assert_cmpuint (siamban_get_max_threads (), >=, siamban_pool_cpus ());
}

/* FALSE where the mask is made up, see wide.c. */
static gboolean
keep_one_cpu (const cpu_set_t *all)
{
  cpu_set_t one;

  CPU_ZERO (&one);
  for (int i = 0; CPU_COUNT (&one) == 0; i++)
    if (CPU_ISSET (i, all))
      CPU_SET (i, &one);
  sched_setaffinity (0, sizeof one, &one);
  sched_getaffinity (0, sizeof one, &one);
  return CPU_COUNT (&one) == 1;
}

static void
test_affinity (void)
{
  cpu_set_t all;

  sched_getaffinity (0, sizeof all, &all);
  if (!keep_one_cpu (&all)) {
    g_test_skip ("the affinity mask is made up");
    sched_setaffinity (0, sizeof all, &all);
    return;
  }
  g_assert_cmpuint (siamban_pool_cpus (), ==, 1);
  SiambanTeam *team = siamban_team_acquire (0);
  g_assert_cmpuint (siamban_team_size (team), ==, 1);
  check_counts (team, MAX_JOBS);
  siamban_team_release (team);
  sched_setaffinity (0, sizeof all, &all);
  team = siamban_team_acquire (0);
  g_assert_cmpuint (siamban_team_size (team), ==, CPU_COUNT (&all));
  siamban_team_release (team);
}

/* Neither waits for the other, whose CPU is no concern of its. */
static void
test_apart (void)
{
  cpu_set_t all, masks[2];
  Caller callers[2] = {0};
  gboolean real;
  int cpu = 0;

  sched_getaffinity (0, sizeof all, &all);
  real = keep_one_cpu (&all);
  sched_setaffinity (0, sizeof all, &all);
  if (!real || siamban_pool_cpus () < 2) {
    g_test_skip ("needs two CPUs, and an affinity mask that is not made up");
    return;
  }
  for (int t = 0; t < 2; t++) {
    while (!CPU_ISSET (cpu, &all))
      cpu++;
    CPU_ZERO (&masks[t]);
    CPU_SET (cpu++, &masks[t]);
    callers[t].cpus = &masks[t];
    start_caller (&callers[t]);
  }
  for (int t = 0; t < 2; t++)
    while (!g_atomic_int_get (&callers[t].granted))
      sched_yield ();
  end_caller (&callers[0]);
  end_caller (&callers[1]);
}

/* Returns when the child that runs @child has, and with what. */
static int
run_in_child (int (*child) (void))
{
  pid_t pid = fork ();
  int status;

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0) {
    alarm (60);
    _exit (child ());
  }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return status;
}

static int
use_pool (void)
{
  SiambanTeam *team = siamban_team_acquire (0);
  Counts counts = {.size = siamban_team_size (team), .n = MAX_JOBS};
  unsigned size = siamban_team_size (team);

  siamban_team_run (team, MAX_JOBS, count_job, &counts);
  siamban_team_release (team);
  for (unsigned i = 0; i < MAX_JOBS; i++)
    if (atomic_load (&counts.count[i]) != 1)
      return 1;
  return size == siamban_pool_cpus () ? 0 : 2;
}

static void *
keep_busy (void *data)
{
  while (!g_atomic_int_get ((gint *)data))
    use_pool ();
  return NULL;
}

/* The child has the parent's memory, with teams and waiters in it, but none of
 * its threads. */
static void
test_fork (void)
{
  gint stop = FALSE;
  pthread_t threads[3];

  for (unsigned t = 0; t < G_N_ELEMENTS (threads); t++)
    pthread_create (&threads[t], NULL, keep_busy, &stop);
  for (int k = 0; k < 20; k++)
    g_assert_cmpint (run_in_child (use_pool), ==, 0);
  g_atomic_int_set (&stop, TRUE);
  for (unsigned t = 0; t < G_N_ELEMENTS (threads); t++)
    pthread_join (threads[t], NULL);
  g_assert_cmpint (use_pool (), ==, 0);
}

#ifdef __SSE2__
#include <xmmintrin.h>

#define FLUSH_BITS 0x8040u

static void
modes_job (void *data, unsigned i, unsigned worker)
{
  (void)i;
  (void)worker;
  if (_mm_getcsr () & FLUSH_BITS)
    g_atomic_int_inc ((gint *)data);
}

/* In the child, as its first caller starts workers. */
static int
use_pool_flushing (void)
{
  gint flushing = 0;
  SiambanTeam *team;

  _mm_setcsr (_mm_getcsr () | FLUSH_BITS);
  team = siamban_team_acquire (0);
  for (int k = 0; k < 20; k++)
    siamban_team_run (team, 200, modes_job, &flushing);
  siamban_team_release (team);
  return flushing || !(_mm_getcsr () & FLUSH_BITS);
}

static void
test_modes (void)
{
  g_assert_cmpint (run_in_child (use_pool_flushing), ==, 0);
}
#endif

static gboolean
read_task (const char *task, const char *name, char **text)
{
  char *path = g_build_filename ("/proc/self/task", task, name, NULL);
  gboolean found = g_file_get_contents (path, text, NULL, NULL);

  g_free (path);
  return found;
}

static char
task_state (const char *task)
{
  char *stat;

  g_assert_true (read_task (task, "stat", &stat));
  char state = strrchr (stat, ')')[2];
  g_free (stat);
  return state;
}

static void
check_worker (const char *task)
{
  char *status;

  g_assert_true (read_task (task, "status", &status));
  const char *blocked = strstr (status, "SigBlk:");
  guint64 mask = g_ascii_strtoull (blocked + strlen ("SigBlk:"), NULL, 16);
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGUSR1};
  for (unsigned k = 0; k < G_N_ELEMENTS (signals); k++)
    g_assert_true (mask >> (signals[k] - 1) & 1);
  g_free (status);
  /* Ends only if an idle worker stops spinning. */
  while (task_state (task) != 'S')
    sched_yield ();
}

static void
test_workers (void)
{
  SiambanTeam *team = siamban_team_acquire (0);
  unsigned workers = siamban_team_size (team) - 1;

  siamban_team_release (team);
  GDir *tasks = g_dir_open ("/proc/self/task", 0, NULL);
  if (!tasks) {
    g_test_skip ("no /proc");
    return;
  }
  unsigned found = 0;
  for (const char *task; (task = g_dir_read_name (tasks)) != NULL;) {
    char *name;

    if (!read_task (task, "comm", &name))
      continue;
    if (g_str_has_prefix (name, "siamban-")) {
      check_worker (task);
      found++;
    }
    g_free (name);
  }
  g_dir_close (tasks);
  g_assert_cmpuint (found, ==, workers);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pool/size", test_size);
  g_test_add_func ("/pool/each-once", test_each_once);
  g_test_add_func ("/pool/alone", test_alone);
  g_test_add_func ("/pool/visibility", test_visibility);
  g_test_add_func ("/pool/together", test_together);
  g_test_add_func ("/pool/crowd", test_crowd);
  g_test_add_func ("/pool/first-come", test_first_come);
  g_test_add_func ("/pool/what-is-free", test_what_is_free);
  g_test_add_func ("/pool/shared", test_shared);
  g_test_add_func ("/pool/limit", test_limit);
  g_test_add_func ("/pool/apart", test_apart);
  g_test_add_func ("/pool/fork", test_fork);
#ifdef __SSE2__
  g_test_add_func ("/pool/modes", test_modes);
#endif
  g_test_add_func ("/pool/affinity", test_affinity);
  g_test_add_func ("/pool/workers", test_workers);
  return g_test_run ();
}
