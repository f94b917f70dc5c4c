/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/dsp.h"

const SiambanDsp *
siamban_dsp (SiambanCpu level)
{
#ifdef SIAMBAN_HAVE_AVX512
  if (level >= SIAMBAN_CPU_AVX512)
    return &siamban_dsp_avx512;
#endif
#ifdef SIAMBAN_HAVE_AVX2
  if (level >= SIAMBAN_CPU_AVX2)
    return &siamban_dsp_avx2;
#endif
#ifdef SIAMBAN_HAVE_SSE42
  if (level >= SIAMBAN_CPU_SSE42)
    return &siamban_dsp_sse42;
#endif
#ifdef SIAMBAN_HAVE_NEON
  if (level >= SIAMBAN_CPU_NEON)
    return &siamban_dsp_neon;
#endif
  return NULL;
}
