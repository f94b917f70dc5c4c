/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The integer kernels against plain C, in exact integers: scales of 1 leave the
 * sums as they are, where floats can hold them. */
#include <math.h>
#include <string.h>

#include "kernels/int-dsp.h"

#define GUARD    1e30f
#define MAX_ROWS 12
#define COLUMNS  (2 * SIAMBAN_PANEL)
#define LDC      (COLUMNS + 3)

typedef struct
{
  guint bits; /* 8 or 16 */
  size_t segments, run, rows, panels;
  gboolean extreme; /* all numbers at their limits */
} Case;

typedef struct
{
  guint8 *pixels[MAX_ROWS * 9];
  guint8 *b;
  size_t b_panel;
  float c[MAX_ROWS * LDC], start[COLUMNS], residual[MAX_ROWS * LDC];
  float row_scale[MAX_ROWS], scale[COLUMNS];
} Buffers;

static const SiambanIntDsp *dsp;

static int
random_number (int low, int high, gboolean extreme)
{
  if (extreme)
    return g_test_rand_int_range (0, 2) ? low : high;
  return g_test_rand_int_range (low, high + 1);
}

static void
fill (const Case *t, guint8 *p, size_t bytes, gboolean weights)
{
  if (t->bits == 8) {
    int most = weights ? dsp->weight_max : dsp->pixel_max;

    for (size_t i = 0; i < bytes; i++)
      p[i] = random_number (weights ? -most : 0, most, t->extreme);
    return;
  }
  for (size_t i = 0; i < bytes; i += 2) {
    gint16 x =
        random_number (-SIAMBAN_INT16_LIMIT, SIAMBAN_INT16_LIMIT, t->extreme);

    memcpy (p + i, &x, sizeof x);
  }
}

static gint64
product (const Case *t, const guint8 *pixels, size_t k, const guint8 *group)
{
  gint64 sum = 0;
  gint16 x[2], w[2];

  memcpy (x, pixels + k, sizeof x);
  memcpy (w, group, sizeof w);
  if (t->bits == 16)
    return (gint64)x[0] * w[0] + (gint64)x[1] * w[1];
  for (int i = 0; i < SIAMBAN_INT_GROUP; i++)
    sum += (gint64)pixels[k + i] * (gint8)group[i];
  return sum;
}

static float
expected (const Case *t, const Buffers *u, size_t row, size_t o)
{
  const guint8 *b = u->b + o / SIAMBAN_PANEL * u->b_panel +
                    o % SIAMBAN_PANEL * SIAMBAN_INT_GROUP;
  gint64 sum = 0;

  for (size_t s = 0; s < t->segments; s++)
    for (size_t k = 0; k < t->run; k += SIAMBAN_INT_GROUP)
      sum += product (t, u->pixels[s * MAX_ROWS + row], k,
          b + (s * t->run + k) * SIAMBAN_PANEL);
  g_assert_cmpint (ABS (sum), <=, G_MAXINT32);
  return fmaf ((float)sum, u->row_scale[row] * u->scale[o],
      u->start[o] + u->residual[row * LDC + o]);
}

static void
fill_all (const Case *t, Buffers *u)
{
  size_t size = t->segments * t->run * SIAMBAN_PANEL * t->panels;

  u->b_panel = t->panels == 2 ? size / 2 : 0;
  for (size_t i = 0; i < t->segments * MAX_ROWS; i++) {
    u->pixels[i] = g_malloc (t->run);
    fill (t, u->pixels[i], t->run, FALSE);
  }
  u->b = g_aligned_alloc (size, 1, 64);
  fill (t, u->b, size, TRUE);
  for (int i = 0; i < COLUMNS; i++) {
    u->start[i] = g_test_rand_int_range (-9, 10);
    u->scale[i] = ldexpf (1, g_test_rand_int_range (-3, 4));
  }
  for (int i = 0; i < MAX_ROWS * LDC; i++) {
    u->c[i] = GUARD;
    u->residual[i] = g_test_rand_int_range (-9, 10);
  }
  for (int i = 0; i < MAX_ROWS; i++)
    u->row_scale[i] = ldexpf (1, g_test_rand_int_range (-3, 4));
}

