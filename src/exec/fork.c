/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "exec/exec-private.h"

/* Larger branches are parted layer by layer as well, in less memory. */
#define MAX_MACS 200000000

/* Both branches take about as long. */
static gboolean
is_worth_it (const guint64 macs[2])
{
  guint64 all = macs[0] + macs[1], most = MAX (macs[0], macs[1]);

  return all > 0 && all <= MAX_MACS && most * 5 <= all * 3;
}

/* The first map behind all that both outputs, or the exposed map, need. */
static guint
find_end_of_shared (const SiambanGraph *graph, gboolean *const needed[2])
{
  guint fork = graph->exposed == SIAMBAN_MAP_NONE ? 0 : graph->exposed + 1;

  for (guint map = fork; map < graph->nodes->len; map++)
    if (needed[0][map] && needed[1][map])
      fork = map + 1;
  return fork;
}

guint
siamban_fork_find (const SiambanGraph *graph, int *branches)
{
  guint n = graph->nodes->len, fork;
  g_autofree gboolean *first = g_new (gboolean, n);
  g_autofree gboolean *second = g_new (gboolean, n);
  gboolean *const needed[] = {first, second};
  guint64 macs[2] = {0};

  memset (branches, 0, n * sizeof *branches);
  if (graph->outputs->len != 2)
    return n;
  for (int i = 0; i < 2; i++)
    siamban_graph_needed_for (
        graph, g_array_index (graph->outputs, SiambanMap, i), needed[i]);
  fork = find_end_of_shared (graph, needed);
  for (guint map = fork; map < n; map++)
    for (int i = 0; i < 2; i++)
      if (needed[i][map])
        macs[i] += siamban_graph_node_macs (graph, map);
  if (!is_worth_it (macs))
    return n;
  for (guint map = fork; map < n; map++)
    branches[map] = first[map] ? 1 : second[map] ? 2 : 0;
  return fork;
}
