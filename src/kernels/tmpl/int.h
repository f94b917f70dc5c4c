/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The integer microkernels: one function a number of rows, its sums in
 * variables of their own. */
#include "kernels/int-dsp.h"
#include "kernels/tmpl/rows.h"

/* Bytes of the weights of one group, of one vector of them. */
#define GROUP_BYTES  (SIAMBAN_PANEL * SIAMBAN_INT_GROUP)
#define VECTOR_BYTES (LANES * SIAMBAN_INT_GROUP)

#define START(i, v)  vi sum##i##_##v = vi_zero ();
#define START_ROW(i) VECTORS (START, i)
#define POINT_ROW(i) const guint8 *a##i = rows[i] + g->offset;

#define LOAD_B(u, v)                                                           \
  vi b##u##_##v = vi_load (b + u * GROUP_BYTES + v * VECTOR_BYTES);
#define LOAD_BOTH(u, v)                                                        \
  LOAD_B (0, v)                                                                \
  LOAD_B (1, v)

#define STEP8(i, v)                                                            \
  sum##i##_##v = vi_dot8 (sum##i##_##v, x, x2, b0_##v, b1_##v);
#define STEP8_ROW(i)                                                           \
  {                                                                            \
    vi x = vi_spread (a##i + k), x2 = vi_spread (a##i + k + 4);                \
    VECTORS (STEP8, i)                                                         \
  }
#define STEP8_ALL(ROWS)                                                        \
  {                                                                            \
    VECTORS (LOAD_BOTH, 0)                                                     \
    ROWS (STEP8_ROW)                                                           \
  }

#define STEP16(i, v) sum##i##_##v = vi_dot16 (sum##i##_##v, x, b0_##v);
#define STEP16_ROW(i)                                                          \
  {                                                                            \
    vi x = vi_spread (a##i + k);                                               \
    VECTORS (STEP16, i)                                                        \
  }
#define STEP16_2_ROW(i)                                                        \
  {                                                                            \
    vi x = vi_spread (a##i + k + 4);                                           \
    VECTORS (STEP16_2, i)                                                      \
  }
#define STEP16_2(i, v) sum##i##_##v = vi_dot16 (sum##i##_##v, x, b1_##v);
#define STEP16_ALL(ROWS)                                                       \
  {VECTORS (LOAD_B, 0) ROWS (STEP16_ROW)} {                                    \
    VECTORS (LOAD_B, 1)                                                        \
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
#define STORE_ROW(i) VECTORS (STORE, i)

#define GEMM(BITS, N)                                                          \
  static void gemm##BITS##_##N (const SiambanIntGemm *g)                       \
  {                                                                            \
    const guint8 *const *rows = g->rows;                                       \
    const guint8 *segment = g->b;                                              \
    size_t run = g->run;                                                       \
    ROWS_##N (START_ROW) for (size_t s = 0; s < g->n_segments; s++)            \
    {                                                                          \
      const guint8 *b = segment;                                               \
      ROWS_##N (POINT_ROW) for (size_t k = 0; k < run; k += SIAMBAN_INT_STEP)  \
      {                                                                        \
        STEP##BITS##_ALL (ROWS_##N) b += 2 * GROUP_BYTES;                      \
      }                                                                        \
      segment += g->b_pitch;                                                   \
      rows += g->pitch;                                                        \
    }                                                                          \
    vf low = vset (g->low), high = vset (g->high);                             \
    ROWS_##N (STORE_ROW)                                                       \
  }

#define GEMM_BOTH(N)                                                           \
  GEMM (8, N)                                                                  \
  GEMM (16, N)

GEMM_BOTH (1)
GEMM_BOTH (2)
GEMM_BOTH (3)
GEMM_BOTH (4)
GEMM (16, 5)
GEMM (16, 6)
#if INT8_ROWS == 12
GEMM (8, 5)
GEMM (8, 6)
GEMM_BOTH (7)
GEMM_BOTH (8)
GEMM_BOTH (9)
GEMM_BOTH (10)
GEMM_BOTH (11)
GEMM_BOTH (12)
#endif

static void
gemm8 (const SiambanIntGemm *g, unsigned rows)
{
  static void (*const kernels[]) (const SiambanIntGemm *) = {
    gemm8_1,
    gemm8_2,
    gemm8_3,
    gemm8_4,
#if INT8_ROWS == 12
    gemm8_5,
    gemm8_6,
    gemm8_7,
    gemm8_8,
    gemm8_9,
    gemm8_10,
    gemm8_11,
    gemm8_12
#endif
  };
  kernels[rows - 1](g);
}

static void
gemm16 (const SiambanIntGemm *g, unsigned rows)
{
  static void (*const kernels[]) (const SiambanIntGemm *) = {
    gemm16_1,
    gemm16_2,
    gemm16_3,
    gemm16_4,
    gemm16_5,
    gemm16_6,
#if INT16_ROWS == 12
    gemm16_7,
    gemm16_8,
    gemm16_9,
    gemm16_10,
    gemm16_11,
    gemm16_12
#endif
  };
  kernels[rows - 1](g);
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