static void
check (const Case *t)
{
  Buffers u;

  fill_all (t, &u);
  SiambanIntGemm g = {
      .rows = (const guint8 *const *)u.pixels,
      .pitch = MAX_ROWS,
      .n_segments = t->segments,
      .run = t->run,
      .b = u.b,
      .b_pitch = t->run * SIAMBAN_PANEL,
      .c = u.c,
      .ldc = LDC,
      .row_scale = u.row_scale,
      .scale = u.scale,
      .bias = u.start,
      .residual = u.residual,
      .ld_residual = LDC,
      .low = -INFINITY,
      .high = INFINITY,
      .b_panel = u.b_panel,
  };
  (t->bits == 8 ? &dsp->gemm8 : &dsp->gemm16)->gemm (&g, t->rows);
  for (size_t i = 0; i < MAX_ROWS; i++)
    for (size_t o = 0; o < LDC; o++)
      g_assert_cmpfloat (u.c[i * LDC + o], ==,
          i < t->rows && o < t->panels * SIAMBAN_PANEL ? expected (t, &u, i, o)
                                                       : GUARD);
  for (size_t i = 0; i < t->segments * MAX_ROWS; i++)
    g_free (u.pixels[i]);
  g_aligned_free (u.b);
}

/* 16-bit sums are of SIAMBAN_INT16_BLOCK products at most. */
static void
check_gemm (guint bits)
{
  static const size_t runs[] = {8, 16, 40, 64, 512};
  Case t = {.bits = bits};
  size_t most = (t.bits == 8 ? &dsp->gemm8 : &dsp->gemm16)->rows;

  for (t.rows = 1; t.rows <= most; t.rows++)
    for (guint r = 0; r < G_N_ELEMENTS (runs); r++)
      for (int extreme = 0; extreme < 2; extreme++) {
        t.run = runs[r];
        t.extreme = extreme;
        t.segments = t.run <= 40 ? 9 : 1;
        if (t.bits == 16 && t.run * t.segments > 2 * SIAMBAN_INT16_BLOCK)
          continue;
        for (t.panels = 1; t.panels <= dsp->panels; t.panels++)
          check (&t);
      }
}

static void
test_gemm8 (void)
{
  check_gemm (8);
}

static void
test_gemm16 (void)
{
  check_gemm (16);
}

/* The worst that may be: every product of one sign and the largest. */
static void
check_saturation (guint bits)
{
  for (int sign = -1; sign <= 1; sign += 2) {
    Case t = {bits, 1, 2 * SIAMBAN_INT16_BLOCK, 1, 1, FALSE};
    Buffers u;

    fill_all (&t, &u);
    for (size_t i = 0; i < t.run / 2 && t.bits == 16; i++)
      ((gint16 *)u.pixels[0])[i] = SIAMBAN_INT16_LIMIT;
    for (size_t i = 0; i < t.run * SIAMBAN_PANEL / 2 && t.bits == 16; i++)
      ((gint16 *)u.b)[i] = sign * SIAMBAN_INT16_LIMIT;
    if (t.bits == 8) {
      memset (u.pixels[0], dsp->pixel_max, t.run);
      memset (u.b, sign * dsp->weight_max, t.run * SIAMBAN_PANEL);
    }
    SiambanIntGemm g = {(const guint8 *const *)u.pixels, 1, 1, 0, t.run, u.b, 0,
        u.c, LDC, u.row_scale, u.scale, u.start, u.residual, LDC, -INFINITY,
        INFINITY, 0, u.b};
    (t.bits == 8 ? &dsp->gemm8 : &dsp->gemm16)->gemm (&g, 1);
    for (size_t o = 0; o < SIAMBAN_PANEL; o++)
      g_assert_cmpfloat (u.c[o], ==, expected (&t, &u, 0, o));
    for (int i = 0; i < MAX_ROWS; i++)
      g_free (u.pixels[i]);
    g_aligned_free (u.b);
  }
}

static void
test_saturation8 (void)
{
  check_saturation (8);
}

static void
test_saturation16 (void)
{
  check_saturation (16);
}

