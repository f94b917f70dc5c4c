/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TEST_FAKE_MODEL_H
#define TEST_FAKE_MODEL_H

#include "model/model-private.h"

/* Stands in for the network: what it is asked is kept, what it answers is set.
 * Linked instead of src/model. */
#define EXEMPLAR 31
#define INSTANCE 63
#define SCORE    5
#define AREA     (SCORE * SCORE)
#define MAX_N    64

/* The map of features, finer than the grid. */
#define SIDE     15
#define CHANNELS 16
#define FEATURES (SIDE * SIDE * CHANNELS)

struct _SiambanModel
{
  gint references;
  gint templates_alive;
  guint8 z[3 * EXEMPLAR * EXEMPLAR];
  guint8 x[MAX_N][3 * INSTANCE * INSTANCE];
  SiambanTemplate *templates[MAX_N];
  unsigned n, threads, runs, learnt;
  float cls[MAX_N][2 * AREA], loc[MAX_N][4 * AREA];
  float features[MAX_N][FEATURES];
};

extern const SiambanTrackParams fake_params;

void fake_model_init (SiambanModel *model);
/* Random answers. */
void fake_model_fill (SiambanModel *model);
/* Every search finds a box of @side crop pixels at grid point @point. */
void fake_model_find (SiambanModel *model, int point, float side);
/* Nothing is there to be found. */
void fake_model_hide (SiambanModel *model);
/* Nobody holds it any more. */
void fake_model_check (const SiambanModel *model);

#endif
