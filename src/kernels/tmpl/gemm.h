/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The GEMM microkernel: one function a number of pixels and of panels, its sums
 * in variables of their own, since compilers spill arrays of them. */
#include "kernels/dsp.h"
#include "kernels/tmpl/rows.h"

#define START(i, v) vf sum##i##_##v = bias_##v;
/* What the end of this tile will touch. */
#define START_ROW(i)                                                           \
  TILE_VECTORS (START, i)                                                      \
  __builtin_prefetch (c + i * ldc, 1);
#define LOAD_BIAS(i, v)                                                        \
  vf bias_##v = bias ? vload (bias + v * LANES) : vset (0);

/* Where @x is the same number all over, of use to some levels. */
#ifndef VFMA_ONE
#define VFMA_ONE(sum, x, b) VFMA (sum, x, b)
#endif

#define POINT_ROW(i) const float *a##i = rows[i] + g->offset;

#define LOAD_B(u, v) SHARED b_##v = SHARE (b + u * SIAMBAN_PANEL + v * LANES);
/* The same where the vector may be of the second panel. */
#define LOAD_TILE(u, v)                                                        \
  SHARED b_##v = SHARE ((v * LANES < SIAMBAN_PANEL ? b : b2) +                 \
                        u * SIAMBAN_PANEL + v * LANES % SIAMBAN_PANEL);
