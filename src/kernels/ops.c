/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "kernels/conv-private.h"
#include "kernels/ops-private.h"

static void
raise_to (float *restrict to, const float *restrict x, int n)
{
  for (int k = 0; k < n; k++)
    to[k] = to[k] > x[k] ? to[k] : x[k];
}

static void
add_product (
    float *restrict to, const float *restrict a, const float *restrict b, int n)
{
  for (int k = 0; k < n; k++)
    to[k] += a[k] * b[k];
}

static void
pool_pixel (const SiambanOpArgs *args, const SiambanMaps *in, int image, int y,
    int x, float *to, int n)
{
  int top = y * args->stride - args->pad, left = x * args->stride - args->pad;

  for (int k = 0; k < n; k++)
    to[k] = -INFINITY;
  for (int row = MAX (top, 0); row < MIN (top + args->kernel, in->h); row++)
    for (int column = MAX (left, 0); column < MIN (left + args->kernel, in->w);
         column++)
      raise_to (to,
          siamban_map_row (in, image * in->h + row) + (size_t)column * in->ld,
          n);
}

static void
max_pool (const SiambanOpArgs *args, const SiambanMaps *in, int n_in,
    const SiambanMaps *out, int begin, int end)
{
  (void)n_in;
  for (int i = begin; i < end; i++) {
    float *to = siamban_map_row (out, i);

    for (int x = 0; x < out->w; x++, to += out->ld) {
      pool_pixel (args, in, i / out->h, i % out->h, x, to, out->c);
      siamban_zero_behind (out, to);
    }
  }
}

static void
mean_of_lanes (const float *from, size_t pixels, size_t ld, float *to, int n)
{
  double sum[SIAMBAN_LANES] = {0};

  for (size_t i = 0; i < pixels; i++, from += ld)
    for (int k = 0; k < n; k++)
      sum[k] += from[k];
  for (int k = 0; k < n; k++)
    to[k] = sum[k] / pixels;
}

static void
ops_mean (const SiambanOpArgs *args, const SiambanMaps *in, int n_in,
    const SiambanMaps *out, int begin, int end)
{
  (void)args;
  (void)n_in;
  for (int i = begin; i < end; i++) {
    float *to = siamban_map_row (out, i);

    for (int k = 0; k < out->c; k += SIAMBAN_LANES)
      mean_of_lanes (siamban_map_row (in, i * in->h) + k, (size_t)in->h * in->w,
          in->ld, to + k, MIN (out->c - k, SIAMBAN_LANES));
    siamban_zero_behind (out, to);
  }
}

static void
scale_pixel (float *restrict to, const float *restrict x,
    const float *restrict scale, int n)
{
  for (int k = 0; k < n; k++)
    to[k] = x[k] * scale[k];
}

static void
ops_scale (const SiambanOpArgs *args, const SiambanMaps *in, int n_in,
    const SiambanMaps *out, int begin, int end)
{
  (void)n_in;
  for (int i = begin; i < end; i++) {
    const float *from = siamban_map_row (&in[0], i),
                *by = siamban_map_row (&in[1], i / out->h);
    float *to = siamban_map_row (out, i);

    for (int x = 0; x < out->w; x++, from += in->ld, to += out->ld) {
      scale_pixel (to, from, by, out->c);
      siamban_activate (args->act, to, out->c);
      siamban_zero_behind (out, to);
    }
  }
}

static void
copy_pixels (
    const SiambanMaps *out, float *to, const float *from, int ld, int n)
{
  for (int x = 0; x < out->w; x++, from += ld, to += out->ld)
    memcpy (to, from, n * sizeof *to);
}

static void
ops_crop (const SiambanOpArgs *args, const SiambanMaps *in, int n_in,
    const SiambanMaps *out, int begin, int end)
{
  (void)n_in;
  for (int i = begin; i < end; i++) {
    int row = i / out->h * in->h + i % out->h + args->top;
    float *to = siamban_map_row (out, i);

    copy_pixels (out, to,
        siamban_map_row (in, row) + (size_t)args->left * in->ld, in->ld,
        out->c);
    for (int x = 0; x < out->w; x++)
      siamban_zero_behind (out, to + (size_t)x * out->ld);
  }
}

