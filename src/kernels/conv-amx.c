/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <float.h>

#include "kernels/amx-dsp.h"
#include "kernels/bf16-dsp.h"
#include "kernels/conv-bf16.h"
#include "kernels/conv-int.h"

/* Products of tiles, which are so fast that Winograd's algorithm would only
 * keep them waiting. The input is converted once, with its padding around it:
 * then the pixels that a tap takes for outputs side by side lie at one distance
 * from each other, and outputs of a whole image do, if some between its rows
 * are computed that nobody wants. */

#define LINE            64
#define CACHE_BYTES     1703936 /* of the second level, 2 MiB in these CPUs */
#define JOBS_PER_THREAD 8
#define MAX_TAPS        49
#define MAX_TERMS       65536 /* times 255 * 127 is below 2^31 */

typedef struct
{
  SiambanConvShape shape;
  const SiambanAmxDsp *dsp;
  const SiambanIntDsp *to8;   /* of bytes, or NULL */
  const SiambanBf16Dsp *to16; /* of bfloat16, or NULL */
  size_t lanes;               /* input channels as packed */
  size_t run;                 /* bytes of them */
  guint8 *weight;
  float *scale;
  float *bias;
  float inverse, zero;
} Amx;

typedef struct
{
  const Amx *amx;
  const SiambanMaps *in, *residual, *out;
  guint8 *pixels;
  int skip;        /* input pixels from one that is used to the next */
  int stride, pad; /* among those used */
  size_t h, w;     /* of an image with its padding */
  size_t pitch;    /* bytes from one pixel to the next */
  size_t lines, length, units;  /* length: of a line; units: in a line */
  size_t panels, group, groups; /* group: panels of a job */
  size_t chunks;                /* of all units */
  size_t taps[MAX_TAPS];
} Run;

static gboolean
amx_suits (const SiambanConvShape *shape)
{
  gint64 taps = (gint64)shape->kernel * shape->kernel;

  return !shape->depthwise && shape->in >= SIAMBAN_PANEL &&
         shape->out >= SIAMBAN_PANEL && taps <= MAX_TAPS &&
         shape->in * taps <= MAX_TERMS;
}

/* A sigmoid's results are few and decide much. */
static gboolean
amx_suits16 (const SiambanConvShape *shape)
{
  return amx_suits (shape) && shape->act != SIAMBAN_ACT_SIGMOID;
}

static size_t
weight_size (const Amx *self)
{
  size_t taps = (size_t)self->shape.kernel * self->shape.kernel;

  return siamban_n_panels (&self->shape) * SIAMBAN_PANEL * taps * self->run;
}

static Amx *
amx_new (SiambanCpu cpu, const SiambanConvShape *shape, size_t value)
{
  Amx *self = g_new0 (Amx, 1);
  size_t out = siamban_n_panels (shape) * SIAMBAN_PANEL;

  self->shape = *shape;
  self->dsp = siamban_amx_dsp (cpu);
  self->run = siamban_round_up (shape->in * value, SIAMBAN_AMX_BYTES);
  self->lanes = self->run / value;
  self->weight = siamban_alloc (weight_size (self));
  self->scale = siamban_alloc_floats (out);
  self->bias = siamban_alloc_floats (out);
  memset (self->weight, 0, weight_size (self));
  return self;
}

static void *
amx_prepare8 (SiambanCpu cpu, const SiambanConvShape *shape,
    const SiambanRange *range, const float *weight, const float *bias)
{
  Amx *self = amx_new (cpu, shape, sizeof (gint8));
  SiambanSteps steps;

  self->to8 = siamban_int_dsp (cpu);
  steps = siamban_steps_of (range, self->to8);
  self->inverse = 1 / steps.step;
  self->zero = steps.zero;
  if (!weight)
    return self;
  memcpy (self->bias, bias, shape->out * sizeof *bias);
  siamban_pack_int8 (shape, self->to8, &steps, self->lanes, weight,
      (gint8 *)self->weight, self->scale, self->bias);
  return self;
}

static void *
amx_prepare16 (SiambanCpu cpu, const SiambanConvShape *shape,
    const float *weight, const float *bias)
{
  Amx *self = amx_new (cpu, shape, sizeof (guint16));

  self->to16 = siamban_bf16_dsp (cpu);
  if (!weight)
    return self;
  memcpy (self->bias, bias, shape->out * sizeof *bias);
  siamban_pack_bf16 (shape, self->lanes, weight, (guint16 *)self->weight);
  return self;
}

static void
amx_free (void *data)
{
  Amx *self = data;

  g_aligned_free (self->weight);
  g_aligned_free (self->scale);
  g_aligned_free (self->bias);
  g_free (self);
}

