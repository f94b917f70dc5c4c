/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/conv-int.h"

#include <string.h>

/* Implicit GEMM of bytes: the input is quantised once, then its pixels are read
 * where they lie through pointers. */

/* Bytes of the input that a block of pixels may take, so that it stays in the
 * second-level cache. */
#define BLOCK_BYTES      262144
#define MAX_BLOCK_PIXELS 240
#define JOBS_PER_THREAD  8
#define QUANTISE_JOBS    4     /* a thread */
#define MAX_TERMS        65536 /* times 255 * 127 is below 2^31 */

typedef struct
{
  SiambanConvShape shape;
  const SiambanIntDsp *dsp;
  size_t lanes;  /* input channels as packed */
  gint8 *weight; /* panel x tap x group x SIAMBAN_PANEL x 4 */
  float *scale;
  float *bias;
  guint8 *zeros; /* a pixel of the padding */
  float inverse, zero;
} Gemm;

typedef struct
{
  const Gemm *gemm;
  const SiambanMaps *in, *residual, *out;
  guint8 *pixels;
  size_t n_in, in_parts;
  int taps;
  size_t n_out, block, blocks;
  size_t panels, group; /* group: panels of a job */
  const guint8 **rows;
  size_t rows_size; /* of one worker */
} Run;

static gboolean
gemm8_suits (const SiambanConvShape *shape)
{
  gint64 terms = (gint64)shape->in * shape->kernel * shape->kernel;

  return !shape->depthwise && shape->in >= SIAMBAN_PANEL &&
         shape->out >= SIAMBAN_PANEL && terms <= MAX_TERMS;
}

static void *
gemm8_prepare (SiambanCpu cpu, const SiambanConvShape *shape,
    const SiambanRange *range, const float *weight, const float *bias)
{
  Gemm *self = g_new0 (Gemm, 1);
  size_t taps = (size_t)shape->kernel * shape->kernel;
  size_t out = siamban_n_panels (shape) * SIAMBAN_PANEL;

  self->shape = *shape;
  self->dsp = siamban_int_dsp (cpu);
  self->lanes = siamban_round_up (shape->in, SIAMBAN_LANES);
  self->weight = siamban_alloc_bytes (out * taps * self->lanes);
  self->scale = siamban_alloc_floats (out);
  self->bias = siamban_alloc_floats (out);
  self->zeros = siamban_alloc_bytes (self->lanes);
  SiambanSteps steps = siamban_steps_of (range, self->dsp);
  self->inverse = 1 / steps.step;
  self->zero = steps.zero;
  memset (self->zeros, self->zero, self->lanes);
  if (!weight)
    return self;
  memcpy (self->bias, bias, shape->out * sizeof *bias);
  siamban_pack_int8 (shape, self->dsp, &steps, self->lanes, weight,
      self->weight, self->scale, self->bias);
  return self;
}

static void
gemm_free (void *data)
{
  Gemm *self = data;

  g_aligned_free (self->weight);
  g_aligned_free (self->scale);
  g_aligned_free (self->bias);
  g_aligned_free (self->zeros);
  g_free (self);
}

static guint
gemm8_parts (const void *data, SiambanPart *parts)
{
  const Gemm *self = data;
  size_t taps = (size_t)self->shape.kernel * self->shape.kernel;
  size_t out = siamban_n_panels (&self->shape) * SIAMBAN_PANEL;

  parts[0] = (SiambanPart){self->weight, out * taps * self->lanes};
  parts[1] = (SiambanPart){self->scale, out * sizeof (float)};
  parts[2] = (SiambanPart){self->bias, out * sizeof (float)};
  return 3;
}

static void
gemm8_plan (Run *run, const Gemm *self, const SiambanMaps *in,
    const SiambanMaps *out, unsigned threads)
{
  const SiambanConvShape *shape = &self->shape;

  run->gemm = self;
  run->in = in;
  run->out = out;
  run->taps = shape->kernel * shape->kernel;
  run->n_in = (size_t)in->n * in->h * in->w;
  run->in_parts = MIN (run->n_in, threads * QUANTISE_JOBS);
  run->n_out = (size_t)out->n * out->h * out->w;
  run->block = CLAMP (BLOCK_BYTES / (self->lanes * run->taps),
      self->dsp->gemm8.rows, MAX_BLOCK_PIXELS);
  run->block -= run->block % self->dsp->gemm8.rows;
  run->blocks = (run->n_out + run->block - 1) / run->block;
  run->panels = siamban_n_panels (shape);
  size_t groups = threads == 1 ? 1 : threads * JOBS_PER_THREAD / run->blocks;
  groups = CLAMP (groups, 1, run->panels);
  run->group =
      siamban_round_up ((run->panels + groups - 1) / groups, self->dsp->panels);
  run->rows_size = run->block * run->taps;
}

static size_t
pixels_size (const Run *run)
{
  return siamban_round_up (run->n_in * run->gemm->lanes, SIAMBAN_ALIGN);
}

static size_t
gemm8_scratch (const void *data, const SiambanMaps *in, const SiambanMaps *out,
    unsigned threads)
{
  Run run;

  gemm8_plan (&run, data, in, out, threads);
  return pixels_size (&run) + threads * run.rows_size * sizeof (guint8 *);
}

