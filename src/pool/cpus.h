/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_POOL_CPUS_H
#define SIAMBAN_POOL_CPUS_H

#include <glib.h>
#include <sched.h>

/* The CPUs that the calling thread may run on, at least one. FALSE if the
 * system did not say: then they are as many as it has, by made-up numbers. */
gboolean siamban_cpus_read (cpu_set_t *cpus);

/* The most threads that may compute at one time in the process: what
 * siamban_set_max_threads() or the control group says. */
unsigned siamban_cpus_limit (void);

#endif
