/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/conv-private.h"

#include <string.h>

typedef struct
{
  SiambanConvShape shape;
  float *weight; /* kernel x kernel x in x out; depthwise: kernel x kernel x out
                  */
  float *bias;
} Plain;

typedef struct
{
  const Plain *plain;
  const SiambanMaps *in, *residual, *out;
} Run;

static gboolean
suits_any (const SiambanConvShape *shape)
{
  return !shape->depthwise;
}

static gboolean
suits_depthwise (const SiambanConvShape *shape)
{
  return shape->depthwise;
}

static size_t
n_weights (const SiambanConvShape *shape)
{
  size_t filter = (size_t)shape->kernel * shape->kernel * shape->out;

  return shape->depthwise ? filter : filter * shape->in;
}

static void *
plain_prepare (SiambanCpu cpu, const SiambanConvShape *shape,
    const float *weight, const float *bias)
{
  (void)cpu;
  Plain *plain = g_new (Plain, 1);
  size_t taps = (size_t)shape->kernel * shape->kernel;
  size_t in = shape->depthwise ? 1 : shape->in, out = shape->out;
  plain->shape = *shape;
  plain->bias = g_new (float, out);
  plain->weight = g_new (float, n_weights (shape));
  if (!weight)
    return plain;
  memcpy (plain->bias, bias, out * sizeof *bias);
  for (size_t o = 0; o < out; o++)
    for (size_t i = 0; i < in; i++)
      for (size_t t = 0; t < taps; t++)
        plain->weight[(t * in + i) * out + o] = *weight++;
  return plain;
}

static void
plain_free (void *self)
{
  Plain *plain = self;

  g_free (plain->weight);
  g_free (plain->bias);
  g_free (plain);
}

static guint
plain_parts (const void *data, SiambanPart *parts)
{
  const Plain *self = data;
  size_t taps = n_weights (&self->shape);

  parts[0] = (SiambanPart){self->weight, taps * sizeof (float)};
  parts[1] = (SiambanPart){self->bias, self->shape.out * sizeof (float)};
  return 2;
}

static void
add_tap (const SiambanConvShape *shape, const float *restrict x,
    const float *restrict weight, float *restrict sum)
{
  if (shape->depthwise) {
    for (int o = 0; o < shape->out; o++)
      sum[o] += x[o] * weight[o];
    return;
  }
  for (int i = 0; i < shape->in; i++, weight += shape->out)
    for (int o = 0; o < shape->out; o++)
      sum[o] += x[i] * weight[o];
}

static void
add_pixel (const Plain *plain, const SiambanMaps *in, int image, int y, int x,
    float *sum)
{
  const SiambanConvShape *shape = &plain->shape;
  int k = shape->kernel, d = shape->dilation;
  size_t filter = n_weights (shape) / ((size_t)k * k);

  for (int t = 0; t < k * k; t++) {
    int row = y * shape->stride - shape->pad + t / k * d;
    int column = x * shape->stride - shape->pad + t % k * d;

    if (row < 0 || row >= in->h || column < 0 || column >= in->w)
      continue;
    size_t pixel = ((size_t)image * in->h + row) * in->w + column;
    add_tap (shape, in->data + pixel * in->ld, plain->weight + t * filter, sum);
  }
}

static void
run_row (void *data, unsigned i, unsigned worker)
{
  (void)worker;
  const Run *run = data;
  const SiambanMaps *out = run->out;
  size_t begin = (size_t)i * out->w, end = begin + out->w;
  siamban_conv_start (
      &run->plain->shape, run->plain->bias, run->residual, out, begin, end);
  for (int x = 0; x < out->w; x++)
    add_pixel (run->plain, run->in, i / out->h, i % out->h, x,
        out->data + (begin + x) * out->ld);
  siamban_conv_activate (&run->plain->shape, out, begin, end);
}

static void
plain_run (const void *self, const SiambanMaps *in, const SiambanMaps *residual,
    const SiambanMaps *out, void *scratch, SiambanTeam *team)
{
  (void)scratch;
  Run r = {self, in, residual, out};
  siamban_team_run (team, (unsigned)out->n * out->h, run_row, &r);
}

const SiambanConvAlgorithm siamban_conv_direct = {
    .name = "direct",
    .level = SIAMBAN_CPU_C,
    .suits = suits_any,
    .prepare = plain_prepare,
    .free = plain_free,
    .parts = plain_parts,
    .run = plain_run,
};

const SiambanConvAlgorithm siamban_conv_depthwise = {
    .name = "depthwise",
    .level = SIAMBAN_CPU_C,
    .suits = suits_depthwise,
    .prepare = plain_prepare,
    .free = plain_free,
    .parts = plain_parts,
    .run = plain_run,
};
