/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sched.h>
#include <string.h>

/* Stands before the C library's: a machine of eight CPUs, so that teams larger
 * than the one that runs the tests has are tried too. */
int
sched_getaffinity (pid_t pid, size_t size, cpu_set_t *cpus)
{
  (void)pid;
  memset (cpus, 0, size);
  for (int i = 0; i < 8; i++)
    CPU_SET (i, cpus);
  return 0;
}
