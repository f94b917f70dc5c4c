/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Depthwise products: as gemm.h, but each channel meets its own filter. */

/* As many pixels as keep the sums apart for as long as a product takes. */
#if LANES == 16
#define DEPTHWISE_PIXELS 8
#else
#define DEPTHWISE_PIXELS GEMM_ROWS
#endif

#define POINT_TAP(i) const float *a##i = line + i * step;
#define TAP(i, v)    VFMA (sum##i##_##v, vload (a##i + at + v * LANES), b_##v);
#define TAP_ROW(i)   VECTORS (TAP, i)
#define START_SUM(i) VECTORS (START, i)

#define DEPTHWISE(N, ROWS)                                                     \
  static void depthwise_##N (const SiambanDepthwise *d, const float *line,     \
      float *c, const float *add)                                              \
  {                                                                            \
    const size_t step = d->step, row = d->row, column = d->column;             \
    const size_t ldc = d->ldc, ld_add = d->ld_add;                             \
    const size_t end = d->columns * column;                                    \
    const float *bias = d->bias, *filter = d->weight;                          \
    VECTORS (LOAD_BIAS, 0)                                                     \
    ROWS (START_SUM)                                                           \
    for (unsigned r = 0; r < d->rows; r++) {                                   \
      const float *b = filter;                                                 \
      ROWS (POINT_TAP)                                                         \
      for (size_t at = 0; at < end; at += column) {                            \
        VECTORS (LOAD_B, 0)                                                    \
        ROWS (TAP_ROW)                                                         \
        b += d->weight_column;                                                 \
      }                                                                        \
      line += row;                                                             \
      filter += d->weight_row;                                                 \
    }                                                                          \
    if (add) {                                                                 \
      ROWS (ADD_ROW)                                                           \
    }                                                                          \
    STORE_ALL (&d->finish, ROWS)                                               \
  }

DEPTHWISE (1, ROWS_1)
DEPTHWISE (2, ROWS_2)
DEPTHWISE (3, ROWS_3)
#if DEPTHWISE_PIXELS >= 6
DEPTHWISE (4, ROWS_4)
DEPTHWISE (5, ROWS_5)
DEPTHWISE (6, ROWS_6)
#endif
#if DEPTHWISE_PIXELS == 8
DEPTHWISE (7, ROWS_7)
DEPTHWISE (8, ROWS_8)
#endif

static void
depthwise (const SiambanDepthwise *d, size_t pixels)
{
  static void (*const kernels[]) (
      const SiambanDepthwise *, const float *, float *, const float *) = {
    depthwise_1,
    depthwise_2,
    depthwise_3,
#if DEPTHWISE_PIXELS >= 6
    depthwise_4,
    depthwise_5,
    depthwise_6,
#endif
#if DEPTHWISE_PIXELS == 8
    depthwise_7,
    depthwise_8,
#endif
  };
  size_t tiles = (pixels + DEPTHWISE_PIXELS - 1) / DEPTHWISE_PIXELS;
  size_t at = 0, more = tiles ? pixels % tiles : 0;

  for (size_t t = 0; t < tiles; t++) {
    size_t n = pixels / tiles + (t < more);

    kernels[n - 1](d, d->in + at * d->step, d->c + at * d->ldc,
        d->add ? d->add + at * d->ld_add : NULL);
    at += n;
  }
}
