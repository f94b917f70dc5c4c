/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/conv-private.h"

/* The first convolution: a few rows of the image at a time become floats, three
 * a pixel and with the padding around them, so that a row of taps is one run.
 */

#define LANES 3
/* Output rows of a job, which share input rows. */
#define BAND 4

typedef struct
{
  SiambanConvShape shape;
  const SiambanDsp *dsp;
  float *weight; /* panel x tap x lane x SIAMBAN_PANEL */
  float *bias;
} Stem;

typedef struct
{
  const Stem *stem;
  const guint8 *const *bytes; /* an image each, or NULL: @in has values */
  const SiambanMaps *in, *residual, *out;
  int bands; /* of an image */
  size_t line, lines_size, rows_size;
  float *lines;       /* lines_size floats a worker */
  const float **rows; /* rows_size pointers a worker */
} Run;

static gboolean
stem_suits (const SiambanConvShape *shape)
{
  return !shape->depthwise && shape->in == LANES && shape->dilation == 1;
}

static size_t
panel_floats (const SiambanConvShape *shape)
{
  return (size_t)shape->kernel * shape->kernel * LANES * SIAMBAN_PANEL;
}

static void *
stem_prepare (SiambanCpu cpu, const SiambanConvShape *shape,
    const float *weight, const float *bias)
{
  Stem *self = g_new0 (Stem, 1);
  size_t panels = siamban_n_panels (shape), panel = panel_floats (shape);
  size_t taps = (size_t)shape->kernel * shape->kernel;

  self->shape = *shape;
  self->dsp = siamban_dsp (cpu);
  self->weight = siamban_alloc_floats (panels * panel);
  self->bias = siamban_alloc_floats (panels * SIAMBAN_PANEL);
  if (!weight)
    return self;
  memcpy (self->bias, bias, shape->out * sizeof *bias);
  for (int o = 0; o < shape->out; o++)
    for (int i = 0; i < LANES; i++)
      for (size_t t = 0; t < taps; t++)
        self->weight[o / SIAMBAN_PANEL * panel +
                     (t * LANES + i) * SIAMBAN_PANEL + o % SIAMBAN_PANEL] =
            *weight++;
  return self;
}

static void
stem_free (void *data)
{
  Stem *self = data;

  g_aligned_free (self->weight);
  g_aligned_free (self->bias);
  g_free (self);
}

static guint
stem_parts (const void *data, SiambanPart *parts)
{
  const Stem *self = data;
  size_t panels = siamban_n_panels (&self->shape);

  parts[0] = (SiambanPart){
      self->weight, panels * panel_floats (&self->shape) * sizeof (float)};
  parts[1] = (SiambanPart){self->bias, panels * SIAMBAN_PANEL * sizeof (float)};
  return 2;
}

static void
stem_plan (
    Run *run, const Stem *self, const SiambanMaps *in, const SiambanMaps *out)
{
  const SiambanConvShape *shape = &self->shape;

  run->stem = self;
  run->in = in;
  run->out = out;
  run->bands = (out->h + BAND - 1) / BAND;
  run->line = (size_t)(in->w + 2 * shape->pad) * LANES;
  run->lines_size = siamban_round_up (
      run->line * ((BAND - 1) * shape->stride + shape->kernel), SIAMBAN_LANES);
  run->rows_size = (size_t)out->w * shape->kernel + SIAMBAN_ROWS_AHEAD;
}

static size_t
stem_scratch (const void *data, const SiambanMaps *in, const SiambanMaps *out,
    unsigned threads)
{
  Run run;

  stem_plan (&run, data, in, out);
  return threads *
         (run.lines_size * sizeof (float) + run.rows_size * sizeof (float *));
}

/* Row @y of image @image without its padding. */
static void
read_row (const Run *run, int image, int y, float *line)
{
  const SiambanMaps *in = run->in;

  if (run->bytes) {
    size_t n = (size_t)in->w * LANES;

    run->stem->dsp->widen (run->bytes[image] + y * n, n, line);
    return;
  }
  const float *from = in->data + ((size_t)image * in->h + y) * in->w * in->ld;
  for (int x = 0; x < in->w; x++, from += in->ld, line += LANES)
    memcpy (line, from, LANES * sizeof *line);
}

