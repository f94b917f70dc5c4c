/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/bf16-dsp.h"
#include "kernels/conv-bf16.h"
#include "kernels/conv-int.h"

#include <math.h>
#include <string.h>

static const SiambanConvAlgorithm *const algorithms[] = {
    &siamban_conv_direct,
    &siamban_conv_depthwise,
    &siamban_conv_blas,
    &siamban_conv_gemm,
    &siamban_conv_stem,
    &siamban_conv_winograd,
    &siamban_conv_depthwise_simd,
};

/* The last that suits. Products of 16 bits take at most twice as long as those
 * of 8, and Winograd's algorithm takes a quarter of them. */
static const SiambanIntAlgorithm *const int_algorithms[] = {
    &siamban_conv_gemm8,
    &siamban_conv_winograd16,
    &siamban_conv_amx8,
};

struct _SiambanConv
{
  const SiambanConvAlgorithm *algorithm;
  void *self;
};

static const SiambanConvAlgorithm *
conv_choose (SiambanCpu level, const SiambanConvShape *shape)
{
  for (guint i = G_N_ELEMENTS (algorithms); i-- > 0;)
    if (algorithms[i]->level <= level && algorithms[i]->suits (shape))
      return algorithms[i];
  g_assert_not_reached ();
}

static SiambanConv *
conv_new (const SiambanConvAlgorithm *algorithm, void *self)
{
  SiambanConv *conv = g_new (SiambanConv, 1);

  conv->algorithm = algorithm;
  conv->self = self;
  return conv;
}

SiambanConv *
siamban_conv_new (SiambanCpu level, const SiambanConvShape *shape,
    const float *weight, const float *bias)
{
  const SiambanConvAlgorithm *algorithm = conv_choose (level, shape);

  return conv_new (algorithm, algorithm->prepare (level, shape, weight, bias));
}

SiambanConv *
siamban_conv_new_int8 (SiambanCpu level, const SiambanConvShape *shape,
    const SiambanRange *range, const float *weight, const float *bias)
{
  if (!siamban_conv_has_int8 (level))
    return NULL;
  for (guint i = G_N_ELEMENTS (int_algorithms); i-- > 0;) {
    const SiambanIntAlgorithm *algorithm = int_algorithms[i];

    if (algorithm->base.level > level || !algorithm->base.suits (shape) ||
        (algorithm->needs_range && !range))
      continue;
    return conv_new (&algorithm->base,
        algorithm->prepare (level, shape, range, weight, bias));
  }
  return NULL;
}

SiambanConv *
siamban_conv_new_bf16 (SiambanCpu level, const SiambanConvShape *shape,
    const float *weight, const float *bias)
{
  const SiambanConvAlgorithm *algorithm = &siamban_conv_bf16;

  if (!siamban_conv_has_bf16 (level))
    return NULL;
  if (siamban_conv_amx16.level <= level && siamban_conv_amx16.suits (shape))
    return conv_new (&siamban_conv_amx16,
        siamban_conv_amx16.prepare (level, shape, weight, bias));
  SiambanConv *conv = siamban_conv_new_int8 (level, shape, NULL, weight, bias);
  if (conv || !algorithm->suits (shape))
    return conv;
  return conv_new (algorithm, algorithm->prepare (level, shape, weight, bias));
}

gboolean
siamban_conv_takes_range (SiambanCpu level, const SiambanConvShape *shape)
{
  for (guint i = G_N_ELEMENTS (int_algorithms); i-- > 0;)
    if (int_algorithms[i]->base.level <= level &&
        int_algorithms[i]->base.suits (shape))
      return int_algorithms[i]->needs_range;
  return FALSE;
}

gboolean
siamban_conv_has_int8 (SiambanCpu level)
{
  return siamban_int_dsp (level) != NULL;
}

gboolean
siamban_conv_has_bf16 (SiambanCpu level)
{
  return siamban_bf16_dsp (level) != NULL;
}

void
siamban_conv_free (SiambanConv *conv)
{
  if (!conv)
    return;
  conv->algorithm->free (conv->self);
  g_free (conv);
}

const char *
siamban_conv_algorithm (const SiambanConv *conv)
{
  return conv->algorithm->name;
}

size_t
siamban_conv_size (const SiambanConv *conv)
{
  SiambanPart parts[SIAMBAN_MAX_PARTS];
  guint n = siamban_conv_parts (conv, parts);
  size_t size = 0;

  for (guint i = 0; i < n; i++)
    size += parts[i].size;
  return size;
}