/* Sums that go on from what is there, and are clamped. */
static void
test_accumulate (void)
{
  static const float one = 1, ones[SIAMBAN_PANEL] = {1, 1, 1, 1, 1, 1, 1, 1, 1,
                                  1, 1, 1, 1, 1, 1, 1};
  guint8 pixels[8] = {1}, *row = pixels;
  guint8 *b = g_aligned_alloc0 (8 * SIAMBAN_PANEL, 1, 64);
  float c[SIAMBAN_PANEL];

  for (int o = 0; o < SIAMBAN_PANEL; o++) {
    b[o * SIAMBAN_INT_GROUP] = (gint8)(o - 8);
    c[o] = 2;
  }
  SiambanIntGemm g = {(const guint8 *const *)&row, 1, 1, 0, 8, b, 0, c,
      SIAMBAN_PANEL, &one, ones, NULL, NULL, 0, 0, 6, 0, NULL};
  dsp->gemm8.gemm (&g, 1);
  for (int o = 0; o < SIAMBAN_PANEL; o++)
    g_assert_cmpfloat (c[o], ==, CLAMP (o - 6, 0, 6));
  g_aligned_free (b);
}

static void
test_quantise8 (void)
{
  float x[48];
  guint8 q[49];

  q[48] = 77;
  for (int i = 0; i < 48; i++)
    x[i] = g_test_rand_double_range (-40, 300);
  x[3] = NAN;
  x[4] = INFINITY;
  x[5] = -INFINITY;
  x[6] = 1e-42f;
  dsp->quantise8 (x, 48, 0.5f, 3, q);
  for (int i = 0; i < 48; i++) {
    float wanted = rintf (fmaf (x[i], 0.5f, 3));

    wanted = wanted > 0 ? MIN (wanted, dsp->pixel_max) : 0;
    g_assert_cmpint (q[i], ==, wanted);
  }
  g_assert_cmpint (q[48], ==, 77);
}

static void
test_quantise16 (void)
{
  float x[32], scale;
  gint16 q[33];

  q[32] = 77;
  for (int i = 0; i < 32; i++)
    x[i] = g_test_rand_double_range (-1, 1);
  x[9] = -2;
  dsp->quantise16 (x, 32, q, &scale);
  g_assert_cmpfloat (scale, ==, 2.f / SIAMBAN_INT16_LIMIT);
  for (int i = 0; i < 32; i++)
    g_assert_cmpint (q[i], ==, rintf (x[i] * (SIAMBAN_INT16_LIMIT / 2.f)));
  g_assert_cmpint (q[32], ==, 77);
  x[1] = NAN;
  x[2] = INFINITY;
  dsp->quantise16 (x, 32, q, &scale);
  for (int i = 0; i < 32; i++)
    g_assert_cmpint (ABS (q[i]), <=, SIAMBAN_INT16_LIMIT);
  memset (x, 0, sizeof x);
  dsp->quantise16 (x, 32, q, &scale);
  g_assert_cmpfloat (scale, ==, 0);
  for (int i = 0; i < 32; i++)
    g_assert_cmpint (q[i], ==, 0);
}

typedef struct
{
  const SiambanIntDsp *dsp;
  void (*run) (void);
} Test;

static void
run_test (gconstpointer data)
{
  const Test *test = data;

  dsp = test->dsp;
  test->run ();
}

static void
add_tests (SiambanCpu level)
{
  static const struct
  {
    const char *name;
    void (*run) (void);
  } tests[] = {
      {"gemm8", test_gemm8},
      {"gemm16", test_gemm16},
      {"saturation8", test_saturation8},
      {"saturation16", test_saturation16},
      {"accumulate", test_accumulate},
      {"quantise8", test_quantise8},
      {"quantise16", test_quantise16},
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    Test *test = g_new (Test, 1);

    *test = (Test){siamban_int_dsp (level), tests[i].run};
    char *path =
        g_strdup_printf ("/int/%s/%s", siamban_cpu_name (level), tests[i].name);
    g_test_add_data_func_full (path, test, run_test, g_free);
    g_free (path);
  }
}

int
main (int argc, char **argv)
{
  SiambanCpu all = siamban_cpu_level ();

  g_test_init (&argc, &argv, NULL);
  if (!siamban_int_dsp (all)) {
    g_print ("1..0 # SKIP this CPU has no integer kernels\n");
    return 0;
  }
  for (SiambanCpu level = SIAMBAN_CPU_C; level <= all; level++)
    if (siamban_int_dsp (level))
      add_tests (level);
  return g_test_run ();
}
