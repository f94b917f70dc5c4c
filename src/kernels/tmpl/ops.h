/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What there is beside convolutions. */
#include "kernels/dsp.h"

static void
widen (const uint8_t *from, size_t n, float *to)
{
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    vstore (to + i, vload_bytes (from + i));
  for (; i < n; i++)
    to[i] = from[i];
}
