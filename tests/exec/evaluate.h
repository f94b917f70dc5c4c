/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_EVALUATE_H
#define TESTS_EVALUATE_H

#include "support/store.h"

/* A graph's maps by the definitions, in double, each in memory of its own. */
typedef struct
{
  const SiambanGraph *graph;
  const TestStore *store;
  const float *image;           /* planes */
  const float *const *features; /* channels first */
  GPtrArray *maps;              /* of double *, channels first */
} TestEvaluation;

TestEvaluation *test_evaluate (const SiambanGraph *graph,
    const TestStore *store, const float *image, const float *const *features);
void test_evaluation_free (TestEvaluation *evaluation);
const double *test_evaluation_map (
    const TestEvaluation *evaluation, SiambanMap map);

#endif
