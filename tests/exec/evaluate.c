/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "evaluate.h"

#include <math.h>

typedef struct
{
  const TestEvaluation *e;
  const SiambanNode *node;
} Eval;

static const SiambanNode *
input_node (const Eval *v, guint i)
{
  return siamban_graph_node (
      v->e->graph, g_array_index (v->node->inputs, SiambanMap, i));
}

static double
at (const Eval *v, guint i, int k, int y, int x)
{
  const SiambanNode *in = input_node (v, i);
  const double *map = g_ptr_array_index (
      v->e->maps, g_array_index (v->node->inputs, SiambanMap, i));

  if (y < 0 || y >= in->h || x < 0 || x >= in->w)
    return 0;
  return map[(k * in->h + y) * in->w + x];
}

static double
activate (SiambanAct act, double x)
{
  switch (act) {
    case SIAMBAN_ACT_RELU:
      return fmax (x, 0);
    case SIAMBAN_ACT_RELU6:
      return fmin (fmax (x, 0), 6);
    case SIAMBAN_ACT_HARDSWISH:
      return x * fmin (fmax (x + 3, 0), 6) / 6;
    case SIAMBAN_ACT_HARDSIGMOID:
      return fmin (fmax (x + 3, 0), 6) / 6;
    case SIAMBAN_ACT_SIGMOID:
      return 1 / (1 + exp (-x));
    default:
      return x;
  }
}

static double
normalise (const Eval *v, int k, double x)
{
  const TestStore *store = v->e->store;
  const char *bn = v->node->bn;
  double mean = test_store_get_part (store, bn, ".running_mean")[k];
  double var = test_store_get_part (store, bn, ".running_var")[k];
  double gamma = test_store_get_part (store, bn, ".weight")[k];

  return (x - mean) / sqrt (var + 1e-5) * gamma +
         test_store_get_part (store, bn, ".bias")[k];
}

static double
convolve (const Eval *v, int k, int y, int x)
{
  const SiambanNode *n = v->node;
  const float *weight = test_store_get_part (v->e->store, n->name, ".weight");
  int in = n->depthwise ? 1 : input_node (v, 0)->c, kernel = n->kernel;
  double sum = 0;

  for (int i = 0; i < in; i++)
    for (int ky = 0; ky < kernel; ky++)
      for (int kx = 0; kx < kernel; kx++)
        sum += at (v, 0, n->depthwise ? k : i,
                   y * n->stride - n->pad + ky * n->dilation,
                   x * n->stride - n->pad + kx * n->dilation) *
               weight[((k * in + i) * kernel + ky) * kernel + kx];
  if (n->bias)
    sum += test_store_get_part (v->e->store, n->name, ".bias")[k];
  if (n->bn)
    sum = normalise (v, k, sum);
  if (n->has_residual)
    sum += at (v, 1, k, y, x);
  return activate (n->act, sum);
}

static double
pool (const Eval *v, int k, int y, int x)
{
  const SiambanNode *n = v->node, *in = input_node (v, 0);
  double highest = -INFINITY;

  for (int i = 0; i < n->kernel; i++)
    for (int j = 0; j < n->kernel; j++) {
      int row = y * n->stride - n->pad + i, column = x * n->stride - n->pad + j;

      if (row >= 0 && row < in->h && column >= 0 && column < in->w)
        highest = fmax (highest, at (v, 0, k, row, column));
    }
  return highest;
}

static double
mean (const Eval *v, int k)
{
  const SiambanNode *in = input_node (v, 0);
  double sum = 0;

  for (int y = 0; y < in->h; y++)
    for (int x = 0; x < in->w; x++)
      sum += at (v, 0, k, y, x);
  return sum / in->h / in->w;
}

static double
correlate (const Eval *v, int k, int y, int x)
{
  const SiambanNode *z = input_node (v, 0);
  double sum = 0;

  for (int i = 0; i < z->h; i++)
    for (int j = 0; j < z->w; j++)
      sum += at (v, 0, k, i, j) *
             at (v, 1, k, y + i - v->node->pad, x + j - v->node->pad);
  return sum;
}

