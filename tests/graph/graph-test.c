/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "graph/graph.h"

#include <string.h>

static void
assert_shape (SiambanGraph *graph, SiambanMap map, int c, int h, int w)
{
  const SiambanNode *node = siamban_graph_node (graph, map);

  g_assert_cmpint (node->c, ==, c);
  g_assert_cmpint (node->h, ==, h);
  g_assert_cmpint (node->w, ==, w);
}

static void
test_shapes (void)
{
  SiambanGraph *g = siamban_graph_new ();
  const SiambanConvSpec stem = {
      .name = "stem", .out = 64, .kernel = 7, .stride = 2};
  const SiambanConvSpec dilated = {.name = "dilated",
      .kernel = 3,
      .pad = 4,
      .dilation = 4,
      .depthwise = TRUE};
  const SiambanConvSpec plain = {.name = "plain", .out = 10};
  SiambanMap image = siamban_graph_image (g, 255);
  SiambanMap x = siamban_graph_conv (g, image, &stem);
  SiambanMap z = siamban_graph_feature (g, 64, 5, 7);
  SiambanMap pooled = siamban_graph_max_pool (g, x, 3, 2, 1);
  SiambanMap crop = siamban_graph_crop (g, pooled, 4, 3, 20, 30);
  SiambanMap maps[] = {crop, crop};

  assert_shape (g, image, 3, 255, 255);
  assert_shape (g, x, 64, 125, 125);
  assert_shape (g, pooled, 64, 63, 63);
  assert_shape (g, siamban_graph_conv (g, pooled, &dilated), 64, 63, 63);
  assert_shape (g, siamban_graph_conv (g, pooled, &plain), 10, 63, 63);
  assert_shape (g, siamban_graph_mean (g, x), 64, 1, 1);
  assert_shape (g, crop, 64, 20, 30);
  assert_shape (g, siamban_graph_concat (g, crop, crop), 128, 20, 30);
  assert_shape (g, siamban_graph_xcorr_depthwise (g, z, crop, 1), 64, 18, 26);
  assert_shape (g, siamban_graph_xcorr_pixelwise (g, z, crop), 35, 20, 30);
  assert_shape (g, siamban_graph_exp (g, crop, NULL, 0), 64, 20, 30);
  assert_shape (g, siamban_graph_weighted_sum (g, maps, 2, NULL), 64, 20, 30);
  g_assert_cmpstr (g->error, ==, NULL);
  g_assert_cmpint (g->n_features, ==, 1);
  siamban_graph_free (g);
}

static void
test_needed (void)
{
  SiambanGraph *g = siamban_graph_new ();
  const SiambanConvSpec spec = {.name = "conv", .out = 8, .kernel = 3};
  SiambanMap image = siamban_graph_image (g, 10);
  SiambanMap used = siamban_graph_conv (g, image, &spec);
  SiambanMap unused = siamban_graph_conv (g, used, &spec);
  SiambanMap z = siamban_graph_feature (g, 8, 2, 2);
  SiambanMap last = siamban_graph_xcorr_depthwise (g, z, used, 0);
  gboolean needed[5];

  siamban_graph_output (g, last);
  siamban_graph_needed (g, needed);
  g_assert_true (needed[image] && needed[used] && needed[z] && needed[last]);
  g_assert_false (needed[unused]);
  g_assert_cmpuint (
      siamban_graph_macs (g), ==, 8 * 8 * 8 * 3 * 3 * 3 + 8 * 7 * 7 * 2 * 2);
  siamban_graph_free (g);
}

static void
test_sampling (void)
{
  SiambanGraph *g = siamban_graph_new ();
  const SiambanConvSpec stem = {
      .name = "stem", .out = 8, .kernel = 7, .stride = 2};
  const SiambanConvSpec dilated = {
      .name = "dilated", .out = 8, .kernel = 3, .pad = 1, .dilation = 2};
  SiambanMap x = siamban_graph_conv (g, siamban_graph_image (g, 255), &stem);
  double stride, first;

  siamban_graph_sampling (g, 0, &stride, &first);
  g_assert_cmpfloat (stride, ==, 1);
  g_assert_cmpfloat (first, ==, 0);
  x = siamban_graph_max_pool (g, x, 3, 2, 1);
  siamban_graph_sampling (g, x, &stride, &first);
  g_assert_cmpfloat (stride, ==, 4);
  g_assert_cmpfloat (first, ==, 3);
  x = siamban_graph_conv (g, x, &dilated);
  x = siamban_graph_crop (g, x, 5, 6, 10, 10);
  siamban_graph_sampling (g, x, &stride, &first);
  g_assert_cmpfloat (stride, ==, 4);
  g_assert_cmpfloat (first, ==, 3 + 4 + 6 * 4);
  siamban_graph_free (g);
}

