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
finish_clamp (const Finish *f, vf x)
{
  return vmin (f->high, vmax (f->low, x));
}

INLINE vf
finish_sigmoid (const Finish *f, vf x)
{
  (void)f;
  return vmin (vset (1), vmax (vset (0), vfma (x, vset (1 / 6.f), vset (.5f))));
}

INLINE vf
finish_swish (const Finish *f, vf x)
{
  return finish_sigmoid (f, x) * x;
}

INLINE vf
finish (const Finish *f, vf x)
{
  if (f->hard == SIAMBAN_HARD_NONE)
    return finish_clamp (f, x);
  if (f->hard == SIAMBAN_HARD_SWISH)
    return finish_swish (f, x);
  return finish_sigmoid (f, x);
}
