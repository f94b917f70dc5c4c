/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The activations that are more than a clamp and less than an exponential. */
#include "kernels/conv-private.h"

INLINE vf
hard_sigmoid (vf x)
{
  vf y = vmin (vset (6), vmax (vset (0), x + vset (3)));
  return y * vset (1 / 6.f);
}

static void
activate (SiambanAct act, float *x, size_t n)
{
  size_t whole = n - n % LANES;
  if (act != SIAMBAN_ACT_HARDSWISH && act != SIAMBAN_ACT_HARDSIGMOID)
    whole = 0;
  for (size_t i = 0; i < whole; i += LANES) {
    vf y = vload (x + i), z = hard_sigmoid (y);
    if (act == SIAMBAN_ACT_HARDSWISH)
      z = z * y;
    vstore (x + i, z);
  }
  siamban_activate (act, x + whole, n - whole);
}