guint
siamban_conv_parts (
    const SiambanConv *conv, SiambanPart parts[SIAMBAN_MAX_PARTS])
{
  return conv->algorithm->parts (conv->self, parts);
}

size_t
siamban_conv_scratch (const SiambanConv *conv, const SiambanMaps *in,
    const SiambanMaps *out, unsigned threads)
{
  if (!conv->algorithm->scratch)
    return 0;
  return conv->algorithm->scratch (conv->self, in, out, threads);
}

void
siamban_conv_run (const SiambanConv *conv, const SiambanMaps *in,
    const SiambanMaps *residual, const SiambanMaps *out, void *scratch,
    SiambanTeam *team)
{
  conv->algorithm->run (conv->self, in, residual, out, scratch, team);
}

gboolean
siamban_conv_takes_bytes (const SiambanConv *conv)
{
  return conv->algorithm->run_bytes != NULL;
}

void
siamban_conv_run_bytes (const SiambanConv *conv, const guint8 *const *images,
    const SiambanMaps *in, const SiambanMaps *out, void *scratch,
    SiambanTeam *team)
{
  conv->algorithm->run_bytes (conv->self, images, in, out, scratch, team);
}

void
siamban_conv_start (const SiambanConvShape *shape, const float *bias,
    const SiambanMaps *residual, const SiambanMaps *out, size_t begin,
    size_t end)
{
  size_t n = shape->out, ld = out->ld;
  size_t behind = ld == siamban_round_up (n, SIAMBAN_LANES) ? ld - n : 0;

  for (size_t i = begin; i < end; i++) {
    float *to = out->data + i * ld;

    if (residual) {
      const float *from = residual->data + i * residual->ld;

      for (size_t k = 0; k < n; k++)
        to[k] = from[k] + bias[k];
    } else {
      memcpy (to, bias, n * sizeof *to);
    }
    memset (to + n, 0, behind * sizeof *to);
  }
}

static float
conv_clip (float x, float high)
{
  /* In this order a NaN stays one. */
  x = 0 > x ? 0 : x;
  return high < x ? high : x;
}

void
siamban_activate (SiambanAct act, float *x, size_t n)
{
  switch (act) {
    case SIAMBAN_ACT_NONE:
      break;
    case SIAMBAN_ACT_RELU:
      for (size_t i = 0; i < n; i++)
        x[i] = 0 > x[i] ? 0 : x[i];
      break;
    case SIAMBAN_ACT_RELU6:
      for (size_t i = 0; i < n; i++)
        x[i] = conv_clip (x[i], 6);
      break;
    case SIAMBAN_ACT_HARDSWISH:
      for (size_t i = 0; i < n; i++)
        x[i] = x[i] * conv_clip (x[i] + 3, 6) / 6;
      break;
    case SIAMBAN_ACT_HARDSIGMOID:
      for (size_t i = 0; i < n; i++)
        x[i] = conv_clip (x[i] + 3, 6) / 6;
      break;
    case SIAMBAN_ACT_SIGMOID:
      for (size_t i = 0; i < n; i++)
        x[i] = 1 / (1 + expf (-x[i]));
      break;
  }
}

void
siamban_conv_activate (const SiambanConvShape *shape, const SiambanMaps *out,
    size_t begin, size_t end)
{
  if (shape->act == SIAMBAN_ACT_NONE)
    return;
  for (size_t i = begin; i < end; i++)
    siamban_activate (shape->act, out->data + i * out->ld, shape->out);
}

void
siamban_conv_complete (const SiambanConvShape *shape, gboolean has_residual,
    const SiambanMaps *out, size_t begin, size_t end, size_t first, size_t last)
{
  gboolean sigmoid = shape->act == SIAMBAN_ACT_SIGMOID;
  size_t from = first * SIAMBAN_PANEL, to = last * SIAMBAN_PANEL;
  size_t n = MIN (to, (size_t)shape->out);
  /* Of zeroes there, most activations make zeroes. */
  gboolean clear = to > n && (has_residual || sigmoid ||
                                 shape->act == SIAMBAN_ACT_HARDSIGMOID);

  if (!sigmoid && !clear)
    return;
  for (size_t i = begin; i < end; i++) {
    float *c = out->data + i * out->ld;

    if (sigmoid)
      siamban_activate (shape->act, c + from, n - from);
    memset (c + n, 0, (to - n) * sizeof *c);
  }
}
