/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/cpu.h"

#include <glib.h>

static const char *const names[] = {
    [SIAMBAN_CPU_C] = "c",
    [SIAMBAN_CPU_BLAS] = "blas",
    [SIAMBAN_CPU_NEON] = "neon",
    [SIAMBAN_CPU_AVX2] = "avx2",
    [SIAMBAN_CPU_AVX512] = "avx512",
    [SIAMBAN_CPU_AVX512_VNNI] = "avx512-vnni",
    [SIAMBAN_CPU_AVX512_BF16] = "avx512-bf16",
};

/* __builtin_cpu_supports() also asks whether the system saves the registers. */
static SiambanCpu
detect (void)
{
#if defined(SIAMBAN_HAVE_AVX2)
  __builtin_cpu_init ();
  if (!__builtin_cpu_supports ("avx2") || !__builtin_cpu_supports ("fma"))
    return SIAMBAN_CPU_BLAS;
  if (!__builtin_cpu_supports ("avx512f") ||
      !__builtin_cpu_supports ("avx512bw") ||
      !__builtin_cpu_supports ("avx512dq") ||
      !__builtin_cpu_supports ("avx512vl"))
    return SIAMBAN_CPU_AVX2;
  if (!__builtin_cpu_supports ("avx512vnni"))
    return SIAMBAN_CPU_AVX512;
  if (!__builtin_cpu_supports ("avx512bf16"))
    return SIAMBAN_CPU_AVX512_VNNI;
  return SIAMBAN_CPU_AVX512_BF16;
#elif defined(SIAMBAN_HAVE_NEON)
  return SIAMBAN_CPU_NEON;
#else
  return SIAMBAN_CPU_BLAS;
#endif
}

static SiambanCpu
wanted (void)
{
  static gsize warned;
  const char *value = g_getenv ("SIAMBAN_CPU");
  if (!value || !*value)
    return SIAMBAN_CPU_AVX512_BF16;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (value, names[i]) == 0)
      return (SiambanCpu)i;
  if (g_once_init_enter (&warned)) {
    g_warning ("SIAMBAN_CPU: unknown level \"%s\", expected one of c, blas, "
               "neon, avx2, avx512, avx512-vnni, avx512-bf16",
        value);
    g_once_init_leave (&warned, 1);
  }
  return SIAMBAN_CPU_AVX512_BF16;
}

SiambanCpu
siamban_cpu_level (void)
{
  return MIN (detect (), wanted ());
}

const char *
siamban_cpu_name (SiambanCpu level)
{
  return names[level];
}
