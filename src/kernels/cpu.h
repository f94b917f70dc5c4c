/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CPU_H
#define SIAMBAN_CPU_H

/* Levels in rising order. Each has all that the lower ones have, but for
 * SIAMBAN_CPU_BLAS, which differs from C only in that convolutions go through
 * OpenBLAS. */
typedef enum
{
  SIAMBAN_CPU_C,
  SIAMBAN_CPU_BLAS,
  SIAMBAN_CPU_NEON,
  SIAMBAN_CPU_SSE42,
  SIAMBAN_CPU_AVX2,   /* with FMA */
  SIAMBAN_CPU_AVX512, /* F, BW, DQ, VL */
  SIAMBAN_CPU_AVX512_VNNI,
  SIAMBAN_CPU_AVX512_BF16,
  SIAMBAN_CPU_AMX /* tiles of int8 and of bfloat16 */
} SiambanCpu;

/* The highest level that this CPU and this build have, or the one that the
 * environment variable SIAMBAN_CPU names (c, blas, sse42, ...) if that is
 * lower.
 */
SiambanCpu siamban_cpu_level (void);
const char *siamban_cpu_name (SiambanCpu level);

#endif
