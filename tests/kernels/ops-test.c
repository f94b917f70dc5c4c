/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/ops.h"

#include <math.h>

#include "support/maps.h"

typedef struct
{
  SiambanOp op;
  SiambanOpArgs args;
  SiambanMaps in[3];
  int n_in;
  SiambanMaps out;
} Case;

typedef double (*Expected) (
    const Case *c, int image, int row, int column, int channel);

static void
run (const Case *c, const SiambanMaps *out, int step)
{
  SiambanOpRows rows = siamban_op_rows (siamban_cpu_level (), c->op);
  int n = out->n * out->h;

  for (int begin = 0; begin < n; begin += step)
    rows (&c->args, c->in, c->n_in, out, begin, MIN (begin + step, n));
}

static void
check (Case *c, Expected expected)
{
  SiambanMaps *out = &c->out, again = test_maps_copy (out);

  run (c, out, out->n * out->h);
  run (c, &again, 1);
  test_maps_assert_same (out, &again);
  for (int i = 0; i < out->n; i++)
    for (int y = 0; y < out->h; y++)
      for (int x = 0; x < out->w; x++)
        for (int k = 0; k < out->c; k++)
          g_assert_cmpfloat_with_epsilon (
              test_maps_at (out, i, y, x, k), expected (c, i, y, x, k), 2e-5);
  test_maps_assert_padded (out);
  test_maps_clear (&again);
  test_maps_clear (out);
  for (int i = 0; i < c->n_in; i++)
    test_maps_clear (&c->in[i]);
}

static double
pooled (const Case *c, int image, int row, int column, int channel)
{
  double highest = -INFINITY;

  for (int i = 0; i < c->args.kernel; i++)
    for (int j = 0; j < c->args.kernel; j++) {
      int y = row * c->args.stride - c->args.pad + i;
      int x = column * c->args.stride - c->args.pad + j;

      if (y >= 0 && y < c->in[0].h && x >= 0 && x < c->in[0].w)
        highest =
            fmax (highest, test_maps_at (&c->in[0], image, y, x, channel));
    }
  return highest;
}

static void
test_max_pool (void)
{
  for (int kernel = 1; kernel <= 3; kernel++)
    for (int stride = 1; stride <= 2; stride++)
      for (int pad = 0; pad <= kernel / 2; pad++) {
        int h = (9 + 2 * pad - kernel) / stride + 1;
        int w = (12 + 2 * pad - kernel) / stride + 1;
        Case c = {SIAMBAN_OP_MAX_POOL,
            {.kernel = kernel, .stride = stride, .pad = pad},
            {test_maps_new (2, 9, 12, 21, 0)}, 1,
            test_maps_new (2, h, w, 21, 0)};

        check (&c, pooled);
      }
}

static double
averaged (const Case *c, int image, int row, int column, int channel)
{
  const SiambanMaps *in = &c->in[0];
  double sum = 0;

  for (int y = row; y < in->h; y++)
    for (int x = column; x < in->w; x++)
      sum += test_maps_at (in, image, y, x, channel);
  return sum / (in->h * in->w);
}

static void
test_mean (void)
{
  Case c = {SIAMBAN_OP_MEAN, {0}, {test_maps_new (3, 7, 6, 40, 0)}, 1,
      test_maps_new (3, 1, 1, 40, 0)};
  Case image = {SIAMBAN_OP_MEAN, {0}, {test_maps_new (2, 5, 5, 3, 4)}, 1,
      test_maps_new (2, 1, 1, 3, 0)};

  check (&c, averaged);
  check (&image, averaged);
}

static double
scaled (const Case *c, int image, int row, int column, int channel)
{
  double x = test_maps_at (&c->in[0], image, row, column, channel) *
             test_maps_at (&c->in[1], image, 0, 0, channel);

  return c->args.act == SIAMBAN_ACT_HARDSWISH
             ? x * fmin (fmax (x + 3, 0), 6) / 6
             : x;
}

static void
test_scale (void)
{
  static const SiambanAct acts[] = {SIAMBAN_ACT_NONE, SIAMBAN_ACT_HARDSWISH};

  for (guint i = 0; i < G_N_ELEMENTS (acts); i++) {
    Case c = {SIAMBAN_OP_SCALE, {.act = acts[i]},
        {test_maps_new (2, 4, 5, 19, 0), test_maps_new (2, 1, 1, 19, 0)}, 2,
        test_maps_new (2, 4, 5, 19, 0)};

    check (&c, scaled);
  }
}

static double
cropped (const Case *c, int image, int row, int column, int channel)
{
  return test_maps_at (
      &c->in[0], image, row + c->args.top, column + c->args.left, channel);
}

static void
test_crop (void)
{
  Case c = {SIAMBAN_OP_CROP, {.top = 4, .left = 3},
      {test_maps_new (2, 11, 12, 33, 0)}, 1, test_maps_new (2, 7, 6, 33, 0)};

  check (&c, cropped);
}

static double
joined (const Case *c, int image, int row, int column, int channel)
{
  int first = c->in[0].c;

  return channel < first
             ? test_maps_at (&c->in[0], image, row, column, channel)
             : test_maps_at (&c->in[1], image, row, column, channel - first);
}

static void
test_concat (void)
{
  Case c = {SIAMBAN_OP_CONCAT, {0},
      {test_maps_new (2, 3, 4, 21, 0), test_maps_new (2, 3, 4, 6, 0)}, 2,
      test_maps_new (2, 3, 4, 27, 0)};

  check (&c, joined);
}

