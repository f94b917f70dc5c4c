/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the integer template is written in. */
#include "kernels/x86/simd-avx2.h"

#define INT8_ROWS  4
#define INT16_ROWS 6
#define INT_PANELS 1

/* Two products of 4 bytes each are summed in 16 bits:
 * 4 * 127 * 63 < 2^15. */
#define PIXEL_MAX  127
#define WEIGHT_MAX 63

typedef __m256i vi;

static inline vi
vi_zero (void)
{
  return _mm256_setzero_si256 ();
}

static inline vi
vi_load (const void *p)
{
  return _mm256_load_si256 (p);
}

/* 4 bytes to all lanes. */
static inline vi
vi_spread (const guint8 *p)
{
  gint32 x;

  __builtin_memcpy (&x, p, sizeof x);
  return _mm256_set1_epi32 (x);
}

static inline vi
vi_dot8 (vi sum, vi a, vi a2, vi b, vi b2)
{
  vi x = _mm256_add_epi16 (
      _mm256_maddubs_epi16 (a, b), _mm256_maddubs_epi16 (a2, b2));

  return _mm256_add_epi32 (sum, _mm256_madd_epi16 (x, _mm256_set1_epi16 (1)));
}

/* Left to itself, gcc 12 renames sums and spills what it then has to copy. */
static inline vi
vi_dot16 (vi sum, vi a, vi b)
{
  __asm__("vpaddd %1, %0, %0" : "+x"(sum) : "x"(_mm256_madd_epi16 (a, b)));
  return sum;
}

static inline vf
vi_to_float (vi x)
{
  return _mm256_cvtepi32_ps (x);
}

static inline vf
vabs (vf x)
{
  return _mm256_andnot_ps (_mm256_set1_ps (-0.f), x);
}

static inline float
vhighest (vf x)
{
  __m128 y =
      _mm_max_ps (_mm256_castps256_ps128 (x), _mm256_extractf128_ps (x, 1));

  y = _mm_max_ps (y, _mm_movehl_ps (y, y));
  return _mm_cvtss_f32 (_mm_max_ss (y, _mm_movehdup_ps (y)));
}

/* LANES numbers that the type can hold, rounded to even. */
static inline void
vstore16 (gint16 *p, vf x)
{
  vi y = _mm256_cvtps_epi32 (x);

  _mm_storeu_si128 ((__m128i *)p, _mm_packs_epi32 (_mm256_castsi256_si128 (y),
                                      _mm256_extracti128_si256 (y, 1)));
}

static inline void
vstore8 (guint8 *p, vf x)
{
  vi y = _mm256_cvtps_epi32 (x);
  __m128i z = _mm_packs_epi32 (
      _mm256_castsi256_si128 (y), _mm256_extracti128_si256 (y, 1));

  _mm_storel_epi64 ((__m128i *)p, _mm_packus_epi16 (z, z));
}
