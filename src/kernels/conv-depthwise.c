/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "kernels/conv-private.h"
#include "kernels/depthwise.h"

#define PIXELS SIAMBAN_DEPTHWISE_PIXELS

typedef struct
{
  SiambanConvShape shape;
  const SiambanDsp *dsp;
  size_t channels; /* rounded up */
  float *weight;   /* tap x channel */
  float *bias;
} Depthwise;

typedef struct
{
  const Depthwise *self;
  SiambanWindow window;
  const SiambanMaps *residual, *out;
  float *pixels; /* PIXELS x channels a worker, for maps with no room */
} Run;

static gboolean
suits (const SiambanConvShape *shape)
{
  return shape->depthwise;
}

static void *
prepare (SiambanCpu cpu, const SiambanConvShape *shape, const float *weight,
    const float *bias)
{
  Depthwise *self = g_new0 (Depthwise, 1);
  size_t taps = (size_t)shape->kernel * shape->kernel;
  self->shape = *shape;
  self->dsp = siamban_dsp (cpu);
  self->channels = siamban_round_up (shape->out, SIAMBAN_PANEL);
  self->weight = siamban_alloc_floats (taps * self->channels);
  self->bias = siamban_alloc_floats (self->channels);
  if (!weight)
    return self;
  memcpy (self->bias, bias, shape->out * sizeof *bias);
  for (int o = 0; o < shape->out; o++)
    for (size_t t = 0; t < taps; t++)
      self->weight[t * self->channels + o] = *weight++;
  return self;
}

static void
depthwise_free (void *data)
{
  Depthwise *self = data;
  g_aligned_free (self->weight);
  g_aligned_free (self->bias);
  g_free (self);
}

static guint
parts (const void *data, SiambanPart *parts)
{
  const Depthwise *self = data;
  size_t taps = (size_t)self->shape.kernel * self->shape.kernel;
  size_t row = self->channels * sizeof (float);
  parts[0] = (SiambanPart){self->weight, taps * row};
  parts[1] = (SiambanPart){self->bias, row};
  return 2;
}

static size_t
scratch (const void *data, const SiambanMaps *in, const SiambanMaps *out,
    unsigned threads)
{
  (void)in;
  (void)out;
  const Depthwise *self = data;
  return threads * PIXELS * self->channels * sizeof (float);
}

static void
copy_pixels (const Run *run, const float *from, size_t at, int n)
{
  const SiambanMaps *out = run->out;
  for (int i = 0; i < n; i++)
    memcpy (out->data + (at + i) * out->ld, from + i * run->self->channels,
        out->c * sizeof *from);
}

static void
run_pixels (const Run *run, size_t at, int n, float *spare)
{
  const Depthwise *self = run->self;
  const SiambanMaps *out = run->out, *residual = run->residual;
  size_t row = at / out->w, c = out->c;
  gboolean room = c == self->channels || (size_t)out->ld == self->channels;
  float *to = room ? out->data + at * out->ld : spare;
  size_t ld = room ? (size_t)out->ld : self->channels;
  siamban_window_run (&run->window, row / out->h, row % out->h, at % out->w, n,
      residual ? residual->data + at * residual->ld : NULL,
      residual ? residual->ld : 0, to, ld);
  for (int i = 0; i < n; i++) {
    if (self->shape.act == SIAMBAN_ACT_SIGMOID)
      siamban_activate (self->shape.act, to + i * ld, c);
    memset (to + i * ld + c, 0, (self->channels - c) * sizeof *to);
  }
  if (!room)
    copy_pixels (run, spare, at, n);
}

static void
run_row (void *data, unsigned i, unsigned worker)
{
  const Run *run = data;
  int w = run->out->w;
  for (int x = 0; x < w; x += PIXELS)
    run_pixels (run, (size_t)i * w + x, MIN (w - x, PIXELS),
        run->pixels + worker * PIXELS * run->self->channels);
}

static void
run (const void *data, const SiambanMaps *in, const SiambanMaps *residual,
    const SiambanMaps *out, void *scratch, SiambanTeam *team)
{
  const Depthwise *self = data;
  const SiambanConvShape *shape = &self->shape;
  Run run = {
      .self = self,
      .window =
          {
              .dsp = self->dsp,
              .in = in,
              .h = shape->kernel,
              .w = shape->kernel,
              .stride = shape->stride,
              .pad = shape->pad,
              .dilation = shape->dilation,
              .weight = self->weight,
              .weight_pitch = self->channels,
              .bias = self->bias,
              .finish = siamban_act_finish (shape->act),
          },
      .residual = residual,
      .out = out,
      .pixels = scratch,
  };
  siamban_team_run (team, (unsigned)out->n * out->h, run_row, &run);
}

const SiambanConvAlgorithm siamban_conv_depthwise_simd = {
    .name = "depthwise-simd",
    .level = SIAMBAN_CPU_SIMD,
    .suits = suits,
    .prepare = prepare,
    .free = depthwise_free,
    .parts = parts,
    .scratch = scratch,
    .run = run,
};
