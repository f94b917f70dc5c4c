/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BENCH_START_H
#define SIAMBAN_BENCH_START_H

#include "subject.h"

/* What it takes a new process to get its first result. */
typedef struct
{
  double load_ms;
  double first_ms;   /* template and one search, after loading */
  double peak_bytes; /* of resident memory, mapped files too */
} BenchStart;

/* Measured in a child process: to be called before there are threads, and
 * before the model is loaded here. FALSE if the child fails; where that is for
 * want of a good model, loading it here says why. */
gboolean bench_start (
    const BenchFiles *files, SiambanPrecision precision, BenchStart *start);

#endif
