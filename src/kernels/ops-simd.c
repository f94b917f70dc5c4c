/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "kernels/conv-private.h"
#include "kernels/depthwise.h"
#include "kernels/ops-private.h"

/* Channels of the template, and pixels, at a time. */
#define DEPTH    128
#define PIXELS   48
#define SUMMANDS 64

static void
simd_correlate (const SiambanDsp *dsp, const SiambanOpArgs *args,
    const SiambanMaps *in, const SiambanMaps *out, int begin, int end)
{
  const SiambanMaps *z = &in[0];
  SiambanWindow window = {
      .dsp = dsp,
      .in = &in[1],
      .out = out,
      .h = z->h,
      .w = z->w,
      .stride = 1,
      .pad = args->pad,
      .dilation = 1,
      .weight_pitch = z->ld,
      .finish = siamban_act_finish (SIAMBAN_ACT_NONE),
  };

  for (int i = begin; i < end;) {
    int image = i / out->h, next = MIN ((image + 1) * out->h, end);

    window.weight = siamban_map_row (z, image * z->h);
    siamban_window_run (&window, image, i - image * out->h,
        next - image * out->h, 0, out->ld / SIAMBAN_PANEL);
    i = next;
  }
  for (int x = 0; x < (end - begin) * out->w; x++)
    siamban_zero_behind (
        out, siamban_map_row (out, begin) + (size_t)x * out->ld);
}

/* Channels k..k+n-1 of up to SIAMBAN_PANEL of the template's pixels, pixels
 * innermost; 0 for those that there are not. */
static void
pack_panel (
    const SiambanMaps *z, const float *pixels, int n_pixels, int n, float *b)
{
  memset (b, 0, sizeof (float) * SIAMBAN_PANEL * n);
  for (int i = 0; i < n_pixels; i++)
    for (int k = 0; k < n; k++)
      b[k * SIAMBAN_PANEL + i] = pixels[(size_t)i * z->ld + k];
}

/* @all: what @pixels pixels, at @x, would be at once. */
static void
multiply_panel (const SiambanDsp *dsp, const float *x, size_t ld, int pixels,
    const SiambanGemm *all)
{
  const float *rows[PIXELS + SIAMBAN_ROWS_AHEAD];
  SiambanGemm g = *all;

  g.rows = rows;
  for (int i = 0; i < pixels; i += PIXELS) {
    for (int r = 0; r < PIXELS + SIAMBAN_ROWS_AHEAD; r++)
      rows[r] = x + (size_t)MIN (i + r, pixels - 1) * ld;
    g.c = all->c + (size_t)i * g.ldc;
    g.add = g.bias ? NULL : g.c;
    dsp->gemm (&g, MIN (pixels - i, PIXELS), 1);
  }
}

/* Rows of one image. */
static void
match_rows (const SiambanDsp *dsp, const SiambanMaps *in,
    const SiambanMaps *out, int begin, int end)
{
  static const float zeros[SIAMBAN_PANEL];
  _Alignas(SIAMBAN_ALIGN) float b[DEPTH * SIAMBAN_PANEL];
  const SiambanMaps *z = &in[0];
  const float *filters = siamban_map_row (z, begin / out->h * z->h);

  for (int first = 0; first < out->c; first += SIAMBAN_PANEL)
    for (int k = 0; k < z->c; k += DEPTH) {
      int n = MIN (z->c - k, DEPTH);
      SiambanGemm g = {
          .n_segments = 1,
          .run = n,
          .b = b,
          .c = siamban_map_row (out, begin) + first,
          .ldc = out->ld,
          .ld_add = out->ld,
          .bias = k ? NULL : zeros,
          .finish = siamban_act_finish (SIAMBAN_ACT_NONE),
      };

      pack_panel (z, filters + (size_t)first * z->ld + k,
          MIN (out->c - first, SIAMBAN_PANEL), n, b);
      multiply_panel (dsp, siamban_map_row (&in[1], begin) + k, in[1].ld,
          (end - begin) * out->w, &g);
    }
  for (int x = 0; x < (end - begin) * out->w; x++)
    siamban_zero_behind (
        out, siamban_map_row (out, begin) + (size_t)x * out->ld);
}

static void
simd_match (const SiambanDsp *dsp, const SiambanMaps *in,
    const SiambanMaps *out, int begin, int end)
{
  while (begin < end) {
    int next = MIN ((begin / out->h + 1) * out->h, end);

    match_rows (dsp, in, out, begin, next);
    begin = next;
  }
}

/* Its pixels are too narrow for a panel. */
static gboolean
is_image (const SiambanMaps *maps)
{
  return maps->ld < SIAMBAN_PANEL;
}

static void
simd_scale (const SiambanDsp *dsp, const SiambanOpArgs *args,
    const SiambanMaps *in, const SiambanMaps *out, int begin, int end)
{
  const SiambanFinish finish = siamban_act_finish (args->act);

  if (is_image (in)) {
    siamban_op_rows (SIAMBAN_CPU_C, SIAMBAN_OP_SCALE) (
        args, in, 2, out, begin, end);
    return;
  }
  for (int i = begin; i < end;) {
    int image = i / out->h, next = MIN ((image + 1) * out->h, end);
    float *to = siamban_map_row (out, i);
    size_t pixels = (size_t)(next - i) * out->w;

    dsp->scale (siamban_map_row (&in[0], i), siamban_map_row (&in[1], image),
        out->ld, pixels, &finish, to);
    if (args->act == SIAMBAN_ACT_SIGMOID)
      siamban_activate (args->act, to, pixels * out->ld);
    for (size_t x = 0; x < pixels; x++)
      siamban_zero_behind (out, to + x * out->ld);
    i = next;
  }
}

