/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <float.h>
#include <math.h>

#include "exec/exec-private.h"

#define BN_EPSILON 1e-5

struct _SiambanWeights
{
  const SiambanCheckpoint *checkpoint; /* until they are kept */
  SiambanCpu level;
  SiambanRanges *ranges; /* or NULL */
  SiambanPacked *packed; /* or NULL */
  gboolean allow_8_bits, use_bf16, kept;
  GHashTable *convs; /* what tells one from another -> SiambanConv */
  GHashTable *used;  /* set of SiambanTensor */
  guint64 n_parameters;
};

SiambanWeights *
siamban_weights_new (const SiambanCheckpoint *checkpoint, SiambanCpu level)
{
  SiambanWeights *weights = g_new0 (SiambanWeights, 1);

  weights->checkpoint = checkpoint;
  weights->level = level;
  weights->convs = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)siamban_conv_free);
  weights->used = g_hash_table_new (NULL, NULL);
  return weights;
}

void
siamban_weights_set_ranges (SiambanWeights *weights, SiambanRanges *ranges)
{
  weights->ranges = ranges;
}

void
siamban_weights_allow_8_bits (SiambanWeights *weights, gboolean allow)
{
  weights->allow_8_bits = allow;
}

void
siamban_weights_set_packed (SiambanWeights *weights, SiambanPacked *packed)
{
  weights->packed = packed;
}

void
siamban_weights_keep (SiambanWeights *weights)
{
  weights->kept = weights->packed && !siamban_packed_missed (weights->packed);
  if (weights->packed)
    siamban_packed_save (weights->packed, weights->convs);
  g_clear_pointer (&weights->packed, siamban_packed_close);
  weights->checkpoint = NULL; /* may be closed from now on */
}

gboolean
siamban_weights_were_kept (const SiambanWeights *weights)
{
  return weights->kept;
}

void
siamban_weights_use_bf16 (SiambanWeights *weights)
{
  weights->use_bf16 = TRUE;
}

void
siamban_weights_free (SiambanWeights *weights)
{
  if (!weights)
    return;
  siamban_packed_close (weights->packed);
  g_hash_table_unref (weights->convs);
  g_hash_table_unref (weights->used);
  siamban_ranges_free (weights->ranges);
  g_free (weights);
}

guint64
siamban_weights_n_parameters (const SiambanWeights *weights)
{
  return weights->n_parameters;
}

SiambanCpu
siamban_weights_level (const SiambanWeights *weights)
{
  return weights->level;
}

const char *
siamban_weights_path (const SiambanWeights *weights)
{
  return siamban_checkpoint_path (weights->checkpoint);
}

static char *
shape_to_string (const guint64 *shape, unsigned n_dims)
{
  GString *text = g_string_new ("[");

  for (unsigned i = 0; i < n_dims; i++)
    g_string_append_printf (
        text, "%s%" G_GUINT64_FORMAT, i ? ", " : "", shape[i]);
  return g_string_free (g_string_append_c (text, ']'), FALSE);
}

static gboolean
weights_fail (const SiambanWeights *weights, const char *name, GError **error,
    const char *problem, const guint64 *shape, unsigned n_dims)
{
  char *expected = shape_to_string (shape, n_dims);

  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
      "%s: tensor \"%s\" %s, expected floats of shape %s",
      siamban_weights_path (weights), name, problem, expected);
  g_free (expected);
  return FALSE;
}

/* A stride of 0 can make a tensor of any size from a file of a few bytes. */
static gboolean
weights_repeats (const SiambanTensor *tensor)
{
  for (unsigned i = 0; i < tensor->n_dims; i++)
    if (tensor->shape[i] > 1 && tensor->strides[i] == 0)
      return TRUE;
  return FALSE;
}

static gboolean
has_shape (const SiambanTensor *tensor, const guint64 *shape, unsigned n_dims)
{
  gboolean same = tensor->n_dims == n_dims;

  for (unsigned i = 0; same && i < n_dims; i++)
    same = tensor->shape[i] == shape[i];
  return same;
}

