/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The model that ships, at every CPU level that this machine can be made to
 * use. */
#include <math.h>

#include "kernels/cpu.h"
#include "model/model-private.h"

typedef struct
{
  float *cls, *loc;
  size_t n_cls, n_loc;
} Result;

static float *
random_crop (int size)
{
  size_t n = (size_t)3 * size * size;
  float *values = g_new (float, n);

  for (size_t i = 0; i < n; i++)
    values[i] = g_random_int_range (0, 256);
  return values;
}

/* The same crops every time. */
static Result
search (const char *level)
{
  GError *error = NULL;
  SiambanModelInfo info;

  g_setenv ("SIAMBAN_CPU", level, TRUE);
  SiambanModel *model =
      siamban_model_load (NULL, NULL, SIAMBAN_PRECISION_FP32, &error);
  g_assert_no_error (error);
  siamban_model_get_info (model, &info);
  g_random_set_seed (1);
  float *z = random_crop (info.template_size);
  float *x = random_crop (info.search_size);
  SiambanTemplate *template = siamban_model_embed (model, z, 1);
  size_t grid = (size_t)info.score_size * info.score_size;
  Result r = {.n_cls = grid * info.cls_channels, .n_loc = grid * 4};
  r.cls = g_new (float, r.n_cls);
  r.loc = g_new (float, r.n_loc);
  g_assert_true (
      siamban_model_search (model, 1, &template, x, r.cls, r.loc, 1, NULL));
  siamban_template_free (template);
  siamban_model_unref (model);
  g_free (z);
  g_free (x);
  return r;
}

static void
result_clear (Result *r)
{
  g_free (r->cls);
  g_free (r->loc);
}

static double
difference (const float *a, const float *b, size_t n)
{
  double most = 0;

  for (size_t i = 0; i < n; i++)
    most = fmax (most, fabs ((double)a[i] - b[i]));
  return most;
}

static void
test_level (gconstpointer name)
{
  Result c = search ("c"), r = search (name);
  double cls = difference (r.cls, c.cls, c.n_cls);
  double loc = difference (r.loc, c.loc, c.n_loc);

  g_test_message (
      "%s: cls within %.2g, loc within %.2g", (const char *)name, cls, loc);
  g_assert_cmpfloat (cls, <, 1e-4);
  g_assert_cmpfloat (loc, <, 1e-2);
  result_clear (&c);
  result_clear (&r);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("SIAMBAN_CPU");
  SiambanCpu all = siamban_cpu_level ();
  for (SiambanCpu level = SIAMBAN_CPU_BLAS; level <= all; level++) {
    const char *name = siamban_cpu_name (level);
    char *path = g_strconcat ("/levels/", name, NULL);

    g_test_add_data_func (path, name, test_level);
    g_free (path);
  }
  return g_test_run ();
}
