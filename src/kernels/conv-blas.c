/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/blas.h"
#include "kernels/conv-private.h"

#include <string.h>

#include "base/locks.h"

typedef struct
{
  SiambanConvShape shape;
  int depth;     /* in, rounded up to 4: the image's pixels are 4 floats */
  float *weight; /* kernel x kernel x depth x out */
  float *bias;
} Blas;

typedef struct
{
  const Blas *blas;
  const SiambanMaps *in, *residual, *out;
  float *scratch;
  int chunks; /* of an image */
} Run;

static gboolean
blas_suits (const SiambanConvShape *shape)
{
  return !shape->depthwise && siamban_blas ();
}

static size_t
blas_columns (const Blas *blas)
{
  return (size_t)blas->shape.kernel * blas->shape.kernel * blas->depth;
}

static void *
blas_prepare (SiambanCpu cpu, const SiambanConvShape *shape,
    const float *weight, const float *bias)
{
  (void)cpu;
  Blas *blas = g_new (Blas, 1);
  size_t taps = (size_t)shape->kernel * shape->kernel;
  size_t in = shape->in, out = shape->out;
  blas->shape = *shape;
  blas->depth = siamban_round_up (in, 4);
  blas->bias = g_new (float, out);
  blas->weight = g_new0 (float, blas_columns (blas) * out);
  if (!weight)
    return blas;
  memcpy (blas->bias, bias, out * sizeof *bias);
  for (size_t o = 0; o < out; o++)
    for (size_t i = 0; i < in; i++)
      for (size_t t = 0; t < taps; t++)
        blas->weight[(t * blas->depth + i) * out + o] = *weight++;
  return blas;
}

static void
blas_free (void *self)
{
  Blas *blas = self;

  g_free (blas->weight);
  g_free (blas->bias);
  g_free (blas);
}

static guint
blas_parts (const void *data, SiambanPart *parts)
{
  const Blas *self = data;
  size_t row = self->shape.out * sizeof (float);

  parts[0] = (SiambanPart){self->weight, blas_columns (self) * row};
  parts[1] = (SiambanPart){self->bias, row};
  return 2;
}

/* The same for any team and batch, so that each product has the same shape
 * and its sums the same order. */
static int
n_chunks (const SiambanMaps *out)
{
  int chunks = out->h * out->w / 240;

  return CLAMP (chunks + chunks % 2, 1, out->h);
}

static gboolean
is_direct (const SiambanConvShape *shape)
{
  return shape->kernel == 1 && shape->stride == 1 && shape->pad == 0;
}

static size_t
worker_scratch (const Blas *blas, const SiambanMaps *out)
{
  size_t rows = out->h / n_chunks (out) + 1;

  return siamban_round_up (rows * out->w * blas_columns (blas), SIAMBAN_LANES);
}

static size_t
scratch_size (const void *self, const SiambanMaps *in, const SiambanMaps *out,
    unsigned threads)
{
  (void)in;
  const Blas *blas = self;
  if (is_direct (&blas->shape))
    return 0;
  return threads * worker_scratch (blas, out) * sizeof (float);
}

/* One row of taps of the pixels of one output row, @ld floats apart. */
static void
gather_row (const Blas *blas, const SiambanMaps *in, int image, int row,
    int width, float *to, size_t ld)
{
  const SiambanConvShape *shape = &blas->shape;
  size_t depth = blas->depth, bytes = depth * sizeof *to;
  const float *from = in->data + ((size_t)image * in->h + row) * in->w * in->ld;

  for (int x = 0; x < width; x++, to += ld)
    for (int t = 0; t < shape->kernel; t++) {
      int column = x * shape->stride - shape->pad + t * shape->dilation;

      if (column < 0 || column >= in->w)
        memset (to + t * depth, 0, bytes);
      else
        memcpy (to + t * depth, from + (size_t)column * in->ld, bytes);
    }
}

static void
blas_gather (const Blas *blas, const SiambanMaps *in, const SiambanMaps *out,
    int image, int begin, int end, float *to)
{
  const SiambanConvShape *shape = &blas->shape;
  size_t ld = blas_columns (blas), taps = (size_t)shape->kernel * blas->depth;

  for (int y = begin; y < end; y++, to += out->w * ld)
    for (int t = 0; t < shape->kernel; t++) {
      int row = y * shape->stride - shape->pad + t * shape->dilation;

      if (row >= 0 && row < in->h) {
        gather_row (blas, in, image, row, out->w, to + t * taps, ld);
        continue;
      }
      for (int x = 0; x < out->w; x++)
        memset (to + x * ld + t * taps, 0, taps * sizeof *to);
    }
}

static void
blas_multiply (
    const Blas *blas, int pixels, const float *a, int lda, float *c, int ldc)
{
  const SiambanBlas *lib = siamban_blas ();
  int n = blas->shape.out;

  if (lib->serial)
    g_mutex_lock (&siamban_locks[SIAMBAN_LOCK_BLAS]);
  lib->sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, pixels, n,
      blas_columns (blas), 1, a, lda, blas->weight, n, 1, c, ldc);
  if (lib->serial)
    g_mutex_unlock (&siamban_locks[SIAMBAN_LOCK_BLAS]);
}

static void
run_chunk (void *data, unsigned i, unsigned worker)
{
  const Run *run = data;
  const Blas *blas = run->blas;
  const SiambanConvShape *shape = &blas->shape;
  const SiambanMaps *in = run->in, *out = run->out;
  int image = i / run->chunks, chunk = i % run->chunks;
  int top = out->h * chunk / run->chunks;
  int bottom = out->h * (chunk + 1) / run->chunks;
  size_t begin = ((size_t)image * out->h + top) * out->w;
  size_t end = begin + (size_t)(bottom - top) * out->w;
  const float *a = in->data + begin * in->ld;
  size_t lda = in->ld;

  if (!is_direct (shape)) {
    float *columns_of = run->scratch + worker * worker_scratch (blas, out);

    lda = blas_columns (blas);
    blas_gather (blas, in, out, image, top, bottom, columns_of);
    a = columns_of;
  }
  siamban_conv_start (shape, blas->bias, run->residual, out, begin, end);
  blas_multiply (
      blas, end - begin, a, lda, out->data + begin * out->ld, out->ld);
  siamban_conv_activate (shape, out, begin, end);
}

static void
blas_run (const void *self, const SiambanMaps *in, const SiambanMaps *residual,
    const SiambanMaps *out, void *scratch, SiambanTeam *team)
{
  Run r = {self, in, residual, out, scratch, n_chunks (out)};

  siamban_team_run (team, (unsigned)out->n * r.chunks, run_chunk, &r);
}

const SiambanConvAlgorithm siamban_conv_blas = {
    .name = "blas",
    .level = SIAMBAN_CPU_BLAS,
    .suits = blas_suits,
    .prepare = blas_prepare,
    .free = blas_free,
    .parts = blas_parts,
    .scratch = scratch_size,
    .run = blas_run,
};
