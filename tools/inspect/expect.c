/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "expect.h"

static void
expected_free (gpointer data)
{
  Expected *expected = data;

  g_free (expected->name);
  g_free (expected);
}

static gboolean
has_name (gconstpointer expected, gconstpointer name)
{
  return g_str_equal (((const Expected *)expected)->name, name);
}

/* The entry for PREFIX SUFFIX, made if there is none. */
static Expected *
entry (GPtrArray *list, const char *prefix, const char *suffix)
{
  char *name = g_strconcat (prefix, suffix, NULL);
  guint index;

  if (g_ptr_array_find_with_equal_func (list, name, has_name, &index)) {
    g_free (name);
    return g_ptr_array_index (list, index);
  }
  Expected *expected = g_new0 (Expected, 1);
  expected->name = name;
  g_ptr_array_add (list, expected);
  return expected;
}

static Expected *
add_vector (
    GPtrArray *list, const char *prefix, const char *suffix, guint64 length)
{
  Expected *expected = entry (list, prefix, suffix);

  expected->n_dims = 1;
  expected->shape[0] = MAX (expected->shape[0], length);
  return expected;
}

static void
add_conv (GPtrArray *list, const SiambanNode *node, int in)
{
  static const char *const bn[] = {
      ".weight", ".bias", ".running_mean", ".running_var"};
  Expected *filters = entry (list, node->name, ".weight");

  filters->n_dims = node->linear ? 2 : 4;
  filters->shape[0] = node->c;
  filters->shape[1] = node->depthwise ? 1 : in;
  filters->shape[2] = filters->shape[3] = node->kernel;
  if (node->bias)
    add_vector (list, node->name, ".bias", node->c);
  for (guint i = 0; node->bn && i < G_N_ELEMENTS (bn); i++)
    add_vector (list, node->bn, bn[i], node->c);
}

static void
add_node (GPtrArray *list, const SiambanGraph *graph, const SiambanNode *node)
{
  if (node->op == SIAMBAN_OP_CONV) {
    SiambanMap in = g_array_index (node->inputs, SiambanMap, 0);

    add_conv (list, node, siamban_graph_node (graph, in)->c);
  } else if (node->op == SIAMBAN_OP_EXP && node->name)
    add_vector (list, node->name, "", node->index + 1)->or_longer = TRUE;
  else if (node->op == SIAMBAN_OP_WEIGHTED_SUM && node->name)
    add_vector (list, node->name, "", node->inputs->len);
}

static void
add_graph (GPtrArray *list, const SiambanGraph *graph)
{
  gboolean *needed = g_new0 (gboolean, graph->nodes->len);

  siamban_graph_needed (graph, needed);
  for (guint i = 0; i < graph->nodes->len; i++)
    if (needed[i])
      add_node (list, graph, siamban_graph_node (graph, i));
  g_free (needed);
}

GPtrArray *
expected_tensors (const SiambanNetwork *network)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (expected_free);

  add_graph (list, network->template_graph);
  add_graph (list, network->search_graph);
  return list;
}
