/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/half.h"
#include "kernels/bf16-dsp.h"
#include "kernels/conv-bf16.h"

#include <string.h>

/* Implicit GEMM of bfloat16: the input is rounded once, then its pixels are
 * read where they lie through pointers. */

/* Bytes of the input that a block of pixels may take, so that it stays in the
 * second-level cache. */
#define BLOCK_BYTES      262144
#define MAX_BLOCK_PIXELS 240
#define JOBS_PER_THREAD  8
#define ROUND_JOBS       4  /* a thread */
#define LINE             32 /* numbers; keeps pixels off each other's sets */

typedef struct
{
  SiambanConvShape shape;
  const SiambanBf16Dsp *dsp;
  size_t lanes;    /* input channels as packed */
  guint16 *weight; /* panel x tap x pair of channels x SIAMBAN_PANEL x 2 */
  float *bias;
  guint16 *zeros; /* a pixel of the padding */
} Gemm;

typedef struct
{
  const Gemm *gemm;
  const SiambanMaps *in, *residual, *out;
  guint16 *pixels;
  size_t n_in, in_parts;
  size_t pitch; /* of pixels */
  int taps;
  size_t n_out, block, blocks;
  size_t panels, units; /* units: runs of panels that meet a tile at once */
  size_t group;         /* units of a job */
  const guint16 **rows;
  size_t rows_size; /* of one worker */
} Run;

static gboolean
bf16_suits (const SiambanConvShape *shape)
{
  return !shape->depthwise && shape->in >= SIAMBAN_PANEL &&
         shape->out >= SIAMBAN_PANEL && shape->act != SIAMBAN_ACT_SIGMOID;
}

void
siamban_pack_bf16 (const SiambanConvShape *shape, size_t lanes,
    const float *weight, guint16 *packed)
{
  size_t taps = (size_t)shape->kernel * shape->kernel;
  size_t panel = taps * lanes * SIAMBAN_PANEL;

  for (int o = 0; o < shape->out; o++)
    for (int i = 0; i < shape->in; i++)
      for (size_t t = 0; t < taps; t++) {
        size_t pair = (t * lanes + i) / 2;

        packed[o / SIAMBAN_PANEL * panel +
               (pair * SIAMBAN_PANEL + o % SIAMBAN_PANEL) * 2 + i % 2] =
            siamban_f32_to_bf16 (*weight++);
      }
}

static size_t
weight_size (const Gemm *self)
{
  size_t taps = (size_t)self->shape.kernel * self->shape.kernel;

  return siamban_n_panels (&self->shape) * SIAMBAN_PANEL * taps * self->lanes *
         sizeof (guint16);
}

static void *
bf16_prepare (SiambanCpu cpu, const SiambanConvShape *shape,
    const float *weight, const float *bias)
{
  Gemm *self = g_new0 (Gemm, 1);

  self->shape = *shape;
  self->dsp = siamban_bf16_dsp (cpu);
  self->lanes = siamban_round_up (shape->in, SIAMBAN_LANES);
  self->weight = siamban_alloc (weight_size (self));
  memset (self->weight, 0, weight_size (self));
  self->bias = siamban_alloc_floats (siamban_n_panels (shape) * SIAMBAN_PANEL);
  self->zeros = g_aligned_alloc0 (self->lanes, sizeof (guint16), SIAMBAN_ALIGN);
  if (!weight)
    return self;
  memcpy (self->bias, bias, shape->out * sizeof *bias);
  siamban_pack_bf16 (shape, self->lanes, weight, self->weight);
  return self;
}

static void
gemm_free (void *data)
{
  Gemm *self = data;

  g_aligned_free (self->weight);
  g_aligned_free (self->bias);
  g_aligned_free (self->zeros);
  g_free (self);
}

static guint
bf16_parts (const void *data, SiambanPart *parts)
{
  const Gemm *self = data;
  size_t out = siamban_n_panels (&self->shape) * SIAMBAN_PANEL;

  parts[0] = (SiambanPart){self->weight, weight_size (self)};
  parts[1] = (SiambanPart){self->bias, out * sizeof (float)};
  return 2;
}

static void
bf16_plan (Run *run, const Gemm *self, const SiambanMaps *in,
    const SiambanMaps *out, unsigned threads)
{
  const SiambanConvShape *shape = &self->shape;
  size_t most = self->dsp->rows;

  run->gemm = self;
  run->in = in;
  run->out = out;
  run->taps = shape->kernel * shape->kernel;
  run->pitch = self->lanes + LINE;
  run->n_in = (size_t)in->n * in->h * in->w;
  run->in_parts = MIN (run->n_in, threads * ROUND_JOBS);
  run->n_out = (size_t)out->n * out->h * out->w;
  run->block =
      CLAMP (BLOCK_BYTES / (self->lanes * run->taps * sizeof (guint16)), most,
          MAX_BLOCK_PIXELS);
  run->block -= run->block % most;
  run->blocks = (run->n_out + run->block - 1) / run->block;
  run->panels = siamban_n_panels (shape);
  run->units = (run->panels + self->dsp->panels - 1) / self->dsp->panels;
  size_t groups = threads == 1 ? 1 : threads * JOBS_PER_THREAD / run->blocks;
  groups = CLAMP (groups, 1, run->units);
  run->group = (run->units + groups - 1) / groups;
  run->rows_size = run->block * run->taps;
}