static double
correlated (const Case *c, int image, int row, int column, int channel)
{
  double sum = 0;

  for (int i = 0; i < c->in[0].h; i++)
    for (int j = 0; j < c->in[0].w; j++)
      sum += test_maps_at (&c->in[0], image, i, j, channel) *
             test_maps_at (&c->in[1], image, row + i - c->args.pad,
                 column + j - c->args.pad, channel);
  return sum;
}

static void
test_xcorr_depthwise (void)
{
  for (int pad = 0; pad <= 2; pad++) {
    Case c = {SIAMBAN_OP_XCORR_DEPTHWISE, {.pad = pad},
        {test_maps_new (2, 4, 5, 20, 0), test_maps_new (2, 9, 11, 20, 0)}, 2,
        test_maps_new (2, 9 + 2 * pad - 3, 11 + 2 * pad - 4, 20, 0)};

    check (&c, correlated);
  }
}

static double
correlated_by_pixel (const Case *c, int image, int row, int column, int channel)
{
  const SiambanMaps *z = &c->in[0];
  double sum = 0;

  for (int k = 0; k < z->c; k++)
    sum += test_maps_at (z, image, channel / z->w, channel % z->w, k) *
           test_maps_at (&c->in[1], image, row, column, k);
  return sum;
}

static void
test_xcorr_pixelwise (void)
{
  static const int channels[] = {5, 16, 40, 64};

  for (guint i = 0; i < G_N_ELEMENTS (channels); i++) {
    Case c = {SIAMBAN_OP_XCORR_PIXELWISE, {0},
        {test_maps_new (2, 3, 4, channels[i], 0),
            test_maps_new (2, 5, 6, channels[i], 0)},
        2, test_maps_new (2, 5, 6, 12, 0)};

    check (&c, correlated_by_pixel);
  }
}

static double
raised (const Case *c, int image, int row, int column, int channel)
{
  return exp (
      test_maps_at (&c->in[0], image, row, column, channel) * c->args.factor);
}

static void
test_exp (void)
{
  Case c = {SIAMBAN_OP_EXP, {.factor = 1.75f}, {test_maps_new (2, 5, 7, 4, 0)},
      1, test_maps_new (2, 5, 7, 4, 0)};

  check (&c, raised);
}

static double
summed (const Case *c, int image, int row, int column, int channel)
{
  double sum = 0;

  for (int i = 0; i < c->n_in; i++)
    sum += test_maps_at (&c->in[i], image, row, column, channel) *
           c->args.weights[i];
  return sum;
}

static void
test_weighted_sum (void)
{
  static const float weights[] = {0.5f, 0.2f, 0.3f};
  Case c = {SIAMBAN_OP_WEIGHTED_SUM, {.weights = weights},
      {test_maps_new (2, 5, 7, 4, 0), test_maps_new (2, 5, 7, 4, 0),
          test_maps_new (2, 5, 7, 4, 0)},
      3, test_maps_new (2, 5, 7, 4, 0)};

  check (&c, summed);
}

static void
test_planes (void)
{
  SiambanMaps maps = test_maps_new (2, 4, 5, 19, 0);
  float *planes = test_floats (19 * 4 * 5), *back = g_new (float, 19 * 4 * 5);

  for (int row = 4; row < 8; row++) {
    siamban_row_from_planes (planes, &maps, row);
    siamban_row_to_planes (&maps, row, back);
  }
  for (int k = 0; k < 19; k++)
    g_assert_cmpfloat (
        test_maps_at (&maps, 1, 3, 2, k), ==, planes[k * 20 + 3 * 5 + 2]);
  g_assert_cmpmem (planes, 380 * sizeof (float), back, 380 * sizeof (float));
  test_maps_clear (&maps);
  g_free (planes);
  g_free (back);
}

static void
test_pixels (void)
{
  guint8 pixels[3 * 5 * 3];
  SiambanMaps maps = test_maps_new (2, 3, 5, 3, 4);

  for (guint i = 0; i < sizeof pixels; i++)
    pixels[i] = g_test_rand_int_range (0, 256);
  for (int row = 3; row < 6; row++)
    siamban_row_from_pixels (pixels, &maps, row);
  for (int i = 0; i < 3 * 5; i++)
    for (int k = 0; k < 3; k++)
      g_assert_cmpfloat (
          test_maps_at (&maps, 1, i / 5, i % 5, k), ==, pixels[i * 3 + k]);
  for (int i = 15; i < 30; i++)
    g_assert_cmpfloat (maps.data[i * 4 + 3], ==, 0);
  test_maps_clear (&maps);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ops/max-pool", test_max_pool);
  g_test_add_func ("/ops/mean", test_mean);
  g_test_add_func ("/ops/scale", test_scale);
  g_test_add_func ("/ops/crop", test_crop);
  g_test_add_func ("/ops/concat", test_concat);
  g_test_add_func ("/ops/xcorr-depthwise", test_xcorr_depthwise);
  g_test_add_func ("/ops/xcorr-pixelwise", test_xcorr_pixelwise);
  g_test_add_func ("/ops/exp", test_exp);
  g_test_add_func ("/ops/weighted-sum", test_weighted_sum);
  g_test_add_func ("/ops/planes", test_planes);
  g_test_add_func ("/ops/pixels", test_pixels);
  return g_test_run ();
}