static void
ops_concat (const SiambanOpArgs *args, const SiambanMaps *in, int n_in,
    const SiambanMaps *out, int begin, int end)
{
  (void)args;
  for (int i = begin; i < end; i++) {
    float *to = siamban_map_row (out, i);

    for (int k = 0, c = 0; k < n_in; c += in[k++].c)
      copy_pixels (out, to + c, siamban_map_row (&in[k], i), in[k].ld, in[k].c);
    for (int x = 0; x < out->w; x++)
      siamban_zero_behind (out, to + (size_t)x * out->ld);
  }
}

static void
correlate_pixel (const SiambanMaps *z, const SiambanMaps *in, int image,
    int top, int left, float *to, int n)
{
  memset (to, 0, n * sizeof *to);
  for (int i = MAX (0, -top); i < MIN (z->h, in->h - top); i++) {
    const float *filter = siamban_map_row (z, image * z->h + i);
    const float *from = siamban_map_row (in, image * in->h + top + i);

    for (int j = MAX (0, -left); j < MIN (z->w, in->w - left); j++)
      add_product (to, filter + (size_t)j * z->ld,
          from + (size_t)(left + j) * in->ld, n);
  }
}

static void
xcorr_depthwise (const SiambanOpArgs *args, const SiambanMaps *in, int n_in,
    const SiambanMaps *out, int begin, int end)
{
  (void)n_in;
  for (int i = begin; i < end; i++) {
    float *to = siamban_map_row (out, i);

    for (int x = 0; x < out->w; x++, to += out->ld) {
      correlate_pixel (&in[0], &in[1], i / out->h, i % out->h - args->pad,
          x - args->pad, to, out->c);
      siamban_zero_behind (out, to);
    }
  }
}

static float
ops_dot (const float *a, const float *b, int n)
{
  float lanes[SIAMBAN_LANES] = {0}, sum = 0;
  int k = 0;

  for (; k + SIAMBAN_LANES <= n; k += SIAMBAN_LANES)
    add_product (lanes, a + k, b + k, SIAMBAN_LANES);
  for (int i = 0; k + i < n; i++)
    lanes[i] += a[k + i] * b[k + i];
  for (int i = 0; i < SIAMBAN_LANES; i++)
    sum += lanes[i];
  return sum;
}

static void
xcorr_pixelwise (const SiambanOpArgs *args, const SiambanMaps *in, int n_in,
    const SiambanMaps *out, int begin, int end)
{
  (void)args;
  (void)n_in;
  const SiambanMaps *z = &in[0];
  for (int i = begin; i < end; i++) {
    const float *filters = siamban_map_row (z, i / out->h * z->h);
    const float *from = siamban_map_row (&in[1], i);
    float *to = siamban_map_row (out, i);

    for (int x = 0; x < out->w; x++, from += in[1].ld, to += out->ld) {
      for (int k = 0; k < out->c; k++)
        to[k] = ops_dot (from, filters + (size_t)k * z->ld, z->c);
      siamban_zero_behind (out, to);
    }
  }
}

static void
ops_exponential (const SiambanOpArgs *args, const SiambanMaps *in, int n_in,
    const SiambanMaps *out, int begin, int end)
{
  (void)n_in;
  for (int i = begin; i < end; i++) {
    const float *from = siamban_map_row (in, i);
    float *to = siamban_map_row (out, i);

    for (int x = 0; x < out->w; x++, from += in->ld, to += out->ld) {
      for (int k = 0; k < out->c; k++)
        to[k] = expf (from[k] * args->factor);
      siamban_zero_behind (out, to);
    }
  }
}

