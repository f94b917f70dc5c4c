/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The integer microkernels: one function a number of rows and of panels, its
 * sums in variables of their own; and DSP, the table of them. */
#include "kernels/int-dsp.h"
#include "kernels/tmpl/rows.h"

/* Bytes of the weights of one group, of one vector of them. */
#define GROUP_BYTES  (SIAMBAN_PANEL * SIAMBAN_INT_GROUP)
#define VECTOR_BYTES (LANES * SIAMBAN_INT_GROUP)

#define START(i, v) vi sum##i##_##v = vi_zero ();
/* Whole maps are far away; sums of 16-bit numbers are in the cache. */
#define FETCH(i, v)                                                            \
  __builtin_prefetch (                                                         \
      (g->residual ? g->residual + i * g->ld_residual : g->c + i * g->ldc) +   \
          v * LANES,                                                           \
      0, 3);
#define START_8(i)   TILE_VECTORS (START, i) TILE_VECTORS (FETCH, i)
#define START_16(i)  TILE_VECTORS (START, i)
#define POINT_ROW(i) const guint8 *a##i = rows[i] + g->offset;

/* A vector may be of the second panel. */
#define LOAD_B(u, v)                                                           \
  vi b##u##_##v = vi_load (b + v * LANES / SIAMBAN_PANEL * b_panel +           \
                           v * VECTOR_BYTES % GROUP_BYTES + u * GROUP_BYTES);
#define LOAD_BOTH(u, v)                                                        \
  LOAD_B (0, v)                                                                \
  LOAD_B (1, v)

#define STEP8(i, v)                                                            \
  sum##i##_##v = vi_dot8 (sum##i##_##v, x, x2, b0_##v, b1_##v);
