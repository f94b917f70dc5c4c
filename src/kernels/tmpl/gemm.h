/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The GEMM microkernel: one function a number of rows, its sums in variables of
 * their own, since compilers spill arrays of them. */
#include "kernels/dsp.h"
#include "kernels/tmpl/rows.h"

#define START(i, v)                                                            \
  vf sum##i##_##v = g->bias ? vload (g->bias + v * LANES) : vset (0);
/* What the end of this tile and the start of the next will touch. */
#define START_ROW(i)                                                           \
  VECTORS (START, i)                                                           \
  __builtin_prefetch (add + i * g->ld_add);                                    \
  __builtin_prefetch (g->c + i * g->ldc, 1);                                   \
  __builtin_prefetch (next[i] + g->offset);                                    \
  __builtin_prefetch (next[i] + g->offset + 16);

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

#define STORE(i, v)                                                            \
  if (g->add)                                                                  \
    sum##i##_##v += vload (add + i * g->ld_add + v * LANES);                   \
  vstore (g->c + i * g->ldc + v * LANES, finish (&last, sum##i##_##v));
#define STORE_ROW(i) VECTORS (STORE, i)

#define GEMM(N, ROWS)                                                          \
  static void gemm_##N (const SiambanGemm *g)                                  \
  {                                                                            \
    const float *const *rows = g->rows;                                        \
    const float *const *next = rows + N;                                       \
    const float *segment = g->b, *add = g->add ? g->add : g->c;                \
    size_t run = g->run;                                                       \
    ROWS (START_ROW)                                                           \
    for (size_t s = 0; s < g->n_segments; s++) {                               \
      const float *b = segment;                                                \
      size_t k = 0;                                                            \
      ROWS (POINT_ROW)                                                         \
      for (; k + 4 <= run; k += 4, b += 4 * SIAMBAN_PANEL) {                   \
        STEP_ALL (0, ROWS)                                                     \
        STEP_ALL (1, ROWS)                                                     \
        STEP_ALL (2, ROWS)                                                     \
        STEP_ALL (3, ROWS)                                                     \
      }                                                                        \
      for (; k < run; k++, b += SIAMBAN_PANEL)                                 \
        STEP_ALL (0, ROWS)                                                     \
      segment += g->b_pitch;                                                   \
      rows += g->pitch;                                                        \
    }                                                                          \
    const Finish last = finish_load (&g->finish);                              \
    ROWS (STORE_ROW)                                                           \
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

static void
gemm (const SiambanGemm *g, unsigned rows)
{
  static void (*const kernels[]) (const SiambanGemm *) = {
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
  kernels[rows - 1](g);
}
