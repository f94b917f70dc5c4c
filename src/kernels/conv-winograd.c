/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/conv-private.h"
#include "kernels/dsp.h"

#include <string.h>

/* Winograd's minimal filtering for 3x3 kernels at stride 1. Dilation d makes it
 * d x d undilated convolutions on every d-th pixel: their tiles' pixels are
 * that far apart, and all tiles meet the same filters. Filters are transformed
 * as they are used: reading them transformed, four times as large, from memory
 * would take longer. */

#define MAX_SIDE     8
#define TAPS         9
#define LINE         16    /* floats; keeps positions off each other's sets */
#define BLOCK_FLOATS 49152 /* of filters, transformed, in a job */
#define SUMS_FLOATS  44000 /* of sums in a job */
#define JOBS         6     /* at least, a thread */

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
  int image, y, x; /* its first pixel in the output */
} Tile;

typedef struct
{
  const Winograd *self;
  const SiambanWinograd *kernels;
  const SiambanMaps *in, *residual, *out;
  size_t side, positions;
  size_t depth;          /* channels of the input, rounded up */
  size_t block;          /* of them at a time */
  size_t n_tiles, chunk; /* chunk: tiles of a job, at most */
  size_t chunks, panels;
  size_t input_pitch, weight_pitch, sums_pitch;
  size_t weight_floats, job_floats;
  Tile *tiles;
  float *input; /* position x tile x depth */
  float *jobs;  /* a worker's transformed filters and sums */
} Run;

typedef struct
{
  size_t begin, end; /* tiles */
  float *weight;     /* position of a row x channel x SIAMBAN_PANEL */
  float *sums;       /* position x tile x SIAMBAN_PANEL */
} Job;

static gboolean
suits (const SiambanConvShape *shape)
{
  return !shape->depthwise && shape->kernel == 3 && shape->stride == 1 &&
         shape->in >= SIAMBAN_PANEL && shape->out >= SIAMBAN_PANEL;
}

static size_t
n_panels (const SiambanConvShape *shape)
{
  return siamban_round_up (shape->out, SIAMBAN_PANEL) / SIAMBAN_PANEL;
}

