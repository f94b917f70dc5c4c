/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The microkernel on pairs of bfloat16: one function a number of rows and of
 * panels, its sums in variables of their own. The instruction set says in how
 * many PARTS it takes a pair, and how many PANELS at most. */
#include "kernels/bf16-dsp.h"
#include "kernels/tmpl/finish.h"
#include "kernels/tmpl/rows.h"

#define ROWS 6

/* Floats of a panel are PER_PANEL vectors, and so are pairs of weights. */
#define PER_PANEL  (SIAMBAN_PANEL / LANES)
#define AT(v)      ((v) / PER_PANEL * SIAMBAN_PANEL + (v) % PER_PANEL * LANES)
#define WEIGHTS(v) ((v) / PER_PANEL * panel + (v) % PER_PANEL * LANES * 2)

/* X (row, vector) for each vector of 1 .. 4 panels. */
#define VECTORS_1(X, i) VECTORS (X, i)
#define VECTORS_2(X, i) X (i, 0) X (i, 1)
#define VECTORS_3(X, i) VECTORS_2 (X, i) X (i, 2)
#define VECTORS_4(X, i) VECTORS_3 (X, i) X (i, 3)

#define START(i, v)                                                            \
  vf sum##i##_##v = g->bias ? vload (g->bias + AT (v)) : vset (0);
/* A residual's map is far away. */
#define FETCH(i, v)                                                            \
  if (g->add)                                                                  \
    __builtin_prefetch (g->add + i * g->ld_add + AT (v), 0, 3);
#define START_1(i)   VECTORS_1 (START, i) VECTORS_1 (FETCH, i)
#define START_2(i)   VECTORS_2 (START, i) VECTORS_2 (FETCH, i)
#define START_3(i)   VECTORS_3 (START, i) VECTORS_3 (FETCH, i)
#define START_4(i)   VECTORS_4 (START, i) VECTORS_4 (FETCH, i)
#define POINT_ROW(i) const guint16 *a##i = rows[i];

#define LOAD_0(i, v)                                                           \
  vp b_##v = pair_0 (vp_load (b + u * SIAMBAN_PANEL + WEIGHTS (v)));
#define LOAD_1(i, v)                                                           \
  vp b_##v = pair_1 (vp_load (b + u * SIAMBAN_PANEL + WEIGHTS (v)));
#define DOT(i, v) VDOT (sum##i##_##v, x, b_##v);
#define DOT_0_1(i)                                                             \
  {                                                                            \
    vp x = pair_0 (vp_spread (a##i + k + u));                                  \
    VECTORS_1 (DOT, i)                                                         \
  }
#define DOT_1_1(i)                                                             \
  {                                                                            \
    vp x = pair_1 (vp_spread (a##i + k + u));                                  \
    VECTORS_1 (DOT, i)                                                         \
  }
#define DOT_0_2(i)                                                             \
  {                                                                            \
    vp x = pair_0 (vp_spread (a##i + k + u));                                  \
    VECTORS_2 (DOT, i)                                                         \
  }
#define DOT_0_3(i)                                                             \
  {                                                                            \
    vp x = pair_0 (vp_spread (a##i + k + u));                                  \
    VECTORS_3 (DOT, i)                                                         \
  }
#define DOT_0_4(i)                                                             \
  {                                                                            \
    vp x = pair_0 (vp_spread (a##i + k + u));                                  \
    VECTORS_4 (DOT, i)                                                         \
  }

#define PART(I, N, P)                                                          \
  {                                                                            \
    VECTORS_##P (LOAD_##I, 0) ROWS_##N (DOT_##I##_##P)                         \
  }
#if PARTS == 2
/* Keeping pairs from one part to the other takes registers that sums need. */
#define PARTS_ALL(N, P)                                                        \
  PART (0, N, P) __asm__ volatile("" ::: "memory");                            \
  PART (1, N, P)
#else
#define PARTS_ALL(N, P) PART (0, N, P)
#endif
#define PAIR(U, N, P)                                                          \
  {                                                                            \
    enum                                                                       \
    {                                                                          \
      u = U                                                                    \
    };                                                                         \
    PARTS_ALL (N, P)                                                           \
  }

#define STORE(i, v)                                                            \
  if (g->add)                                                                  \
    sum##i##_##v += vload (g->add + i * g->ld_add + AT (v));                   \
  vstore (g->c + i * g->ldc + AT (v), finish (&last, sum##i##_##v));
#define STORE_1(i) VECTORS_1 (STORE, i)
#define STORE_2(i) VECTORS_2 (STORE, i)
#define STORE_3(i) VECTORS_3 (STORE, i)
#define STORE_4(i) VECTORS_4 (STORE, i)

#define GEMM(N, P)                                                             \
  static void gemm_##N##_##P (const SiambanBf16Gemm *g)                        \
  {                                                                            \
    const guint16 *const *rows = g->rows;                                      \
    const guint16 *segment = g->b;                                             \
    size_t run = g->run, panel = g->b_panel;                                   \
    (void)panel;                                                               \
    ROWS_##N (START_##P) for (size_t s = 0; s < g->n_segments; s++)            \
    {                                                                          \
      const guint16 *b = segment;                                              \
      ROWS_##N (POINT_ROW) for (size_t k = 0; k < run; k += SIAMBAN_BF16_STEP) \
      {                                                                        \
        PAIR (0, N, P)                                                         \
        PAIR (2, N, P)                                                         \
        b += SIAMBAN_BF16_STEP * SIAMBAN_PANEL;                                \
      }                                                                        \
      segment += g->b_pitch;                                                   \
      rows += g->pitch;                                                        \
    }                                                                          \
    const Finish last = finish_load (&g->finish);                              \
    ROWS_##N (STORE_##P)                                                       \
  }

#define GEMM_ALL(P)                                                            \
  GEMM (1, P)                                                                  \
  GEMM (2, P)                                                                  \
  GEMM (3, P)                                                                  \
  GEMM (4, P)                                                                  \
  GEMM (5, P)                                                                  \
  GEMM (6, P)
#define NAMES(P)                                                               \
  {                                                                            \
    gemm_1_##P, gemm_2_##P, gemm_3_##P, gemm_4_##P, gemm_5_##P, gemm_6_##P     \
  }

GEMM_ALL (1)
#if PANELS == 4
GEMM_ALL (2)
GEMM_ALL (3)
GEMM_ALL (4)
#endif

static void
gemm (const SiambanBf16Gemm *g, unsigned rows, unsigned panels)
{
  static void (*const kernels[PANELS][ROWS]) (const SiambanBf16Gemm *) = {
    NAMES (1),
#if PANELS == 4
    NAMES (2),
    NAMES (3),
    NAMES (4),
#endif
  };

  kernels[panels - 1][rows - 1](g);
}

static void
round_to_even (const float *x, size_t n, guint16 *q)
{
  for (size_t k = 0; k < n; k += LANES)
    vp_store_rounded (q + k, vload (x + k));
}

const SiambanBf16Dsp BF16_DSP = {ROWS, PANELS, gemm, round_to_even};
