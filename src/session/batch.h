/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BATCH_H
#define SIAMBAN_BATCH_H

#include "model/model-private.h"
#include "tracker/tracker.h"

#include <siamban/frame.h>

/* A square of the frame that is searched. @scale: crop pixels a frame pixel. */
typedef struct
{
  double cx, cy, side, scale;
} SiambanView;

/* What the network says of a view. */
typedef struct
{
  SiambanView view;
  const float *cls, *loc;
  const float *features; /* or NULL */
} SiambanFinding;

/* The room that searches of one frame are done in, kept from frame to frame.
 * All zero is an empty one. */
typedef struct
{
  unsigned n, capacity;
  guint8 *pixels;
  const guint8 **crops; /* into pixels */
  SiambanTemplate **templates;
  SiambanView *views;
  float *cls, *loc;
  float *features; /* NULL until they are asked for */
  gsize n_features;
} SiambanBatch;

/* Makes it empty, with room for @n searches. */
void siamban_batch_begin (
    SiambanBatch *batch, const SiambanTrackParams *params, unsigned n);
/* Cuts @view out of @frame; what lies outside has the colour @mean. */
void siamban_batch_add (SiambanBatch *batch, const SiambanTrackParams *params,
    SiambanTemplate *template, const SiambanFrame *frame,
    const SiambanView *view, const double mean[3]);
/* With the maps of features on request. */
void siamban_batch_run (SiambanBatch *batch, SiambanModel *model,
    gboolean features, unsigned threads);
SiambanFinding siamban_batch_finding (
    const SiambanBatch *batch, const SiambanTrackParams *params, unsigned i);
void siamban_batch_clear (SiambanBatch *batch);

#endif
