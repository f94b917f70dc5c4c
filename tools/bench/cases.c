/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cases.h"

#include <time.h>

BenchCase *
bench_case_new (BenchSubject *subject, unsigned threads, unsigned batch)
{
  BenchCase *c = g_new (BenchCase, 1);

  *c = (BenchCase){
      subject,
      threads,
      batch,
      g_array_new (FALSE, FALSE, sizeof (double)),
      g_array_new (FALSE, FALSE, sizeof (double)),
  };
  return c;
}

void
bench_case_free (BenchCase *c)
{
  g_array_unref (c->wall_ms);
  g_array_unref (c->cpu_ms);
  g_free (c);
}

static double
now_ms (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* The untimed run brings this case's weights and threads back. */
static void
time_case (BenchCase *c)
{
  double wall, cpu;

  bench_subject_search (c->subject, c->batch, c->threads);
  cpu = now_ms (CLOCK_PROCESS_CPUTIME_ID);
  wall = now_ms (CLOCK_MONOTONIC);
  bench_subject_search (c->subject, c->batch, c->threads);
  wall = now_ms (CLOCK_MONOTONIC) - wall;
  cpu = now_ms (CLOCK_PROCESS_CPUTIME_ID) - cpu;
  g_array_append_val (c->wall_ms, wall);
  g_array_append_val (c->cpu_ms, cpu);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static void
shuffle (guint *order, guint n, GRand *random)
{
  for (guint i = n; i > 1; i--) {
    guint k = g_rand_int_range (random, 0, i), last = order[i - 1];

    order[i - 1] = order[k];
    order[k] = last;
  }
}

void
bench_cases_run (GPtrArray *cases, int rounds)
{
  g_autofree guint *order = g_new (guint, cases->len);
  GRand *random = g_rand_new_with_seed (1);

  for (guint i = 0; i < cases->len; i++)
    order[i] = i;
  for (int round = 0; round < rounds; round++) {
    shuffle (order, cases->len, random);
    for (guint i = 0; i < cases->len; i++)
      time_case (g_ptr_array_index (cases, order[i]));
  }
  for (guint i = 0; i < cases->len; i++) {
    BenchCase *c = g_ptr_array_index (cases, i);

    g_array_sort (c->wall_ms, compare_doubles);
    g_array_sort (c->cpu_ms, compare_doubles);
  }
  g_rand_free (random);
}

double
bench_quantile (const GArray *sorted, double q)
{
  return g_array_index (sorted, double, (guint)(q * (sorted->len - 1) + 0.5));
}
