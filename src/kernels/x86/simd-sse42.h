/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the templates are written in. */
#include <nmmintrin.h>
#include <stdint.h>
#include <string.h>

#define LANES       4
#define GEMM_ROWS   3
#define GEMM_PANELS 1

typedef __m128 vf;

static inline vf
vload (const float *p)
{
  return _mm_loadu_ps (p);
}

static inline vf
vload_bytes (const uint8_t *p)
{
  int four;

  memcpy (&four, p, sizeof four);
  return _mm_cvtepi32_ps (_mm_cvtepu8_epi32 (_mm_cvtsi32_si128 (four)));
}

static inline void
vstore (float *p, vf x)
{
  _mm_storeu_ps (p, x);
}

static inline vf
vset (float x)
{
  return _mm_set1_ps (x);
}

/* Of a NaN and a number, the second operand: give the value second. */
static inline vf
vmax (vf bound, vf x)
{
  return _mm_max_ps (bound, x);
}

static inline vf
vmin (vf bound, vf x)
{
  return _mm_min_ps (bound, x);
}

/* a * b + c, rounded twice */
static inline vf
vfma (vf a, vf b, vf c)
{
  return a * b + c;
}

/* Twelve sums leave four registers: what all rows meet stays in memory, and is
 * loaded into the product, which needs a register of its own here. */
#define SHARED   const float *
#define SHARE(p) (p)
#define VFMA(sum, a, b)                                                        \
  {                                                                            \
    vf product;                                                                \
    __asm__("movups %2, %1\n\tmulps %3, %1\n\taddps %1, %0"                    \
            : "+x"(sum), "=&x"(product)                                        \
            : "m"(*(const float (*)[LANES]) (b)), "x"(a));                     \
  }
