/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/conv-int.h"
#include "kernels/winograd-tiles.h"

#include <string.h>

/* Winograd's F(4x4, 3x3) with products of 16-bit numbers. Its transforms are
 * computed in floats. Then each tile has a scale of its own at each position,
 * so nothing has to be known of the input, and each filter one. */

#define TILE      4
#define SIDE      6
#define POSITIONS 36
#define TAPS      9
#define LINE      64 /* bytes; keeps tiles and positions off each other's sets */
#define MAX_CHUNK 72 /* tiles of a job */
#define MAX_GROUP 4  /* panels of a job: they share the reading of its tiles */
#define JOBS      3  /* at least, a thread */
#define AHEAD     (SIAMBAN_PANEL / 2)
#define BLOCK     (SIAMBAN_INT16_BLOCK * sizeof (gint16))

typedef struct
{
  SiambanConvShape shape;
  const SiambanIntDsp *dsp;
  const SiambanWinograd *kernels;
  size_t depth;   /* channels of the input, rounded up */
  gint16 *weight; /* panel x position x pair of channels x SIAMBAN_PANEL x 2 */
  float *scale;   /* position x panel x SIAMBAN_PANEL */
  float *bias;
  float *zeros; /* a pixel of the padding */
} Winograd;

typedef struct
{
  const Winograd *self;
  SiambanTiles tiles;
  size_t chunk, chunks; /* chunk: tiles of a job, at most */
  size_t panels, group, groups;
  size_t columns;      /* of the panels that a gemm takes */
  size_t tile_pitch;   /* bytes of a tile's input at one position */
  size_t input_pitch;  /* bytes of all tiles' */
  size_t floats_pitch; /* floats of a tile's input before it is quantised */
  size_t sums_pitch;   /* floats */
  size_t worker_floats;
  guint8 *input; /* position x tile x depth */
  float *scale;  /* position x tile */
  float *floats; /* a worker's input of a tile, or sums of a job */
} Run;

/* @u, a panel's filters at one position, to its place among the weights. */
static void
quantise_position (
    Winograd *self, const float *u, size_t panel, size_t position)
{
  size_t panels = siamban_n_panels (&self->shape);
  gint16 *to = self->weight +
               (panel * POSITIONS + position) * self->depth * SIAMBAN_PANEL;
  float *scale = self->scale + (position * panels + panel) * SIAMBAN_PANEL;
  float most[SIAMBAN_PANEL] = {0}, by[SIAMBAN_PANEL];

  for (int k = 0; k < self->shape.in; k++)
    for (size_t o = 0; o < SIAMBAN_PANEL; o++)
      most[o] = MAX (most[o], fabsf (u[k * SIAMBAN_PANEL + o]));
  for (size_t o = 0; o < SIAMBAN_PANEL; o++) {
    scale[o] = most[o] / SIAMBAN_INT16_LIMIT;
    by[o] = most[o] > 0 ? SIAMBAN_INT16_LIMIT / most[o] : 0;
  }
  for (int k = 0; k < self->shape.in; k++, u += SIAMBAN_PANEL)
    for (size_t o = 0; o < SIAMBAN_PANEL; o++)
      to[(k / 2 * SIAMBAN_PANEL + o) * 2 + k % 2] =
          siamban_round (u[o] * by[o]);
}

/* @w: in x TAPS x SIAMBAN_PANEL; @u: room for SIDE positions of them. */
static void
prepare_panel (Winograd *self, size_t panel, const float *w, float *u)
{
  size_t in = self->shape.in, pitch = in * SIAMBAN_PANEL;

  for (int row = 0; row < SIDE; row++) {
    self->kernels->weight (w, in, row, u, pitch);
    for (int i = 0; i < SIDE; i++)
      quantise_position (self, u + i * pitch, panel, row * SIDE + i);
  }
}

static void
prepare_weights (Winograd *self, const float *weight)
{
  size_t terms = (size_t)self->shape.in * TAPS;
  float *w = siamban_alloc_floats (terms * SIAMBAN_PANEL);
  float *u =
      siamban_alloc_floats ((size_t)self->shape.in * SIDE * SIAMBAN_PANEL);

  for (size_t panel = 0; panel < siamban_n_panels (&self->shape); panel++) {
    size_t first = panel * SIAMBAN_PANEL, left = self->shape.out - first;
    size_t n = MIN (left, SIAMBAN_PANEL);

    memset (w, 0, terms * SIAMBAN_PANEL * sizeof *w);
    for (size_t o = 0; o < n; o++)
      for (size_t i = 0; i < terms; i++)
        w[i * SIAMBAN_PANEL + o] = weight[(first + o) * terms + i];
    prepare_panel (self, panel, w, u);
  }
  g_aligned_free (w);
  g_aligned_free (u);
}

