/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernels on bfloat16 against plain C. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "checkpoint/half.h"
#include "kernels/bf16-dsp.h"
#include "kernels/conv.h"

#define GUARD      1e30f
#define MAX_ROWS   12
#define MAX_PANELS 4
#define WIDTH      (MAX_PANELS * SIAMBAN_PANEL)
#define LDC        (WIDTH + 3)

typedef struct
{
  size_t segments, run, rows, panels;
  guint16 *pixels[MAX_ROWS * 9];
  guint16 *b;
  size_t b_pitch, b_panel;
  float c[MAX_ROWS * LDC], bias[WIDTH], add[MAX_ROWS * LDC];
} Case;

static const SiambanBf16Dsp *dsp;

static guint16
random_bf16 (void)
{
  return siamban_f32_to_bf16 (g_test_rand_double_range (-1, 1));
}

/* Each pixel in memory of its own, so that reading behind it is seen. */
static Case *
case_new (size_t segments, size_t run, size_t rows, size_t panels)
{
  Case *t = g_new (Case, 1);

  *t = (Case){.segments = segments, .run = run, .rows = rows, .panels = panels};
  t->b_pitch = (run + 2 * g_test_rand_int_range (0, 3)) * SIAMBAN_PANEL;
  t->b_panel = segments * t->b_pitch + 32 * g_test_rand_int_range (0, 3);
  for (size_t i = 0; i < segments * MAX_ROWS; i++) {
    t->pixels[i] = g_new (guint16, run);
    for (size_t k = 0; k < run; k++)
      t->pixels[i][k] = random_bf16 ();
  }
  t->b = g_aligned_alloc (panels * t->b_panel, sizeof (guint16), SIAMBAN_ALIGN);
  for (size_t i = 0; i < panels * t->b_panel; i++)
    t->b[i] = random_bf16 ();
  for (int i = 0; i < WIDTH; i++)
    t->bias[i] = g_test_rand_double_range (-1, 1);
  for (int i = 0; i < MAX_ROWS * LDC; i++) {
    t->c[i] = GUARD;
    t->add[i] = g_test_rand_double_range (-1, 1);
  }
  return t;
}

static void
case_free (Case *t)
{
  for (size_t i = 0; i < t->segments * MAX_ROWS; i++)
    g_free (t->pixels[i]);
  g_aligned_free (t->b);
  g_free (t);
}

static SiambanBf16Gemm
gemm_of (Case *t)
{
  return (SiambanBf16Gemm){
      .rows = (const guint16 *const *)t->pixels,
      .pitch = MAX_ROWS,
      .n_segments = t->segments,
      .run = t->run,
      .b = t->b,
      .b_pitch = t->b_pitch,
      .b_panel = t->b_panel,
      .c = t->c,
      .ldc = LDC,
      .bias = t->bias,
      .add = t->add,
      .ld_add = LDC,
      .finish = {SIAMBAN_HARD_NONE, -INFINITY, INFINITY},
  };
}

static double
sum_of (const Case *t, size_t row, size_t o, double *magnitude)
{
  double sum = 0;

  *magnitude = 0;
  for (size_t s = 0; s < t->segments; s++)
    for (size_t k = 0; k < t->run; k++) {
      size_t pair = (k / 2 * SIAMBAN_PANEL + o % SIAMBAN_PANEL) * 2 + k % 2;
      double term =
          (double)siamban_bf16_to_f32 (t->pixels[s * MAX_ROWS + row][k]) *
          siamban_bf16_to_f32 (
              t->b[o / SIAMBAN_PANEL * t->b_panel + s * t->b_pitch + pair]);

      sum += term;
      *magnitude += fabs (term);
    }
  return sum;
}

/* @add and @bias are what was added, or NULL. */
static void
check_values (const Case *t, const SiambanBf16Gemm *g, const float *bias,
    const float *add)
{
  double unit = FLT_EPSILON * (t->segments * t->run + 2);

  for (size_t i = 0; i < MAX_ROWS; i++)
    for (size_t o = 0; o < LDC; o++) {
      double magnitude, value = t->c[i * LDC + o];

      if (i >= t->rows || o >= t->panels * SIAMBAN_PANEL) {
        g_assert_cmpfloat (value, ==, GUARD);
        continue;
      }
      double sum = sum_of (t, i, o, &magnitude);
      sum += (bias ? bias[o] : 0) + (add ? add[i * LDC + o] : 0);
      sum = CLAMP (sum, g->finish.low, g->finish.high);
      g_assert_cmpfloat_with_epsilon (value, sum, unit * (magnitude + 1));
    }
}

