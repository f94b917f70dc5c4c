/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last thing that happens to a sum. */
#include "kernels/dsp.h"

#define INLINE static inline __attribute__ ((always_inline))

typedef struct
{
  SiambanHard hard;
  vf low, high;
} Finish;

INLINE Finish
finish_load (const SiambanFinish *finish)
{
  return (Finish){finish->hard, vset (finish->low), vset (finish->high)};
}

INLINE vf
finish (const Finish *f, vf x)
{
  if (f->hard == SIAMBAN_HARD_NONE)
    return vmin (f->high, vmax (f->low, x));
  vf y = vmin (vset (6), vmax (vset (0), x + vset (3))) * vset (1 / 6.f);
  if (f->hard == SIAMBAN_HARD_SWISH)
    y = y * x;
  return y;
}
