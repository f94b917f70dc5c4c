/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/winograd-tiles.h"

#include <string.h>

/* Winograd's minimal filtering in floats. Filters are transformed as they are
 * used: reading them transformed, four times as large, from memory would take
 * longer. */

#define TAPS 9
#define LINE 16 /* floats; keeps positions off each other's sets */
/* Of a panel's filters, transformed, and of its sums in a job. CPUs that take
 * two panels at a time have larger caches. */
#define BLOCK_FLOATS 49152
#define SUMS_FLOATS  44000
#define JOBS         6 /* at least, a thread */

typedef struct
{
  SiambanConvShape shape;
  const SiambanDsp *dsp;
  float *weight; /* panel x in x TAPS x SIAMBAN_PANEL */
  float *bias;
  float *zeros; /* a pixel of the padding */
} Winograd;

typedef struct
{
  const Winograd *self;
  SiambanTiles tiles;
  size_t side, positions;
  size_t depth; /* channels of the input, rounded up */
  size_t block; /* of them at a time */
  size_t chunk; /* tiles of a job, at most */
  size_t chunks, panels;
  size_t group, groups; /* group: panels of a job */
  size_t input_pitch, weight_pitch, sums_pitch;
  size_t weight_floats, job_floats;
  float *input; /* position x tile x depth */
  float *jobs;  /* a worker's transformed filters and sums */
} Run;

typedef struct
{
  size_t begin, end; /* tiles */
  size_t first, n;   /* panels */
  float *weight;     /* panel x position of a row x channel x SIAMBAN_PANEL */
  float *sums;       /* position x tile x group x SIAMBAN_PANEL */
} Job;

static void *
winograd_prepare (SiambanCpu cpu, const SiambanConvShape *shape,
    const float *weight, const float *bias)
{
  Winograd *self = g_new0 (Winograd, 1);
  size_t panels = siamban_n_panels (shape), in = shape->in;

  self->shape = *shape;
  self->dsp = siamban_dsp (cpu);
  self->weight = siamban_alloc_floats (panels * in * TAPS * SIAMBAN_PANEL);
  self->bias = siamban_alloc_floats (panels * SIAMBAN_PANEL);
  self->zeros = siamban_alloc_floats (siamban_round_up (in, SIAMBAN_LANES));
  if (!weight)
    return self;
  memcpy (self->bias, bias, shape->out * sizeof *bias);
  for (int o = 0; o < shape->out; o++) {
    float *to = self->weight + o / SIAMBAN_PANEL * in * TAPS * SIAMBAN_PANEL +
                o % SIAMBAN_PANEL;

    for (size_t i = 0; i < in * TAPS; i++)
      to[i * SIAMBAN_PANEL] = *weight++;
  }
  return self;
}

static void
winograd_free (void *data)
{
  Winograd *self = data;

  g_aligned_free (self->weight);
  g_aligned_free (self->bias);
  g_aligned_free (self->zeros);
  g_free (self);
}

static guint
winograd_parts (const void *data, SiambanPart *parts)
{
  const Winograd *self = data;
  size_t row = siamban_n_panels (&self->shape) * SIAMBAN_PANEL * sizeof (float);

  parts[0] = (SiambanPart){self->weight, self->shape.in * TAPS * row};
  parts[1] = (SiambanPart){self->bias, row};
  return 2;
}

/* The one with the least products, to which transforming a filter adds about
 * two an element; counted for one image, that batches compute the same. */
static const SiambanWinograd *
winograd_choose (const Winograd *self, const SiambanMaps *out)
{
  const SiambanWinograd *best = NULL;
  size_t least = G_MAXSIZE;

  for (int i = 0; i < SIAMBAN_N_WINOGRAD; i++) {
    const SiambanWinograd *kernels = &self->dsp->winograd[i];
    size_t side = kernels->tile + 2;
    size_t cost = side * side *
                  (siamban_tiles_count (&self->shape, out, kernels->tile) + 2);

    if (cost < least) {
      least = cost;
      best = kernels;
    }
  }
  return best;
}

static void
winograd_plan (Run *run, const Winograd *self, const SiambanMaps *in,
    const SiambanMaps *out, unsigned threads)
{
  run->self = self;
  run->tiles = (SiambanTiles){
      .shape = &self->shape,
      .kernels = winograd_choose (self, out),
      .in = in,
      .out = out,
      .bias = self->bias,
      .zeros = self->zeros,
  };
  int tile = run->tiles.kernels->tile;
  size_t n = siamban_tiles_count (&self->shape, out, tile) * out->n;
  run->tiles.n = n;
  run->side = tile + 2;
  run->positions = run->side * run->side;
  run->depth = siamban_round_up (self->shape.in, SIAMBAN_PANEL);
  run->panels = siamban_n_panels (&self->shape);
  size_t most = SUMS_FLOATS / SIAMBAN_PANEL / run->positions;
  run->chunks = (n + most - 1) / most;
  run->group = self->dsp->panels;
  run->groups = (run->panels + run->group - 1) / run->group;
  run->chunks = MAX (run->chunks, threads * JOBS / run->groups);
  run->chunks = MIN (run->chunks, n);
  run->block = BLOCK_FLOATS / SIAMBAN_PANEL / run->side;
  run->block = MIN (run->block / LINE * LINE, run->depth);
  run->chunk = (n + run->chunks - 1) / run->chunks;
  run->input_pitch = n * run->depth + LINE;
  run->weight_pitch = run->block * SIAMBAN_PANEL + LINE;
  run->sums_pitch = run->chunk * run->group * SIAMBAN_PANEL + LINE;
  run->weight_floats = run->side * run->weight_pitch;
  run->job_floats =
      run->group * run->weight_floats + run->positions * run->sums_pitch;
}

