/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/conv-private.h"
#include "kernels/dsp.h"

#include <math.h>
#include <string.h>

/* Implicit GEMM: pixels by channels, read where they lie through pointers. */

/* Floats of the input, and of them the part of the reduction, that a block of
 * pixels may take, so that it stays in the second-level cache. */
#define BLOCK_FLOATS     49152
#define BLOCK_RUN        512
#define MAX_BLOCK_PIXELS 240
/* Panels that meet a tile in turn, so that whole stretches of the output are
 * written. */
#define PANELS 8
/* Jobs of fewer products are not worth their start; of fewer pixels, not the
 * weights they read. */
#define JOB_PRODUCTS     262144
#define JOBS_PER_THREAD  8
#define MIN_BLOCK_PIXELS 96

typedef struct
{
  SiambanConvShape shape;
  const SiambanDsp *dsp;
  int lanes;     /* input channels as packed: 4 of an image */
  float *weight; /* panel x tap x lane x SIAMBAN_PANEL */
  float *bias;
  float *zeros; /* a pixel of the padding */
} Gemm;

typedef struct
{
  const Gemm *gemm;
  const SiambanMaps *in, *residual, *out;
  int segments; /* taps */
  size_t run;   /* lanes */
  size_t pixels, block, blocks;
  size_t panels, group; /* group: panels of a job */
  const float **rows;
  size_t rows_size; /* of one worker */
} Run;

static gboolean
gemm_suits (const SiambanConvShape *shape)
{
  return !shape->depthwise;
}

