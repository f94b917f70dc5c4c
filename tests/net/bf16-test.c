/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include <siamban/model.h>

#include "checkpoint/checkpoint.h"
#include "checkpoint/half.h"
#include "conv-case.h"

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
  return g_test_run ();
}
