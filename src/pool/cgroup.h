/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_POOL_CGROUP_H
#define SIAMBAN_POOL_CGROUP_H

#include <glib.h>

/* How many CPUs' time the process's control groups, of version 1 or 2, leave
 * it, rounded up; 0: as much as there is. @root: put before every path that is
 * read, "" but in tests. */
unsigned siamban_cgroup_cpus (const char *root);

#endif
