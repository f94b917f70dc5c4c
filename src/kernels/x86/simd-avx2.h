/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the templates are written in. */
#include <immintrin.h>
#include <stdint.h>

#define LANES       8
#define GEMM_ROWS   6
#define GEMM_PANELS 1

typedef __m256 vf;

static inline vf
vload (const float *p)
{
  return _mm256_loadu_ps (p);
}

static inline vf
vload_bytes (const uint8_t *p)
{
  return _mm256_cvtepi32_ps (
      _mm256_cvtepu8_epi32 (_mm_loadl_epi64 ((const __m128i *)p)));
}

static inline void
vstore (float *p, vf x)
{
  _mm256_storeu_ps (p, x);
}

static inline vf
vset (float x)
{
  return _mm256_set1_ps (x);
}

/* Of a NaN and a number, the second operand: give the value second. */
static inline vf
vmax (vf bound, vf x)
{
  return _mm256_max_ps (bound, x);
}

static inline vf
vmin (vf bound, vf x)
{
  return _mm256_min_ps (bound, x);
}

/* a * b + c */
static inline vf
vfma (vf a, vf b, vf c)
{
  return _mm256_fmadd_ps (a, b, c);
}

/* Adds in place. Left to itself, gcc 12 overwrites a factor instead and spills
 * what it then has to copy. */
#define VFMA(sum, a, b)                                                        \
  __asm__("vfmadd231ps %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b))
