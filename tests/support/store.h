/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_STORE_H
#define TESTS_STORE_H

#include "checkpoint/checkpoint.h"
#include "graph/graph.h"

/* Tensors on their way into a checkpoint. */
typedef struct _TestStore TestStore;

TestStore *test_store_new (void);
void test_store_free (TestStore *store);

/* A tensor of numbers in low..high, replacing one of that name. */
float *test_store_add (TestStore *store, const char *name, unsigned n_dims,
    const guint64 *shape, double low, double high);
/* All that the needed nodes of @graph read, scaled so that maps keep their
 * size; tensors that are there already stay. */
void test_store_add_graph (TestStore *store, const SiambanGraph *graph);
void test_store_remove (TestStore *store, const char *name);
void test_store_set_dtype (
    TestStore *store, const char *name, SiambanDtype dtype);

/* Static texts, for the file's metadata. */
void test_store_set_metadata (
    TestStore *store, const char *key, const char *value);

const float *test_store_get (const TestStore *store, const char *name);
const float *test_store_get_part (
    const TestStore *store, const char *prefix, const char *suffix);

/* Path of a temporary safetensors file. */
char *test_store_write (const TestStore *store);
/* From a temporary file that is gone already. */
SiambanCheckpoint *test_store_open (const TestStore *store);

#endif
