/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BASE_LOCKS_H
#define SIAMBAN_BASE_LOCKS_H

#include <glib.h>

/* The process's locks that other threads may hold while one forks. They are
 * taken for that moment, so that the child finds them free and what they guard
 * whole. None is taken under another. */
typedef enum
{
  SIAMBAN_LOCK_MODELS, /* the cache of loaded models */
  SIAMBAN_LOCK_LEASES, /* what runs of models need and nobody uses */
  SIAMBAN_LOCK_BLAS,   /* a serial OpenBLAS */
  SIAMBAN_N_LOCKS
} SiambanLock;

extern GMutex siamban_locks[SIAMBAN_N_LOCKS];

#endif
