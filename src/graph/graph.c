/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "graph/graph.h"

#include <string.h>

/* Far above any published network; keeps sizes inside 32 bits. */
#define MAX_SIDE     4096
#define MAX_CHANNELS 65536
#define MAX_WINDOW   256

static void
node_free (SiambanNode *node)
{
  g_array_unref (node->inputs);
  g_free (node->name);
  g_free (node->bn);
  g_free (node);
}

SiambanGraph *
siamban_graph_new (void)
{
  SiambanGraph *graph = g_new0 (SiambanGraph, 1);

  graph->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify)node_free);
  graph->outputs = g_array_new (FALSE, FALSE, sizeof (SiambanMap));
  graph->exposed = SIAMBAN_MAP_NONE;
  return graph;
}

void
siamban_graph_free (SiambanGraph *graph)
{
  if (!graph)
    return;
  g_ptr_array_unref (graph->nodes);
  g_array_unref (graph->outputs);
  g_free (graph->error);
  g_free (graph);
}

const SiambanNode *
siamban_graph_node (const SiambanGraph *graph, SiambanMap map)
{
  return g_ptr_array_index (graph->nodes, map);
}

static void G_GNUC_PRINTF (3, 4)
    check (SiambanGraph *graph, gboolean fits, const char *format, ...)
{
  va_list args;

  if (fits || graph->error)
    return;
  va_start (args, format);
  graph->error = g_strdup_vprintf (format, args);
  va_end (args);
}

/* The map that a builder is given; any valid one once something went wrong. */
static const SiambanNode *
graph_input (SiambanGraph *graph, SiambanNode *node, SiambanMap map)
{
  static const SiambanNode nothing = {.c = 1, .h = 1, .w = 1};

  if (map < 0 || (guint)map >= graph->nodes->len) {
    check (graph, FALSE, "map %d is used before it is made", map);
    return &nothing;
  }
  g_array_append_val (node->inputs, map);
  return siamban_graph_node (graph, map);
}

static SiambanNode *
node_new (SiambanOp op, const char *name)
{
  SiambanNode *node = g_new0 (SiambanNode, 1);

  node->op = op;
  node->inputs = g_array_new (FALSE, FALSE, sizeof (SiambanMap));
  node->name = g_strdup (name);
  node->kernel = node->stride = node->dilation = 1;
  return node;
}

static SiambanMap
graph_add (SiambanGraph *graph, SiambanNode *node, int c, int h, int w)
{
  check (graph,
      c >= 1 && c <= MAX_CHANNELS && h >= 1 && h <= MAX_SIDE && w >= 1 &&
          w <= MAX_SIDE,
      "%s%sa map of %d x %d x %d is out of range", node->name ? node->name : "",
      node->name ? ": " : "", c, h, w);
  node->c = CLAMP (c, 1, MAX_CHANNELS);
  node->h = CLAMP (h, 1, MAX_SIDE);
  node->w = CLAMP (w, 1, MAX_SIDE);
  g_ptr_array_add (graph->nodes, node);
  return graph->nodes->len - 1;
}

static int
graph_slid (int size, const SiambanNode *node)
{
  int span = size + 2 * node->pad - node->dilation * (node->kernel - 1) - 1;

  return span < 0 ? 0 : span / node->stride + 1;
}

/* One that is out of range is made harmless, for building goes on. */
static void
check_window (SiambanGraph *graph, SiambanNode *node)
{
  gboolean fits = node->pad >= 0 && node->pad <= MAX_SIDE &&
                  node->kernel >= 1 && node->kernel <= MAX_WINDOW &&
                  node->stride >= 1 && node->stride <= MAX_WINDOW &&
                  node->dilation >= 1 && node->dilation <= MAX_WINDOW;

  check (graph, fits,
      "%s: kernel %d, stride %d, padding %d, dilation %d are out of range",
      node->name ? node->name : "pooling", node->kernel, node->stride,
      node->pad, node->dilation);
  if (!fits) {
    node->kernel = node->stride = node->dilation = 1;
    node->pad = 0;
  }
}

SiambanMap
siamban_graph_image (SiambanGraph *graph, int size)
{
  return graph_add (graph, node_new (SIAMBAN_OP_IMAGE, NULL), 3, size, size);
}

SiambanMap
siamban_graph_feature (SiambanGraph *graph, int c, int h, int w)
{
  SiambanNode *node = node_new (SIAMBAN_OP_FEATURE, NULL);

  node->index = graph->n_features++;
  return graph_add (graph, node, c, h, w);
}

static void
add_residual (
    SiambanGraph *graph, SiambanNode *node, SiambanMap map, int c, int h, int w)
{
  const SiambanNode *residual = graph_input (graph, node, map);

  node->has_residual = TRUE;
  check (graph, residual->c == c && residual->h == h && residual->w == w,
      "%s: a residual of %d x %d x %d does not fit %d x %d x %d", node->name,
      residual->c, residual->h, residual->w, c, h, w);
}

