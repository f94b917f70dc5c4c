/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transforms of Winograd's F(4x4, 3x3) and F(6x6, 3x3) on whole vectors of
 * channels. Those of opposite points share sums: even +- odd. The points are 0,
 * 1, -1, 2, -2, 1/2, -1/2 and infinity for the second. The first has 0, P, -P,
 * Q, -Q and infinity: 16-bit products are half as far off with these as with 1
 * and 2, and all numbers but the filters' are exact. */
#include "kernels/dsp.h"

#define P   (5 / 8.f)
#define Q   (3 / 2.f)
#define N   (1 / (P * P * Q * Q))
#define P_N (1 / (2 * P * P * (P * P - Q * Q)))
#define Q_N (1 / (2 * Q * Q * (Q * Q - P * P)))

/* clang unrolls short loops unasked. */
#ifdef __clang__
#define UNROLLED
#else
#define UNROLLED _Pragma ("GCC unroll 8")
#endif

/* Each makes @out from @in, whose elements lie @s apart; @in is read whole
 * before @out is written. */
INLINE void
input_4 (const vf *in, int s, vf *out, int t)
{
  const vf d0 = in[0], d1 = in[s], d2 = in[2 * s];
  const vf d3 = in[3 * s], d4 = in[4 * s], d5 = in[5 * s];
  const vf a2 = vset (-P * P), b2 = vset (-Q * Q), both = vset (-P * P - Q * Q);
  vf even = vfma (b2, d2, d4), odd = vset (P) * vfma (b2, d1, d3);
  vf even2 = vfma (a2, d2, d4), odd2 = vset (Q) * vfma (a2, d1, d3);

  out[0] = vfma (both, d2, vfma (vset (P * P * Q * Q), d0, d4));
  out[t] = even + odd;
  out[2 * t] = even - odd;
  out[3 * t] = even2 + odd2;
  out[4 * t] = even2 - odd2;
  out[5 * t] = vfma (both, d3, vfma (vset (P * P * Q * Q), d1, d5));
}

INLINE void
output_4 (const vf *in, int s, vf *out, int t)
{
  vf plus = in[s] + in[2 * s], minus = in[s] - in[2 * s];
  vf plus2 = in[3 * s] + in[4 * s], minus2 = in[3 * s] - in[4 * s];

  out[0] = in[0] + plus + plus2;
  out[t] = vfma (vset (Q), minus2, vset (P) * minus);
  out[2 * t] = vfma (vset (Q * Q), plus2, vset (P * P) * plus);
  out[3 * t] = vfma (
      vset (Q * Q * Q), minus2, vfma (vset (P * P * P), minus, in[5 * s]));
}

INLINE void
input_6 (const vf *in, int s, vf *out, int t)
{
  const vf d0 = in[0], d1 = in[s], d2 = in[2 * s], d3 = in[3 * s];
  const vf d4 = in[4 * s], d5 = in[5 * s], d6 = in[6 * s], d7 = in[7 * s];
  const vf quarter = vset (0.25f), half = vset (0.5f), two = vset (2);
  const vf four = vset (4), a = vset (-4.25f), b = vset (5.25f);
  const vf c = vset (-2.5f), e = vset (-1.25f), f = vset (-5);
  vf even = vfma (a, d4, d2 + d6), odd = vfma (a, d3, d1 + d5);
  vf even2 = vfma (quarter, d2, vfma (e, d4, d6));
  vf odd2 = vfma (half, d1, vfma (c, d3, two * d5));
  vf even3 = vfma (four, d2, vfma (f, d4, d6));
  vf odd3 = vfma (two, d1, vfma (c, d3, half * d5));

  out[0] = vfma (b, d4 - d2, d0 - d6);
  out[t] = even + odd;
  out[2 * t] = even - odd;
  out[3 * t] = even2 + odd2;
  out[4 * t] = even2 - odd2;
  out[5 * t] = even3 + odd3;
  out[6 * t] = even3 - odd3;
  out[7 * t] = vfma (b, d3 - d5, d7 - d1);
}

INLINE void
output_6 (const vf *in, int s, vf *out, int t)
{
  vf plus = in[s] + in[2 * s], minus = in[s] - in[2 * s];
  vf plus2 = in[3 * s] + in[4 * s], minus2 = in[3 * s] - in[4 * s];
  vf plus3 = in[5 * s] + in[6 * s], minus3 = in[5 * s] - in[6 * s];

  out[0] = in[0] + plus + plus2 + plus3;
  out[t] = vfma (vset (2), minus2, vfma (vset (0.5f), minus3, minus));
  out[2 * t] = vfma (vset (4), plus2, vfma (vset (0.25f), plus3, plus));
  out[3 * t] = vfma (vset (8), minus2, vfma (vset (0.125f), minus3, minus));
  out[4 * t] = vfma (vset (16), plus2, vfma (vset (0.0625f), plus3, plus));
  out[5 * t] = vfma (vset (32), minus2, vfma (vset (0.03125f), minus3, minus)) +
               in[7 * s];
}

/* Row @i of a filter's transform down its columns. */
INLINE vf
weight_row (const float *g, const float *row, int x)
{
  enum
  {
    S = 3 * SIAMBAN_PANEL
  };
  const float *p = g + x * SIAMBAN_PANEL;

  return vfma (vset (row[0]), vload (p),
      vfma (vset (row[1]), vload (p + S), vset (row[2]) * vload (p + 2 * S)));
}