static void
add_scaled (float *restrict to, const float *restrict x, float weight, int n)
{
  for (int k = 0; k < n; k++)
    to[k] += x[k] * weight;
}

static void
weighted_sum (const SiambanOpArgs *args, const SiambanMaps *in, int n_in,
    const SiambanMaps *out, int begin, int end)
{
  for (int i = begin; i < end; i++) {
    float *to = siamban_map_row (out, i);

    memset (to, 0, (size_t)out->w * out->ld * sizeof *to);
    for (int k = 0; k < n_in; k++) {
      const float *from = siamban_map_row (&in[k], i);

      for (int x = 0; x < out->w; x++)
        add_scaled (to + (size_t)x * out->ld, from + (size_t)x * in[k].ld,
            args->weights[k], out->c);
    }
  }
}

static const SiambanOpRows rows_in_c[] = {
    [SIAMBAN_OP_MAX_POOL] = max_pool,
    [SIAMBAN_OP_MEAN] = ops_mean,
    [SIAMBAN_OP_SCALE] = ops_scale,
    [SIAMBAN_OP_CROP] = ops_crop,
    [SIAMBAN_OP_CONCAT] = ops_concat,
    [SIAMBAN_OP_XCORR_DEPTHWISE] = xcorr_depthwise,
    [SIAMBAN_OP_XCORR_PIXELWISE] = xcorr_pixelwise,
    [SIAMBAN_OP_EXP] = ops_exponential,
    [SIAMBAN_OP_WEIGHTED_SUM] = weighted_sum,
};

SiambanOpRows
siamban_op_rows (SiambanCpu level, SiambanOp op)
{
  SiambanOpRows rows = siamban_op_rows_simd (level, op);

  return rows ? rows : rows_in_c[op];
}

void
siamban_row_from_planes (const float *planes, const SiambanMaps *out, int row)
{
  size_t plane = (size_t)out->h * out->w;
  const float *from = planes + (size_t)(row % out->h) * out->w;
  float *to = siamban_map_row (out, row);

  if (out->c == 3 && out->ld == 4) {
    for (int x = 0; x < out->w; x++, to += 4) {
      to[0] = from[x];
      to[1] = from[plane + x];
      to[2] = from[2 * plane + x];
      to[3] = 0;
    }
    return;
  }
  for (int x = 0; x < out->w; x++, to += out->ld) {
    for (int k = 0; k < out->c; k++)
      to[k] = from[k * plane + x];
    siamban_zero_behind (out, to);
  }
}

void
siamban_row_from_pixels (const guint8 *pixels, const SiambanMaps *out, int row)
{
  const guint8 *from = pixels + (size_t)(row % out->h) * out->w * out->c;
  float *to = siamban_map_row (out, row);

  if (out->c == 3 && out->ld == 4) {
    for (int x = 0; x < out->w; x++, from += 3, to += 4) {
      to[0] = from[0];
      to[1] = from[1];
      to[2] = from[2];
      to[3] = 0;
    }
    return;
  }
  for (int x = 0; x < out->w; x++, from += out->c, to += out->ld) {
    for (int k = 0; k < out->c; k++)
      to[k] = from[k];
    siamban_zero_behind (out, to);
  }
}

void
siamban_row_to_planes (const SiambanMaps *in, int row, float *planes)
{
  size_t plane = (size_t)in->h * in->w;
  const float *from = siamban_map_row (in, row);
  float *to = planes + (size_t)(row % in->h) * in->w;

  for (int x = 0; x < in->w; x++, from += in->ld)
    for (int k = 0; k < in->c; k++)
      to[k * plane + x] = from[k];
}

void
siamban_row_to_pixels (const SiambanMaps *in, int row, float *pixels)
{
  const float *from = siamban_map_row (in, row);
  float *to = pixels + (size_t)row * in->w * in->c;

  for (int x = 0; x < in->w; x++, from += in->ld, to += in->c)
    memcpy (to, from, in->c * sizeof *to);
}