static gboolean
check_tensor (const SiambanWeights *weights, const SiambanTensor *tensor,
    const char *name, const guint64 *shape, unsigned n_dims, GError **error)
{
  if (!tensor)
    return weights_fail (weights, name, error, "is missing", shape, n_dims);
  if (!siamban_dtype_is_float (tensor->dtype)) {
    g_autofree char *problem = g_strdup_printf ("is of type %s", tensor->type);

    return weights_fail (weights, name, error, problem, shape, n_dims);
  }
  if (!has_shape (tensor, shape, n_dims)) {
    char *has = shape_to_string (tensor->shape, tensor->n_dims);
    char *problem = g_strconcat ("has shape ", has, NULL);

    weights_fail (weights, name, error, problem, shape, n_dims);
    g_free (problem);
    g_free (has);
    return FALSE;
  }
  if (weights_repeats (tensor))
    return weights_fail (
        weights, name, error, "repeats elements", shape, n_dims);
  return TRUE;
}

static gboolean
all_finite (const float *values, guint64 n)
{
  int bad = 0;

  for (guint64 i = 0; i < n; i++)
    bad |= !(fabsf (values[i]) <= FLT_MAX);
  return !bad;
}

static const SiambanTensor *
find_tensor (SiambanWeights *weights, const char *name, const guint64 *shape,
    unsigned n_dims, GError **error)
{
  const SiambanTensor *tensor =
      siamban_checkpoint_find (weights->checkpoint, name);

  if (!check_tensor (weights, tensor, name, shape, n_dims, error))
    return NULL;
  if (g_hash_table_add (weights->used, (gpointer)tensor))
    weights->n_parameters += tensor->n_elements;
  return tensor;
}

static const SiambanTensor *
find_vector (SiambanWeights *weights, const char *prefix, const char *suffix,
    guint64 n, GError **error)
{
  g_autofree char *name = g_strconcat (prefix, suffix, NULL);

  return find_tensor (weights, name, &n, 1, error);
}

static const SiambanTensor *
find_filters (
    SiambanWeights *weights, const SiambanNode *node, int in, GError **error)
{
  const guint64 shape[] = {
      node->c, node->depthwise ? 1 : in, node->kernel, node->kernel};
  g_autofree char *name = g_strconcat (node->name, ".weight", NULL);

  return find_tensor (weights, name, shape, node->linear ? 2 : 4, error);
}

/* @tensor may be NULL: @error is set then. */
static float *
read_values (
    SiambanWeights *weights, const SiambanTensor *tensor, GError **error)
{
  if (!tensor)
    return NULL;
  float *values = g_new (float, tensor->n_elements);
  if (!siamban_tensor_read_f32 (tensor, values, error)) {
    g_free (values);
    return NULL;
  }
  if (!all_finite (values, tensor->n_elements)) {
    weights_fail (weights, tensor->name, error,
        "holds a number that is not finite", tensor->shape, tensor->n_dims);
    g_clear_pointer (&values, g_free);
  }
  return values;
}

static float *
read_vector (SiambanWeights *weights, const char *prefix, const char *suffix,
    guint64 n, GError **error)
{
  return read_values (
      weights, find_vector (weights, prefix, suffix, n, error), error);
}

typedef struct
{
  float *gamma, *beta, *mean, *var;
} BatchNorm;

static void
batch_norm_clear (BatchNorm *bn)
{
  g_free (bn->gamma);
  g_free (bn->beta);
  g_free (bn->mean);
  g_free (bn->var);
}