static void
quantise_part (void *data, unsigned i, unsigned worker)
{
  (void)worker;
  const Run *run = data;
  const Gemm *self = run->gemm;
  size_t begin = run->n_in * i / run->in_parts;
  size_t end = run->n_in * (i + 1) / run->in_parts;
  for (size_t p = begin; p < end; p++)
    self->dsp->quantise8 (run->in->data + p * run->in->ld, self->lanes,
        self->inverse, self->zero, run->pixels + p * self->lanes);
}

/* Pointers to what tap @t takes for pixels begin..end-1. */
static void
gemm8_point (
    const Run *run, int t, size_t begin, size_t end, const guint8 **rows)
{
  SiambanTap tap =
      siamban_tap_start (&run->gemm->shape, run->in, run->out, t, begin);

  for (size_t i = begin; i < end; i++) {
    gssize pixel = siamban_tap_next (&tap);

    *rows++ =
        pixel < 0 ? run->gemm->zeros : run->pixels + pixel * run->gemm->lanes;
  }
}

/* The sigmoid is left to siamban_conv_complete(). */
static void
run_tile (const Gemm *self, const SiambanIntGemm *g, unsigned rows)
{
  SiambanAct act = self->shape.act;
  size_t columns = g->b_panel ? 2 * SIAMBAN_PANEL : SIAMBAN_PANEL;

  self->dsp->gemm8.gemm (g, rows);
  if (act == SIAMBAN_ACT_HARDSWISH || act == SIAMBAN_ACT_HARDSIGMOID)
    for (unsigned r = 0; r < rows; r++)
      siamban_activate (act, g->c + r * g->ldc, columns);
}

/* All tiles of pixels begin..end-1 by @panels panels, 1 or 2. */
static void
run_panels (const Run *run, const guint8 **rows, size_t begin, size_t end,
    size_t panel, size_t panels)
{
  static const float ones[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  const Gemm *self = run->gemm;
  const SiambanMaps *out = run->out, *residual = run->residual;
  size_t segment = self->lanes * SIAMBAN_PANEL, first = panel * SIAMBAN_PANEL;
  size_t n = end - begin, most = self->dsp->gemm8.rows;
  size_t tiles = (n + most - 1) / most;
  SiambanIntGemm g = {
      .pitch = run->block,
      .n_segments = run->taps,
      .run = self->lanes,
      .b = (const guint8 *)self->weight + panel * run->taps * segment,
      .b_pitch = segment,
      .ldc = out->ld,
      .row_scale = ones,
      .scale = self->scale + first,
      .bias = self->bias + first,
      .low = siamban_act_finish (self->shape.act).low,
      .high = siamban_act_finish (self->shape.act).high,
      .b_panel = panels == 2 ? run->taps * segment : 0,
  };

  for (size_t t = 0; t < tiles; t++) {
    size_t from = n * t / tiles, to = n * (t + 1) / tiles, at = begin + from;

    g.rows = rows + from;
    g.c = out->data + at * out->ld + first;
    if (residual) {
      g.residual = residual->data + at * residual->ld + first;
      g.ld_residual = residual->ld;
    }
    run_tile (self, &g, to - from);
  }
}

static void
run_job (void *data, unsigned i, unsigned worker)
{
  const Run *run = data;
  const guint8 **rows = run->rows + worker * run->rows_size;
  size_t groups = (run->panels + run->group - 1) / run->group;
  size_t begin = i / groups * run->block, panel = i % groups * run->group;
  size_t end = MIN (begin + run->block, run->n_out);
  size_t last = MIN (panel + run->group, run->panels);

  for (int t = 0; t < run->taps; t++)
    gemm8_point (run, t, begin, end, rows + t * run->block);
  size_t step = run->gemm->dsp->panels;
  for (size_t p = panel; p < last; p += step)
    run_panels (run, rows, begin, end, p, MIN (step, last - p));
  siamban_conv_complete (&run->gemm->shape, run->residual != NULL, run->out,
      begin, end, panel, last);
}

static void
gemm8_run (const void *data, const SiambanMaps *in, const SiambanMaps *residual,
    const SiambanMaps *out, void *scratch, SiambanTeam *team)
{
  Run run;

  gemm8_plan (&run, data, in, out, siamban_team_size (team));
  run.residual = residual;
  run.pixels = scratch;
  run.rows = (void *)((char *)scratch + pixels_size (&run));
  size_t groups = (run.panels + run.group - 1) / run.group;
  siamban_team_run (team, run.in_parts, quantise_part, &run);
  siamban_team_run (team, run.blocks * groups, run_job, &run);
}

const SiambanIntAlgorithm siamban_conv_gemm8 = {
    .base =
        {
            .name = "gemm-int8",
            .level = SIAMBAN_CPU_AVX2,
            .suits = gemm8_suits,
            .free = gemm_free,
            .parts = gemm8_parts,
            .scratch = gemm8_scratch,
            .run = gemm8_run,
        },
    .needs_range = TRUE,
    .prepare = gemm8_prepare,
};