SiambanMap
siamban_graph_conv (
    SiambanGraph *graph, SiambanMap x, const SiambanConvSpec *spec)
{
  SiambanNode *node = node_new (SIAMBAN_OP_CONV, spec->name);
  const SiambanNode *in = graph_input (graph, node, x);

  node->bn = g_strdup (spec->bn);
  node->bias = spec->bias;
  node->linear = spec->linear;
  node->kernel = spec->kernel ? spec->kernel : 1;
  node->stride = spec->stride ? spec->stride : 1;
  node->dilation = spec->dilation ? spec->dilation : 1;
  node->pad = spec->pad;
  node->depthwise = spec->depthwise;
  node->act = spec->act;
  check_window (graph, node);
  check (graph, !node->linear || (node->kernel == 1 && !node->depthwise),
      "%s: a linear layer has a kernel of 1", node->name);
  int c = spec->depthwise ? in->c : spec->out;
  int h = graph_slid (in->h, node), w = graph_slid (in->w, node);
  if (spec->has_residual)
    add_residual (graph, node, spec->residual, c, h, w);
  return graph_add (graph, node, c, h, w);
}

SiambanMap
siamban_graph_max_pool (
    SiambanGraph *graph, SiambanMap x, int kernel, int stride, int pad)
{
  SiambanNode *node = node_new (SIAMBAN_OP_MAX_POOL, NULL);
  const SiambanNode *in = graph_input (graph, node, x);

  node->kernel = kernel;
  node->stride = stride;
  node->pad = pad;
  check_window (graph, node);
  check (graph, pad <= kernel / 2,
      "pooling: padding %d is more than half of kernel %d", pad, kernel);
  return graph_add (
      graph, node, in->c, graph_slid (in->h, node), graph_slid (in->w, node));
}

SiambanMap
siamban_graph_mean (SiambanGraph *graph, SiambanMap x)
{
  SiambanNode *node = node_new (SIAMBAN_OP_MEAN, NULL);

  return graph_add (graph, node, graph_input (graph, node, x)->c, 1, 1);
}

SiambanMap
siamban_graph_scale (
    SiambanGraph *graph, SiambanMap x, SiambanMap s, SiambanAct act)
{
  SiambanNode *node = node_new (SIAMBAN_OP_SCALE, NULL);
  const SiambanNode *in = graph_input (graph, node, x);
  const SiambanNode *scale = graph_input (graph, node, s);

  node->act = act;
  check (graph, scale->c == in->c && scale->h == 1 && scale->w == 1,
      "a scale of %d x %d x %d does not fit %d channels", scale->c, scale->h,
      scale->w, in->c);
  return graph_add (graph, node, in->c, in->h, in->w);
}

SiambanMap
siamban_graph_crop (
    SiambanGraph *graph, SiambanMap x, int top, int left, int h, int w)
{
  SiambanNode *node = node_new (SIAMBAN_OP_CROP, NULL);
  const SiambanNode *in = graph_input (graph, node, x);

  node->top = top;
  node->left = left;
  check (graph,
      top >= 0 && left >= 0 && h >= 1 && w >= 1 && h <= in->h - top &&
          w <= in->w - left,
      "a window of %d x %d at (%d, %d) leaves the map of %d x %d", h, w, top,
      left, in->h, in->w);
  return graph_add (graph, node, in->c, h, w);
}

SiambanMap
siamban_graph_concat (SiambanGraph *graph, SiambanMap a, SiambanMap b)
{
  SiambanNode *node = node_new (SIAMBAN_OP_CONCAT, NULL);
  const SiambanNode *first = graph_input (graph, node, a);
  const SiambanNode *second = graph_input (graph, node, b);

  check (graph, first->h == second->h && first->w == second->w,
      "maps of %d x %d and %d x %d cannot be joined", first->h, first->w,
      second->h, second->w);
  return graph_add (graph, node, first->c + second->c, first->h, first->w);
}

SiambanMap
siamban_graph_xcorr_depthwise (
    SiambanGraph *graph, SiambanMap z, SiambanMap x, int pad)
{
  SiambanNode *node = node_new (SIAMBAN_OP_XCORR_DEPTHWISE, NULL);
  const SiambanNode *filter = graph_input (graph, node, z);
  const SiambanNode *in = graph_input (graph, node, x);

  node->pad = pad;
  check (graph, filter->c == in->c,
      "%d channels cannot be correlated with %d channels", filter->c, in->c);
  check (graph, pad >= 0 && pad <= MAX_SIDE,
      "correlation: padding %d is out of range", pad);
  pad = CLAMP (pad, 0, MAX_SIDE);
  return graph_add (graph, node, in->c, in->h + 2 * pad - filter->h + 1,
      in->w + 2 * pad - filter->w + 1);
}

SiambanMap
siamban_graph_xcorr_pixelwise (SiambanGraph *graph, SiambanMap z, SiambanMap x)
{
  SiambanNode *node = node_new (SIAMBAN_OP_XCORR_PIXELWISE, NULL);
  const SiambanNode *filter = graph_input (graph, node, z);
  const SiambanNode *in = graph_input (graph, node, x);

  check (graph, filter->c == in->c,
      "%d channels cannot be correlated with %d channels", filter->c, in->c);
  return graph_add (graph, node, filter->h * filter->w, in->h, in->w);
}

