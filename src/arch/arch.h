/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_ARCH_H
#define SIAMBAN_ARCH_H

#include "checkpoint/checkpoint.h"
#include "config/config.h"
#include "graph/graph.h"

/* The constants of the tracker, from the config or as published. */
typedef struct
{
  int exemplar_size; /* side of the template crop, pixels */
  int instance_size; /* side of the search crop, pixels */
  int stride;        /* search-crop pixels from grid point to grid point */
  int score_size;    /* side of the grid */
  int cls_channels;  /* 2: softmax, target second; 1: sigmoid */
  double window_influence;
  double penalty_k;
  double lr;
  double context_amount;
} SiambanTrackParams;

/* A network: the template graph's outputs are the search graph's features; the
 * search graph's outputs are cls, then loc (exp already taken). */
typedef struct
{
  const char *architecture; /* static */
  SiambanGraph *template_graph;
  SiambanGraph *search_graph;
  SiambanTrackParams track;
} SiambanNetwork;

/* Tells the architecture from @config and the tensors' names and shapes, and
 * describes it. Returns NULL with SIAMBAN_ERROR_MODEL, naming what does not
 * fit; that every tensor has the right shape is found when the graphs are
 * compiled. */
SiambanNetwork *siamban_network_describe (const SiambanConfig *config,
    const SiambanCheckpoint *checkpoint, GError **error);
void siamban_network_free (SiambanNetwork *network);

#endif
