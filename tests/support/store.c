/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "support/store.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

struct _TestStore
{
  GHashTable *tensors; /* name -> SiambanTensorSource */
  const char *metadata[3];
};

static void
source_free (gpointer data)
{
  SiambanTensorSource *source = data;

  g_free ((gpointer)source->data);
  g_free (source);
}

TestStore *
test_store_new (void)
{
  TestStore *store = g_new0 (TestStore, 1);

  store->tensors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, source_free);
  return store;
}

void
test_store_free (TestStore *store)
{
  g_hash_table_unref (store->tensors);
  g_free (store);
}

float *
test_store_add (TestStore *store, const char *name, unsigned n_dims,
    const guint64 *shape, double low, double high)
{
  SiambanTensorSource *source = g_new0 (SiambanTensorSource, 1);
  size_t n = 1;

  source->dtype = SIAMBAN_DTYPE_F32;
  source->n_dims = n_dims;
  for (unsigned i = 0; i < n_dims; i++)
    n *= source->shape[i] = shape[i];
  /* Room for a test to call them integers. */
  float *values = g_new0 (float, 2 * n);
  for (size_t i = 0; i < n; i++)
    values[i] = g_test_rand_double_range (low, high);
  source->data = values;
  char *key = g_strdup (name);
  source->name = key;
  g_hash_table_replace (store->tensors, key, source);
  return values;
}

static void
add_vector (TestStore *store, const char *prefix, const char *suffix, int n,
    double low, double high)
{
  guint64 shape = n;
  char *name = g_strconcat (prefix, suffix, NULL);

  if (!test_store_get (store, name))
    test_store_add (store, name, 1, &shape, low, high);
  g_free (name);
}

static void
add_conv (TestStore *store, const SiambanGraph *graph, const SiambanNode *node)
{
  int in =
      siamban_graph_node (graph, g_array_index (node->inputs, SiambanMap, 0))
          ->c;
  guint64 shape[] = {
      node->c, node->depthwise ? 1 : in, node->kernel, node->kernel};
  double bound = sqrt (3.0 / (shape[1] * shape[2] * shape[3]));
  char *name = g_strconcat (node->name, ".weight", NULL);

  if (!test_store_get (store, name))
    test_store_add (store, name, node->linear ? 2 : 4, shape, -bound, bound);
  g_free (name);
  if (node->bias)
    add_vector (store, node->name, ".bias", node->c, -1, 1);
  if (!node->bn)
    return;
  add_vector (store, node->bn, ".weight", node->c, 0.5, 1.5);
  add_vector (store, node->bn, ".bias", node->c, -0.3, 0.3);
  add_vector (store, node->bn, ".running_mean", node->c, -0.3, 0.3);
  add_vector (store, node->bn, ".running_var", node->c, 0.5, 1.5);
}

void
test_store_add_graph (TestStore *store, const SiambanGraph *graph)
{
  gboolean *needed = g_new (gboolean, graph->nodes->len);

  siamban_graph_needed (graph, needed);
  for (guint i = 0; i < graph->nodes->len; i++) {
    const SiambanNode *node = siamban_graph_node (graph, i);

    if (!needed[i] || !node->name)
      continue;
    if (node->op == SIAMBAN_OP_CONV)
      add_conv (store, graph, node);
    else if (node->op == SIAMBAN_OP_WEIGHTED_SUM)
      add_vector (store, node->name, "", node->inputs->len, -1, 1);
    else
      add_vector (store, node->name, "", node->index + 2, -1, 1);
  }
  g_free (needed);
}

void
test_store_remove (TestStore *store, const char *name)
{
  g_assert_true (g_hash_table_remove (store->tensors, name));
}

void
test_store_set_dtype (TestStore *store, const char *name, SiambanDtype dtype)
{
  SiambanTensorSource *source = g_hash_table_lookup (store->tensors, name);

  source->dtype = dtype;
}

void
test_store_set_metadata (TestStore *store, const char *key, const char *value)
{
  store->metadata[0] = key;
  store->metadata[1] = value;
}

const float *
test_store_get (const TestStore *store, const char *name)
{
  SiambanTensorSource *source = g_hash_table_lookup (store->tensors, name);

  return source ? source->data : NULL;
}

const float *
test_store_get_part (
    const TestStore *store, const char *prefix, const char *suffix)
{
  char *name = g_strconcat (prefix, suffix, NULL);
  const float *values = test_store_get (store, name);

  g_assert_nonnull (values);
  g_free (name);
  return values;
}

char *
test_store_write (const TestStore *store)
{
  GError *error = NULL;
  GHashTableIter iter;
  gpointer source;
  char *path = NULL;
  int fd = g_file_open_tmp ("siamban-XXXXXX.safetensors", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (SiambanTensorSource));
  g_hash_table_iter_init (&iter, store->tensors);
  while (g_hash_table_iter_next (&iter, NULL, &source))
    g_array_append_vals (all, source, 1);
  siamban_safetensors_write (path, (const SiambanTensorSource *)all->data,
      all->len, store->metadata[0] ? store->metadata : NULL, &error);
  g_assert_no_error (error);
  g_array_unref (all);
  return path;
}

SiambanCheckpoint *
test_store_open (const TestStore *store)
{
  GError *error = NULL;
  char *path = test_store_write (store);
  SiambanCheckpoint *checkpoint = siamban_checkpoint_open (path, &error);

  g_assert_no_error (error);
  g_unlink (path);
  g_free (path);
  return checkpoint;
}
