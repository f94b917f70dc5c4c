/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "model/model-private.h"

#define CROPS 5

/* The model that ships, a template, and random search crops. */
typedef struct
{
  SiambanModel *model;
  SiambanModelInfo info;
  SiambanFeatureInfo features;
  SiambanTemplate *templates[CROPS];
  guint8 *crops[CROPS];
  size_t size; /* floats of one map */
} Fixture;

static guint8 *
random_crop (int side)
{
  guint8 *bytes = g_malloc (3 * side * side);

  for (int i = 0; i < 3 * side * side; i++)
    bytes[i] = g_test_rand_int_range (0, 256);
  return bytes;
}

static void
fixture_set_up (Fixture *f, gconstpointer data)
{
  GError *error = NULL;
  g_autofree guint8 *z = NULL;

  (void)data;
  f->model = siamban_model_load (NULL, NULL, SIAMBAN_PRECISION_AUTO, &error);
  g_assert_no_error (error);
  siamban_model_get_info (f->model, &f->info);
  siamban_model_get_feature_info (f->model, &f->features);
  f->size = (size_t)f->features.side * f->features.side * f->features.channels;
  z = random_crop (f->info.template_size);
  for (int i = 0; i < CROPS; i++) {
    f->templates[i] = siamban_model_embed_pixels (f->model, z, 1);
    f->crops[i] = random_crop (f->info.search_size);
  }
}

static void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  (void)data;
  for (int i = 0; i < CROPS; i++) {
    siamban_template_free (f->templates[i]);
    g_free (f->crops[i]);
  }
  siamban_model_unref (f->model);
}

static float *
features_of (const Fixture *f, unsigned first, unsigned n, unsigned threads)
{
  float *maps = g_new (float, n * f->size);
  float *each[CROPS];

  for (unsigned i = 0; i < n; i++)
    each[i] = maps + i * f->size;
  siamban_model_features_pixels (
      f->model, n, (const guint8 *const *)f->crops + first, each, threads);
  return maps;
}

static void
assert_equal (const float *a, const float *b, size_t n)
{
  g_assert_cmpmem (a, n * sizeof *a, b, n * sizeof *b);
}

static void
test_info (Fixture *f, gconstpointer data)
{
  (void)data;
  g_assert_cmpint (f->features.side, ==, 16);
  g_assert_cmpint (f->features.channels, >, 0);
  g_assert_cmpfloat (f->features.stride, ==, 16);
  g_assert_cmpfloat (f->features.first, ==, -127);
}

/* The map alone, in whatever batch, is the one that a search makes. */
static void
test_same (Fixture *f, gconstpointer data)
{
  size_t grid = (size_t)f->info.score_size * f->info.score_size;
  size_t n_cls = CROPS * grid * f->info.cls_channels, n_loc = CROPS * grid * 4;
  g_autofree float *plain = g_new (float, n_cls + n_loc);
  g_autofree float *with = g_new (float, n_cls + n_loc);
  g_autofree float *maps = g_new0 (float, CROPS * f->size);
  g_autofree float *alone = features_of (f, 0, CROPS, 1);
  g_autofree float *team = features_of (f, 0, CROPS, 0);
  float *each[CROPS] = {maps, maps + f->size, NULL, maps + 3 * f->size, NULL};
  const guint8 *const *crops = (const guint8 *const *)f->crops;

  (void)data;
  siamban_model_search_pixels (
      f->model, CROPS, f->templates, crops, plain, plain + n_cls, 1);
  siamban_model_search_features (
      f->model, CROPS, f->templates, crops, with, with + n_cls, each, 0);
  assert_equal (with, plain, n_cls + n_loc);
  assert_equal (team, alone, CROPS * f->size);
  for (int i = 0; i < CROPS; i++) {
    g_autofree float *single = features_of (f, i, 1, 1);

    assert_equal (single, alone + i * f->size, f->size);
    if (each[i])
      assert_equal (each[i], single, f->size);
  }
  for (size_t i = 0; i < f->size; i++)
    g_assert_cmpfloat (maps[2 * f->size + i], ==, 0);
}

static int
strongest_pixel (const Fixture *f, const float *a, const float *b)
{
  int n = f->features.side * f->features.side, strongest = 0;
  double most = 0;

  for (int i = 0; i < n; i++) {
    double sum = 0;

    for (int k = 0; k < f->features.channels; k++)
      sum += fabs (
          a[i * f->features.channels + k] - b[i * f->features.channels + k]);
    if (sum > most)
      strongest = i;
    most = MAX (most, sum);
  }
  g_assert_cmpfloat (most, >, 0);
  return strongest;
}

/* A dot where a map's pixel is said to lie is seen best by that pixel. */
static void
test_place (Fixture *f, gconstpointer data)
{
  int size = f->info.search_size, row = 5, column = 10;
  double centre = (size - 1) / 2.0;
  int y = centre + f->features.first + row * f->features.stride;
  int x = centre + f->features.first + column * f->features.stride;
  g_autofree float *maps = NULL;
  int strongest;

  (void)data;
  memset (f->crops[0], 100, 3 * size * size);
  memset (f->crops[1], 100, 3 * size * size);
  for (int i = -4; i <= 4; i++)
    memset (f->crops[1] + 3 * ((y + i) * size + x - 4), 255, 3 * 9);
  maps = features_of (f, 0, 2, 1);
  strongest = strongest_pixel (f, maps, maps + f->size);
  g_assert_cmpint (abs (strongest / f->features.side - row), <=, 1);
  g_assert_cmpint (abs (strongest % f->features.side - column), <=, 1);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *f, gconstpointer data);
  } tests[] = {
      {"/features/info", test_info},
      {"/features/same", test_same},
      {"/features/place", test_place},
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, fixture_set_up, tests[i].test,
        fixture_tear_down);
  return g_test_run ();
}
