/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BLAS_H
#define SIAMBAN_BLAS_H

#include <cblas.h>
#include <glib.h>

/* OpenBLAS, loaded by the first call, to stay: beside whatever BLAS the process
 * has, and without a trace in it. */
typedef struct
{
  __typeof__ (&cblas_sgemm) sgemm;
  gboolean serial; /* Debian's build of it hands out its buffers without a lock:
                      two calls at one time may get the same one */
} SiambanBlas;

/* NULL if there is none that leaves threads to us. */
const SiambanBlas *siamban_blas (void);

#endif