static void *
gemm_prepare (SiambanCpu cpu, const SiambanConvShape *shape,
    const float *weight, const float *bias)
{
  Gemm *self = g_new0 (Gemm, 1);
  size_t taps = (size_t)shape->kernel * shape->kernel;

  self->shape = *shape;
  self->dsp = siamban_dsp (cpu);
  self->lanes = MAX (shape->in, 4);
  size_t panel = taps * self->lanes * SIAMBAN_PANEL;
  size_t out = siamban_round_up (shape->out, SIAMBAN_PANEL);
  self->weight = siamban_alloc_floats (out / SIAMBAN_PANEL * panel);
  self->bias = siamban_alloc_floats (out);
  self->zeros = siamban_alloc_floats (self->lanes);
  if (!weight)
    return self;
  memcpy (self->bias, bias, shape->out * sizeof *bias);
  for (int o = 0; o < shape->out; o++)
    for (int i = 0; i < shape->in; i++)
      for (size_t t = 0; t < taps; t++)
        self->weight[o / SIAMBAN_PANEL * panel +
                     (t * self->lanes + i) * SIAMBAN_PANEL +
                     o % SIAMBAN_PANEL] = *weight++;
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
gemm_parts (const void *data, SiambanPart *parts)
{
  const Gemm *self = data;
  size_t taps = (size_t)self->shape.kernel * self->shape.kernel;
  size_t row = siamban_n_panels (&self->shape) * SIAMBAN_PANEL * sizeof (float);

  parts[0] = (SiambanPart){self->weight, taps * self->lanes * row};
  parts[1] = (SiambanPart){self->bias, row};
  return 2;
}

static size_t
divide_up (size_t n, size_t by)
{
  return (n + by - 1) / by;
}

static size_t
count_jobs (const Run *run, unsigned threads)
{
  size_t products =
      run->pixels * run->panels * SIAMBAN_PANEL * run->run * run->segments;

  if (threads == 1)
    return 1;
  return CLAMP (products / JOB_PRODUCTS, 1, threads * JOBS_PER_THREAD);
}

static void
gemm_plan (Run *run, const Gemm *self, const SiambanMaps *in,
    const SiambanMaps *out, unsigned threads)
{
  const SiambanConvShape *shape = &self->shape;
  size_t tall = self->dsp->rows;

  run->gemm = self;
  run->in = in;
  run->out = out;
  run->segments = shape->kernel * shape->kernel;
  run->run = self->lanes;
  run->pixels = (size_t)out->n * out->h * out->w;
  run->panels = siamban_n_panels (shape);
  size_t deep = MIN (run->run * run->segments, BLOCK_RUN);
  size_t most = MIN (BLOCK_FLOATS / deep, MAX_BLOCK_PIXELS) / tall * tall;
  size_t jobs = count_jobs (run, threads);
  size_t blocks = MAX (divide_up (run->pixels, most),
      MIN (jobs, run->pixels / MIN_BLOCK_PIXELS));
  run->block = siamban_round_up (divide_up (run->pixels, blocks), tall);
  run->blocks = divide_up (run->pixels, run->block);
  run->group =
      divide_up (run->panels, MIN (divide_up (jobs, run->blocks), run->panels));
  run->rows_size = run->block * run->segments + SIAMBAN_ROWS_AHEAD;
}

static size_t
gemm_scratch (const void *data, const SiambanMaps *in, const SiambanMaps *out,
    unsigned threads)
{
  Run run;

  gemm_plan (&run, data, in, out, threads);
  return threads * run.rows_size * sizeof (float *);
}

/* Pointers to what segment @s takes for pixels begin..end-1. */
static void
gemm_point (const Run *run, int s, size_t begin, size_t end, const float **rows)
{
  SiambanTap tap =
      siamban_tap_start (&run->gemm->shape, run->in, run->out, s, begin);

  for (size_t i = begin; i < end; i++) {
    gssize pixel = siamban_tap_next (&tap);

    *rows++ =
        pixel < 0 ? run->gemm->zeros : run->in->data + pixel * run->in->ld;
  }
}

/* A part of the reduction: segments from..to-1, and of each what lies at
 * offset..offset+length-1. */
typedef struct
{
  int from, to;
  size_t offset, length;
} Part;

/* Pixels begin..end-1 by panels first..last-1. */
static void
run_part (const Run *run, const Part *part, const float **rows, size_t begin,
    size_t end, size_t first, size_t last)
{
  const Gemm *self = run->gemm;
  const SiambanMaps *out = run->out, *residual = run->residual;
  gboolean starts = part->from == 0 && part->offset == 0;
  gboolean ends =
      part->to == run->segments && part->offset + part->length == run->run;
  size_t segment = run->run * SIAMBAN_PANEL;
  SiambanGemm g = {
      .rows = rows + part->from * run->block,
      .pitch = run->block,
      .n_segments = part->to - part->from,
      .offset = part->offset,
      .run = part->length,
      .b_pitch = segment,
      .b_panel = run->segments * segment,
      .ldc = out->ld,
      .ld_add = out->ld,
      .finish = siamban_act_finish (ends ? self->shape.act : SIAMBAN_ACT_NONE),
  };

  for (size_t p = first; p < last; p += PANELS) {
    size_t column = p * SIAMBAN_PANEL, n = MIN (last - p, PANELS);

    g.b = self->weight + p * g.b_panel + part->from * segment +
          part->offset * SIAMBAN_PANEL;
    g.c = out->data + begin * out->ld + column;
    g.bias = starts ? self->bias + column : NULL;
    if (!starts) {
      g.add = g.c;
    } else if (residual) {
      g.add = residual->data + begin * residual->ld + column;
      g.ld_add = residual->ld;
    }
    self->dsp->gemm (&g, end - begin, n);
  }
}

static void
run_panels (const Run *run, const float **rows, size_t begin, size_t end,
    size_t first, size_t last)
{
  int together = MAX (BLOCK_RUN / run->run, 1);

  for (int s = 0; s < run->segments; s += together)
    for (size_t offset = 0; offset < run->run; offset += BLOCK_RUN) {
      Part part = {s, MIN (s + together, run->segments), offset,
          MIN (run->run - offset, BLOCK_RUN)};

      run_part (run, &part, rows, begin, end, first, last);
    }
  siamban_conv_complete (&run->gemm->shape, run->residual != NULL, run->out,
      begin, end, first, last);
}

static void
run_job (void *data, unsigned i, unsigned worker)
{
  const Run *run = data;
  const float **rows = run->rows + worker * run->rows_size;
  size_t groups = divide_up (run->panels, run->group);
  size_t begin = i / groups * run->block, panel = i % groups * run->group;
  size_t end = MIN (begin + run->block, run->pixels);

  for (int s = 0; s < run->segments; s++)
    gemm_point (run, s, begin, end, rows + s * run->block);
  for (size_t r = run->rows_size - SIAMBAN_ROWS_AHEAD; r < run->rows_size; r++)
    rows[r] = run->gemm->zeros;
  run_panels (
      run, rows, begin, end, panel, MIN (panel + run->group, run->panels));
}

static void
gemm_run (const void *data, const SiambanMaps *in, const SiambanMaps *residual,
    const SiambanMaps *out, void *scratch, SiambanTeam *team)
{
  Run run;

  gemm_plan (&run, data, in, out, siamban_team_size (team));
  run.residual = residual;
  run.rows = scratch;
  size_t groups = divide_up (run.panels, run.group);
  siamban_team_run (team, run.blocks * groups, run_job, &run);
}

const SiambanConvAlgorithm siamban_conv_gemm = {
    .name = "gemm",
    .level = SIAMBAN_CPU_SIMD,
    .suits = gemm_suits,
    .prepare = gemm_prepare,
    .free = gemm_free,
    .parts = gemm_parts,
    .scratch = gemm_scratch,
    .run = gemm_run,
};
