/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linked with --wrap, makes a program believe that the CPU has AVX-512, and
 * takes kernels compiled for what it really has. */
#include <glib.h>

#include "kernels/dsp.h"

extern const SiambanDsp siamban_dsp_emulated;

SiambanCpu __real_siamban_cpu_level (void);
SiambanCpu __wrap_siamban_cpu_level (void);
const SiambanDsp *__real_siamban_dsp (SiambanCpu level);
const SiambanDsp *__wrap_siamban_dsp (SiambanCpu level);

SiambanCpu
__wrap_siamban_cpu_level (void)
{
  const char *value = g_getenv ("SIAMBAN_CPU");
  if (value && !g_str_has_prefix (value, "avx512"))
    return __real_siamban_cpu_level ();
  return SIAMBAN_CPU_AVX512;
}

const SiambanDsp *
__wrap_siamban_dsp (SiambanCpu level)
{
  if (level >= SIAMBAN_CPU_AVX512)
    return &siamban_dsp_emulated;
  return __real_siamban_dsp (level);
}
