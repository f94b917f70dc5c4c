/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_MODEL_INSIDE_H
#define SIAMBAN_MODEL_INSIDE_H

#include "model/build.h"
#include "model/lease.h"

struct _SiambanModel
{
  int refs;
  char *key;
  SiambanBuild build;
  GQueue leases;        /* free ones; only siamban_lease_...() look inside */
  SiambanPace paces[2]; /* of searches of one crop, and of several; likewise */
};

struct _SiambanTemplate
{
  SiambanModel *model;
  float **features; /* one block: n_features pointers, then their floats */
};

/* One call of the search branch. */
typedef struct
{
  unsigned n;
  SiambanTemplate *const *templates;
  const guint8 *const *pixels; /* or NULL */
  const float *planes;
  float *cls, *loc;
  float *const *exposed; /* or NULL */
} SiambanSearch;

/* What chooses for a caller who leaves the number of threads to the library;
 * NULL for one who does not. */
SiambanPace *siamban_model_pace (
    SiambanModel *model, unsigned n, unsigned threads);

/* Lists in @lease where every image's pixels, features and outputs are. */
SiambanRun siamban_search_run (const SiambanModel *model, SiambanLease *lease,
    const SiambanSearch *search);

#endif
