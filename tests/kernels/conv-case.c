/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conv-case.h"

static int
slid (int size, const SiambanConvShape *s)
{
  return (size + 2 * s->pad - s->dilation * (s->kernel - 1) - 1) / s->stride +
         1;
}

TestCase
test_case_new (const SiambanConvShape *shape, int n, int h, int w)
{
  TestCase c = {.shape = *shape};
  int oh = slid (h, shape), ow = slid (w, shape);
  size_t weights = (size_t)shape->out * shape->kernel * shape->kernel *
                   (shape->depthwise ? 1 : shape->in);

  c.in = test_maps_new (n, h, w, shape->in, shape->in == 3 ? 4 : 0);
  c.residual = test_maps_new (n, oh, ow, shape->out, 0);
  c.out = test_maps_new (n, oh, ow, shape->out, 0);
  c.weight = test_floats (weights);
  c.bias = test_floats (shape->out);
  return c;
}

void
test_case_clear (TestCase *c)
{
  test_maps_clear (&c->in);
  test_maps_clear (&c->residual);
  test_maps_clear (&c->out);
  g_free (c->weight);
  g_free (c->bias);
}

void
test_conv_run (const SiambanConv *conv, const SiambanMaps *in,
    const SiambanMaps *residual, const SiambanMaps *out, unsigned threads)
{
  SiambanTeam *team = siamban_team_acquire (threads);
  size_t size = siamban_conv_scratch (conv, in, out, siamban_team_size (team));
  void *scratch = g_aligned_alloc (size + 1, 1, SIAMBAN_ALIGN);

  siamban_conv_run (conv, in, residual, out, scratch, team);
  g_aligned_free (scratch);
  siamban_team_release (team);
}

static const SiambanMaps *
residual_of (const TestCase *c)
{
  return c->shape.has_residual ? &c->residual : NULL;
}

static void
check_batch (const TestCase *c, const SiambanConv *conv)
{
  for (int i = 0; i < c->in.n; i++) {
    SiambanMaps in = test_maps_image (&c->in, i);
    SiambanMaps residual = test_maps_image (&c->residual, i);
    SiambanMaps whole = test_maps_image (&c->out, i);
    SiambanMaps out = test_maps_new (1, whole.h, whole.w, whole.c, 0);

    test_conv_run (
        conv, &in, c->shape.has_residual ? &residual : NULL, &out, 1);
    test_maps_assert_same (&out, &whole);
    test_maps_clear (&out);
  }
}

static void
check_twin (const TestCase *c, const SiambanConv *conv, SiambanConv *twin)
{
  SiambanMaps out = test_maps_copy (&c->out);

  test_copy_parts (conv, twin);
  test_conv_run (twin, &c->in, residual_of (c), &out, 1);
  test_maps_assert_same (&out, &c->out);
  test_maps_clear (&out);
}

void
test_case_check_same (TestCase *c, const SiambanConv *conv, SiambanConv *twin)
{
  const SiambanConvShape *s = &c->shape;
  SiambanMaps again = test_maps_copy (&c->residual);

  g_test_message ("%s: %d -> %d, k%d s%d p%d d%d, depthwise %d, %d x %d x %d",
      siamban_conv_algorithm (conv), s->in, s->out, s->kernel, s->stride,
      s->pad, s->dilation, s->depthwise, c->in.n, c->in.h, c->in.w);
  test_conv_run (conv, &c->in, residual_of (c), &c->out, 1);
  test_maps_assert_padded (&c->out);
  check_twin (c, conv, twin);
  test_conv_run (conv, &c->in, s->has_residual ? &again : NULL, &again, 2);
  test_maps_assert_same (&again, &c->out);
  check_batch (c, conv);
  test_maps_clear (&again);
}

static void
check_values (const TestCase *c, double bound)
{
  SiambanMaps exact = test_maps_copy (&c->out);
  SiambanConv *floats =
      siamban_conv_new (SIAMBAN_CPU_C, &c->shape, c->weight, c->bias);

  test_conv_run (floats, &c->in, residual_of (c), &exact, 1);
  for (int i = 0; i < exact.n; i++)
    for (int y = 0; y < exact.h; y++)
      for (int x = 0; x < exact.w; x++)
        for (int o = 0; o < exact.c; o++)
          g_assert_cmpfloat_with_epsilon (test_maps_at (&c->out, i, y, x, o),
              test_maps_at (&exact, i, y, x, o), bound);
  siamban_conv_free (floats);
  test_maps_clear (&exact);
}

void
test_case_check (
    TestCase *c, SiambanConv *conv, SiambanConv *twin, double bound)
{
  test_case_check_same (c, conv, twin);
  check_values (c, bound);
  siamban_conv_free (conv);
  siamban_conv_free (twin);
}

void
test_conv_shapes (
    void (*check) (const SiambanConvShape *shape, int n, int h, int w))
{
  static const int kernels[] = {1, 3, 3, 5};

  for (guint k = 0; k < G_N_ELEMENTS (kernels); k++)
    for (int stride = 1; stride <= 2; stride++)
      for (int dilation = 1; dilation <= 4; dilation *= 2) {
        SiambanConvShape s = {
            .kernel = kernels[k], .stride = stride, .dilation = dilation};
        int span = dilation * (s.kernel - 1) + 1;

        s.in = g_test_rand_int_range (16, 90);
        s.out = g_test_rand_int_range (16, 90);
        s.pad = g_test_rand_int_range (0, span);
        s.has_residual = g_test_rand_int_range (0, 2);
        s.act = g_test_rand_int_range (0, SIAMBAN_ACT_RELU6 + 1);
        check (&s, g_test_rand_int_range (1, 4),
            g_test_rand_int_range (span, span + 12),
            g_test_rand_int_range (span, span + 30));
      }
}