SiambanMap
siamban_graph_exp (
    SiambanGraph *graph, SiambanMap x, const char *name, int index)
{
  SiambanNode *node = node_new (SIAMBAN_OP_EXP, name);
  const SiambanNode *in = graph_input (graph, node, x);

  node->index = index;
  check (graph, index >= 0, "%s: element %d does not exist",
      name ? name : "exp", index);
  return graph_add (graph, node, in->c, in->h, in->w);
}

SiambanMap
siamban_graph_weighted_sum (
    SiambanGraph *graph, const SiambanMap *x, int n, const char *name)
{
  SiambanNode *node = node_new (SIAMBAN_OP_WEIGHTED_SUM, name);
  gboolean fits = n >= 1 && n <= SIAMBAN_MAX_INPUTS;

  check (graph, fits, "a sum of %d maps is out of range", n);
  if (!fits)
    return graph_add (graph, node, 1, 1, 1);
  const SiambanNode *first = graph_input (graph, node, x[0]);
  for (int i = 1; i < n; i++) {
    const SiambanNode *next = graph_input (graph, node, x[i]);

    check (graph,
        next->c == first->c && next->h == first->h && next->w == first->w,
        "maps of %d x %d x %d and %d x %d x %d cannot be added", first->c,
        first->h, first->w, next->c, next->h, next->w);
  }
  return graph_add (graph, node, first->c, first->h, first->w);
}

void
siamban_graph_output (SiambanGraph *graph, SiambanMap x)
{
  gboolean exists = x >= 0 && (guint)x < graph->nodes->len;

  check (graph, exists, "map %d is an output but is never made", x);
  if (exists)
    g_array_append_val (graph->outputs, x);
}

void
siamban_graph_expose (SiambanGraph *graph, SiambanMap x)
{
  gboolean exists = x >= 0 && (guint)x < graph->nodes->len;

  check (graph, exists, "map %d is exposed but is never made", x);
  if (exists)
    graph->exposed = x;
}

/* Adds what the nodes that are TRUE depend on. */
static void
add_ancestors (const SiambanGraph *graph, gboolean *nodes)
{
  for (guint i = graph->nodes->len; i-- > 0;) {
    const GArray *inputs = siamban_graph_node (graph, i)->inputs;

    for (guint j = 0; nodes[i] && j < inputs->len; j++)
      nodes[g_array_index (inputs, SiambanMap, j)] = TRUE;
  }
}

void
siamban_graph_needed (const SiambanGraph *graph, gboolean *nodes)
{
  memset (nodes, 0, graph->nodes->len * sizeof *nodes);
  for (guint i = 0; i < graph->outputs->len; i++)
    nodes[g_array_index (graph->outputs, SiambanMap, i)] = TRUE;
  add_ancestors (graph, nodes);
}

void
siamban_graph_needed_for (
    const SiambanGraph *graph, SiambanMap map, gboolean *nodes)
{
  memset (nodes, 0, graph->nodes->len * sizeof *nodes);
  if (map == SIAMBAN_MAP_NONE)
    return;
  nodes[map] = TRUE;
  add_ancestors (graph, nodes);
}

void
siamban_graph_sampling (
    const SiambanGraph *graph, SiambanMap map, double *stride, double *first)
{
  const SiambanNode *node = siamban_graph_node (graph, map);

  *stride = 1;
  *first = 0;
  while (node->inputs->len > 0) {
    if (node->op == SIAMBAN_OP_CONV || node->op == SIAMBAN_OP_MAX_POOL) {
      *stride *= node->stride;
      *first = *first * node->stride - node->pad +
               (node->kernel - 1) * MAX (node->dilation, 1) / 2.0;
    } else if (node->op == SIAMBAN_OP_CROP) {
      *first += node->left;
    }
    node =
        siamban_graph_node (graph, g_array_index (node->inputs, SiambanMap, 0));
  }
}

guint64
siamban_graph_node_macs (const SiambanGraph *graph, SiambanMap map)
{
  const SiambanNode *node = siamban_graph_node (graph, map);
  guint64 values = (guint64)node->c * node->h * node->w;

  if (node->inputs->len == 0)
    return 0;
  const SiambanNode *first =
      siamban_graph_node (graph, g_array_index (node->inputs, SiambanMap, 0));
  switch (node->op) {
    case SIAMBAN_OP_CONV:
      values *= (guint64)node->kernel * node->kernel;
      return node->depthwise ? values : values * first->c;
    case SIAMBAN_OP_XCORR_DEPTHWISE:
      return values * first->h * first->w;
    case SIAMBAN_OP_XCORR_PIXELWISE:
      return values * first->c;
    default:
      return 0;
  }
}

guint64
siamban_graph_macs (const SiambanGraph *graph)
{
  gboolean *needed = g_new (gboolean, graph->nodes->len);
  guint64 macs = 0;

  siamban_graph_needed (graph, needed);
  for (guint i = 0; i < graph->nodes->len; i++)
    if (needed[i])
      macs += siamban_graph_node_macs (graph, i);
  g_free (needed);
  return macs;
}