static void *
winograd16_prepare (SiambanCpu cpu, const SiambanConvShape *shape,
    const SiambanRange *range, const float *weight, const float *bias)
{
  (void)range;
  Winograd *self = g_new0 (Winograd, 1);
  size_t out = siamban_n_panels (shape) * SIAMBAN_PANEL;
  self->shape = *shape;
  self->dsp = siamban_int_dsp (cpu);
  self->kernels = &siamban_dsp (cpu)->winograd[0];
  g_assert (self->kernels->tile == TILE);
  self->depth = siamban_round_up (shape->in, SIAMBAN_LANES);
  self->weight =
      siamban_alloc_bytes (out * POSITIONS * self->depth * sizeof (gint16));
  self->scale = siamban_alloc_floats (out * POSITIONS);
  self->bias = siamban_alloc_floats (out);
  self->zeros = siamban_alloc_floats (self->depth);
  if (!weight)
    return self;
  memcpy (self->bias, bias, shape->out * sizeof *bias);
  prepare_weights (self, weight);
  return self;
}

static void
winograd_free (void *data)
{
  Winograd *self = data;

  g_aligned_free (self->weight);
  g_aligned_free (self->scale);
  g_aligned_free (self->bias);
  g_aligned_free (self->zeros);
  g_free (self);
}

static guint
winograd16_parts (const void *data, SiambanPart *parts)
{
  const Winograd *self = data;
  size_t out = siamban_n_panels (&self->shape) * SIAMBAN_PANEL;
  size_t row = out * POSITIONS;

  parts[0] = (SiambanPart){self->weight, row * self->depth * sizeof (gint16)};
  parts[1] = (SiambanPart){self->scale, row * sizeof (float)};
  parts[2] = (SiambanPart){self->bias, out * sizeof (float)};
  return 3;
}

static void
winograd16_plan (Run *run, const Winograd *self, const SiambanMaps *in,
    const SiambanMaps *out, unsigned threads)
{
  size_t n = siamban_tiles_count (&self->shape, out, TILE) * out->n;

  run->self = self;
  run->tiles = (SiambanTiles){
      .shape = &self->shape,
      .kernels = self->kernels,
      .in = in,
      .out = out,
      .bias = self->bias,
      .zeros = self->zeros,
      .n = n,
  };
  run->chunks = (n + MAX_CHUNK - 1) / MAX_CHUNK;
  run->panels = siamban_n_panels (&self->shape);
  run->group = run->panels * run->chunks / (threads * JOBS);
  run->group = CLAMP (run->group, 1, MAX_GROUP);
  run->group = siamban_round_up (run->group, self->dsp->panels);
  run->columns = self->dsp->panels * SIAMBAN_PANEL;
  run->groups = (run->panels + run->group - 1) / run->group;
  run->chunk = (n + run->chunks - 1) / run->chunks;
  run->tile_pitch = self->depth * sizeof (gint16) + LINE;
  run->input_pitch = n * run->tile_pitch + LINE;
  run->floats_pitch = self->depth + LINE / sizeof (float);
  run->sums_pitch = run->chunk * run->columns + LINE / sizeof (float);
  size_t units = run->group / self->dsp->panels;
  run->worker_floats =
      POSITIONS * MAX (run->floats_pitch, units * run->sums_pitch);
}

static size_t
scale_size (const Run *run)
{
  return siamban_round_up (
      POSITIONS * run->tiles.n * sizeof (float), SIAMBAN_ALIGN);
}

static size_t
winograd16_scratch (const void *data, const SiambanMaps *in,
    const SiambanMaps *out, unsigned threads)
{
  Run run;

  winograd16_plan (&run, data, in, out, threads);
  return siamban_tiles_size (&run.tiles) + scale_size (&run) +
         POSITIONS * run.input_pitch +
         threads * run.worker_floats * sizeof (float);
}

static void
transform_input (void *data, unsigned i, unsigned worker)
{
  const Run *run = data;
  const Winograd *self = run->self;
  const float *pixels[POSITIONS];
  float *floats = run->floats + worker * run->worker_floats;

  siamban_tiles_pixels (&run->tiles, i, pixels);
  self->kernels->input (pixels, self->depth, floats, run->floats_pitch);
  for (size_t p = 0; p < POSITIONS; p++)
    self->dsp->quantise16 (floats + p * run->floats_pitch, self->depth,
        (gint16 *)(run->input + p * run->input_pitch + i * run->tile_pitch),
        run->scale + p * run->tiles.n + i);
}