/* Few enough at a time for floats, all together in doubles. */
static void
mean_of_panel (
    const SiambanDsp *dsp, const float *x, size_t pixels, size_t ld, float *to)
{
  double all[SIAMBAN_PANEL] = {0};
  float some[SIAMBAN_PANEL];

  for (size_t i = 0; i < pixels; i += SUMMANDS) {
    dsp->sum (x + i * ld, ld, MIN (pixels - i, SUMMANDS), some);
    for (int k = 0; k < SIAMBAN_PANEL; k++)
      all[k] += some[k];
  }
  for (int k = 0; k < SIAMBAN_PANEL; k++)
    to[k] = all[k] / pixels;
}

static void
simd_mean (const SiambanDsp *dsp, const SiambanOpArgs *args,
    const SiambanMaps *in, const SiambanMaps *out, int begin, int end)
{
  if (is_image (in)) {
    siamban_op_rows (SIAMBAN_CPU_C, SIAMBAN_OP_MEAN) (
        args, in, 1, out, begin, end);
    return;
  }
  for (int i = begin; i < end; i++) {
    float *to = siamban_map_row (out, i);

    for (int k = 0; k < out->ld; k += SIAMBAN_PANEL)
      mean_of_panel (dsp, siamban_map_row (in, i * in->h) + k,
          (size_t)in->h * in->w, in->ld, to + k);
    siamban_zero_behind (out, to);
  }
}

/* An operation is not told its level: it has a function a table. */
#define OPS(NAME)                                                              \
  static void correlate_##NAME (const SiambanOpArgs *args,                     \
      const SiambanMaps *in, int n_in, const SiambanMaps *out, int begin,      \
      int end)                                                                 \
  {                                                                            \
    (void)n_in;                                                                \
    simd_correlate (&siamban_dsp_##NAME, args, in, out, begin, end);           \
  }                                                                            \
                                                                               \
  static void match_##NAME (const SiambanOpArgs *args, const SiambanMaps *in,  \
      int n_in, const SiambanMaps *out, int begin, int end)                    \
  {                                                                            \
    (void)args;                                                                \
    (void)n_in;                                                                \
    simd_match (&siamban_dsp_##NAME, in, out, begin, end);                     \
  }                                                                            \
                                                                               \
  static void scale_##NAME (const SiambanOpArgs *args, const SiambanMaps *in,  \
      int n_in, const SiambanMaps *out, int begin, int end)                    \
  {                                                                            \
    (void)n_in;                                                                \
    simd_scale (&siamban_dsp_##NAME, args, in, out, begin, end);               \
  }                                                                            \
                                                                               \
  static void mean_##NAME (const SiambanOpArgs *args, const SiambanMaps *in,   \
      int n_in, const SiambanMaps *out, int begin, int end)                    \
  {                                                                            \
    (void)n_in;                                                                \
    simd_mean (&siamban_dsp_##NAME, args, in, out, begin, end);                \
  }                                                                            \
                                                                               \
  static SiambanOpRows rows_##NAME (SiambanOp op)                              \
  {                                                                            \
    switch (op) {                                                              \
      case SIAMBAN_OP_XCORR_DEPTHWISE:                                         \
        return correlate_##NAME;                                               \
      case SIAMBAN_OP_XCORR_PIXELWISE:                                         \
        return match_##NAME;                                                   \
      case SIAMBAN_OP_SCALE:                                                   \
        return scale_##NAME;                                                   \
      case SIAMBAN_OP_MEAN:                                                    \
        return mean_##NAME;                                                    \
      default:                                                                 \
        return NULL;                                                           \
    }                                                                          \
  }

#ifdef SIAMBAN_HAVE_SSE42
OPS (sse42)
#endif
#ifdef SIAMBAN_HAVE_AVX2
OPS (avx2)
#endif
#ifdef SIAMBAN_HAVE_AVX512
OPS (avx512)
#endif
#ifdef SIAMBAN_HAVE_NEON
OPS (neon)
#endif

SiambanOpRows
siamban_op_rows_simd (SiambanCpu level, SiambanOp op)
{
#ifdef SIAMBAN_HAVE_AVX512
  if (level >= SIAMBAN_CPU_AVX512)
    return rows_avx512 (op);
#endif
#ifdef SIAMBAN_HAVE_AVX2
  if (level >= SIAMBAN_CPU_AVX2)
    return rows_avx2 (op);
#endif
#ifdef SIAMBAN_HAVE_SSE42
  if (level >= SIAMBAN_CPU_SSE42)
    return rows_sse42 (op);
#endif
#ifdef SIAMBAN_HAVE_NEON
  if (level >= SIAMBAN_CPU_NEON)
    return rows_neon (op);
#endif
  (void)level;
  (void)op;
  return NULL;
}
