/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BENCH_CASES_H
#define SIAMBAN_BENCH_CASES_H

#include "subject.h"

/* One way of running the search branch, with the times of its rounds in rising
 * order. */
typedef struct
{
  BenchSubject *subject; /* borrowed */
  unsigned threads, batch;
  GArray *wall_ms, *cpu_ms; /* of double; all threads' CPU time */
} BenchCase;

BenchCase *bench_case_new (
    BenchSubject *subject, unsigned threads, unsigned batch);
void bench_case_free (BenchCase *c);

/* Every round runs every case (of BenchCase *) once, in another order each
 * time. */
void bench_cases_run (GPtrArray *cases, int rounds);

/* The value that the share @q, 0 to 1, of @sorted is not above. */
double bench_quantile (const GArray *sorted, double q);

#endif
