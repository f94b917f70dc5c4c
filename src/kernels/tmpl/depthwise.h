/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Depthwise products: as gemm.h, but each channel meets its own filter. */

#define TAP_ROW(i) const float *a##i = taps[i] + k;
#define TAP(i, v)  VFMA (sum##i##_##v, vload (a##i + v * LANES), b_##v);
#define TAP_ALL(i) VECTORS (TAP, i)
#define BIAS(i, v)                                                             \
  vf sum##i##_##v = d->bias ? vload (d->bias + k + v * LANES) : vset (0);
#define BIAS_ROW(i) VECTORS (BIAS, i)
#define KEEP(i, v)                                                             \
  if (d->add)                                                                  \
    sum##i##_##v += vload (d->add + i * d->ld_add + k + v * LANES);            \
  vstore (d->c + i * d->ldc + k + v * LANES, finish (&last, sum##i##_##v));
#define KEEP_ROW(i) VECTORS (KEEP, i)

#define DEPTHWISE(N, ROWS)                                                     \
  static void depthwise_##N (const SiambanDepthwise *d)                        \
  {                                                                            \
    const Finish last = finish_load (&d->finish);                              \
    for (size_t k = 0; k < d->channels; k += SIAMBAN_PANEL) {                  \
      const float *const *taps = d->taps;                                      \
      const float *b = d->weight + k;                                          \
      ROWS (BIAS_ROW)                                                          \
      for (size_t t = 0; t < d->n_taps; t++) {                                 \
        VECTORS (LOAD_B, 0)                                                    \
        ROWS (TAP_ROW)                                                         \
        ROWS (TAP_ALL)                                                         \
        taps += SIAMBAN_DEPTHWISE_PIXELS;                                      \
        b += d->weight_pitch;                                                  \
      }                                                                        \
      ROWS (KEEP_ROW)                                                          \
    }                                                                          \
  }

DEPTHWISE (1, ROWS_1)
DEPTHWISE (2, ROWS_2)
DEPTHWISE (3, ROWS_3)
DEPTHWISE (4, ROWS_4)

static void
depthwise (const SiambanDepthwise *d, unsigned pixels)
{
  static void (*const kernels[]) (const SiambanDepthwise *) = {
      depthwise_1, depthwise_2, depthwise_3, depthwise_4};
  kernels[pixels - 1](d);
}
