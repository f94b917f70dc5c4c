/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The GEMM microkernel: one function a number of pixels, its sums in variables
 * of their own, since compilers spill arrays of them. */
#include "kernels/dsp.h"
#include "kernels/tmpl/rows.h"

#define START(i, v) vf sum##i##_##v = bias_##v;
/* What the end of this tile will touch. */
#define START_ROW(i)                                                           \
  VECTORS (START, i)                                                           \
  __builtin_prefetch (c + i * ldc, 1);
#define LOAD_BIAS(i, v)                                                        \
  vf bias_##v = bias ? vload (bias + v * LANES) : vset (0);

/* Where @x is the same number all over, of use to some levels. */
#ifndef VFMA_ONE
#define VFMA_ONE(sum, x, b) VFMA (sum, x, b)
#endif

#define POINT_ROW(i) const float *a##i = rows[i] + g->offset;

#define LOAD_B(u, v) vf b_##v = vload (b + u * SIAMBAN_PANEL + v * LANES);
#define STEP(i, v)   VFMA_ONE (sum##i##_##v, x, b_##v);
#define STEP_ROW(i)                                                            \
  {                                                                            \
    vf x = vset (a##i[k + u]);                                                 \
    VECTORS (STEP, i)                                                          \
  }
/* Panels come from the outer caches; 8 steps ahead they are there in time. */
#define STEP_ALL(U, ROWS)                                                      \
  {                                                                            \
    enum                                                                       \
    {                                                                          \
      u = U                                                                    \
    };                                                                         \
    VECTORS (LOAD_B, u)                                                        \
    __builtin_prefetch (b + (u + 8) * SIAMBAN_PANEL);                          \
    ROWS (STEP_ROW)                                                            \
  }

#define ADD(i, v)  sum##i##_##v += vload (add + i * ld_add + v * LANES);
#define ADD_ROW(i) VECTORS (ADD, i)
#define STORE(i, v, how)                                                       \
  vstore (c + i * ldc + v * LANES, finish_##how (&last, sum##i##_##v));
#define CLAMP(i, v)    STORE (i, v, clamp)
#define CLAMP_ROW(i)   VECTORS (CLAMP, i)
#define SWISH(i, v)    STORE (i, v, swish)
#define SWISH_ROW(i)   VECTORS (SWISH, i)
#define SIGMOID(i, v)  STORE (i, v, sigmoid)
#define SIGMOID_ROW(i) VECTORS (SIGMOID, i)

/* Each stores for itself: sums that met again would do so in memory. */
#define STORE_ALL(FINISH, ROWS)                                                \
  {                                                                            \
    const Finish last = finish_load (FINISH);                                  \
    if (last.hard == SIAMBAN_HARD_NONE) {                                      \
      ROWS (CLAMP_ROW)                                                         \
    } else if (last.hard == SIAMBAN_HARD_SWISH) {                              \
      ROWS (SWISH_ROW)                                                         \
    } else {                                                                   \
      ROWS (SIGMOID_ROW)                                                       \
    }                                                                          \
  }

/* The panels of one tile. */
#define GEMM(N, ROWS)                                                          \
  static void gemm_##N (const SiambanGemm *g, const float *const *tile,        \
      float *c, const float *add, size_t panels)                               \
  {                                                                            \
    const float *panel = g->b, *bias = g->bias;                                \
    const size_t run = g->run, ldc = g->ldc, ld_add = g->ld_add;               \
    for (; panels > 0; panels--) {                                             \
      const float *const *rows = tile;                                         \
      const float *segment = panel;                                            \
      VECTORS (LOAD_BIAS, 0)                                                   \
      ROWS (START_ROW)                                                         \
      for (size_t s = g->n_segments; s > 0; s--) {                             \
        const float *b = segment;                                              \
        size_t k = 0;                                                          \
        ROWS (POINT_ROW)                                                       \
        for (; k + 4 <= run; k += 4, b += 4 * SIAMBAN_PANEL) {                 \
          STEP_ALL (0, ROWS)                                                   \
          STEP_ALL (1, ROWS)                                                   \
          STEP_ALL (2, ROWS)                                                   \
          STEP_ALL (3, ROWS)                                                   \
        }                                                                      \
        for (; k < run; k++, b += SIAMBAN_PANEL)                               \
          STEP_ALL (0, ROWS)                                                   \
        segment += g->b_pitch;                                                 \
        rows += g->pitch;                                                      \
      }                                                                        \
      if (add) {                                                               \
        ROWS (ADD_ROW)                                                         \
        add += SIAMBAN_PANEL;                                                  \
      }                                                                        \
      STORE_ALL (&g->finish, ROWS)                                             \
      c += SIAMBAN_PANEL;                                                      \
      panel += g->b_panel;                                                     \
      if (bias)                                                                \
        bias += SIAMBAN_PANEL;                                                 \
    }                                                                          \
  }

GEMM (1, ROWS_1)
GEMM (2, ROWS_2)
GEMM (3, ROWS_3)
GEMM (4, ROWS_4)
GEMM (5, ROWS_5)
GEMM (6, ROWS_6)
#if GEMM_ROWS == 12
GEMM (7, ROWS_7)
GEMM (8, ROWS_8)
GEMM (9, ROWS_9)
GEMM (10, ROWS_10)
GEMM (11, ROWS_11)
GEMM (12, ROWS_12)
#endif

/* What the next tile starts with. */
INLINE void
fetch_rows (const float *const *rows, size_t offset)
{
  for (int i = 0; i < GEMM_ROWS; i++) {
    __builtin_prefetch (rows[i] + offset);
    __builtin_prefetch (rows[i] + offset + 16);
  }
}

/* Tiles as even as can be. */
static void
gemm (const SiambanGemm *g, size_t pixels, size_t panels)
{
  static void (*const kernels[]) (const SiambanGemm *, const float *const *,
      float *, const float *, size_t) = {
    gemm_1,
    gemm_2,
    gemm_3,
    gemm_4,
    gemm_5,
    gemm_6,
#if GEMM_ROWS == 12
    gemm_7,
    gemm_8,
    gemm_9,
    gemm_10,
    gemm_11,
    gemm_12,
#endif
  };
  size_t tiles = (pixels + GEMM_ROWS - 1) / GEMM_ROWS;
  size_t at = 0, more = tiles ? pixels % tiles : 0;
  for (size_t t = 0; t < tiles; t++) {
    size_t n = pixels / tiles + (t < more);
    fetch_rows (g->rows + at + n, g->offset);
    kernels[n - 1](g, g->rows + at, g->c + at * g->ldc,
        g->add ? g->add + at * g->ld_add : NULL, panels);
    at += n;
  }
}