/* @n rows from row @top, in which those outside the image count. */
static void
read_rows (const Run *run, int image, int top, int n, float *line)
{
  size_t border = (size_t)run->stem->shape.pad * LANES;

  for (int y = top; y < top + n; y++, line += run->line) {
    if (y < 0 || y >= run->in->h) {
      memset (line, 0, run->line * sizeof *line);
      continue;
    }
    memset (line, 0, border * sizeof *line);
    read_row (run, image, y, line + border);
    memset (line + run->line - border, 0, border * sizeof *line);
  }
}

/* Rows of taps for the first row of output. */
static void
stem_point (const Run *run, const float *lines, const float **rows)
{
  const SiambanConvShape *shape = &run->stem->shape;

  for (int s = 0; s < shape->kernel; s++)
    for (int x = 0; x < run->out->w; x++)
      *rows++ = lines + s * run->line + (size_t)x * shape->stride * LANES;
  for (int i = 0; i < SIAMBAN_ROWS_AHEAD; i++)
    *rows++ = lines;
}

static void
run_job (void *data, unsigned i, unsigned worker)
{
  const Run *run = data;
  const Stem *self = run->stem;
  const SiambanConvShape *shape = &self->shape;
  const SiambanMaps *out = run->out, *residual = run->residual;
  float *lines = run->lines + worker * run->lines_size;
  const float **rows = run->rows + worker * run->rows_size;
  int image = i / run->bands, y = i % run->bands * BAND;
  int n = MIN (BAND, out->h - y), run_length = shape->kernel * LANES;
  size_t at = ((size_t)image * out->h + y) * out->w;
  size_t panels = siamban_n_panels (shape);
  SiambanGemm g = {
      .rows = rows,
      .pitch = out->w,
      .n_segments = shape->kernel,
      .run = run_length,
      .b = self->weight,
      .b_pitch = (size_t)run_length * SIAMBAN_PANEL,
      .b_panel = panel_floats (shape),
      .c = out->data + at * out->ld,
      .ldc = out->ld,
      .bias = self->bias,
      .add = residual ? residual->data + at * residual->ld : NULL,
      .ld_add = residual ? residual->ld : 0,
      .finish = siamban_act_finish (shape->act),
  };

  read_rows (run, image, y * shape->stride - shape->pad,
      (n - 1) * shape->stride + shape->kernel, lines);
  stem_point (run, lines, rows);
  for (int row = 0; row < n; row++) {
    self->dsp->gemm (&g, out->w, panels);
    g.offset += shape->stride * run->line;
    g.c += (size_t)out->w * out->ld;
    if (residual)
      g.add += (size_t)out->w * residual->ld;
  }
  siamban_conv_complete (
      shape, residual != NULL, out, at, at + (size_t)n * out->w, 0, panels);
}

static void
run_any (const Stem *self, const guint8 *const *bytes, const SiambanMaps *in,
    const SiambanMaps *residual, const SiambanMaps *out, void *scratch,
    SiambanTeam *team)
{
  Run run;

  stem_plan (&run, self, in, out);
  run.bytes = bytes;
  run.residual = residual;
  run.lines = scratch;
  run.rows = (void *)(run.lines + siamban_team_size (team) * run.lines_size);
  siamban_team_run (team, (unsigned)out->n * run.bands, run_job, &run);
}

static void
stem_run (const void *self, const SiambanMaps *in, const SiambanMaps *residual,
    const SiambanMaps *out, void *scratch, SiambanTeam *team)
{
  run_any (self, NULL, in, residual, out, scratch, team);
}

static void
run_bytes (const void *self, const guint8 *const *images, const SiambanMaps *in,
    const SiambanMaps *out, void *scratch, SiambanTeam *team)
{
  run_any (self, images, in, NULL, out, scratch, team);
}

const SiambanConvAlgorithm siamban_conv_stem = {
    .name = "stem",
    .level = SIAMBAN_CPU_SIMD,
    .suits = stem_suits,
    .prepare = stem_prepare,
    .free = stem_free,
    .parts = stem_parts,
    .scratch = stem_scratch,
    .run = stem_run,
    .run_bytes = run_bytes,
};