static size_t
pixels_size (const Run *run)
{
  return siamban_round_up (
      run->n_in * run->pitch * sizeof (guint16), SIAMBAN_ALIGN);
}

static size_t
bf16_scratch (const void *data, const SiambanMaps *in, const SiambanMaps *out,
    unsigned threads)
{
  Run run;

  bf16_plan (&run, data, in, out, threads);
  return pixels_size (&run) + threads * run.rows_size * sizeof (guint16 *);
}

static void
round_part (void *data, unsigned i, unsigned worker)
{
  (void)worker;
  const Run *run = data;
  const Gemm *self = run->gemm;
  size_t begin = run->n_in * i / run->in_parts;
  size_t end = run->n_in * (i + 1) / run->in_parts;
  for (size_t p = begin; p < end; p++)
    self->dsp->round (run->in->data + p * run->in->ld, self->lanes,
        run->pixels + p * run->pitch);
}

/* Pointers to what tap @t takes for pixels begin..end-1. */
static void
bf16_point (
    const Run *run, int t, size_t begin, size_t end, const guint16 **rows)
{
  SiambanTap tap =
      siamban_tap_start (&run->gemm->shape, run->in, run->out, t, begin);

  for (size_t i = begin; i < end; i++) {
    gssize pixel = siamban_tap_next (&tap);

    *rows++ = pixel < 0 ? run->gemm->zeros : run->pixels + pixel * run->pitch;
  }
}

/* All tiles of pixels begin..end-1 by one unit. */
static void
run_unit (
    const Run *run, const guint16 **rows, size_t begin, size_t end, size_t unit)
{
  const Gemm *self = run->gemm;
  const SiambanMaps *out = run->out, *residual = run->residual;
  size_t panel = unit * self->dsp->panels;
  size_t panels = MIN (run->panels - panel, self->dsp->panels);
  size_t segment = self->lanes * SIAMBAN_PANEL, first = panel * SIAMBAN_PANEL;
  size_t n = end - begin, most = self->dsp->rows;
  size_t tiles = (n + most - 1) / most;
  SiambanBf16Gemm g = {
      .pitch = run->block,
      .n_segments = run->taps,
      .run = self->lanes,
      .b = self->weight + panel * run->taps * segment,
      .b_pitch = segment,
      .b_panel = run->taps * segment,
      .ldc = out->ld,
      .bias = self->bias + first,
      .finish = siamban_act_finish (self->shape.act),
  };

  for (size_t t = 0; t < tiles; t++) {
    size_t from = n * t / tiles, to = n * (t + 1) / tiles, at = begin + from;

    g.rows = rows + from;
    g.c = out->data + at * out->ld + first;
    if (residual) {
      g.add = residual->data + at * residual->ld + first;
      g.ld_add = residual->ld;
    }
    self->dsp->gemm (&g, to - from, panels);
  }
  siamban_conv_complete (
      &self->shape, residual != NULL, out, begin, end, panel, panel + panels);
}

static void
run_job (void *data, unsigned i, unsigned worker)
{
  const Run *run = data;
  const guint16 **rows = run->rows + worker * run->rows_size;
  size_t groups = (run->units + run->group - 1) / run->group;
  size_t begin = i / groups * run->block, unit = i % groups * run->group;
  size_t end = MIN (begin + run->block, run->n_out);
  size_t last = MIN (unit + run->group, run->units);

  for (int t = 0; t < run->taps; t++)
    bf16_point (run, t, begin, end, rows + t * run->block);
  for (; unit < last; unit++)
    run_unit (run, rows, begin, end, unit);
}

static void
bf16_run (const void *data, const SiambanMaps *in, const SiambanMaps *residual,
    const SiambanMaps *out, void *scratch, SiambanTeam *team)
{
  Run run;

  bf16_plan (&run, data, in, out, siamban_team_size (team));
  run.residual = residual;
  run.pixels = scratch;
  run.rows = (void *)((char *)scratch + pixels_size (&run));
  size_t groups = (run.units + run.group - 1) / run.group;
  siamban_team_run (team, run.in_parts, round_part, &run);
  siamban_team_run (team, run.blocks * groups, run_job, &run);
}

const SiambanConvAlgorithm siamban_conv_bf16 = {
    .name = "gemm-bf16",
    .level = SIAMBAN_CPU_AVX2,
    .suits = bf16_suits,
    .prepare = bf16_prepare,
    .free = gemm_free,
    .parts = bf16_parts,
    .scratch = bf16_scratch,
    .run = bf16_run,
};