static gboolean
read_batch_norm (SiambanWeights *weights, const SiambanNode *node,
    BatchNorm *bn, GError **error)
{
  const struct
  {
    const char *suffix;
    float **values;
  } parts[] = {
      {".weight", &bn->gamma},
      {".bias", &bn->beta},
      {".running_mean", &bn->mean},
      {".running_var", &bn->var},
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    *parts[i].values =
        read_vector (weights, node->bn, parts[i].suffix, node->c, error);
    if (!*parts[i].values)
      return FALSE;
  }
  for (int o = 0; o < node->c; o++)
    if (bn->var[o] < 0) {
      g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
          "%s: tensor \"%s.running_var\" holds %g, expected variances of 0 "
          "or more",
          siamban_weights_path (weights), node->bn, (double)bn->var[o]);
      return FALSE;
    }
  return TRUE;
}

static gboolean
weights_fold (SiambanWeights *weights, const SiambanNode *node, float *filters,
    guint64 taps, float *bias, GError **error)
{
  BatchNorm bn = {0};
  gboolean ok = read_batch_norm (weights, node, &bn, error);

  for (int o = 0; ok && o < node->c; o++) {
    double scale = bn.gamma[o] / sqrt (bn.var[o] + BN_EPSILON);

    for (guint64 i = 0; i < taps; i++)
      filters[o * taps + i] = filters[o * taps + i] * scale;
    bias[o] = bn.beta[o] + (bias[o] - (double)bn.mean[o]) * scale;
  }
  batch_norm_clear (&bn);
  if (ok &&
      (!all_finite (filters, taps * node->c) || !all_finite (bias, node->c))) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: \"%s\" times its batch normalisation \"%s\" is out of the range "
        "of floats",
        siamban_weights_path (weights), node->name, node->bn);
    ok = FALSE;
  }
  return ok;
}

/* *@range is NULL where 8 bits are too few. */
static gboolean
find_range (const SiambanWeights *weights, const SiambanNode *node,
    const SiambanRange **range, GError **error)
{
  *range = NULL;
  if (!weights->ranges || !weights->allow_8_bits ||
      siamban_ranges_find (weights->ranges, node->name, range))
    return TRUE;
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
      "%s: metadata \"" SIAMBAN_RANGES_KEY "\" has nothing for \"%s\", "
      "expected [low, high] or null",
      siamban_weights_path (weights), node->name);
  return FALSE;
}

/* What 8 bits are too few for takes 16, where they are faster than floats. */
static gboolean
uses_bf16 (const SiambanWeights *weights)
{
  return weights->use_bf16 || (weights->ranges && weights->allow_8_bits &&
                                  weights->level >= SIAMBAN_CPU_AVX512_BF16);
}

static SiambanConv *
pack_conv (const SiambanWeights *weights, const SiambanConvShape *shape,
    const SiambanRange *range, const float *filters, const float *bias)
{
  SiambanConv *conv = NULL;

  if (weights->ranges && (range || !uses_bf16 (weights)))
    conv = siamban_conv_new_int8 (weights->level, shape, range, filters, bias);
  if (!conv && uses_bf16 (weights))
    conv = siamban_conv_new_bf16 (weights->level, shape, filters, bias);
  return conv ? conv : siamban_conv_new (weights->level, shape, filters, bias);
}

static SiambanConv *
read_conv (SiambanWeights *weights, const SiambanNode *node,
    const SiambanConvShape *shape, const SiambanRange *range, GError **error)
{
  SiambanConv *conv = NULL;
  guint64 taps =
      (guint64)node->kernel * node->kernel * (node->depthwise ? 1 : shape->in);
  float *filters = read_values (
      weights, find_filters (weights, node, shape->in, error), error);
  float *bias = NULL;

  if (filters)
    bias = node->bias
               ? read_vector (weights, node->name, ".bias", node->c, error)
               : g_new0 (float, node->c);
  if (bias &&
      (!node->bn || weights_fold (weights, node, filters, taps, bias, error)))
    conv = pack_conv (weights, shape, range, filters, bias);
  g_free (filters);
  g_free (bias);
  return conv;
}

