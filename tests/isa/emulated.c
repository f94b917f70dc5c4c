/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linked with --wrap, makes a program believe that the CPU has AVX-512, VNNI
 * and BF16, or AMX, or what SIAMBAN_CPU says of them. It then takes the tables
 * linked before the library's. */
#include <glib.h>

#include "kernels/cpu.h"

SiambanCpu __real_siamban_cpu_level (void);
SiambanCpu __wrap_siamban_cpu_level (void);

SiambanCpu
__wrap_siamban_cpu_level (void)
{
  static const SiambanCpu levels[] = {
      SIAMBAN_CPU_AVX512, SIAMBAN_CPU_AVX512_VNNI, SIAMBAN_CPU_AMX};
  const char *value = g_getenv ("SIAMBAN_CPU");

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (g_strcmp0 (value, siamban_cpu_name (levels[i])) == 0)
      return levels[i];
  if (value && !g_str_has_prefix (value, "avx512"))
    return __real_siamban_cpu_level ();
  return SIAMBAN_CPU_AVX512_BF16;
}
