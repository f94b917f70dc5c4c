/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BENCH_SUBJECT_H
#define SIAMBAN_BENCH_SUBJECT_H

#include "model/model-private.h"

/* NULL as for siamban_model_load(). */
typedef struct
{
  const char *model, *config;
} BenchFiles;

/* A model with something to search in. */
typedef struct
{
  SiambanModel *model;
  SiambanModelInfo info;
  SiambanTemplate *tmpl; /* NULL before bench_subject_embed() */
  guint8 *pixels;        /* of a crop: noise */
  GArray *out;           /* of float */
} BenchSubject;

BenchSubject *bench_subject_load (
    const BenchFiles *files, SiambanPrecision precision, GError **error);
void bench_subject_free (BenchSubject *subject);

void bench_subject_embed (BenchSubject *subject);
/* Searches for @batch targets in one crop each. */
void bench_subject_search (
    BenchSubject *subject, unsigned batch, unsigned threads);

/* The least time of @rounds for each layer: array of @n, freed by g_free(). */
SiambanStepTime *bench_subject_time_layers (
    const BenchSubject *subject, unsigned threads, int rounds, guint *n);

#endif
