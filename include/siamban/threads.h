/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_THREADS_H
#define SIAMBAN_THREADS_H

#include <siamban/error.h>

G_BEGIN_DECLS

/**
 * siamban_set_max_threads:
 * @max: at least 1, or 0 for no limit of the caller's.
 *
 * The most threads that this library keeps busy at one time in this process,
 * over all models and callers, whose own threads count: a caller that would be
 * one more waits. It holds from the next call on; what runs is not cut short.
 *
 * There are never more than the affinity mask of the calling thread has CPUs,
 * nor more than the CPUs' time that the process's control group is given
 * (cpu.max), rounded up.
 */
SIAMBAN_API void siamban_set_max_threads (unsigned max);

/* The limit that holds, of the caller's and the control group's; at least 1. */
SIAMBAN_API unsigned siamban_get_max_threads (void);

G_END_DECLS

#endif
