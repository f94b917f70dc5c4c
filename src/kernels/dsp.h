/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_DSP_H
#define SIAMBAN_DSP_H

#include <stddef.h>

#include "kernels/cpu.h"

/* The lowest level that has a table on this architecture. */
#ifdef __aarch64__
#define SIAMBAN_CPU_SIMD SIAMBAN_CPU_NEON
#else
#define SIAMBAN_CPU_SIMD SIAMBAN_CPU_AVX2
#endif

/* Channels are handled in panels of this many. */
#define SIAMBAN_PANEL 16

/* A tile of some pixels by one panel of output channels:
 *   c[i] = clamp (start[i] + sum over segments s, k < run:
 *       rows[s * pitch + i][offset + k] * b[s * b_pitch + k * PANEL ...])
 * where start is @bias (c itself if NULL), plus @residual if not NULL. */
typedef struct
{
  const float *const *rows;
  size_t pitch;
  size_t n_segments;
  size_t offset, run;
  const float *b; /* 64-byte aligned, as b_pitch keeps it */
  size_t b_pitch;
  float *c;
  size_t ldc;
  const float *bias;
  const float *residual;
  size_t ld_residual;
  float low, high;
} SiambanGemm;

/* Kernels of one CPU level. */
typedef struct
{
  unsigned rows; /* the most that gemm takes */
  void (*gemm) (const SiambanGemm *gemm, unsigned rows);
} SiambanDsp;

/* NULL where the level has none. */
const SiambanDsp *siamban_dsp (SiambanCpu level);

#ifdef SIAMBAN_HAVE_AVX2
extern const SiambanDsp siamban_dsp_avx2;
#endif

#endif
