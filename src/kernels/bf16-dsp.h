/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BF16_DSP_H
#define SIAMBAN_BF16_DSP_H

#include <glib.h>

#include "kernels/dsp.h"

/* Kernels on bfloat16, the upper half of a float, as bits. Adjacent channels
 * are taken in pairs: packed weights have, for two of them, those of each
 * output channel of a panel in turn. */
#define SIAMBAN_BF16_STEP 4 /* channels at a time */

/* A tile of some pixels by one or more panels of output channels:
 *   c[i][o] = finish (bias[o] + add[i][o] + sum over segments s, k < run:
 *       rows[s * pitch + i][k] * b[s, k, o])
 * Products are exact and summed as floats; CPUs may take numbers below
 * FLT_MIN for 0. Panel p is at b + p * b_panel, and 16 p floats behind c, bias
 * and add, both of which may be NULL; @add may be @c. */
typedef struct
{
  const guint16 *const *rows;
  size_t pitch;
  size_t n_segments;
  size_t run;       /* a multiple of SIAMBAN_BF16_STEP */
  const guint16 *b; /* 64-byte aligned, as b_pitch and b_panel keep it */
  size_t b_pitch, b_panel;
  float *c;
  size_t ldc;
  const float *bias;
  const float *add;
  size_t ld_add;
  SiambanFinish finish;
} SiambanBf16Gemm;

/* Kernels of one CPU level. */
typedef struct
{
  unsigned rows, panels; /* the most that gemm takes */
  void (*gemm) (const SiambanBf16Gemm *gemm, unsigned rows, unsigned panels);
  /* To nearest, ties to even; what is not a number stays so.
   * n % SIAMBAN_PANEL == 0. */
  void (*round) (const float *x, size_t n, guint16 *q);
} SiambanBf16Dsp;

/* NULL where the level has none. */
const SiambanBf16Dsp *siamban_bf16_dsp (SiambanCpu level);

#ifdef SIAMBAN_HAVE_AVX2
extern const SiambanBf16Dsp siamban_bf16_dsp_avx2;
#endif
#ifdef SIAMBAN_HAVE_AVX512_BF16
extern const SiambanBf16Dsp siamban_bf16_dsp_avx512;
#endif

#endif