static guint
amx_parts (const void *data, SiambanPart *parts)
{
  const Amx *self = data;
  size_t out = siamban_n_panels (&self->shape) * SIAMBAN_PANEL;

  parts[0] = (SiambanPart){self->weight, weight_size (self)};
  parts[1] = (SiambanPart){self->bias, out * sizeof (float)};
  parts[2] = (SiambanPart){self->scale, out * sizeof (float)};
  return self->to8 ? 3 : 2;
}

/* Where outputs lie side by side. */
static void
plan_lines (Run *run)
{
  const SiambanMaps *out = run->out;

  if (run->stride == 1) {
    run->lines = out->n;
    run->length = (out->h - 1) * run->w + out->w;
  } else {
    run->lines = (size_t)out->n * out->h;
    run->length = out->w;
  }
  run->units = (run->length + SIAMBAN_AMX_PIXELS - 1) / SIAMBAN_AMX_PIXELS;
}

/* What the second-level cache has room for beside all pixels, or, where these
 * do not fit, most of it: they are read once for each group. */
static size_t
group_bytes (const Run *run)
{
  size_t pixels = run->in->n * run->h * run->w * run->pitch;

  return pixels < CACHE_BYTES / 4 * 3 ? CACHE_BYTES - pixels : CACHE_BYTES / 2;
}

static void
amx_plan (Run *run, const Amx *self, const SiambanMaps *in,
    const SiambanMaps *out, unsigned threads)
{
  const SiambanConvShape *shape = &self->shape;
  int n_taps = shape->kernel * shape->kernel;
  gboolean plain = shape->kernel == 1 && shape->pad == 0;

  *run = (Run){.amx = self, .in = in, .out = out};
  run->skip = plain ? shape->stride : 1;
  run->stride = plain ? 1 : shape->stride;
  run->pad = shape->pad;
  run->h = plain ? (size_t)out->h : (size_t)in->h + 2 * shape->pad;
  run->w = plain ? (size_t)out->w : (size_t)in->w + 2 * shape->pad;
  /* Off each other's sets. */
  run->pitch = self->run + (self->run % (8 * LINE) == 0 ? LINE : 0);
  for (int t = 0; t < n_taps; t++)
    run->taps[t] = shape->dilation * run->pitch *
                   (t / shape->kernel * run->w + t % shape->kernel);
  plan_lines (run);
  run->panels = siamban_n_panels (shape);
  run->group = group_bytes (run) / (self->run * n_taps * SIAMBAN_PANEL);
  run->group = CLAMP (run->group, SIAMBAN_AMX_PANELS, run->panels);
  run->group = siamban_round_up (run->group, SIAMBAN_AMX_PANELS);
  run->groups = (run->panels + run->group - 1) / run->group;
  run->chunks = threads == 1 ? 1
                             : CLAMP (threads * JOBS_PER_THREAD / run->groups,
                                   1, run->lines * run->units);
}

static size_t
amx_scratch (const void *data, const SiambanMaps *in, const SiambanMaps *out,
    unsigned threads)
{
  Run run;

  amx_plan (&run, data, in, out, threads);
  return (in->n * run.h * run.w + SIAMBAN_AMX_ROWS * run.stride) * run.pitch;
}

/* @n pixels of the padding. */
static void
amx_fill (const Run *run, guint8 *to, size_t n)
{
  memset (to, run->amx->to8 ? run->amx->zero : 0, n * run->pitch);
}

static void
convert_pixel (const Run *run, const float *from, guint8 *to)
{
  const Amx *self = run->amx;
  size_t n = run->in->ld;

  if (self->to8) {
    self->to8->quantise8 (from, n, self->inverse, self->zero, to);
    memset (to + n, 0, self->run - n);
  } else {
    self->to16->round (from, n, (guint16 *)to);
    memset (to + 2 * n, 0, self->run - 2 * n);
  }
}

/* A row of an image with its padding. */
static void
convert_row (void *data, unsigned i, unsigned worker)
{
  const Run *run = data;
  const SiambanMaps *in = run->in;
  size_t image = i / run->h, y = (i % run->h - run->pad) * run->skip;
  size_t inside = run->w - 2 * run->pad;
  guint8 *to = run->pixels + i * run->w * run->pitch;
  const float *from;

  (void)worker;
  if (y >= (size_t)in->h) { /* above, too */
    amx_fill (run, to, run->w);
    return;
  }
  amx_fill (run, to, run->pad);
  to += run->pad * run->pitch;
  from = in->data + (image * in->h + y) * in->w * in->ld;
  for (size_t x = 0; x < inside; x++, to += run->pitch)
    convert_pixel (run, from + x * run->skip * in->ld, to);
  amx_fill (run, to, run->pad);
}

