/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/bf16-dsp.h"

const SiambanBf16Dsp *
siamban_bf16_dsp (SiambanCpu level)
{
#ifdef SIAMBAN_HAVE_AVX512_BF16
  if (level >= SIAMBAN_CPU_AVX512_BF16)
    return &siamban_bf16_dsp_avx512;
#endif
#ifdef SIAMBAN_HAVE_AVX2
  if (level >= SIAMBAN_CPU_AVX2)
    return &siamban_bf16_dsp_avx2;
#endif
  return NULL;
}