#define STEP(i, v) VFMA_ONE (sum##i##_##v, x, b_##v);
#define STEP_ROW(i)                                                            \
  {                                                                            \
    vf x = vset (a##i[k + u]);                                                 \
    TILE_VECTORS (STEP, i)                                                     \
  }
/* Panels come from the outer caches; 8 steps ahead they are there in time. */
#define FETCH_1 __builtin_prefetch (b + (u + 8) * SIAMBAN_PANEL);
#define FETCH_2 FETCH_1 __builtin_prefetch (b2 + (u + 8) * SIAMBAN_PANEL);
#define STEP_ALL(U, ROWS)                                                      \
  {                                                                            \
    enum                                                                       \
    {                                                                          \
      u = U                                                                    \
    };                                                                         \
    TILE_VECTORS (LOAD_TILE, u)                                                \
    PASTE (FETCH_, PANELS)                                                     \
    ROWS (STEP_ROW)                                                            \
  }

#define ADD(i, v)  sum##i##_##v += vload (add + i * ld_add + v * LANES);
#define ADD_ROW(i) TILE_VECTORS (ADD, i)
#define STORE(i, v, how)                                                       \
  vstore (c + i * ldc + v * LANES, finish_##how (&last, sum##i##_##v));
#define CLAMP(i, v)    STORE (i, v, clamp)
#define CLAMP_ROW(i)   TILE_VECTORS (CLAMP, i)
#define SWISH(i, v)    STORE (i, v, swish)
#define SWISH_ROW(i)   TILE_VECTORS (SWISH, i)
#define SIGMOID(i, v)  STORE (i, v, sigmoid)
#define SIGMOID_ROW(i) TILE_VECTORS (SIGMOID, i)

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

/* The panels of one tile, PANELS at a time. */
#define GEMM_N(N, ROWS)                                                        \
  static void PASTE (gemm_##N##_, PANELS) (const SiambanGemm *g,               \
      const float *const *tile, float *c, const float *add, size_t panels)     \
  {                                                                            \
    const float *panel = g->b, *bias = g->bias;                                \
    const size_t b_panel = g->b_panel, run = g->run;                           \
    const size_t ldc = g->ldc, ld_add = g->ld_add;                             \
    for (; panels > 0; panels -= PANELS) {                                     \
      const float *const *rows = tile;                                         \
      const float *segment = panel;                                            \
      TILE_VECTORS (LOAD_BIAS, 0)                                              \
      ROWS (START_ROW)                                                         \
      for (size_t s = g->n_segments; s > 0; s--) {                             \
        const float *b = segment, *b2 = b + b_panel;                           \
        size_t k = 0;                                                          \
        ROWS (POINT_ROW)                                                       \
        for (; k + 4 <= run; k += 4) {                                         \
          STEP_ALL (0, ROWS)                                                   \
          STEP_ALL (1, ROWS)                                                   \
          STEP_ALL (2, ROWS)                                                   \
          STEP_ALL (3, ROWS)                                                   \
          b += 4 * SIAMBAN_PANEL;                                              \
          b2 += 4 * SIAMBAN_PANEL;                                             \
        }                                                                      \
        for (; k < run; k++) {                                                 \
          STEP_ALL (0, ROWS)                                                   \
          b += SIAMBAN_PANEL;                                                  \
          b2 += SIAMBAN_PANEL;                                                 \
        }                                                                      \
        segment += g->b_pitch;                                                 \
        rows += g->pitch;                                                      \
      }                                                                        \
      if (add) {                                                               \
        ROWS (ADD_ROW)                                                         \
        add += PANELS * SIAMBAN_PANEL;                                         \
      }                                                                        \
      STORE_ALL (&g->finish, ROWS)                                             \
      c += PANELS * SIAMBAN_PANEL;                                             \
      panel += PANELS * b_panel;                                               \
      if (bias)                                                                \
        bias += PANELS * SIAMBAN_PANEL;                                        \
    }                                                                          \
  }

#define GEMM_3                                                                 \
  GEMM_N (1, ROWS_1)                                                           \
  GEMM_N (2, ROWS_2)                                                           \
  GEMM_N (3, ROWS_3)
#define GEMM_6                                                                 \
  GEMM_3                                                                       \
  GEMM_N (4, ROWS_4)                                                           \
  GEMM_N (5, ROWS_5)                                                           \
  GEMM_N (6, ROWS_6)
#define NAME(N, P) gemm_##N##_##P
#define NAMES_3(P) NAME (1, P), NAME (2, P), NAME (3, P)
#define NAMES_6(P) NAMES_3 (P), NAME (4, P), NAME (5, P), NAME (6, P)
#if GEMM_ROWS == 8
#define GEMM_ALL                                                               \
  GEMM_6                                                                       \
  GEMM_N (7, ROWS_7)                                                           \
  GEMM_N (8, ROWS_8)
#define NAMES(P) NAMES_6 (P), NAME (7, P), NAME (8, P)
#elif GEMM_ROWS == 6
#define GEMM_ALL GEMM_6
#define NAMES    NAMES_6
#else
#define GEMM_ALL GEMM_3
#define NAMES    NAMES_3
#endif

#if GEMM_PANELS == 2
#define PANELS 2
GEMM_ALL
#undef PANELS
#endif
#define PANELS 1
GEMM_ALL

/* What the next tile starts with. */
INLINE void
fetch_rows (const float *const *rows, size_t offset)
{
  for (int i = 0; i < GEMM_ROWS; i++) {
    __builtin_prefetch (rows[i] + offset);
    __builtin_prefetch (rows[i] + offset + 16);
  }
}

typedef void (*Kernel) (const SiambanGemm *, const float *const *, float *,
    const float *, size_t panels);

/* Tiles as even as can be. */
static void
gemm_tiles (
    const SiambanGemm *g, size_t pixels, size_t panels, const Kernel *kernels)
{
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

#if GEMM_PANELS == 2

/* What is left of @g behind so many panels. */
static SiambanGemm
gemm_behind (const SiambanGemm *g, size_t panels)
{
  SiambanGemm rest = *g;

  rest.b += panels * g->b_panel;
  rest.c += panels * SIAMBAN_PANEL;
  if (rest.bias)
    rest.bias += panels * SIAMBAN_PANEL;
  if (rest.add)
    rest.add += panels * SIAMBAN_PANEL;
  return rest;
}

static void
gemm (const SiambanGemm *g, size_t pixels, size_t panels)
{
  static const Kernel pairs[] = {NAMES (2)};
  static const Kernel kernels[] = {NAMES (1)};
  size_t paired = panels - panels % 2;

  if (paired > 0)
    gemm_tiles (g, pixels, paired, pairs);
  if (paired < panels) {
    SiambanGemm last = gemm_behind (g, paired);

    gemm_tiles (&last, pixels, 1, kernels);
  }
}

#else

static void
gemm (const SiambanGemm *g, size_t pixels, size_t panels)
{
  static const Kernel kernels[] = {NAMES (1)};

  gemm_tiles (g, pixels, panels, kernels);
}

#endif
