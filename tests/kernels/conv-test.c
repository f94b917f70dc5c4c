/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "conv-case.h"

static double
activate (SiambanAct act, double x)
{
  switch (act) {
    case SIAMBAN_ACT_RELU:
      return fmax (x, 0);
    case SIAMBAN_ACT_RELU6:
      return fmin (fmax (x, 0), 6);
    case SIAMBAN_ACT_HARDSWISH:
      return x * fmin (fmax (x + 3, 0), 6) / 6;
    case SIAMBAN_ACT_HARDSIGMOID:
      return fmin (fmax (x + 3, 0), 6) / 6;
    case SIAMBAN_ACT_SIGMOID:
      return 1 / (1 + exp (-x));
    default:
      return x;
  }
}

static double
expected (const TestCase *c, int image, int row, int column, int o)
{
  const SiambanConvShape *s = &c->shape;
  int filters = s->depthwise ? 1 : s->in;
  double sum = c->bias[o];

  for (int i = 0; i < filters; i++)
    for (int ky = 0; ky < s->kernel; ky++)
      for (int kx = 0; kx < s->kernel; kx++)
        sum +=
            (double)c->weight[((o * filters + i) * s->kernel + ky) * s->kernel +
                              kx] *
            test_maps_at (&c->in, image,
                row * s->stride - s->pad + ky * s->dilation,
                column * s->stride - s->pad + kx * s->dilation,
                s->depthwise ? o : i);
  if (s->has_residual)
    sum += test_maps_at (&c->residual, image, row, column, o);
  return activate (s->act, sum);
}

static void
run_bytes (const SiambanConv *conv, const guint8 *const *images,
    const SiambanMaps *in, const SiambanMaps *out)
{
  SiambanTeam *team = siamban_team_acquire (2);
  size_t size = siamban_conv_scratch (conv, in, out, siamban_team_size (team));
  void *scratch = g_aligned_alloc (size + 1, 1, SIAMBAN_ALIGN);
  SiambanMaps shape = *in;

  shape.data = NULL;
  siamban_conv_run_bytes (conv, images, &shape, out, scratch, team);
  g_aligned_free (scratch);
  siamban_team_release (team);
}

/* Winograd's sums pass through numbers larger than they are. */
static void
check_values (const TestCase *c, const char *algorithm)
{
  double terms = c->shape.depthwise ? 1 : c->shape.in;

  if (g_str_equal (algorithm, "winograd"))
    terms *= 8;
  double bound = 2e-7 * (4 + terms * c->shape.kernel * c->shape.kernel);
  for (int image = 0; image < c->out.n; image++)
    for (int row = 0; row < c->out.h; row++)
      for (int column = 0; column < c->out.w; column++)
        for (int o = 0; o < c->out.c; o++)
          g_assert_cmpfloat_with_epsilon (
              test_maps_at (&c->out, image, row, column, o),
              expected (c, image, row, column, o), bound);
}

static void
check (SiambanCpu level, const SiambanConvShape *shape, int n, int h, int w)
{
  TestCase c = test_case_new (shape, n, h, w);
  SiambanConv *conv = siamban_conv_new (level, shape, c.weight, c.bias);
  SiambanConv *twin = siamban_conv_new (level, shape, NULL, NULL);

  test_case_check_same (&c, conv, twin);
  check_values (&c, siamban_conv_algorithm (conv));
  g_assert_cmpuint (siamban_conv_size (conv), >=,
      (size_t)shape->out * shape->kernel * shape->kernel * sizeof (float));
  siamban_conv_free (conv);
  siamban_conv_free (twin);
  test_case_clear (&c);
}

static void
random_shapes (SiambanCpu level, gboolean depthwise)
{
  static const int kernels[] = {1, 2, 3, 5, 7};

  for (guint k = 0; k < G_N_ELEMENTS (kernels); k++)
    for (int stride = 1; stride <= 2; stride++)
      for (int dilation = 1; dilation <= 4; dilation *= 2) {
        SiambanConvShape s = {.kernel = kernels[k],
            .stride = stride,
            .dilation = dilation,
            .depthwise = depthwise};
        int span = dilation * (s.kernel - 1) + 1;
        int most = s.kernel <= 3 ? 40 : 20;

        s.in = g_test_rand_int_range (1, most);
        s.out = depthwise ? s.in : g_test_rand_int_range (1, most);
        s.pad = g_test_rand_int_range (0, span);
        s.has_residual = g_test_rand_int_range (0, 2);
        s.act = g_test_rand_int_range (0, SIAMBAN_ACT_SIGMOID + 1);
        int h = g_test_rand_int_range (span, span + 7);
        int w = g_test_rand_int_range (span, span + 20);
        check (level, &s, g_test_rand_int_range (1, 4), h, w);
      }
}

