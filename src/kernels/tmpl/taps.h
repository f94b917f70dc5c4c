/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sums of products with rows of taps: as many of a row at a time as some rows
 * of sums leave registers for. */
#include "kernels/dsp.h"
#include "kernels/tmpl/rows.h"

#if LANES == 16
#define TAP_VECTORS(X, i) VECTORS_2 (X, i)
#define TAP_PART          SIAMBAN_TAPS
#else
#define TAP_VECTORS(X, i) VECTORS (X, i)
#define TAP_PART          SIAMBAN_PANEL
#endif
#if GEMM_ROWS < 6
#define TAP_ROWS GEMM_ROWS
#else
#define TAP_ROWS 6
#endif

#define TAP_START(i, v)                                                        \
  vf sum##i##_##v = vload (c + i * SIAMBAN_TAPS + v * LANES);
#define TAP_START_ROW(i) TAP_VECTORS (TAP_START, i)
#define TAP_LOAD(i, v)   SHARED b_##v = SHARE (at + v * LANES);
#define TAP_STEP(i, v)   VFMA (sum##i##_##v, x, b_##v);
#define TAP_STEP_ROW(i)                                                        \
  {                                                                            \
    vf x = vset (from[i * row]);                                               \
    TAP_VECTORS (TAP_STEP, i)                                                  \
  }
#define TAP_STORE(i, v)  vstore (c + i * SIAMBAN_TAPS + v * LANES, sum##i##_##v);
#define TAP_STORE_ROW(i) TAP_VECTORS (TAP_STORE, i)

#define TAPS_N(N, ROWS)                                                        \
  static void PASTE (taps_, N) (const float *a, size_t row, size_t step,       \
      size_t n, const float *b, float *c)                                      \
  {                                                                            \
    const float *from = a, *at = b;                                            \
    ROWS (TAP_START_ROW)                                                       \
    for (size_t k = n; k > 0; k--) {                                           \
      TAP_VECTORS (TAP_LOAD, 0)                                                \
      ROWS (TAP_STEP_ROW)                                                      \
      from += step;                                                            \
      at += SIAMBAN_TAPS;                                                      \
    }                                                                          \
    ROWS (TAP_STORE_ROW)                                                       \
  }

TAPS_N (1, ROWS_1)
#if TAP_ROWS == 6
TAPS_N (6, ROWS_6)
#else
TAPS_N (3, ROWS_3)
#endif

static void
taps (const float *a, size_t row, size_t step, size_t rows, size_t n,
    const float *b, float *c)
{
  for (; rows >= TAP_ROWS; rows -= TAP_ROWS) {
    for (size_t p = 0; p < SIAMBAN_TAPS; p += TAP_PART)
      PASTE (taps_, TAP_ROWS) (a, row, step, n, b + p, c + p);
    a += TAP_ROWS * row;
    c += TAP_ROWS * SIAMBAN_TAPS;
  }
  for (; rows > 0; rows--) {
    for (size_t p = 0; p < SIAMBAN_TAPS; p += TAP_PART)
      taps_1 (a, row, step, n, b + p, c + p);
    a += row;
    c += SIAMBAN_TAPS;
  }
}