INLINE void
weight_4 (vf g0, vf g1, vf g2, vf *out)
{
  vf even = vfma (vset (P_N), g0, vset (P * P * P_N) * g2);
  vf odd = vset (P * P_N) * g1;
  vf even2 = vfma (vset (Q_N), g0, vset (Q * Q * Q_N) * g2);
  vf odd2 = vset (Q * Q_N) * g1;

  out[0] = vset (N) * g0;
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = even2 + odd2;
  out[4] = even2 - odd2;
  out[5] = g2;
}

INLINE void
weight_6 (vf g0, vf g1, vf g2, vf *out)
{
  vf even = vset (-2 / 9.f) * (g0 + g2), odd = vset (-2 / 9.f) * g1;
  vf even2 = vfma (vset (1 / 90.f), g0, vset (2 / 45.f) * g2);
  vf odd2 = vset (1 / 45.f) * g1;
  vf even3 = vfma (vset (32 / 45.f), g0, vset (8 / 45.f) * g2);
  vf odd3 = vset (16 / 45.f) * g1;

  out[0] = g0;
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = even2 + odd2;
  out[4] = even2 - odd2;
  out[5] = even3 + odd3;
  out[6] = even3 - odd3;
  out[7] = g2;
}

#define WINOGRAD(M, A)                                                         \
  static void winograd_input_##M (                                             \
      const float *const *pixels, size_t n, float *v, size_t pitch)            \
  {                                                                            \
    vf x[A * A], y[A * A];                                                     \
    for (size_t k = 0; k < n; k += LANES) {                                    \
      for (int i = 0; i < A * A; i++)                                          \
        x[i] = vload (pixels[i] + k);                                          \
      UNROLLED for (int i = 0; i < A; i++) input_##M (x + i, A, y + i, A);     \
      UNROLLED for (int i = 0; i < A; i++)                                     \
          input_##M (y + i * A, 1, x + i * A, 1);                              \
      for (int i = 0; i < A * A; i++)                                          \
        vstore (v + i * pitch + k, x[i]);                                      \
    }                                                                          \
  }                                                                            \
                                                                               \
  static void winograd_weight_##M (                                            \
      const float *w, size_t n, int row, float *u, size_t pitch)               \
  {                                                                            \
    for (size_t k = 0; k < n; k++, w += 9 * SIAMBAN_PANEL)                     \
      UNROLLED for (int v = 0; v < SIAMBAN_PANEL; v += LANES)                  \
      {                                                                        \
        const float *r = weight_rows_##M[row];                                 \
        vf y[A];                                                               \
        weight_##M (weight_row (w + v, r, 0), weight_row (w + v, r, 1),        \
            weight_row (w + v, r, 2), y);                                      \
        UNROLLED for (int i = 0; i < A; i++)                                   \
            vstore (u + i * pitch + k * SIAMBAN_PANEL + v, y[i]);              \
      }                                                                        \
  }                                                                            \
                                                                               \
  static void winograd_output_##M (                                            \
      const float *m, size_t pitch, const SiambanWinogradOut *out)             \
  {                                                                            \
    vf x[A * A], y[A * A];                                                     \
    const Finish last = finish_load (&out->finish);                            \
    for (int v = 0; v < SIAMBAN_PANEL; v += LANES) {                           \
      vf bias = vload (out->bias + v);                                         \
      for (int i = 0; i < A * A; i++)                                          \
        x[i] = vload (m + i * pitch + v);                                      \
      UNROLLED for (int i = 0; i < A; i++) output_##M (x + i, A, y + i, A);    \
      UNROLLED for (int i = 0; i < M; i++)                                     \
          output_##M (y + i * A, 1, x + i * M, 1);                             \
      for (int i = 0; i < out->rows; i++)                                      \
        for (int j = 0; j < out->columns; j++) {                               \
          vf z = x[i * M + j] + bias;                                          \
          if (out->residual)                                                   \
            z += vload (out->residual + i * out->residual_row +                \
                        j * out->residual_column + v);                         \
          vstore (                                                             \
              out->c + i * out->row + j * out->column + v, finish (&last, z)); \
        }                                                                      \
    }                                                                          \
  }

static const float weight_rows_4[6][3] = {
    {N, 0, 0},
    {P_N, P *P_N, P *P *P_N},
    {P_N, -P *P_N, P *P *P_N},
    {Q_N, Q *Q_N, Q *Q *Q_N},
    {Q_N, -Q *Q_N, Q *Q *Q_N},
    {0, 0, 1},
};

static const float weight_rows_6[8][3] = {
    {1, 0, 0},
    {-2 / 9.f, -2 / 9.f, -2 / 9.f},
    {-2 / 9.f, 2 / 9.f, -2 / 9.f},
    {1 / 90.f, 1 / 45.f, 2 / 45.f},
    {1 / 90.f, -1 / 45.f, 2 / 45.f},
    {32 / 45.f, 16 / 45.f, 8 / 45.f},
    {32 / 45.f, -16 / 45.f, 8 / 45.f},
    {0, 0, 1},
};

WINOGRAD (4, 6)
WINOGRAD (6, 8)