static void
test_dense (gconstpointer level)
{
  random_shapes (GPOINTER_TO_INT (level), FALSE);
}

static void
test_depthwise (gconstpointer level)
{
  random_shapes (GPOINTER_TO_INT (level), TRUE);
}

static void
test_networks (gconstpointer level)
{
  static const struct
  {
    SiambanConvShape shape;
    int size;
  } cases[] = {
      {{3, 64, 7, 2, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU}, 43},
      {{64, 33, 3, 2, 0, 1, FALSE, FALSE, SIAMBAN_ACT_NONE}, 33},
      {{96, 64, 3, 1, 4, 4, FALSE, TRUE, SIAMBAN_ACT_RELU}, 21},
      {{128, 250, 1, 1, 0, 1, FALSE, TRUE, SIAMBAN_ACT_RELU}, 23},
      {{240, 240, 5, 1, 2, 1, TRUE, FALSE, SIAMBAN_ACT_HARDSWISH}, 16},
      {{64, 8, 1, 1, 0, 1, FALSE, FALSE, SIAMBAN_ACT_SIGMOID}, 1},
      {{96, 80, 3, 1, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU}, 23},
      {{72, 100, 3, 1, 2, 2, FALSE, TRUE, SIAMBAN_ACT_HARDSWISH}, 23},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check (GPOINTER_TO_INT (level), &cases[i].shape, 2, cases[i].size,
        cases[i].size);
}

/* An image of bytes, as a map of the same values. */
static void
test_bytes (gconstpointer level)
{
  static const SiambanConvShape shapes[] = {
      {3, 16, 3, 2, 1, 1, FALSE, FALSE, SIAMBAN_ACT_HARDSWISH},
      {3, 64, 7, 2, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU},
      {3, 21, 5, 1, 2, 1, FALSE, FALSE, SIAMBAN_ACT_SIGMOID},
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    TestCase c = test_case_new (&shapes[i], 2, 13 + i, 31);
    SiambanConv *conv = siamban_conv_new (
        GPOINTER_TO_INT (level), &shapes[i], c.weight, c.bias);
    SiambanMaps out = test_maps_copy (&c.out);

    if (siamban_conv_takes_bytes (conv)) {
      size_t n = (size_t)3 * c.in.h * c.in.w;
      guint8 *bytes = g_malloc (2 * n);
      const guint8 *images[] = {bytes, bytes + n};

      for (size_t k = 0; k < 2 * n; k++)
        c.in.data[k / 3 * 4 + k % 3] = bytes[k] =
            g_test_rand_int_range (0, 256);
      test_conv_run (conv, &c.in, NULL, &c.out, 1);
      run_bytes (conv, images, &c.in, &out);
      test_maps_assert_same (&out, &c.out);
      g_free (bytes);
    }
    test_maps_clear (&out);
    siamban_conv_free (conv);
    test_case_clear (&c);
  }
}

static void
test_not_finite (gconstpointer level)
{
  const SiambanConvShape shape = {
      16, 16, 1, 1, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU};
  TestCase c = test_case_new (&shape, 1, 4, 4);
  SiambanConv *conv =
      siamban_conv_new (GPOINTER_TO_INT (level), &shape, c.weight, c.bias);

  c.in.data[5] = NAN;
  test_conv_run (conv, &c.in, NULL, &c.out, 1);
  g_assert_true (isnan (c.out.data[0]));
  g_assert_true (isfinite (c.out.data[c.out.ld]));
  siamban_conv_free (conv);
  test_case_clear (&c);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    GTestDataFunc run;
  } tests[] = {
      {"dense", test_dense},
      {"depthwise", test_depthwise},
      {"networks", test_networks},
      {"bytes", test_bytes},
      {"not-finite", test_not_finite},
  };

  g_test_init (&argc, &argv, NULL);
  for (SiambanCpu level = SIAMBAN_CPU_C; level <= siamban_cpu_level (); level++)
    for (guint j = 0; j < G_N_ELEMENTS (tests); j++) {
      char *path = g_strdup_printf (
          "/conv/%s/%s", siamban_cpu_name (level), tests[j].name);

      g_test_add_data_func (path, GINT_TO_POINTER (level), tests[j].run);
      g_free (path);
    }
  return g_test_run ();
}