/* Outputs of a unit, and which of the map's pixels they are: first..last-1. */
typedef struct
{
  float *c[SIAMBAN_AMX_PIXELS];
  const float *add[SIAMBAN_AMX_PIXELS];
  const guint8 *a;
  unsigned n;
  size_t first, last;
} Unit;

static void
place_outputs (const Run *run, Unit *unit, size_t line, size_t begin)
{
  const SiambanMaps *out = run->out, *residual = run->residual;
  size_t y = begin / run->w, x = begin % run->w;
  size_t row = line * (run->stride == 1 ? out->h : 1);

  unit->first = G_MAXSIZE;
  unit->last = 0;
  for (unsigned i = 0; i < unit->n; i++) {
    size_t pixel = (row + y) * out->w + x;
    gboolean wanted = x < (size_t)out->w;

    unit->c[i] = wanted ? out->data + pixel * out->ld : NULL;
    unit->add[i] = residual ? residual->data + pixel * residual->ld : NULL;
    if (wanted) {
      unit->first = MIN (unit->first, pixel);
      unit->last = pixel + 1;
    }
    if (++x == run->w) {
      x = 0;
      y++;
    }
  }
}

static void
find_unit (const Run *run, Unit *unit, size_t index)
{
  size_t line = index / run->units;
  size_t begin = index % run->units * SIAMBAN_AMX_PIXELS;
  size_t first = begin * run->stride;

  if (run->stride == 1)
    first += line * run->h * run->w;
  else
    first += (line / run->out->h * run->h + line % run->out->h * run->stride) *
             run->w;
  unit->a = run->pixels + first * run->pitch;
  unit->n = MIN (run->length - begin, SIAMBAN_AMX_PIXELS);
  place_outputs (run, unit, line, begin);
}

static void
run_unit (const Run *run, const Unit *unit, size_t panel, size_t last)
{
  const Amx *self = run->amx;
  size_t n_taps = (size_t)self->shape.kernel * self->shape.kernel;
  size_t b_panel = n_taps * self->run * SIAMBAN_PANEL;
  SiambanAmxGemm g = {
      .a = unit->a,
      .a_step = run->stride * run->pitch,
      .taps = run->taps,
      .n_taps = n_taps,
      .run = self->run,
      .b_panel = b_panel,
      .c = unit->c,
      .add = run->residual ? unit->add : NULL,
      .finish = siamban_act_finish (self->shape.act),
  };

  for (size_t p = panel; p < last; p += SIAMBAN_AMX_PANELS) {
    size_t n = MIN (last - p, SIAMBAN_AMX_PANELS);

    g.b = self->weight + p * b_panel;
    g.column = p * SIAMBAN_PANEL;
    g.scale = self->scale + g.column;
    g.bias = self->bias + g.column;
    if (self->to8)
      self->dsp->gemm8 (&g, unit->n, n);
    else
      self->dsp->gemm16 (&g, unit->n, n);
  }
  if (unit->first < unit->last)
    siamban_conv_complete (&self->shape, run->residual != NULL, run->out,
        unit->first, unit->last, panel, last);
}

static void
run_job (void *data, unsigned i, unsigned worker)
{
  const Run *run = data;
  size_t chunk = i % run->chunks, panel = i / run->chunks * run->group;
  size_t last = MIN (panel + run->group, run->panels);
  size_t n = run->lines * run->units;
  size_t begin = n * chunk / run->chunks, end = n * (chunk + 1) / run->chunks;
  Unit unit;

  (void)worker;
  run->amx->dsp->begin ();
  for (size_t u = begin; u < end; u++) {
    find_unit (run, &unit, u);
    run_unit (run, &unit, panel, last);
  }
  run->amx->dsp->end ();
}

static void
amx_run (const void *data, const SiambanMaps *in, const SiambanMaps *residual,
    const SiambanMaps *out, void *scratch, SiambanTeam *team)
{
  Run run;

  amx_plan (&run, data, in, out, siamban_team_size (team));
  run.residual = residual;
  run.pixels = scratch;
  siamban_team_run (team, in->n * run.h, convert_row, &run);
  siamban_team_run (team, run.groups * run.chunks, run_job, &run);
}

const SiambanIntAlgorithm siamban_conv_amx8 = {
    .base =
        {
            .name = "amx-int8",
            .level = SIAMBAN_CPU_AMX,
            .suits = amx_suits,
            .free = amx_free,
            .parts = amx_parts,
            .scratch = amx_scratch,
            .run = amx_run,
        },
    .needs_range = TRUE,
    .prepare = amx_prepare8,
};

const SiambanConvAlgorithm siamban_conv_amx16 = {
    .name = "amx-bf16",
    .level = SIAMBAN_CPU_AMX,
    .suits = amx_suits16,
    .prepare = amx_prepare16,
    .free = amx_free,
    .parts = amx_parts,
    .scratch = amx_scratch,
    .run = amx_run,
};