static void
check (size_t segments, size_t run, size_t rows, size_t panels)
{
  Case *t = case_new (segments, run, rows, panels);
  SiambanBf16Gemm g = gemm_of (t);

  if (g_test_rand_int_range (0, 2))
    g.bias = NULL;
  if (g_test_rand_int_range (0, 2))
    g.finish = (SiambanFinish){SIAMBAN_HARD_NONE, 0, 6};
  switch (g_test_rand_int_range (0, 3)) {
    case 0:
      g.add = NULL;
      break;
    case 1:
      for (size_t i = 0; i < rows; i++)
        memcpy (t->c + i * LDC, t->add + i * LDC,
            panels * SIAMBAN_PANEL * sizeof (float));
      g.add = t->c;
      break;
  }
  dsp->gemm (&g, rows, panels);
  check_values (t, &g, g.bias, g.add ? t->add : NULL);
  case_free (t);
}

static void
test_gemm (void)
{
  g_assert_cmpuint (dsp->rows, <=, MAX_ROWS);
  g_assert_cmpuint (dsp->panels, <=, MAX_PANELS);
  for (size_t rows = 1; rows <= dsp->rows; rows++)
    for (size_t panels = 1; panels <= dsp->panels; panels++) {
      for (size_t run = 4; run <= 32; run += 4)
        check (g_test_rand_int_range (1, 10), run, rows, panels);
      check (1, 512, rows, panels);
    }
}

/* A number that is not one stays so, in its row and no other. */
static void
test_not_finite (void)
{
  static const float values[] = {NAN, INFINITY, -INFINITY};

  for (size_t rows = 1; rows <= dsp->rows; rows++)
    for (guint v = 0; v < G_N_ELEMENTS (values); v++) {
      Case *t = case_new (2, 8, rows, dsp->panels);
      SiambanBf16Gemm g = gemm_of (t);
      size_t bad = g_test_rand_int_range (0, rows);

      t->pixels[bad][g_test_rand_int_range (0, 8)] =
          siamban_f32_to_bf16 (values[v]);
      dsp->gemm (&g, rows, dsp->panels);
      for (size_t i = 0; i < rows; i++)
        for (size_t o = 0; o < dsp->panels * SIAMBAN_PANEL; o++) {
          double magnitude, sum = sum_of (t, i, o, &magnitude);
          float value = t->c[i * LDC + o];

          if (isinf (sum))
            g_assert_cmpfloat (value, ==, sum);
          else
            g_assert_cmpint (!!isnan (value), ==, !!isnan (sum));
        }
      case_free (t);
    }
}

/* Where the CPU takes them for 0, too. */
static void
test_denormal (void)
{
  Case *t = case_new (1, 4, 1, 1);
  SiambanBf16Gemm g = gemm_of (t);

  g.bias = g.add = NULL;
  for (int k = 0; k < 4; k++)
    t->pixels[0][k] = 1;
  dsp->gemm (&g, 1, 1);
  for (size_t o = 0; o < SIAMBAN_PANEL; o++)
    g_assert_cmpfloat (fabsf (t->c[o]), <, FLT_MIN);
  case_free (t);
}

static void
check_rounded (float x, guint16 q)
{
  guint16 wanted = siamban_f32_to_bf16 (x);

  if (fabsf (x) < FLT_MIN) /* or 0 */
    g_assert_true (q == wanted || (q & 0x7fff) == 0);
  else
    g_assert_cmphex (q, ==, wanted);
}

static void
test_round (void)
{
  static const guint32 bits[] = {0x3f808000, 0x3f818000, 0x3f807fff, 0x3f808001,
      0x3fffffff, 0x7f7fffff, 0xff7f7fff, 0x7f800000, 0xff800000, 0x7f800001,
      0xffc00000, 0x7fffffff, 0x80000000, 0x00000001, 0x007fffff, 0x00808000};
  enum
  {
    N = 3 * SIAMBAN_PANEL
  };

  for (int round = 0; round < 100; round++) {
    float x[N];
    guint16 q[N + 1];

    q[N] = 77;
    memcpy (x, bits, sizeof bits);
    for (int i = SIAMBAN_PANEL; i < N; i++)
      x[i] = siamban_bits_float (g_test_rand_int ());
    dsp->round (x, N, q);
    for (int i = 0; i < N; i++)
      check_rounded (x[i], q[i]);
    g_assert_cmpint (q[N], ==, 77);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dsp = siamban_bf16_dsp (siamban_cpu_level ());
  if (!dsp) {
    g_print ("1..0 # SKIP this CPU has no kernels on bfloat16\n");
    return 0;
  }
  g_test_add_func ("/bf16/gemm", test_gemm);
  g_test_add_func ("/bf16/not-finite", test_not_finite);
  g_test_add_func ("/bf16/denormal", test_denormal);
  g_test_add_func ("/bf16/round", test_round);
  return g_test_run ();
}
