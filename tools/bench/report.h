/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BENCH_REPORT_H
#define SIAMBAN_BENCH_REPORT_H

#include <json-glib/json-glib.h>

#include "cases.h"
#include "start.h"

/* One precision of the model. */
typedef struct
{
  SiambanPrecision precision; /* as asked for, maybe AUTO */
  BenchSubject *subject;
  gboolean started;
  BenchStart start; /* if so */
  double roof;      /* of one thread, 1e9 operations a second */
} BenchEntry;

/* Each prints to stdout and adds the same to the object that @json is in. */
void report_model (const BenchEntry *entry, JsonBuilder *json);
/* @entries: of BenchEntry. */
void report_starts (const GArray *entries, JsonBuilder *json);
/* @cases: of BenchCase *, whose subjects are those of @entries. */
void report_cases (
    const GPtrArray *cases, const GArray *entries, JsonBuilder *json);
void report_layers (
    const GArray *entries, unsigned threads, int rounds, JsonBuilder *json);

#endif
