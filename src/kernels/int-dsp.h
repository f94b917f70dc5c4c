/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_INT_DSP_H
#define SIAMBAN_INT_DSP_H

#include <glib.h>

#include "kernels/dsp.h"

/* Groups of adjacent channels that a kernel takes at a time: 8 bytes of a
 * pixel. Packed weights have, for 4 of them, those of each output channel of a
 * panel in turn. */
#define SIAMBAN_INT_STEP  8
#define SIAMBAN_INT_GROUP 4

/* 16-bit numbers are within +-LIMIT, and a sum takes BLOCK products at most:
 * that is below 2^31. */
#define SIAMBAN_INT16_LIMIT 2895
#define SIAMBAN_INT16_BLOCK 256

/* A tile of some pixels by one panel of output channels, in exact integers to
 * the last step:
 *   c[i][o] = clamp (start[i][o] + row_scale[i] * scale[o] * sum over
 *       segments s, k < run: rows[s * pitch + i][offset + k] * b[s, k, o])
 * where start is @bias (c itself if NULL), plus @residual if not NULL. */
typedef struct
{
  const guint8 *const *rows;
  size_t pitch;
  size_t n_segments;
  size_t offset, run; /* bytes, multiples of SIAMBAN_INT_STEP */
  const guint8 *b;    /* 64-byte aligned, as b_pitch keeps it */
  size_t b_pitch;     /* bytes */
  float *c;
  size_t ldc;
  const float *row_scale;
  const float *scale; /* SIAMBAN_PANEL */
  const float *bias;
  const float *residual;
  size_t ld_residual;
  float low, high;
  /* From b to the weights of a second panel, bytes; 0: there is none. All else
   * of it lies behind that of the first. */
  size_t b_panel;
  /* run * 8 bytes that are needed next, brought closer meanwhile; or NULL. */
  const guint8 *ahead;
} SiambanIntGemm;

typedef struct
{
  unsigned rows; /* the most that gemm takes */
  void (*gemm) (const SiambanIntGemm *gemm, unsigned rows);
} SiambanIntKernel;

/* Kernels of one CPU level. */
typedef struct
{
  /* Sums of these never saturate. They differ between levels, and with them
   * packed weights. */
  int pixel_max;           /* of a pixel's bytes, from 0 */
  int weight_max;          /* of a weight's magnitude */
  size_t panels;           /* the most that a gemm takes */
  SiambanIntKernel gemm8;  /* unsigned pixels, signed weights */
  SiambanIntKernel gemm16; /* 16-bit numbers on both sides */
  /* q = x * inverse + zero, rounded to even, within 0..pixel_max; not a number
   * becomes 0. n % SIAMBAN_PANEL == 0. */
  void (*quantise8) (
      const float *x, size_t n, float inverse, float zero, guint8 *q);
  /* q = x / *scale, rounded to even, where the largest magnitude becomes
   * SIAMBAN_INT16_LIMIT; not a number becomes one within the limit. */
  void (*quantise16) (const float *x, size_t n, gint16 *q, float *scale);
} SiambanIntDsp;

/* NULL where the level has none. */
const SiambanIntDsp *siamban_int_dsp (SiambanCpu level);

#ifdef SIAMBAN_HAVE_AVX2
extern const SiambanIntDsp siamban_int_dsp_avx2;
#endif
#ifdef SIAMBAN_HAVE_AVX512
extern const SiambanIntDsp siamban_int_dsp_avx512;
#endif
#ifdef SIAMBAN_HAVE_AVX512_VNNI
extern const SiambanIntDsp siamban_int_dsp_avx512_vnni;
#endif

#endif