#define STEP8_ROW(i)                                                           \
  {                                                                            \
    vi x = vi_spread (a##i + k), x2 = vi_spread (a##i + k + 4);                \
    TILE_VECTORS (STEP8, i)                                                    \
  }
#define STEP8_ALL(ROWS)                                                        \
  {                                                                            \
    TILE_VECTORS (LOAD_BOTH, 0)                                                \
    ROWS (STEP8_ROW)                                                           \
  }

#define STEP16(i, v) sum##i##_##v = vi_dot16 (sum##i##_##v, x, b0_##v);
#define STEP16_ROW(i)                                                          \
  {                                                                            \
    vi x = vi_spread (a##i + k);                                               \
    TILE_VECTORS (STEP16, i)                                                   \
  }
#define STEP16_2_ROW(i)                                                        \
  {                                                                            \
    vi x = vi_spread (a##i + k + 4);                                           \
    TILE_VECTORS (STEP16_2, i)                                                 \
  }
#define STEP16_2(i, v) sum##i##_##v = vi_dot16 (sum##i##_##v, x, b1_##v);
#define STEP16_ALL(ROWS)                                                       \
  {TILE_VECTORS (LOAD_B, 0) ROWS (STEP16_ROW)} {                               \
    TILE_VECTORS (LOAD_B, 1)                                                   \
    ROWS (STEP16_2_ROW)                                                        \
  }

#define STORE(i, v)                                                            \
  {                                                                            \
    vf start =                                                                 \
        vload (g->bias ? g->bias + v * LANES : g->c + i * g->ldc + v * LANES); \
    if (g->residual)                                                           \
      start += vload (g->residual + i * g->ld_residual + v * LANES);           \
    vf y = vfma (vi_to_float (sum##i##_##v),                                   \
        vset (g->row_scale[i]) * vload (g->scale + v * LANES), start);         \
    vstore (g->c + i * g->ldc + v * LANES, vmin (high, vmax (low, y)));        \
  }
#define STORE_ROW(i) TILE_VECTORS (STORE, i)

#define NAME_(BITS, N, PANELS) gemm##BITS##_##N##_##PANELS
#define NAME(BITS, N, PANELS)  NAME_ (BITS, N, PANELS)
#define GEMM(BITS, N)                                                          \
  static void NAME (BITS, N, PANELS) (const SiambanIntGemm *g)                 \
  {                                                                            \
    const guint8 *const *rows = g->rows;                                       \
    const guint8 *segment = g->b;                                              \
    size_t run = g->run, b_panel = g->b_panel;                                 \
    const guint8 *ahead = g->ahead ? g->ahead : segment;                       \
    ROWS_##N (START_##BITS) for (size_t s = 0; s < g->n_segments; s++)         \
    {                                                                          \
      const guint8 *b = segment;                                               \
      ROWS_##N (POINT_ROW) for (size_t k = 0; k < run; k += SIAMBAN_INT_STEP)  \
      {                                                                        \
        __builtin_prefetch (ahead + k * 8, 0, 2);                              \
        STEP##BITS##_ALL (ROWS_##N) b += 2 * GROUP_BYTES;                      \
      }                                                                        \
      segment += g->b_pitch;                                                   \
      rows += g->pitch;                                                        \
    }                                                                          \
    vf low = vset (g->low), high = vset (g->high);                             \
    ROWS_##N (STORE_ROW)                                                       \
  }

/* All numbers of rows up to 4, 6 or 8. */
#define GEMM_4(BITS)   GEMM (BITS, 1) GEMM (BITS, 2) GEMM (BITS, 3) GEMM (BITS, 4)
#define GEMM_6(BITS)   GEMM_4 (BITS) GEMM (BITS, 5) GEMM (BITS, 6)
#define GEMM_8(BITS)   GEMM_6 (BITS) GEMM (BITS, 7) GEMM (BITS, 8)
#define GEMMS(BITS, N) PASTE (GEMM_, N) (BITS)
#define NAMES_4(BITS, P)                                                       \
  NAME (BITS, 1, P), NAME (BITS, 2, P), NAME (BITS, 3, P), NAME (BITS, 4, P)
#define NAMES_6(BITS, P)  NAMES_4 (BITS, P), NAME (BITS, 5, P), NAME (BITS, 6, P)
#define NAMES_8(BITS, P)  NAMES_6 (BITS, P), NAME (BITS, 7, P), NAME (BITS, 8, P)
#define NAMES(BITS, N, P) PASTE (NAMES_, N) (BITS, P)

#define PANELS 1
GEMMS (8, INT8_ROWS)
GEMMS (16, INT16_ROWS)
#if INT_PANELS == 2
#undef PANELS
#define PANELS 2
GEMMS (8, INT8_ROWS)
GEMMS (16, INT16_ROWS)
#endif

static void
gemm8 (const SiambanIntGemm *g, unsigned rows)
{
  static void (*const kernels[][INT8_ROWS]) (const SiambanIntGemm *) = {
    {NAMES (8, INT8_ROWS, 1)},
#if INT_PANELS == 2
    {NAMES (8, INT8_ROWS, 2)},
#endif
  };

  kernels[g->b_panel != 0][rows - 1](g);
}

static void
gemm16 (const SiambanIntGemm *g, unsigned rows)
{
  static void (*const kernels[][INT16_ROWS]) (const SiambanIntGemm *) = {
    {NAMES (16, INT16_ROWS, 1)},
#if INT_PANELS == 2
    {NAMES (16, INT16_ROWS, 2)},
#endif
  };

  kernels[g->b_panel != 0][rows - 1](g);
}

static void
quantise8 (const float *x, size_t n, float inverse, float zero, guint8 *q)
{
  vf scale = vset (inverse), shift = vset (zero);
  vf low = vset (0), high = vset (PIXEL_MAX);

  for (size_t k = 0; k < n; k += LANES)
    vstore8 (
        q + k, vmin (vmax (vfma (vload (x + k), scale, shift), low), high));
}

static void
quantise16 (const float *x, size_t n, gint16 *q, float *scale)
{
  vf most = vset (0);

  for (size_t k = 0; k < n; k += LANES)
    most = vmax (vabs (vload (x + k)), most);
  float highest = vhighest (most);
  float inverse = highest > 0 ? SIAMBAN_INT16_LIMIT / highest : 0;
  vf by = vset (inverse);
  vf low = vset (-SIAMBAN_INT16_LIMIT), high = vset (SIAMBAN_INT16_LIMIT);
  for (size_t k = 0; k < n; k += LANES)
    vstore16 (q + k, vmin (vmax (vload (x + k) * by, low), high));
  *scale = highest / SIAMBAN_INT16_LIMIT;
}

const SiambanIntDsp DSP = {
    .pixel_max = PIXEL_MAX,
    .weight_max = WEIGHT_MAX,
    .panels = INT_PANELS,
    .gemm8 = {INT8_ROWS, gemm8},
    .gemm16 = {INT16_ROWS, gemm16},
    .quantise8 = quantise8,
    .quantise16 = quantise16,
};
