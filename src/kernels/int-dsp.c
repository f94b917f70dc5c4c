/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/int-dsp.h"

const SiambanIntDsp *
siamban_int_dsp (SiambanCpu level)
{
#ifdef SIAMBAN_HAVE_AVX512_VNNI
  if (level >= SIAMBAN_CPU_AVX512_VNNI)
    return &siamban_int_dsp_avx512_vnni;
#endif
#ifdef SIAMBAN_HAVE_AVX512
  if (level >= SIAMBAN_CPU_AVX512)
    return &siamban_int_dsp_avx512;
#endif
#ifdef SIAMBAN_HAVE_AVX2
  if (level >= SIAMBAN_CPU_AVX2)
    return &siamban_int_dsp_avx2;
#endif
  return NULL;
}