static const guint8 *
weight_at (const Run *run, size_t panel, size_t p)
{
  size_t depth = run->self->depth * sizeof (gint16);

  return (const guint8 *)run->self->weight +
         (panel * POSITIONS + p) * depth * SIAMBAN_PANEL;
}

/* Sums of tiles begin..end-1 by @panels panels, 1 or 2, at one position. */
static void
winograd16_multiply (const Run *run, size_t begin, size_t end, size_t panel,
    size_t panels, size_t p, const guint8 *next, float *sums)
{
  static const float zeros[2 * SIAMBAN_PANEL];
  const Winograd *self = run->self;
  const SiambanIntKernel *kernel = &self->dsp->gemm16;
  size_t n = end - begin, tiles = (n + kernel->rows - 1) / kernel->rows;
  size_t depth = self->depth * sizeof (gint16);
  const guint8 *input = run->input + p * run->input_pitch;
  const guint8 *weight = weight_at (run, panel, p);
  const guint8 *rows[16];
  SiambanIntGemm g = {
      .rows = rows,
      .n_segments = 1,
      .ldc = run->columns,
      .scale = self->scale + (p * run->panels + panel) * SIAMBAN_PANEL,
      .low = -INFINITY,
      .high = INFINITY,
      .b_panel = panels == 2 ? POSITIONS * depth * SIAMBAN_PANEL : 0,
  };

  for (size_t k = 0; k < depth; k += BLOCK) {
    const guint8 *after =
        k + BLOCK < depth ? weight + (k + BLOCK) * SIAMBAN_PANEL : next;

    g.offset = k;
    g.run = MIN (BLOCK, depth - k);
    g.b = weight + k * SIAMBAN_PANEL;
    g.bias = k ? NULL : zeros;
    for (size_t t = 0; t < tiles; t++) {
      size_t from = n * t / tiles, to = n * (t + 1) / tiles;

      for (size_t i = from; i < to; i++)
        rows[i - from] = input + (begin + i) * run->tile_pitch;
      g.c = sums + from * run->columns;
      g.row_scale = run->scale + p * run->tiles.n + begin + from;
      g.ahead = t < 2 * panels
                    ? after + t / 2 * g.b_panel + t % 2 * g.run * AHEAD
                    : NULL;
      kernel->gemm (&g, to - from);
    }
  }
}

static void
run_job (void *data, unsigned job, unsigned worker)
{
  const Run *run = data;
  size_t first = job / run->chunks * run->group, chunk = job % run->chunks;
  size_t last = MIN (first + run->group, run->panels);
  size_t begin = run->tiles.n * chunk / run->chunks;
  size_t end = run->tiles.n * (chunk + 1) / run->chunks;
  size_t step = run->self->dsp->panels;
  size_t step_floats = POSITIONS * run->sums_pitch;
  float *sums = run->floats + worker * run->worker_floats;

  for (size_t p = 0; p < POSITIONS; p++)
    for (size_t i = 0; first + i < last; i += step)
      winograd16_multiply (run, begin, end, first + i,
          MIN (step, last - first - i), p,
          first + i + step < last ? weight_at (run, first + i + step, p)
                                  : weight_at (run, first, p + 1),
          sums + i / step * step_floats + p * run->sums_pitch);
  for (size_t i = 0; first + i < last; i++)
    for (size_t t = begin; t < end; t++)
      siamban_tiles_write (&run->tiles, t, first + i,
          sums + i / step * step_floats + i % step * SIAMBAN_PANEL +
              (t - begin) * run->columns,
          run->sums_pitch);
}

static void
winograd16_run (const void *data, const SiambanMaps *in,
    const SiambanMaps *residual, const SiambanMaps *out, void *scratch,
    SiambanTeam *team)
{
  Run run;

  winograd16_plan (&run, data, in, out, siamban_team_size (team));
  run.tiles.residual = residual;
  run.tiles.list = scratch;
  run.scale = (void *)((char *)scratch + siamban_tiles_size (&run.tiles));
  run.input = (guint8 *)run.scale + scale_size (&run);
  run.floats = (void *)(run.input + POSITIONS * run.input_pitch);
  siamban_tiles_list (&run.tiles);
  siamban_team_run (team, run.tiles.n, transform_input, &run);
  siamban_team_run (team, run.groups * run.chunks, run_job, &run);
}

const SiambanIntAlgorithm siamban_conv_winograd16 = {
    .base =
        {
            .name = "winograd-int16",
            .level = SIAMBAN_CPU_AVX2,
            .suits = siamban_winograd_suits,
            .free = winograd_free,
            .parts = winograd16_parts,
            .scratch = winograd16_scratch,
            .run = winograd16_run,
        },
    .prepare = winograd16_prepare,
};
