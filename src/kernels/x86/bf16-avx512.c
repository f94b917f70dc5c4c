/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/x86/simd-avx512.h"

/* 4 weights and one pixel spread out are 10 loads for 24 products. */
#define PARTS  1
#define PANELS 4

typedef __m512i vp;

static inline vp
vp_load (const void *p)
{
  return _mm512_load_si512 (p);
}

/* One pair to all lanes. */
static inline vp
vp_spread (const void *p)
{
  int x;

  __builtin_memcpy (&x, p, sizeof x);
  return _mm512_set1_epi32 (x);
}

static inline vp
pair_0 (vp x)
{
  return x;
}

/* Left to itself, gcc 12 spills sums. */
#ifdef SIMDE_ENABLE_NATIVE_ALIASES
#define VDOT(sum, a, b)                                                        \
  sum = _mm512_dpbf16_ps (sum, (__m512bh)(a), (__m512bh)(b))
#else
#define VDOT(sum, a, b)                                                        \
  __asm__("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b))
#endif

static inline void
vp_store_rounded (void *p, vf x)
{
  _mm256_storeu_si256 (p, (__m256i)_mm512_cvtneps_pbh (x));
}

#define BF16_DSP siamban_bf16_dsp_avx512
#include "kernels/tmpl/bf16.h"
