/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_ARCH_H
#define SIAMBAN_ARCH_H

#include "checkpoint/checkpoint.h"
#include "config/config.h"
#include "graph/graph.h"
#include "tracker/params.h"

/* A network: the template graph's outputs are the search graph's features; the
 * search graph's outputs are cls, then loc (exp already taken), and it exposes
 * the deepest map of the crop that the template has no part in. */
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
/* What of @config no network can be, whatever the checkpoint: FALSE with
 * SIAMBAN_ERROR_MODEL. */
gboolean siamban_network_check_config (
    const SiambanConfig *config, GError **error);
void siamban_network_free (SiambanNetwork *network);

#endif
