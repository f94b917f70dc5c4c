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

#define MULTIPLY(i, v)                                                         \
  vstore (to + v * LANES,                                                      \
      finish_##i (&last, vload (x + v * LANES) * vload (b + v * LANES)));
#define SCALE(how)                                                             \
  for (; pixels > 0; pixels--)                                                 \
    for (const float *b = by; b < by + n; b += SIAMBAN_PANEL) {                \
      VECTORS (MULTIPLY, how)                                                  \
      x += SIAMBAN_PANEL;                                                      \
      to += SIAMBAN_PANEL;                                                     \
    }

static void
scale (const float *x, const float *by, size_t n, size_t pixels,
    const SiambanFinish *finish, float *to)
{
  const Finish last = finish_load (finish);

  if (last.hard == SIAMBAN_HARD_NONE)
    SCALE (clamp)
  else if (last.hard == SIAMBAN_HARD_SWISH)
    SCALE (swish)
  else
    SCALE (sigmoid)
}

#define ZERO(i, v)  vf sum##i##_##v = vset (0);
#define ZERO_ROW(i) VECTORS (ZERO, i)
#define SUM(i, v)   sum##i##_##v += vload (x + i * ld + v * LANES);
#define SUM_ROW(i)  VECTORS (SUM, i)
#define STORE_SUM(i, v)                                                        \
  vstore (to + v * LANES, (sum0_##v + sum1_##v) + (sum2_##v + sum3_##v));

static void
sum (const float *x, size_t ld, size_t pixels, float *to)
{
  ROWS_4 (ZERO_ROW)

  for (; pixels >= 4; pixels -= 4, x += 4 * ld) {
    ROWS_4 (SUM_ROW)
  }
  for (; pixels > 0; pixels--, x += ld) {
    ROWS_1 (SUM_ROW)
  }
  VECTORS (STORE_SUM, 0)
}
