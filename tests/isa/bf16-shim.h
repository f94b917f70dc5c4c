/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_BF16_SHIM_H
#define TESTS_BF16_SHIM_H

#include <string.h>

#include <simde/x86/avx512.h>

/* What SIMDe lacks: rounds floats to bfloat16 as the instruction does. Numbers
 * below the normal ones become 0. */
static inline __m256i
_mm512_cvtneps_pbh (__m512 x)
{
  uint32_t bits[16];
  uint16_t out[16];
  memcpy (bits, &x, sizeof bits);
  for (int i = 0; i < 16; i++) {
    uint32_t size = bits[i] & 0x7fffffff, up = 0x7fff + (bits[i] >> 16 & 1);
    if (size > 0x7f800000)
      out[i] = bits[i] >> 16 | 0x40;
    else if (size < 0x00800000)
      out[i] = bits[i] >> 16 & 0x8000;
    else
      out[i] = (bits[i] + up) >> 16;
  }
  __m256i y;
  memcpy (&y, out, sizeof y);
  return y;
}

#endif