/* Looks at all that read_conv() would read. */
static gboolean
check_conv (
    SiambanWeights *weights, const SiambanNode *node, int in, GError **error)
{
  static const char *const vectors[] = {
      ".weight", ".bias", ".running_mean", ".running_var"};
  gboolean ok = find_filters (weights, node, in, error) != NULL;

  if (ok && node->bias)
    ok = find_vector (weights, node->name, ".bias", node->c, error) != NULL;
  for (guint i = 0; ok && node->bn && i < G_N_ELEMENTS (vectors); i++)
    ok = find_vector (weights, node->bn, vectors[i], node->c, error) != NULL;
  return ok;
}

static SiambanConv *
load_conv (SiambanWeights *weights, const SiambanNode *node,
    const SiambanConvShape *shape, const SiambanRange *range, const char *key,
    GError **error)
{
  if (!check_conv (weights, node, shape->in, error))
    return NULL;
  if (weights->packed) {
    SiambanConv *conv = pack_conv (weights, shape, range, NULL, NULL);

    if (siamban_packed_read (weights->packed, key, conv))
      return conv;
    siamban_conv_free (conv);
  }
  return read_conv (weights, node, shape, range, error);
}

static char *
conv_key (const SiambanWeights *weights, const SiambanNode *node,
    const SiambanConvShape *shape, const SiambanRange *range)
{
  g_autofree char *limits =
      range && siamban_conv_takes_range (weights->level, shape)
          ? g_strdup_printf ("%a %a", (double)range->low, (double)range->high)
          : g_strdup (uses_bf16 (weights) ? "bf16" : "");

  return g_strdup_printf ("%s|%s|%d %d %d %d %d %d %d %d %d %d %d|%s",
      node->name, node->bn ? node->bn : "", shape->in, shape->out,
      shape->kernel, shape->stride, shape->pad, shape->dilation,
      shape->depthwise, shape->has_residual, (int)shape->act, node->bias,
      node->linear, limits);
}

const SiambanConv *
siamban_weights_conv (
    SiambanWeights *weights, const SiambanNode *node, int in, GError **error)
{
  const SiambanConvShape shape = {
      .in = in,
      .out = node->c,
      .kernel = node->kernel,
      .stride = node->stride,
      .pad = node->pad,
      .dilation = node->dilation,
      .depthwise = node->depthwise,
      .has_residual = node->has_residual,
      .act = node->act,
  };
  const SiambanRange *range;

  if (!find_range (weights, node, &range, error))
    return NULL;
  char *key = conv_key (weights, node, &shape, range);
  SiambanConv *conv = g_hash_table_lookup (weights->convs, key);
  if (!conv) {
    conv = load_conv (weights, node, &shape, range, key, error);
    if (conv)
      g_hash_table_insert (weights->convs, g_steal_pointer (&key), conv);
  }
  g_free (key);
  return conv;
}

gboolean
siamban_weights_element (SiambanWeights *weights, const char *name, int index,
    float *value, GError **error)
{
  const SiambanTensor *tensor =
      siamban_checkpoint_find (weights->checkpoint, name);
  guint64 least = index + 1;
  guint64 n = tensor && tensor->n_dims == 1 ? tensor->shape[0] : least;
  float *values = read_vector (weights, name, "", MAX (n, least), error);

  if (!values)
    return FALSE;
  *value = values[index];
  g_free (values);
  return TRUE;
}

gboolean
siamban_weights_softmax (SiambanWeights *weights, const char *name, int n,
    float *values, GError **error)
{
  float *vector = read_vector (weights, name, "", n, error);
  double highest = -INFINITY, sum = 0;

  if (!vector)
    return FALSE;
  for (int i = 0; i < n; i++)
    highest = MAX (highest, vector[i]);
  for (int i = 0; i < n; i++)
    sum += exp (vector[i] - highest);
  for (int i = 0; i < n; i++)
    values[i] = exp (vector[i] - highest) / sum;
  g_free (vector);
  return TRUE;
}
