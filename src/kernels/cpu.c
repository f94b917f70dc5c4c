/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/cpu.h"

#include <glib.h>

#ifdef SIAMBAN_HAVE_AMX
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

static const char *const names[] = {
    [SIAMBAN_CPU_C] = "c",
    [SIAMBAN_CPU_BLAS] = "blas",
    [SIAMBAN_CPU_NEON] = "neon",
    [SIAMBAN_CPU_SSE42] = "sse42",
    [SIAMBAN_CPU_AVX2] = "avx2",
    [SIAMBAN_CPU_AVX512] = "avx512",
    [SIAMBAN_CPU_AVX512_VNNI] = "avx512-vnni",
    [SIAMBAN_CPU_AVX512_BF16] = "avx512-bf16",
    [SIAMBAN_CPU_AMX] = "amx",
};

#ifdef SIAMBAN_HAVE_AMX
/* Bits of leaf 7, edx. */
#define AMX_FEATURES        (1u << 22 | 1u << 24 | 1u << 25) /* bf16, tile, int8 */
#define ARCH_REQ_XCOMP_PERM 0x1023
#define XFEATURE_XTILEDATA  18

/* Linux gives a process the registers only if it asks: their 8 KiB are more
 * than some signal stacks have room for, and where such a one is in use it says
 * no. */
static gboolean
has_tiles (void)
{
  unsigned eax, ebx, ecx, edx;

  return __get_cpuid_count (7, 0, &eax, &ebx, &ecx, &edx) &&
         (edx & AMX_FEATURES) == AMX_FEATURES &&
         syscall (SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}
#endif

/* The highest up to @most. __builtin_cpu_supports() also asks whether the
 * system saves the registers. */
static SiambanCpu
cpu_detect (SiambanCpu most)
{
  (void)most;
#if defined(SIAMBAN_HAVE_SSE42)
  __builtin_cpu_init ();
  if (!__builtin_cpu_supports ("sse4.2"))
    return SIAMBAN_CPU_BLAS;
  if (!__builtin_cpu_supports ("avx2") || !__builtin_cpu_supports ("fma"))
    return SIAMBAN_CPU_SSE42;
  if (!__builtin_cpu_supports ("avx512f") ||
      !__builtin_cpu_supports ("avx512bw") ||
      !__builtin_cpu_supports ("avx512dq") ||
      !__builtin_cpu_supports ("avx512vl"))
    return SIAMBAN_CPU_AVX2;
  if (!__builtin_cpu_supports ("avx512vnni"))
    return SIAMBAN_CPU_AVX512;
  if (!__builtin_cpu_supports ("avx512bf16"))
    return SIAMBAN_CPU_AVX512_VNNI;
#ifdef SIAMBAN_HAVE_AMX
  if (most >= SIAMBAN_CPU_AMX && has_tiles ())
    return SIAMBAN_CPU_AMX;
#endif
  return SIAMBAN_CPU_AVX512_BF16;
#elif defined(SIAMBAN_HAVE_NEON)
  return SIAMBAN_CPU_NEON;
#else
  return SIAMBAN_CPU_BLAS;
#endif
}

static SiambanCpu
cpu_wanted (void)
{
  static gsize warned;
  const char *value = g_getenv ("SIAMBAN_CPU");

  if (!value || !*value)
    return SIAMBAN_CPU_AMX;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (value, names[i]) == 0)
      return (SiambanCpu)i;
  if (g_once_init_enter (&warned)) {
    g_warning ("SIAMBAN_CPU: unknown level \"%s\", expected one of c, blas, "
               "neon, sse42, avx2, avx512, avx512-vnni, avx512-bf16, amx",
        value);
    g_once_init_leave (&warned, 1);
  }
  return SIAMBAN_CPU_AMX;
}

SiambanCpu
siamban_cpu_level (void)
{
  SiambanCpu most = cpu_wanted ();

  return MIN (cpu_detect (most), most);
}

const char *
siamban_cpu_name (SiambanCpu level)
{
  return names[level];
}
