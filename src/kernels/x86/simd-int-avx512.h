/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the integer template is written in, with VNNI or without. */
#include "kernels/x86/simd-avx512.h"

/* 10 loads feed 16 products. */
#define INT8_ROWS  8
#define INT16_ROWS 8
#define INT_PANELS 2

typedef __m512i vi;
typedef gint32 v16si __attribute__ ((vector_size (64)));
typedef gint16 v16hi __attribute__ ((vector_size (32)));
typedef guint8 v16qi __attribute__ ((vector_size (16)));

static inline vi
vi_zero (void)
{
  return _mm512_setzero_si512 ();
}

static inline vi
vi_load (const void *p)
{
  return _mm512_load_si512 (p);
}

/* 4 bytes to all lanes. */
static inline vi
vi_spread (const guint8 *p)
{
  gint32 x;

  __builtin_memcpy (&x, p, sizeof x);
  return _mm512_set1_epi32 (x);
}

#ifdef SIAMBAN_VNNI

#define PIXEL_MAX  255
#define WEIGHT_MAX 127

/* Adds in place. Left to itself, gcc 12 copies sums and spills them. */
#ifdef SIMDE_ENABLE_NATIVE_ALIASES
#define DOT8(sum, a, b)  sum = _mm512_dpbusd_epi32 (sum, a, b)
#define DOT16(sum, a, b) sum = _mm512_dpwssd_epi32 (sum, a, b)
#else
#define DOT8(sum, a, b)                                                        \
  __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b))
#define DOT16(sum, a, b)                                                       \
  __asm__("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b))
#endif

static inline vi
vi_dot8 (vi sum, vi a, vi a2, vi b, vi b2)
{
  DOT8 (sum, a, b);
  DOT8 (sum, a2, b2);
  return sum;
}

static inline vi
vi_dot16 (vi sum, vi a, vi b)
{
  DOT16 (sum, a, b);
  return sum;
}

#else

/* As for AVX2: 4 * 127 * 63 < 2^15. */
#define PIXEL_MAX  127
#define WEIGHT_MAX 63

/* SIMDe 0.7 takes four operands. */
#ifdef SIMDE_ENABLE_NATIVE_ALIASES
#undef _mm512_madd_epi16
#define _mm512_madd_epi16 simde_mm512_madd_epi16
#define ADD(sum, x)       sum = _mm512_add_epi32 (sum, x)
#else
#define ADD(sum, x) __asm__("vpaddd %1, %0, %0" : "+v"(sum) : "v"(x))
#endif

static inline vi
vi_dot8 (vi sum, vi a, vi a2, vi b, vi b2)
{
  vi x = _mm512_add_epi16 (
      _mm512_maddubs_epi16 (a, b), _mm512_maddubs_epi16 (a2, b2));

  ADD (sum, _mm512_madd_epi16 (x, _mm512_set1_epi16 (1)));
  return sum;
}

static inline vi
vi_dot16 (vi sum, vi a, vi b)
{
  ADD (sum, _mm512_madd_epi16 (a, b));
  return sum;
}

#endif

static inline vf
vi_to_float (vi x)
{
  return __builtin_convertvector((v16si)x, vf);
}

static inline vf
vabs (vf x)
{
  return _mm512_abs_ps (x);
}

static inline float
vhighest (vf x)
{
  float y[LANES], most = 0;

  vstore (y, x);
  for (int i = 0; i < LANES; i++)
    most = y[i] > most ? y[i] : most;
  return most;
}

/* Rounded to even: what is left of |x| < 2^22 when nothing smaller than 1
 * fits behind the bits. */
static inline v16si
round_to_int (vf x)
{
  return (v16si)(x + vset (0x1.8p23f));
}

/* Left to itself, gcc 12 takes vectors apart to narrow them. */
#ifdef SIMDE_ENABLE_NATIVE_ALIASES
#define NARROW16(x) ((__m256i) __builtin_convertvector(x, v16hi))
#define NARROW8(x)  ((__m128i) __builtin_convertvector(x, v16qi))
#else
#define NARROW16(x) _mm512_cvtepi32_epi16 ((__m512i)(x))
#define NARROW8(x)  _mm512_cvtepi32_epi8 ((__m512i)(x))
#endif

/* LANES numbers that the type can hold, rounded to even. */
static inline void
vstore16 (gint16 *p, vf x)
{
  _mm256_storeu_si256 ((__m256i *)p, NARROW16 (round_to_int (x)));
}

static inline void
vstore8 (guint8 *p, vf x)
{
  _mm_storeu_si128 ((__m128i *)p, NARROW8 (round_to_int (x)));
}
