/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_DSP_H
#define SIAMBAN_DSP_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/cpu.h"

/* The lowest level that has a table on this architecture. */
#ifdef __aarch64__
#define SIAMBAN_CPU_SIMD SIAMBAN_CPU_NEON
#else
#define SIAMBAN_CPU_SIMD SIAMBAN_CPU_SSE42
#endif

/* Channels are handled in panels of this many. */
#define SIAMBAN_PANEL 16

/* Taps of an online filter, 25 of them and what fills the panels. */
#define SIAMBAN_TAPS 32

/* What becomes of a sum x: clamp (x, low, high), or with @hard
 * x * clamp (x + 3, 0, 6) / 6, or that without the x before it. */
typedef enum
{
  SIAMBAN_HARD_NONE,
  SIAMBAN_HARD_SWISH,
  SIAMBAN_HARD_SIGMOID
} SiambanHard;

typedef struct
{
  SiambanHard hard;
  float low, high;
} SiambanFinish;

/* Some pixels by some panels of output channels:
 *   c[i] = finish (bias + sum over segments s, k < run of
 *       rows[s * pitch + i][offset + k] * b[s * b_pitch + k * PANEL ...]
 *     + add[i])
 * and the next panel with what lies behind, b_panel floats from @b, PANEL from
 * @c, @bias and @add. @bias and @add may be NULL; @add may be @c. Pointers
 * behind those used in @rows are taken for pixels to come and fetched ahead. */
typedef struct
{
  const float *const *rows;
  size_t pitch;
  size_t n_segments;
  size_t offset, run;
  const float *b; /* 64-byte aligned, as b_pitch keeps it */
  size_t b_pitch, b_panel;
  float *c;
  size_t ldc;
  const float *bias;
  const float *add;
  size_t ld_add;
  SiambanFinish finish;
} SiambanGemm;

/* Pointers that must be there behind the last pixel's. */
#define SIAMBAN_ROWS_AHEAD 32

/* Some pixels, in a row or in a column, by one panel of channels:
 *   c[i * ldc] = finish (bias + sum over taps r < rows, t < columns of
 *       in[i * step + r * row + t * column] *
 *       weight[r * weight_row + t * weight_column]
 *     + add[i * ld_add])
 * @bias and @add may be NULL; @add may be @c. */
typedef struct
{
  const float *in;
  size_t step;
  unsigned rows, columns;
  size_t row, column;
  const float *weight;
  size_t weight_row, weight_column;
  float *c;
  size_t ldc;
  const float *bias;
  const float *add;
  size_t ld_add;
  SiambanFinish finish;
} SiambanDepthwise;

/* Where a tile of Winograd's goes: @rows x @columns pixels of it, their
 * distances in floats; @residual NULL or added; then finished. */
typedef struct
{
  float *c;
  size_t row, column;
  const float *residual;
  size_t residual_row, residual_column;
  int rows, columns;
  const float *bias;
  SiambanFinish finish;
} SiambanWinogradOut;

/* F(tile x tile, 3x3): products at side x side positions, side = tile + 2.
 * Position i of a transform is @pitch floats behind position i - 1. */
typedef struct
{
  int tile;
  /* side x side pixels, row by row, n channels each (n % SIAMBAN_PANEL == 0) to
   * v. */
  void (*input) (const float *const *pixels, size_t n, float *v, size_t pitch);
  /* Filters w (n x 9 x SIAMBAN_PANEL) to u (n x SIAMBAN_PANEL) at the side
   * positions of @row. */
  void (*weight) (const float *w, size_t n, int row, float *u, size_t pitch);
  /* One tile's sums of products, a panel at each position, to pixels. */
  void (*output) (const float *m, size_t pitch, const SiambanWinogradOut *out);
} SiambanWinograd;

#define SIAMBAN_N_WINOGRAD 2

/* Kernels of one CPU level. */
typedef struct
{
  unsigned rows, panels; /* pixels and panels that gemm takes at a time */
  void (*gemm) (const SiambanGemm *gemm, size_t pixels, size_t panels);
  void (*depthwise) (const SiambanDepthwise *depthwise, size_t pixels);
  SiambanWinograd winograd[SIAMBAN_N_WINOGRAD];
  /* n bytes as floats. */
  void (*widen) (const uint8_t *from, size_t n, float *to);
  /* @pixels pixels of @n channels (n % SIAMBAN_PANEL == 0), one behind the
   * other: to = finish (x * by). */
  void (*scale) (const float *x, const float *by, size_t n, size_t pixels,
      const SiambanFinish *finish, float *to);
  /* One panel, of @pixels pixels @ld apart, to @to. */
  void (*sum) (const float *x, size_t ld, size_t pixels, float *to);
  /* For i < rows, t < SIAMBAN_TAPS, and c dense:
   *   c[i][t] += sum over k < n of a[i * row + k * step] * b[k][t] */
  void (*taps) (const float *a, size_t row, size_t step, size_t rows, size_t n,
      const float *b, float *c);
} SiambanDsp;

/* NULL where the level has none. */
const SiambanDsp *siamban_dsp (SiambanCpu level);

#ifdef SIAMBAN_HAVE_SSE42
extern const SiambanDsp siamban_dsp_sse42;
#endif
#ifdef SIAMBAN_HAVE_AVX2
extern const SiambanDsp siamban_dsp_avx2;
#endif
#ifdef SIAMBAN_HAVE_AVX512
extern const SiambanDsp siamban_dsp_avx512;
#endif
#ifdef SIAMBAN_HAVE_NEON
extern const SiambanDsp siamban_dsp_neon;
#endif

#endif
