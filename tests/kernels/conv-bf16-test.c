/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "checkpoint/checkpoint.h"
#include "checkpoint/half.h"
#include "conv-case.h"
#include "model/model-private.h"

/* A number in -1..1 is rounded to a step of 2^-8 at most, which is off by
 * step / sqrt (12); that of pixels and of weights, times the other's root mean
 * square, a product. Six times the sum's deviation is never seen. 16-bit
 * integers get as far through Winograd's transforms. */
static double
bound_of (const SiambanConvShape *shape)
{
  double terms = (double)shape->in * shape->kernel * shape->kernel;
  double step = sqrt (2) / 256 / sqrt (12) / sqrt (3);

  return 6 * step * sqrt (terms);
}

static void
check (const SiambanConvShape *shape, int n, int h, int w)
{
  SiambanCpu level = siamban_cpu_level ();
  TestCase c = test_case_new (shape, n, h, w);

  test_case_check (&c, siamban_conv_new_bf16 (level, shape, c.weight, c.bias),
      siamban_conv_new_bf16 (level, shape, NULL, NULL), bound_of (shape));
  test_case_clear (&c);
}

static void
check_direct (const SiambanConvShape *shape, int n, int h, int w)
{
  if (shape->kernel != 3 || shape->stride != 1)
    check (shape, n, h, w);
}

static void
test_direct (void)
{
  const SiambanConvShape deep = {
      600, 72, 1, 1, 0, 1, FALSE, TRUE, SIAMBAN_ACT_HARDSWISH};

  test_conv_shapes (check_direct);
  check (&deep, 2, 9, 11);
}

static void
test_all (void)
{
  test_conv_shapes (check);
}

static void
test_not_suited (void)
{
  const SiambanConvShape narrow = {
      3, 64, 7, 2, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU};
  const SiambanConvShape thin = {
      64, 4, 1, 1, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU};
  const SiambanConvShape bent = {
      64, 64, 1, 1, 0, 1, FALSE, FALSE, SIAMBAN_ACT_SIGMOID};
  const SiambanConvShape depthwise = {
      64, 64, 3, 1, 1, 1, TRUE, FALSE, SIAMBAN_ACT_RELU};
  const SiambanConvShape wide = {
      64, 64, 1, 1, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU};
  float *zeros = g_new0 (float, 64 * 64 * 49);
  SiambanCpu level = siamban_cpu_level ();

  g_assert_null (siamban_conv_new_bf16 (level, &narrow, zeros, zeros));
  g_assert_null (siamban_conv_new_bf16 (level, &thin, zeros, zeros));
  g_assert_null (siamban_conv_new_bf16 (level, &bent, zeros, zeros));
  g_assert_null (siamban_conv_new_bf16 (level, &depthwise, zeros, zeros));
  g_assert_null (siamban_conv_new_bf16 (SIAMBAN_CPU_C, &wide, zeros, zeros));
  g_free (zeros);
}

static void
test_half_the_memory (void)
{
  const SiambanConvShape shape = {
      64, 64, 1, 1, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU};
  SiambanCpu level = siamban_cpu_level ();
  SiambanConv *floats = siamban_conv_new (level, &shape, NULL, NULL);
  SiambanConv *halves = siamban_conv_new_bf16 (level, &shape, NULL, NULL);
  size_t bias = shape.out * sizeof (float);

  g_assert_cmpuint (2 * (siamban_conv_size (halves) - bias), ==,
      siamban_conv_size (floats) - bias);
  siamban_conv_free (floats);
  siamban_conv_free (halves);
}

/* The model that ships, with its filters in bfloat16. */
static char *
write_model (void)
{
  g_autofree char *from = siamban_data_path ("models/builtin.safetensors");
  g_autoptr (GArray) sources =
      g_array_new (FALSE, FALSE, sizeof (SiambanTensorSource));
  g_autoptr (GPtrArray) halves = g_ptr_array_new_with_free_func (g_free);
  char *path = g_strdup_printf (
      "%s/siamban-%08x.safetensors", g_get_tmp_dir (), g_random_int ());
  GError *error = NULL;
  SiambanCheckpoint *checkpoint = siamban_checkpoint_open (from, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < siamban_checkpoint_n_tensors (checkpoint); i++) {
    const SiambanTensor *tensor = siamban_checkpoint_nth (checkpoint, i);
    SiambanTensorSource source = {
        tensor->name, tensor->dtype, tensor->n_dims, {0}, NULL, tensor};

    memcpy (source.shape, tensor->shape, sizeof source.shape);
    if (tensor->n_dims == 4) {
      g_autofree float *values = g_new (float, tensor->n_elements);
      guint16 *half = g_new (guint16, tensor->n_elements);

      g_assert_true (siamban_tensor_read_f32 (tensor, values, NULL));
      for (guint64 k = 0; k < tensor->n_elements; k++)
        half[k] = siamban_f32_to_bf16 (values[k]);
      g_ptr_array_add (halves, half);
      source.dtype = SIAMBAN_DTYPE_BF16;
      source.data = half;
    }
    g_array_append_val (sources, source);
  }
  siamban_safetensors_write (path, (const SiambanTensorSource *)sources->data,
      sources->len, NULL, &error);
  g_assert_no_error (error);
  siamban_checkpoint_close (checkpoint);
  return path;
}

static SiambanPrecision
loaded (const char *path, const char *config, SiambanPrecision precision)
{
  GError *error = NULL;
  SiambanModel *model = siamban_model_load (path, config, precision, &error);
  SiambanModelInfo info;

  g_assert_no_error (error);
  siamban_model_get_info (model, &info);
  siamban_model_unref (model);
  return info.precision;
}

static void
test_auto (void)
{
  g_autofree char *path = write_model ();
  g_autofree char *config = siamban_data_path ("models/builtin.yaml");
  gboolean fast = siamban_cpu_level () >= SIAMBAN_CPU_AVX512_BF16;

  g_assert_cmpint (loaded (path, config, SIAMBAN_PRECISION_AUTO), ==,
      fast ? SIAMBAN_PRECISION_BF16 : SIAMBAN_PRECISION_FP32);
  g_assert_cmpint (loaded (path, config, SIAMBAN_PRECISION_BF16), ==,
      SIAMBAN_PRECISION_BF16);
  g_assert_cmpint (
      loaded (NULL, NULL, SIAMBAN_PRECISION_AUTO), ==, SIAMBAN_PRECISION_FP32);
  g_assert_cmpint (
      loaded (NULL, NULL, SIAMBAN_PRECISION_BF16), ==, SIAMBAN_PRECISION_BF16);
  g_unlink (path);
}

static void
test_old_cpu (void)
{
  GError *error = NULL;

  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    return;
  }
  g_setenv ("SIAMBAN_CPU", "blas", TRUE);
  g_assert_null (
      siamban_model_load (NULL, NULL, SIAMBAN_PRECISION_BF16, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, "precision bf16 needs a CPU"));
  g_error_free (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!siamban_conv_has_bf16 (siamban_cpu_level ())) {
    g_print ("1..0 # SKIP this CPU has no kernels on bfloat16\n");
    return 0;
  }
  g_test_add_func ("/bf16/direct", test_direct);
  g_test_add_func ("/bf16/all", test_all);
  g_test_add_func ("/bf16/not-suited", test_not_suited);
  g_test_add_func ("/bf16/half-the-memory", test_half_the_memory);
  g_test_add_func ("/bf16/auto", test_auto);
  g_test_add_func ("/bf16/old-cpu", test_old_cpu);
  return g_test_run ();
}