static size_t
winograd_scratch (const void *data, const SiambanMaps *in,
    const SiambanMaps *out, unsigned threads)
{
  Run run;

  winograd_plan (&run, data, in, out, threads);
  return siamban_tiles_size (&run.tiles) +
         (run.positions * run.input_pitch + threads * run.job_floats) *
             sizeof (float);
}

static void
transform_input (void *data, unsigned i, unsigned worker)
{
  (void)worker;
  const Run *run = data;
  const float *pixels[SIAMBAN_WINOGRAD_SIDE * SIAMBAN_WINOGRAD_SIDE];
  siamban_tiles_pixels (&run->tiles, i, pixels);
  run->tiles.kernels->input (
      pixels, run->depth, run->input + i * run->depth, run->input_pitch);
}

/* Sums at the positions of one row, over @n channels from @offset. */
static void
winograd_multiply (
    const Run *run, size_t row, const Job *job, size_t offset, size_t n)
{
  const SiambanDsp *dsp = run->self->dsp;
  size_t all = job->end - job->begin;
  const float *rows[SUMS_FLOATS / SIAMBAN_PANEL / 16 + SIAMBAN_ROWS_AHEAD];
  SiambanGemm g = {
      .rows = rows,
      .n_segments = 1,
      .offset = offset,
      .run = n,
      .b_panel = run->weight_floats,
      .ldc = run->group * SIAMBAN_PANEL,
      .ld_add = run->group * SIAMBAN_PANEL,
      .finish = siamban_act_finish (SIAMBAN_ACT_NONE),
  };

  for (size_t q = 0; q < run->side; q++) {
    size_t position = row * run->side + q;
    const float *input = run->input + position * run->input_pitch;

    for (size_t i = 0; i < all; i++)
      rows[i] = input + (job->begin + i) * run->depth;
    for (size_t i = all; i < all + SIAMBAN_ROWS_AHEAD; i++)
      rows[i] = rows[i - all] + run->input_pitch;
    g.b = job->weight + q * run->weight_pitch;
    g.c = job->sums + position * run->sums_pitch;
    g.add = offset ? g.c : NULL;
    dsp->gemm (&g, all, job->n);
  }
}

/* The panels' filters at the positions of one row, @n channels from @offset. */
static void
transform_weights (
    const Run *run, size_t row, const Job *job, size_t offset, size_t n)
{
  const Winograd *self = run->self;

  for (size_t p = 0; p < job->n; p++)
    run->tiles.kernels->weight (
        self->weight +
            ((job->first + p) * self->shape.in + offset) * TAPS * SIAMBAN_PANEL,
        n, row, job->weight + p * run->weight_floats, run->weight_pitch);
}

static void
run_job (void *data, unsigned i, unsigned worker)
{
  const Run *run = data;
  size_t chunk = i % run->chunks, first = i / run->chunks * run->group;
  size_t in = run->self->shape.in;
  Job job = {
      .begin = run->tiles.n * chunk / run->chunks,
      .end = run->tiles.n * (chunk + 1) / run->chunks,
      .first = first,
      .n = MIN (run->group, run->panels - first),
      .weight = run->jobs + worker * run->job_floats,
  };

  job.sums = job.weight + run->group * run->weight_floats;
  for (size_t row = 0; row < run->side; row++)
    for (size_t k = 0; k < in; k += run->block) {
      size_t n = MIN (run->block, in - k);

      transform_weights (run, row, &job, k, n);
      winograd_multiply (run, row, &job, k, n);
    }
  for (size_t p = 0; p < job.n; p++)
    for (size_t t = job.begin; t < job.end; t++)
      siamban_tiles_write (&run->tiles, t, first + p,
          job.sums + ((t - job.begin) * run->group + p) * SIAMBAN_PANEL,
          run->sums_pitch);
}

static void
winograd_run (const void *data, const SiambanMaps *in,
    const SiambanMaps *residual, const SiambanMaps *out, void *scratch,
    SiambanTeam *team)
{
  Run run;

  winograd_plan (&run, data, in, out, siamban_team_size (team));
  run.tiles.residual = residual;
  run.tiles.list = scratch;
  run.input = (void *)((char *)scratch + siamban_tiles_size (&run.tiles));
  run.jobs = run.input + run.positions * run.input_pitch;
  siamban_tiles_list (&run.tiles);
  siamban_team_run (team, run.tiles.n, transform_input, &run);
  siamban_team_run (team, run.groups * run.chunks, run_job, &run);
}

const SiambanConvAlgorithm siamban_conv_winograd = {
    .name = "winograd",
    .level = SIAMBAN_CPU_SIMD,
    .suits = siamban_winograd_suits,
    .prepare = winograd_prepare,
    .free = winograd_free,
    .parts = winograd_parts,
    .scratch = winograd_scratch,
    .run = winograd_run,
};