static double
correlate_by_pixel (const Eval *v, int k, int y, int x)
{
  const SiambanNode *z = input_node (v, 0);
  double sum = 0;

  for (int i = 0; i < z->c; i++)
    sum += at (v, 0, i, k / z->w, k % z->w) * at (v, 1, i, y, x);
  return sum;
}

static double
weighted_sum (const Eval *v, int k, int y, int x)
{
  const char *name = v->node->name;
  const float *weights = name ? test_store_get (v->e->store, name) : NULL;
  double sum = 0, total = 0;

  for (guint i = 0; i < v->node->inputs->len; i++) {
    double weight = weights ? exp (weights[i]) : 1;

    sum += weight * at (v, i, k, y, x);
    total += weight;
  }
  return sum / total;
}

static double
value (const Eval *v, int k, int y, int x)
{
  const SiambanNode *n = v->node;
  size_t index = ((size_t)k * n->h + y) * n->w + x;

  switch (n->op) {
    case SIAMBAN_OP_IMAGE:
      return v->e->image[index];
    case SIAMBAN_OP_FEATURE:
      return v->e->features[n->index][index];
    case SIAMBAN_OP_CONV:
      return convolve (v, k, y, x);
    case SIAMBAN_OP_MAX_POOL:
      return pool (v, k, y, x);
    case SIAMBAN_OP_MEAN:
      return mean (v, k);
    case SIAMBAN_OP_SCALE:
      return activate (n->act, at (v, 0, k, y, x) * at (v, 1, k, 0, 0));
    case SIAMBAN_OP_CROP:
      return at (v, 0, k, y + n->top, x + n->left);
    case SIAMBAN_OP_CONCAT: {
      int first = input_node (v, 0)->c;

      return k < first ? at (v, 0, k, y, x) : at (v, 1, k - first, y, x);
    }
    case SIAMBAN_OP_XCORR_DEPTHWISE:
      return correlate (v, k, y, x);
    case SIAMBAN_OP_XCORR_PIXELWISE:
      return correlate_by_pixel (v, k, y, x);
    case SIAMBAN_OP_EXP:
      return exp (
          at (v, 0, k, y, x) *
          (n->name ? test_store_get (v->e->store, n->name)[n->index] : 1));
    case SIAMBAN_OP_WEIGHTED_SUM:
      return weighted_sum (v, k, y, x);
  }
  g_assert_not_reached ();
}

static double *
evaluate_node (const TestEvaluation *e, SiambanMap map)
{
  const Eval v = {e, siamban_graph_node (e->graph, map)};
  const SiambanNode *n = v.node;
  double *values = g_new (double, n->c * n->h * n->w), *to = values;

  for (int k = 0; k < n->c; k++)
    for (int y = 0; y < n->h; y++)
      for (int x = 0; x < n->w; x++)
        *to++ = value (&v, k, y, x);
  return values;
}

TestEvaluation *
test_evaluate (const SiambanGraph *graph, const TestStore *store,
    const float *image, const float *const *features)
{
  TestEvaluation *e = g_new (TestEvaluation, 1);
  gboolean *needed = g_new (gboolean, graph->nodes->len);

  siamban_graph_needed (graph, needed);
  *e = (TestEvaluation){
      graph, store, image, features, g_ptr_array_new_with_free_func (g_free)};
  for (guint i = 0; i < graph->nodes->len; i++)
    g_ptr_array_add (e->maps, needed[i] ? evaluate_node (e, i) : NULL);
  g_free (needed);
  return e;
}

void
test_evaluation_free (TestEvaluation *evaluation)
{
  g_ptr_array_unref (evaluation->maps);
  g_free (evaluation);
}

const double *
test_evaluation_map (const TestEvaluation *evaluation, SiambanMap map)
{
  return g_ptr_array_index (evaluation->maps, map);
}
