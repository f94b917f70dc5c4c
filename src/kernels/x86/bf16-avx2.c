/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/x86/simd-avx2.h"

/* Without instructions for bfloat16: each of a pair is a float once it has been
 * moved to the upper half, and costs an FMA of its own. */
#define PARTS  2
#define PANELS 1

typedef __m256 vp;

static inline __m256i
vp_load (const void *p)
{
  return _mm256_load_si256 (p);
}

/* One pair to all lanes. */
static inline __m256i
vp_spread (const void *p)
{
  int x;

  __builtin_memcpy (&x, p, sizeof x);
  return _mm256_set1_epi32 (x);
}

static inline vp
pair_0 (__m256i x)
{
  return _mm256_castsi256_ps (_mm256_slli_epi32 (x, 16));
}

static inline vp
pair_1 (__m256i x)
{
  return _mm256_castsi256_ps (
      _mm256_and_si256 (x, _mm256_set1_epi32 (-0x10000)));
}

#define VDOT VFMA

static inline void
vp_store_rounded (void *p, vf x)
{
  __m256i bits = _mm256_castps_si256 (x);
  __m256i odd =
      _mm256_and_si256 (_mm256_srli_epi32 (bits, 16), _mm256_set1_epi32 (1));
  __m256i up = _mm256_add_epi32 (
      bits, _mm256_add_epi32 (odd, _mm256_set1_epi32 (0x7fff)));
  __m256i quiet = _mm256_or_si256 (bits, _mm256_set1_epi32 (0x400000));
  __m256i nan = _mm256_castps_si256 (_mm256_cmp_ps (x, x, _CMP_UNORD_Q));
  __m256i y = _mm256_srli_epi32 (_mm256_blendv_epi8 (up, quiet, nan), 16);

  _mm_storeu_si128 (p, _mm_packus_epi32 (_mm256_castsi256_si128 (y),
                           _mm256_extracti128_si256 (y, 1)));
}

#define BF16_DSP siamban_bf16_dsp_avx2
#include "kernels/tmpl/bf16.h"
