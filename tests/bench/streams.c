/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Prints what streams and targets cost in one process, beside as many processes
 * of one stream each: frames a second (best and median of all rounds), the
 * median of each round's quotient to the processes beside, frames a CPU second,
 * milliseconds of CPU a target and frame, resident memory. */

#include <pthread.h>
#include <sched.h>
#include <siamban/session.h>
#include <siamban/siamban.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WIDTH       640
#define HEIGHT      360
#define MAX_STREAMS 64
#define MAX_ROUNDS  64

typedef struct
{
  const char *label;
  unsigned threads;
  gboolean pinned;    /* stream i to CPU i, modulo how many there are */
  gboolean processes; /* one a stream */
} Way;

/* In pairs: what has one process comes right after what has many. */
static const Way ways[] = {
    {"processes, threads=1", 1, FALSE, TRUE},
    {"threads=1", 1, FALSE, FALSE},
    {"processes, threads=0", 0, FALSE, TRUE},
    {"threads=0", 0, FALSE, FALSE},
    {"processes, threads=1, pinned", 1, TRUE, TRUE},
    {"threads=1, pinned", 1, TRUE, FALSE},
    {"processes, threads=0, pinned", 0, TRUE, TRUE},
    {"threads=0, pinned", 0, TRUE, FALSE},
};

typedef struct
{
  unsigned streams, targets;
} Load;

typedef struct
{
  double frames, cpu, seconds, rss; /* of all streams; rss in MB */
} Result;

typedef struct
{
  SiambanModel *model;
  const Way *way;
  unsigned index, targets;
  double until;
  guint64 frames;
  pthread_t thread;
} Stream;

static const char *model_path;
static double seconds = 3;

static double
now (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void
fill (guint8 *pixels, unsigned frame)
{
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      guint32 v = (guint32)((x + frame) / 8 * 73856093 ^ y / 8 * 19349663);

      memset (pixels + 3 * (y * WIDTH + x), v % 251, 3);
    }
}

static SiambanSession *
session_new (const Stream *stream)
{
  SiambanSessionOptions options;
  GError *error = NULL;
  SiambanSession *session;

  siamban_session_options_init (&options);
  options.threads = stream->way->threads;
  session = siamban_session_new (stream->model, &options, &error);
  if (!session) {
    fprintf (stderr, "streams: %s\n", error->message);
    exit (1);
  }
  for (unsigned i = 0; i < stream->targets; i++) {
    SiambanBox box = {
        .x = 40 + i * 97 % 500, .y = 40 + i * 53 % 250, .w = 60, .h = 50};

    siamban_session_add (session, &box, NULL, NULL);
  }
  return session;
}

static void
pin (unsigned index)
{
  cpu_set_t all, one;

  sched_getaffinity (0, sizeof all, &all);
  index %= CPU_COUNT (&all);
  CPU_ZERO (&one);
  for (int cpu = 0; CPU_COUNT (&one) == 0; cpu++)
    if (CPU_ISSET (cpu, &all) && index-- == 0)
      CPU_SET (cpu, &one);
  pthread_setaffinity_np (pthread_self (), sizeof one, &one);
}

static void *
stream_main (void *data)
{
  Stream *stream = data;
  SiambanSession *session = session_new (stream);
  guint8 *pixels = g_malloc (3 * WIDTH * HEIGHT);
  SiambanFrame frame = {.format = SIAMBAN_FORMAT_BGR,
      .width = WIDTH,
      .height = HEIGHT,
      .data = {pixels},
      .stride = {3 * WIDTH}};

  if (stream->way->pinned)
    pin (stream->index);
  fill (pixels, 0);
  for (unsigned i = 0; now (CLOCK_MONOTONIC) < stream->until; i++) {
    siamban_session_process (session, &frame, i * 40000000, NULL);
    stream->frames++;
  }
  siamban_session_free (session);
  g_free (pixels);
  return NULL;
}

static double
resident_mb (void)
{
  long total = 0, pages = 0;
  FILE *file = fopen ("/proc/self/statm", "r");

  if (file && fscanf (file, "%ld %ld", &total, &pages) != 2)
    pages = 0;
  if (file)
    fclose (file);
  return pages * (double)sysconf (_SC_PAGESIZE) / (1 << 20);
}

