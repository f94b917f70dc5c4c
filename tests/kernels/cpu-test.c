/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "kernels/cpu.h"

static void
test_lowered (void)
{
  g_unsetenv ("SIAMBAN_CPU");
  SiambanCpu best = siamban_cpu_level ();
  for (SiambanCpu level = SIAMBAN_CPU_C; level <= SIAMBAN_CPU_AMX; level++) {
    g_setenv ("SIAMBAN_CPU", siamban_cpu_name (level), TRUE);
    g_assert_cmpint (siamban_cpu_level (), ==, MIN (level, best));
  }
  g_setenv ("SIAMBAN_CPU", "BLAS", TRUE);
  g_assert_cmpint (siamban_cpu_level (), ==, SIAMBAN_CPU_BLAS);
  g_unsetenv ("SIAMBAN_CPU");
}

static void
test_unknown (void)
{
  SiambanCpu best = siamban_cpu_level ();

  g_setenv ("SIAMBAN_CPU", "avx3", TRUE);
  g_test_expect_message (
      "siamban", G_LOG_LEVEL_WARNING, "SIAMBAN_CPU: unknown level \"avx3\"*");
  g_assert_cmpint (siamban_cpu_level (), ==, best);
  g_test_assert_expected_messages ();
  g_assert_cmpint (siamban_cpu_level (), ==, best);
  g_unsetenv ("SIAMBAN_CPU");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cpu/lowered", test_lowered);
  g_test_add_func ("/cpu/unknown", test_unknown);
  return g_test_run ();
}