static void *
prepare (SiambanCpu cpu, const SiambanConvShape *shape, const float *weight,
    const float *bias)
{
  Winograd *self = g_new0 (Winograd, 1);
  size_t panels = n_panels (shape), in = shape->in;
  self->shape = *shape;
  self->dsp = siamban_dsp (cpu);
  self->weight = siamban_alloc_floats (panels * in * TAPS * SIAMBAN_PANEL);
  self->bias = siamban_alloc_floats (panels * SIAMBAN_PANEL);
  self->zeros = siamban_alloc_floats (siamban_round_up (in, SIAMBAN_LANES));
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

static size_t
size (const void *data)
{
  const Winograd *self = data;
  return n_panels (&self->shape) * SIAMBAN_PANEL * (self->shape.in * TAPS + 1) *
         sizeof (float);
}

/* Tiles along one side of the output, over all phases. */
static size_t
tiles_along (int size, int dilation, int tile)
{
  size_t n = 0;
  for (int phase = 0; phase < MIN (dilation, size); phase++)
    n += ((size - phase + dilation - 1) / dilation + tile - 1) / tile;
  return n;
}

static size_t
count_tiles (const SiambanConvShape *shape, const SiambanMaps *out, int tile)
{
  return tiles_along (out->h, shape->dilation, tile) *
         tiles_along (out->w, shape->dilation, tile);
}

/* The one with the least products, to which transforming a filter adds about
 * two an element; counted for one image, that batches compute the same. */
static const SiambanWinograd *
choose (const Winograd *self, const SiambanMaps *out)
{
  const SiambanWinograd *best = NULL;
  size_t least = G_MAXSIZE;
  for (int i = 0; i < SIAMBAN_N_WINOGRAD; i++) {
    const SiambanWinograd *kernels = &self->dsp->winograd[i];
    size_t side = kernels->tile + 2;
    size_t cost =
        side * side * (count_tiles (&self->shape, out, kernels->tile) + 2);
    if (cost < least) {
      least = cost;
      best = kernels;
    }
  }
  return best;
}

static void
plan (Run *run, const Winograd *self, const SiambanMaps *in,
    const SiambanMaps *out, unsigned threads)
{
  run->self = self;
  run->kernels = choose (self, out);
  run->in = in;
  run->out = out;
  run->side = run->kernels->tile + 2;
  run->positions = run->side * run->side;
  run->depth = siamban_round_up (self->shape.in, SIAMBAN_PANEL);
  run->n_tiles = count_tiles (&self->shape, out, run->kernels->tile) * out->n;
  run->panels = n_panels (&self->shape);
  size_t most = SUMS_FLOATS / SIAMBAN_PANEL / run->positions;
  run->chunks = (run->n_tiles + most - 1) / most;
  run->chunks = MAX (run->chunks, threads * JOBS / run->panels);
  run->chunks = MIN (run->chunks, run->n_tiles);
  run->block = BLOCK_FLOATS / SIAMBAN_PANEL / run->side;
  run->block = MIN (run->block / LINE * LINE, run->depth);
  run->chunk = (run->n_tiles + run->chunks - 1) / run->chunks;
  run->input_pitch = run->n_tiles * run->depth + LINE;
  run->weight_pitch = run->block * SIAMBAN_PANEL + LINE;
  run->sums_pitch = run->chunk * SIAMBAN_PANEL + LINE;
  run->weight_floats = run->side * run->weight_pitch;
  run->job_floats = run->weight_floats + run->positions * run->sums_pitch;
}

static size_t
tiles_size (const Run *run)
{
  return siamban_round_up (run->n_tiles * sizeof (Tile), SIAMBAN_ALIGN);
}

static size_t
scratch (const void *data, const SiambanMaps *in, const SiambanMaps *out,
    unsigned threads)
{
  Run run;
  plan (&run, data, in, out, threads);
  return tiles_size (&run) +
         (run.positions * run.input_pitch + threads * run.job_floats) *
             sizeof (float);
}

static Tile *
list_row (const Run *run, int image, int y, Tile *tile)
{
  int dilation = run->self->shape.dilation;
  int step = run->kernels->tile * dilation;
  for (int phase = 0; phase < dilation; phase++)
    for (int x = phase; x < run->out->w; x += step)
      *tile++ = (Tile){image, y, x};
  return tile;
}

static void
list_tiles (const Run *run)
{
  int dilation = run->self->shape.dilation;
  int step = run->kernels->tile * dilation;
  Tile *tile = run->tiles;
  for (int image = 0; image < run->out->n; image++)
    for (int phase = 0; phase < dilation; phase++)
      for (int y = phase; y < run->out->h; y += step)
        tile = list_row (run, image, y, tile);
}

static void
transform_input (void *data, unsigned i, unsigned worker)
{
  (void)worker;
  const Run *run = data;
  const SiambanMaps *in = run->in;
  const SiambanConvShape *shape = &run->self->shape;
  const Tile *tile = &run->tiles[i];
  const float *pixels[MAX_SIDE * MAX_SIDE], **pixel = pixels;
  for (size_t r = 0; r < run->side; r++)
    for (size_t c = 0; c < run->side; c++) {
      int y = tile->y - shape->pad + (int)r * shape->dilation;
      int x = tile->x - shape->pad + (int)c * shape->dilation;
      gboolean inside = y >= 0 && y < in->h && x >= 0 && x < in->w;
      size_t at = ((size_t)tile->image * in->h + y) * in->w + x;
      *pixel++ = inside ? in->data + at * in->ld : run->self->zeros;
    }
  run->kernels->input (
      pixels, run->depth, run->input + i * run->depth, run->input_pitch);
}

/* Sums at the positions of one row, over @n channels from @offset. */
static void
multiply (const Run *run, size_t row, const Job *job, size_t offset, size_t n)
{
  const SiambanDsp *dsp = run->self->dsp;
  size_t all = job->end - job->begin, tiles = (all + dsp->rows - 1) / dsp->rows;
  const float *rows[SUMS_FLOATS / SIAMBAN_PANEL / 16 + SIAMBAN_ROWS_AHEAD];
  SiambanGemm g = {
      .n_segments = 1,
      .offset = offset,
      .run = n,
      .ldc = SIAMBAN_PANEL,
      .ld_add = SIAMBAN_PANEL,
      .finish = siamban_act_finish (SIAMBAN_ACT_NONE),
  };
  for (size_t q = 0; q < run->side; q++) {
    size_t position = row * run->side + q;
    const float *input = run->input + position * run->input_pitch;
    for (size_t i = 0; i < all; i++)
      rows[i] = input + (job->begin + i) * run->depth;
    for (size_t i = all; i < all + SIAMBAN_ROWS_AHEAD; i++)
      rows[i] = rows[i - all] + run->input_pitch;
    for (size_t t = 0; t < tiles; t++) {
      size_t from = all * t / tiles, to = all * (t + 1) / tiles;
      g.rows = rows + from;
      g.b = job->weight + q * run->weight_pitch;
      g.c = job->sums + position * run->sums_pitch + from * SIAMBAN_PANEL;
      g.add = offset ? g.c : NULL;
      dsp->gemm (&g, to - from);
    }
  }
}

static int
pixels_left (const Run *run, int at, int size)
{
  int dilation = run->self->shape.dilation;
  return MIN ((size - at + dilation - 1) / dilation, run->kernels->tile);
}

/* A tile that needs an exponential, or sticks out of the map. */
static void
finish_tile (const Run *run, const SiambanWinogradOut *out, const float *tile,
    float *c, size_t n)
{
  gboolean pad =
      (size_t)run->out->ld == siamban_round_up (run->out->c, SIAMBAN_LANES);
  size_t wide = pad ? SIAMBAN_PANEL : n;
  int dilation = run->self->shape.dilation, step = run->kernels->tile;
  float pixel[SIAMBAN_PANEL];
  for (int i = 0; i < out->rows; i++)
    for (int j = 0; j < out->columns; j++) {
      memset (pixel, 0, sizeof pixel);
      memcpy (pixel, tile + (i * step + j) * SIAMBAN_PANEL, n * sizeof *pixel);
      if (run->self->shape.act == SIAMBAN_ACT_SIGMOID)
        siamban_activate (SIAMBAN_ACT_SIGMOID, pixel, n);
      memcpy (c + ((size_t)i * run->out->w + j) * dilation * run->out->ld,
          pixel, wide * sizeof *pixel);
    }
}

static void
write_tile (const Run *run, const Tile *tile, size_t panel, const float *sums)
{
  const SiambanMaps *out = run->out, *residual = run->residual;
  const SiambanConvShape *shape = &run->self->shape;
  size_t at = ((size_t)tile->image * out->h + tile->y) * out->w + tile->x;
  size_t first = panel * SIAMBAN_PANEL, column = out->ld * shape->dilation;
  size_t left = shape->out - first;
  size_t n = left < SIAMBAN_PANEL ? left : SIAMBAN_PANEL;
  float *c = out->data + at * out->ld + first;
  float whole[MAX_SIDE * MAX_SIDE * SIAMBAN_PANEL];
  SiambanWinogradOut to = {
      .c = c,
      .row = column * out->w,
      .column = column,
      .rows = pixels_left (run, tile->y, out->h),
      .columns = pixels_left (run, tile->x, out->w),
      .bias = run->self->bias + first,
      .finish = siamban_act_finish (shape->act),
  };
  if (residual) {
    to.residual = residual->data + at * residual->ld + first;
    to.residual_column = residual->ld * shape->dilation;
    to.residual_row = to.residual_column * out->w;
  }
  gboolean plain = n == SIAMBAN_PANEL && shape->act != SIAMBAN_ACT_SIGMOID;
  if (!plain) {
    to.c = whole;
    to.column = SIAMBAN_PANEL;
    to.row = run->kernels->tile * SIAMBAN_PANEL;
  }
  run->kernels->output (sums, run->sums_pitch, &to);
  if (!plain)
    finish_tile (run, &to, whole, c, n);
}

static void
run_job (void *data, unsigned i, unsigned worker)
{
  const Run *run = data;
  const Winograd *self = run->self;
  size_t chunk = i % run->chunks, panel = i / run->chunks;
  size_t in = self->shape.in, filter = TAPS * SIAMBAN_PANEL;
  Job job = {
      .begin = run->n_tiles * chunk / run->chunks,
      .end = run->n_tiles * (chunk + 1) / run->chunks,
      .weight = run->jobs + worker * run->job_floats,
  };
  job.sums = job.weight + run->weight_floats;
  for (size_t row = 0; row < run->side; row++)
    for (size_t k = 0; k < in; k += run->block) {
      size_t n = MIN (run->block, in - k);
      run->kernels->weight (self->weight + (panel * in + k) * filter, n, row,
          job.weight, run->weight_pitch);
      multiply (run, row, &job, k, n);
    }
  for (size_t t = job.begin; t < job.end; t++)
    write_tile (
        run, &run->tiles[t], panel, job.sums + (t - job.begin) * SIAMBAN_PANEL);
}

static void
run (const void *data, const SiambanMaps *in, const SiambanMaps *residual,
    const SiambanMaps *out, void *scratch, SiambanTeam *team)
{
  Run run;
  plan (&run, data, in, out, siamban_team_size (team));
  run.residual = residual;
  run.tiles = scratch;
  run.input = (void *)((char *)scratch + tiles_size (&run));
  run.jobs = run.input + run.positions * run.input_pitch;
  list_tiles (&run);
  siamban_team_run (team, run.n_tiles, transform_input, &run);
  siamban_team_run (team, run.panels * run.chunks, run_job, &run);
}

const SiambanConvAlgorithm siamban_conv_winograd = {
    .name = "winograd",
    .level = SIAMBAN_CPU_SIMD,
    .suits = suits,
    .prepare = prepare,
    .free = winograd_free,
    .size = size,
    .scratch = scratch,
    .run = run,
};
