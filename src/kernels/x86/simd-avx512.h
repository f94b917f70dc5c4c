/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the templates are written in. Tests compile it for CPUs without these
 * instructions too. */
#ifdef SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#else
#include <immintrin.h>
#endif
#include <stdint.h>

/* 10 loads feed 16 FMAs. */
#define LANES       16
#define GEMM_ROWS   8
#define GEMM_PANELS 2

typedef __m512 vf;

static inline vf
vload (const float *p)
{
  return _mm512_loadu_ps (p);
}

static inline __m256
half_of_bytes (const uint8_t *p)
{
  return _mm256_cvtepi32_ps (
      _mm256_cvtepu8_epi32 (_mm_loadl_epi64 ((const __m128i *)p)));
}

static inline vf
vload_bytes (const uint8_t *p)
{
  return _mm512_insertf32x8 (
      _mm512_castps256_ps512 (half_of_bytes (p)), half_of_bytes (p + 8), 1);
}

static inline void
vstore (float *p, vf x)
{
  _mm512_storeu_ps (p, x);
}

static inline vf
vset (float x)
{
  return _mm512_set1_ps (x);
}

/* Of a NaN and a number, the second operand: give the value second. */
static inline vf
vmax (vf bound, vf x)
{
  return _mm512_max_ps (bound, x);
}

static inline vf
vmin (vf bound, vf x)
{
  return _mm512_min_ps (bound, x);
}

/* a * b + c */
static inline vf
vfma (vf a, vf b, vf c)
{
  return _mm512_fmadd_ps (a, b, c);
}

/* As for AVX2. */
#ifdef SIMDE_ENABLE_NATIVE_ALIASES
#define VFMA(sum, a, b) sum = vfma (a, b, sum)
#else
#define VFMA(sum, a, b)                                                        \
  __asm__("vfmadd231ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b))
#endif
