/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linked with --wrap, makes a program believe that the CPU has AVX-512 and
 * VNNI, or what SIAMBAN_CPU says of them. It then takes the tables linked
 * before the library's. */
#include <glib.h>

#include "kernels/cpu.h"

SiambanCpu __real_siamban_cpu_level (void);
SiambanCpu __wrap_siamban_cpu_level (void);

SiambanCpu
__wrap_siamban_cpu_level (void)
{
  const char *value = g_getenv ("SIAMBAN_CPU");
  if (value && !g_str_has_prefix (value, "avx512"))
    return __real_siamban_cpu_level ();
  return g_strcmp0 (value, "avx512") == 0 ? SIAMBAN_CPU_AVX512
                                          : SIAMBAN_CPU_AVX512_VNNI;
}
