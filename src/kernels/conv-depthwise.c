/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "kernels/conv-private.h"
#include "kernels/depthwise.h"

/* Products that are worth a job of their own. */
#define JOB_PRODUCTS    131072
#define JOBS_PER_THREAD 4

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
  int bands, groups; /* of rows, over all images, and of panels */
} Run;

static gboolean
depthwise_suits (const SiambanConvShape *shape)
{
  return shape->depthwise;
}

static void *
depthwise_prepare (SiambanCpu cpu, const SiambanConvShape *shape,
    const float *weight, const float *bias)
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
depthwise_parts (const void *data, SiambanPart *parts)
{
  const Depthwise *self = data;
  size_t taps = (size_t)self->shape.kernel * self->shape.kernel;
  size_t row = self->channels * sizeof (float);

  parts[0] = (SiambanPart){self->weight, taps * row};
  parts[1] = (SiambanPart){self->bias, row};
  return 2;
}

static void
run_job (void *data, unsigned i, unsigned worker)
{
  (void)worker;
  const Run *run = data;
  const SiambanMaps *out = run->window.out;
  const SiambanConvShape *shape = &run->self->shape;
  int panels = siamban_n_panels (shape), rows = out->n * out->h;
  int group = i % run->groups, band = i / run->groups;
  int first = panels * group / run->groups;
  int last = panels * (group + 1) / run->groups;
  int begin = rows * band / run->bands, end = rows * (band + 1) / run->bands;
  for (int row = begin; row < end;) {
    int image = row / out->h, next = MIN ((image + 1) * out->h, end);

    siamban_window_run (&run->window, image, row - image * out->h,
        next - image * out->h, first, last);
    row = next;
  }
  siamban_conv_complete (shape, run->window.add != NULL, out,
      (size_t)begin * out->w, (size_t)end * out->w, first, last);
}

/* Panels part better than rows do, which share some of what they read, but the
 * convolutions around part pixels: each worker finds what it wrote itself. */
static void
depthwise_plan (Run *run, unsigned threads)
{
  const SiambanConvShape *shape = &run->self->shape;
  const SiambanMaps *out = run->window.out;
  int panels = siamban_n_panels (shape), rows = out->n * out->h;
  double products = (double)rows * out->w * panels * SIAMBAN_PANEL *
                    shape->kernel * shape->kernel;
  int jobs = threads == 1 ? 1
                          : CLAMP (products / JOB_PRODUCTS, 1,
                                threads * JOBS_PER_THREAD);

  run->bands = MIN (jobs, rows);
  run->groups = MIN ((jobs + run->bands - 1) / run->bands, panels);
}

static void
depthwise_run (const void *data, const SiambanMaps *in,
    const SiambanMaps *residual, const SiambanMaps *out, void *scratch,
    SiambanTeam *team)
{
  (void)scratch;
  const Depthwise *self = data;
  const SiambanConvShape *shape = &self->shape;
  Run run = {
      .self = self,
      .window =
          {
              .dsp = self->dsp,
              .in = in,
              .out = out,
              .h = shape->kernel,
              .w = shape->kernel,
              .stride = shape->stride,
              .pad = shape->pad,
              .dilation = shape->dilation,
              .weight = self->weight,
              .weight_pitch = self->channels,
              .bias = self->bias,
              .add = residual,
              .finish = siamban_act_finish (shape->act),
          },
  };
  depthwise_plan (&run, siamban_team_size (team));
  siamban_team_run (team, run.bands * run.groups, run_job, &run);
}

const SiambanConvAlgorithm siamban_conv_depthwise_simd = {
    .name = "depthwise-simd",
    .level = SIAMBAN_CPU_SIMD,
    .suits = depthwise_suits,
    .prepare = depthwise_prepare,
    .free = depthwise_free,
    .parts = depthwise_parts,
    .run = depthwise_run,
};