/* In a process of its own, so that memory is what this load needs. */
static Result
run_streams (const Way *way, const Load *load, unsigned first)
{
  Stream streams[MAX_STREAMS] = {{0}};
  GError *error = NULL;
  SiambanModel *model =
      siamban_model_load (model_path, NULL, SIAMBAN_PRECISION_AUTO, &error);
  double start = now (CLOCK_MONOTONIC), cpu;
  Result result = {0};

  if (!model) {
    fprintf (stderr, "streams: %s\n", error->message);
    exit (1);
  }
  cpu = now (CLOCK_PROCESS_CPUTIME_ID);
  for (unsigned i = 0; i < load->streams; i++) {
    streams[i] =
        (Stream){model, way, first + i, load->targets, start + seconds, 0, 0};
    pthread_create (&streams[i].thread, NULL, stream_main, &streams[i]);
  }
  usleep ((useconds_t)(seconds * 0.8e6));
  result.rss = resident_mb ();
  for (unsigned i = 0; i < load->streams; i++) {
    pthread_join (streams[i].thread, NULL);
    result.frames += streams[i].frames;
  }
  result.seconds = now (CLOCK_MONOTONIC) - start;
  result.cpu = now (CLOCK_PROCESS_CPUTIME_ID) - cpu;
  siamban_model_unref (model);
  return result;
}

static int
start_child (const Way *way, const Load *load, unsigned first)
{
  int ends[2];

  if (pipe (ends) != 0)
    exit (1);
  fflush (NULL);
  if (fork () == 0) {
    Result result = run_streams (way, load, first);

    exit (write (ends[1], &result, sizeof result) != sizeof result);
  }
  close (ends[1]);
  return ends[0];
}

static Result
measure (const Way *way, const Load *load)
{
  const Load each = {way->processes ? 1 : load->streams, load->targets};
  unsigned n = way->processes ? load->streams : 1;
  int ends[MAX_STREAMS];
  Result sum = {0};

  for (unsigned i = 0; i < n; i++)
    ends[i] = start_child (way, &each, i);
  for (unsigned i = 0; i < n; i++) {
    Result result;

    if (read (ends[i], &result, sizeof result) != sizeof result)
      exit (1);
    close (ends[i]);
    wait (NULL);
    sum.frames += result.frames / result.seconds;
    sum.cpu += result.cpu / result.seconds;
    sum.rss += result.rss;
  }
  return sum;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* Sorts them. */
static double
median (double *values, unsigned n)
{
  qsort (values, n, sizeof *values, compare);
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

/* @beside: the processes' rounds, or the same again. */
static void
print_way (const Way *way, const Load *load, const Result *results,
    const Result *beside, unsigned rounds)
{
  double frames[MAX_ROUNDS], quotients[MAX_ROUNDS];
  Result sum = {0};

  for (unsigned r = 0; r < rounds; r++) {
    frames[r] = results[r].frames;
    quotients[r] = results[r].frames / beside[r].frames;
    sum.frames += results[r].frames / rounds;
    sum.cpu += results[r].cpu / rounds;
    sum.rss += results[r].rss / rounds;
  }
  printf ("%7u %7u  %-28s", load->streams, load->targets, way->label);
  printf (" %9.1f", median (frames, rounds));
  printf (" %9.1f %9.3f %12.1f %9.2f %9.1f\n", frames[rounds - 1],
      median (quotients, rounds), sum.frames / sum.cpu,
      1e3 * sum.cpu / (sum.frames * load->targets), sum.rss);
}

static void
print_load (const Load *load, unsigned rounds)
{
  Result results[G_N_ELEMENTS (ways)][MAX_ROUNDS];

  /* In turns, for the machine is not the same from one minute to the next. */
  for (unsigned r = 0; r < rounds; r++)
    for (gsize w = 0; w < G_N_ELEMENTS (ways); w++)
      results[w][r] = measure (&ways[w], load);
  for (gsize w = 0; w < G_N_ELEMENTS (ways); w++)
    print_way (&ways[w], load, results[w], results[w - w % 2], rounds);
}

int
main (int argc, char **argv)
{
  static const Load loads[] = {{1, 1}, {2, 1}, {4, 1}, {8, 1}, {1, 8}, {4, 8}};
  unsigned rounds = 3;

  model_path = argc > 1 && !g_str_equal (argv[1], "-") ? argv[1] : NULL;
  if (argc > 2)
    rounds = (unsigned)CLAMP (atoi (argv[2]), 1, MAX_ROUNDS);
  if (argc > 3)
    seconds = atof (argv[3]);
  printf ("%7s %7s  %-28s %9s %9s %9s %12s %9s %9s\n", "streams", "targets", "",
      "frames/s", "best", "quotient", "frames/cpu-s", "cpu-ms", "MB");
  if (argc > 5) {
    const Load load = {MIN (atoi (argv[4]), MAX_STREAMS), atoi (argv[5])};

    print_load (&load, rounds);
    return 0;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (loads); i++)
    print_load (&loads[i], rounds);
  return 0;
}