static void
test_needed_for (void)
{
  SiambanGraph *g = siamban_graph_new ();
  const SiambanConvSpec spec = {.name = "conv", .out = 8, .kernel = 3};
  SiambanMap image = siamban_graph_image (g, 10);
  SiambanMap first = siamban_graph_conv (g, image, &spec);
  SiambanMap second = siamban_graph_conv (g, first, &spec);
  gboolean needed[3];

  siamban_graph_output (g, second);
  siamban_graph_needed_for (g, first, needed);
  g_assert_true (needed[image] && needed[first]);
  g_assert_false (needed[second]);
  siamban_graph_needed_for (g, SIAMBAN_MAP_NONE, needed);
  g_assert_false (needed[image] || needed[first] || needed[second]);
  siamban_graph_expose (g, 7);
  g_assert_nonnull (strstr (g->error, "map 7"));
  siamban_graph_free (g);
}

/* Each builds something that does not fit onto 16 x 9 x 9 map 1. */

static void
narrow (SiambanGraph *g)
{
  const SiambanConvSpec spec = {.name = "wide", .out = 4, .kernel = 11};

  siamban_graph_conv (g, 1, &spec);
}

static void
misfit_residual (SiambanGraph *g)
{
  const SiambanConvSpec spec = {
      .name = "sum", .out = 4, .has_residual = TRUE, .residual = 1};

  siamban_graph_conv (g, 1, &spec);
}

static void
bad_window (SiambanGraph *g)
{
  const SiambanConvSpec spec = {.name = "back", .out = 4, .stride = -1};

  siamban_graph_conv (g, 1, &spec);
}

static void
no_channels (SiambanGraph *g)
{
  const SiambanConvSpec spec = {.name = "none"};

  siamban_graph_conv (g, 1, &spec);
}

static void
wide_linear (SiambanGraph *g)
{
  const SiambanConvSpec spec = {
      .name = "fc", .out = 4, .kernel = 3, .linear = TRUE};

  siamban_graph_conv (g, 1, &spec);
}

static void
no_stride (SiambanGraph *g)
{
  siamban_graph_max_pool (g, 1, 2, 0, 0);
}

static void
all_padding (SiambanGraph *g)
{
  siamban_graph_max_pool (g, 1, 2, 1, 2);
}

static void
misfit_scale (SiambanGraph *g)
{
  siamban_graph_scale (g, 1, 1, SIAMBAN_ACT_NONE);
}

static void
outside (SiambanGraph *g)
{
  siamban_graph_crop (g, 1, 4, 4, 6, 5);
}

static void
misfit_concat (SiambanGraph *g)
{
  siamban_graph_concat (g, 1, 0);
}

static void
misfit_correlation (SiambanGraph *g)
{
  siamban_graph_xcorr_depthwise (g, 0, 1, 0);
}

static void
misfit_sum (SiambanGraph *g)
{
  const SiambanMap maps[] = {0, 1};

  siamban_graph_weighted_sum (g, maps, 2, NULL);
}

static void
empty_sum (SiambanGraph *g)
{
  siamban_graph_weighted_sum (g, NULL, 0, "weight");
}

static void
unmade (SiambanGraph *g)
{
  siamban_graph_mean (g, 2);
}

static void
no_map (SiambanGraph *g)
{
  siamban_graph_exp (g, SIAMBAN_MAP_NONE, NULL, 0);
}

static void
test_misfits (void)
{
  static const struct
  {
    void (*build) (SiambanGraph *graph);
    const char *text;
  } cases[] = {
      {narrow, "wide: a map of 4 x 0 x 0 is out of range"},
      {misfit_residual, "sum: a residual of 16 x 9 x 9 does not fit 4 x 9 x 9"},
      {bad_window, "back: kernel 1, stride -1"},
      {no_channels, "none: a map of 0 x 9 x 9 is out of range"},
      {wide_linear, "fc: a linear layer has a kernel of 1"},
      {no_stride, "pooling: kernel 2, stride 0"},
      {all_padding, "pooling: padding 2 is more than half of kernel 2"},
      {misfit_scale, "a scale of 16 x 9 x 9 does not fit 16 channels"},
      {outside, "a window of 6 x 5 at (4, 4) leaves the map of 9 x 9"},
      {misfit_concat, "maps of 9 x 9 and 12 x 12 cannot be joined"},
      {misfit_correlation, "3 channels cannot be correlated with 16"},
      {misfit_sum, "cannot be added"},
      {empty_sum, "a sum of 0 maps is out of range"},
      {unmade, "map 2 is used before it is made"},
      {no_map, "map -1 is used before it is made"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    SiambanGraph *g = siamban_graph_new ();

    siamban_graph_image (g, 12);
    siamban_graph_feature (g, 16, 9, 9);
    cases[i].build (g);
    g_assert_nonnull (g->error);
    g_test_message ("%s", g->error);
    g_assert_nonnull (strstr (g->error, cases[i].text));
    char *first = g_strdup (g->error);
    siamban_graph_output (g, 99);
    g_assert_cmpstr (g->error, ==, first);
    g_free (first);
    siamban_graph_free (g);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/shapes", test_shapes);
  g_test_add_func ("/graph/needed", test_needed);
  g_test_add_func ("/graph/needed-for", test_needed_for);
  g_test_add_func ("/graph/sampling", test_sampling);
  g_test_add_func ("/graph/misfits", test_misfits);
  return g_test_run ();
}
