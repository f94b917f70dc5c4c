/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_EXPECT_H
#define SIAMBAN_EXPECT_H

#include "arch/arch.h"

/* A tensor that a network uses. */
typedef struct
{
  char *name;
  unsigned n_dims;
  guint64 shape[4];
  gboolean or_longer; /* shape is the least that is needed */
} Expected;

/* Each tensor of both graphs once, in the order of use: of Expected. Freed with
 * g_ptr_array_unref(). */
GPtrArray *expected_tensors (const SiambanNetwork *network);

#endif
