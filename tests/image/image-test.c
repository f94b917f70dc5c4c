/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "image/crop.h"
#include "picture.h"

typedef struct
{
  int width, height;
  double cx, cy, n;
  int size;
  const char *sha256;
} GoldenCrop;

#include "golden.h"

/* make_golden.py has the same. */
static void
golden_frame (Picture *picture, int w, int h)
{
  picture_init (picture, SIAMBAN_FORMAT_BGR, w, h, 0, FALSE);
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++)
      for (int c = 0; c < 3; c++)
        picture->memory[0][3 * (w * y + x) + c] =
            (guint8)((x * 31 + y * 17 + c * 73 + (x * y >> 3)) ^ (x >> 2));
}

static guint8 *
golden_crop (const GoldenCrop *golden)
{
  guint8 *out = g_malloc (3 * golden->size * golden->size);
  double mean[3];
  Picture picture;

  golden_frame (&picture, golden->width, golden->height);
  siamban_frame_mean (&picture.frame, mean);
  siamban_crop (&picture.frame, golden->cx, golden->cy, golden->n, golden->size,
      mean, out);
  picture_clear (&picture);
  return out;
}

static void
test_opencv (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (golden_crops); i++) {
    const GoldenCrop *golden = &golden_crops[i];
    g_autofree guint8 *out = golden_crop (golden);
    g_autofree char *sha256 = g_compute_checksum_for_data (
        G_CHECKSUM_SHA256, out, 3 * golden->size * golden->size);

    g_test_message ("%dx%d, %g of (%g, %g) to %d", golden->width,
        golden->height, golden->n, golden->cx, golden->cy, golden->size);
    g_assert_cmpstr (sha256, ==, golden->sha256);
  }
}

static void
test_opencv_small (void)
{
  g_autofree guint8 *out = golden_crop (&golden_small);

  g_assert_cmpmem (out, 3 * golden_small.size * golden_small.size,
      golden_small_pixels, sizeof golden_small_pixels);
}

/* Each of a channel's two or three terms is cut off to a whole level. */
static void
assert_level (double got, double exact)
{
  g_assert_cmpfloat (got, <=, CLAMP (exact + 0.1, 0, 255));
  g_assert_cmpfloat (got, >, CLAMP (exact - 3.1, -1, 255 - 3.1));
}

static void
check_colour (const guint8 yuv[3], double kr, double kb, gboolean full_range)
{
  SiambanFrame frame = {SIAMBAN_FORMAT_I420, 1, 1, {yuv, yuv + 1, yuv + 2},
      {1, 1, 1}, kr, kb, full_range, 0, 0, {0}};
  double luma = full_range ? yuv[0] : (yuv[0] - 16) * 255. / 219;
  double scale = full_range ? 1 : 255. / 224;
  double cb = (yuv[1] - 128) * scale, cr = (yuv[2] - 128) * scale;
  double r = luma + 2 * (1 - kr) * cr, b = luma + 2 * (1 - kb) * cb;
  double mean[3];

  siamban_frame_mean (&frame, mean);
  assert_level (mean[0], b);
  assert_level (mean[1],
      luma - (2 * kr * (1 - kr) * cr + 2 * kb * (1 - kb) * cb) / (1 - kr - kb));
  assert_level (mean[2], r);
}

static void
test_colours (void)
{
  static const double weights[][2] = {
      {0.299, 0.114}, {0.2126, 0.0722}, {0.2627, 0.0593}};

  for (unsigned m = 0; m < 2 * G_N_ELEMENTS (weights); m++)
    for (int y = 0; y < 256; y += 5)
      for (int u = 0; u < 256; u += 15)
        for (int v = 0; v < 256; v += 15) {
          const guint8 yuv[] = {y, u, v};

          check_colour (yuv, weights[m / 2][0], weights[m / 2][1], m % 2);
        }
}

/* Black, white and grey are just that. */
static void
test_greys (void)
{
  for (int full = 0; full < 2; full++) {
    const guint8 black[] = {full ? 0 : 16, 128, 128};
    const guint8 white[] = {full ? 255 : 235, 128, 128};
    const guint8 *const yuv[] = {black, white};

    for (int i = 0; i < 2; i++) {
      SiambanFrame frame = {SIAMBAN_FORMAT_I420, 1, 1,
          {yuv[i], yuv[i] + 1, yuv[i] + 2}, {1, 1, 1}, 0.299, 0.114, full, 0, 0,
          {0}};
      double mean[3];

      siamban_frame_mean (&frame, mean);
      for (int c = 0; c < 3; c++)
        g_assert_cmpfloat (mean[c], ==, i ? 255 : 0);
    }
  }
}

static void
assert_same_crop (const SiambanFrame *a, const SiambanFrame *b, double cx,
    double cy, int n, int size)
{
  gsize bytes = 3 * size * size;
  g_autofree guint8 *of_a = g_malloc (bytes), *of_b = g_malloc (bytes);
  double mean[3] = {10.9, 120, 254.999};

  siamban_crop (a, cx, cy, n, size, mean, of_a);
  siamban_crop (b, cx, cy, n, size, mean, of_b);
  g_test_message ("format %d, %dx%d, stride %d, %d of (%g, %g) to %d",
      a->format, a->width, a->height, a->stride[0], n, cx, cy, size);
  g_assert_cmpmem (of_a, bytes, of_b, bytes);
}

static void
check_format (const SiambanFrame *frame)
{
  Picture bgr;
  double of_frame[3], of_bgr[3];

  picture_init_bgr (&bgr, frame);
  for (int i = 0; i < 6; i++)
    assert_same_crop (frame, &bgr.frame,
        g_test_rand_double_range (-9, frame->width + 9),
        g_test_rand_double_range (-9, frame->height + 9),
        g_test_rand_int_range (1, 90), g_test_rand_int_range (1, 60));
  assert_same_crop (frame, &bgr.frame, frame->width / 2., 0, 500, 255);

  siamban_frame_mean (frame, of_frame);
  siamban_frame_mean (&bgr.frame, of_bgr);
  for (int c = 0; c < 3; c++)
    g_assert_cmpfloat (of_frame[c], ==, of_bgr[c]);
  picture_clear (&bgr);
}

/* The part of @whole, of any format, that starts at (@x, @y). */
static SiambanFrame
cut_out (const SiambanFrame *whole, int x, int y, int w, int h)
{
  static const guint8 bytes[N_FORMATS][2] = {
      [SIAMBAN_FORMAT_BGR] = {3},
      [SIAMBAN_FORMAT_RGB] = {3},
      [SIAMBAN_FORMAT_BGRX] = {4},
      [SIAMBAN_FORMAT_RGBX] = {4},
      [SIAMBAN_FORMAT_XBGR] = {4},
      [SIAMBAN_FORMAT_XRGB] = {4},
      [SIAMBAN_FORMAT_GRAY8] = {1},
      [SIAMBAN_FORMAT_I420] = {1, 1},
      [SIAMBAN_FORMAT_NV12] = {1, 2},
      [SIAMBAN_FORMAT_NV21] = {1, 2},
      [SIAMBAN_FORMAT_YUY2] = {2},
      [SIAMBAN_FORMAT_UYVY] = {2},
      [SIAMBAN_FORMAT_I420_10] = {2, 2},
      [SIAMBAN_FORMAT_P010] = {2, 4},
  };
  const guint8 *size = bytes[whole->format];
  SiambanFrame part = *whole;

  part.width = w;
  part.height = h;
  part.chroma_x = (guint16)(size[1] > 0 || size[0] == 2 ? x % 2 : 0);
  part.chroma_y = (guint16)(size[1] > 0 ? y % 2 : 0);
  part.data[0] += (gssize)part.stride[0] * y + size[0] * x;
  for (int p = 1; p < 3 && part.data[p]; p++)
    part.data[p] += (gssize)part.stride[p] * (y / 2) + size[1] * (x / 2);
  return part;
}

/* At every parity, against the same part of a picture that shares nothing. */
static void
test_parts (void)
{
  for (int format = 0; format < N_FORMATS; format++)
    for (int i = 0; i < 16; i++) {
      const int x = 4 + (i & 1), y = 6 + (i >> 1 & 1);
      const int w = 30 + (i >> 2 & 1), h = 20 + (i >> 3 & 1);
      SiambanFrame part, expected;
      double of_part[3], of_expected[3];
      Picture whole, bgr;

      picture_init (&whole, format, 50, 40, 3 * (i % 2), i % 2);
      picture_init_bgr (&bgr, &whole.frame);
      part = cut_out (&whole.frame, x, y, w, h);
      expected = cut_out (&bgr.frame, x, y, w, h);
      g_assert_null (siamban_frame_problem (&part));
      assert_same_crop (&part, &expected, w / 2., h / 2., 60, 70);
      assert_same_crop (&part, &expected, 3, 4, 9, 9);
      siamban_frame_mean (&part, of_part);
      siamban_frame_mean (&expected, of_expected);
      for (int c = 0; c < 3; c++)
        g_assert_cmpfloat (of_part[c], ==, of_expected[c]);
      picture_clear (&whole);
      picture_clear (&bgr);
    }
}

static void
test_formats (void)
{
  static const int sizes[][2] = {
      {1, 1}, {1, 2}, {2, 1}, {3, 5}, {16, 16}, {37, 21}, {300, 11}};

  for (int format = 0; format < N_FORMATS; format++)
    for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (int way = 0; way < 4; way++) {
        Picture picture;

        picture_init (&picture, format, sizes[i][0], sizes[i][1],
            way % 2 ? 13 : 0, way >= 2);
        picture.frame.full_range = i % 2;
        g_assert_null (siamban_frame_problem (&picture.frame));
        check_format (&picture.frame);
        picture_clear (&picture);
      }
}

static void
test_matrices (void)
{
  static const double weights[][2] = {{0.2126, 0.0722}, {0.2627, 0.0593},
      {0.212, 0.087}, {0.30, 0.11}, {0, 0}, {0, 0.1}, {0.45, 0.45}};

  for (unsigned i = 0; i < 2 * G_N_ELEMENTS (weights); i++) {
    Picture picture;

    picture_init (&picture, SIAMBAN_FORMAT_NV12, 64, 64, 0, FALSE);
    picture.frame.kr = weights[i / 2][0];
    picture.frame.kb = weights[i / 2][1];
    picture.frame.full_range = i % 2;
    g_assert_null (siamban_frame_problem (&picture.frame));
    check_format (&picture.frame);
    picture_clear (&picture);
  }
}

/* From the definition: two weights a side of 1/2048, rows and columns in turn.
 */
static void
test_any_side (void)
{
  Picture picture;

  picture_init (&picture, SIAMBAN_FORMAT_GRAY8, 8192, 3, 0, FALSE);
  picture.frame.full_range = TRUE;
  for (int n = 1; n < 9000; n = n * 5 / 4 + 1) {
    int size = g_test_rand_int_range (2, 40);
    g_autofree guint8 *out = g_malloc (3 * size * size);
    double mean[3] = {7, 7, 7}, cx = g_test_rand_double_range (0, 8192);
    int x0 = (int)floor (cx - (n + 1) / 2. + 0.5);
    int y0 = (int)floor (1 - (n + 1) / 2. + 0.5);

    siamban_crop (&picture.frame, cx, 1, n, size, mean, out);
    for (int i = 0; i < size; i++) {
      double at = CLAMP ((i + 0.5) * n / size - 0.5, 0, n - 1);
      double sum = 0;
      int y = (int)CLAMP ((size / 2 + 0.5) * n / size - 0.5, 0, n - 1);
      int row = y0 + y;
      double fy = CLAMP ((size / 2 + 0.5) * n / size - 0.5, 0, n - 1) - y;

      for (int k = 0; k < 4; k++) {
        int x = x0 + (int)at + (k & 1), line = row + (k >> 1);
        double fx = at - floor (at);
        double w = (k & 1 ? fx : 1 - fx) * (k >> 1 ? fy : 1 - fy);
        gboolean in = x >= 0 && x < 8192 && line >= 0 && line < 3;

        if (w > 0)
          sum += w * (in ? picture.memory[0][8192 * line + x] : 7);
      }
      g_assert_cmpfloat_with_epsilon (
          sum, out[3 * (size * (size / 2) + i)], 1.3);
    }
  }
  picture_clear (&picture);
}

static void
assert_flat (const guint8 *out, int size, const guint8 bgr[3])
{
  for (int i = 0; i < size * size; i++)
    g_assert_cmpmem (out + 3 * i, 3, bgr, 3);
}

static void
test_far_away (void)
{
  static const double places[][3] = {{1e5, 0, 100}, {-1e9, -1e9, 1e9},
      {1e300, 5, 1e300}, {-1e18, 1e18, 3}, {NAN, 5, 10}, {5, NAN, 10},
      {INFINITY, 0, 100}, {0, -INFINITY, 100}, {-500, 5, INFINITY}};
  const guint8 outside[3] = {1, 2, 254};
  const double mean[3] = {1.99, 2.5, 254.999};
  guint8 out[3 * 31 * 31];
  Picture picture;

  picture_init (&picture, SIAMBAN_FORMAT_I420, 21, 17, 0, FALSE);
  for (unsigned i = 0; i < G_N_ELEMENTS (places); i++) {
    memset (out, 99, sizeof out);
    siamban_crop (&picture.frame, places[i][0], places[i][1], places[i][2], 31,
        mean, out);
    assert_flat (out, 31, outside);
  }
  picture_clear (&picture);
}

/* Not a number for a side: as if it were 1. */
static void
test_no_side (void)
{
  static const double sides[] = {NAN, 0, -5, 0.5};
  guint8 out[3 * 5 * 5], pixel[3];
  double mean[3] = {0};
  Picture picture;

  picture_init (&picture, SIAMBAN_FORMAT_BGR, 21, 17, 0, FALSE);
  picture_pixel (&picture.frame, 8, 9, pixel);
  for (unsigned i = 0; i < G_N_ELEMENTS (sides); i++) {
    siamban_crop (&picture.frame, 8.5, 9.5, sides[i], 5, mean, out);
    assert_flat (out, 5, pixel);
  }
  picture_clear (&picture);
}

static void
assert_problem (SiambanFrame frame, const char *part)
{
  const char *problem = siamban_frame_problem (&frame);

  g_assert_nonnull (problem);
  g_assert_nonnull (strstr (problem, part));
}

static SiambanFrame
with_strides (const SiambanFrame *frame, int a, int b)
{
  SiambanFrame changed = *frame;

  changed.stride[0] = a;
  changed.stride[1] = b;
  return changed;
}

static void
test_problems (void)
{
  static const int sides[] = {0, -1, G_MININT, 32769, G_MAXINT};
  static const double weights[][2] = {{NAN, 0.1}, {0.1, NAN}, {-0.1, 0.1},
      {0.5, 0.5}, {INFINITY, 0.1}, {0.1, -INFINITY}};
  SiambanFrame good, bad;
  Picture picture;

  picture_init (&picture, SIAMBAN_FORMAT_NV12, 33, 17, 0, FALSE);
  good = picture.frame;
  g_assert_null (siamban_frame_problem (&good));
  g_assert_nonnull (siamban_frame_problem (NULL));
  for (unsigned i = 0; i < G_N_ELEMENTS (sides); i++) {
    bad = good;
    bad.width = sides[i];
    assert_problem (bad, "width");
    bad = good;
    bad.height = sides[i];
    assert_problem (bad, "height");
  }
  for (unsigned i = 0; i < G_N_ELEMENTS (weights); i++) {
    bad = good;
    bad.kr = weights[i][0];
    bad.kb = weights[i][1];
    assert_problem (bad, "kr");
  }
  bad = good;
  bad.data[1] = NULL;
  assert_problem (bad, "plane");
  bad = good;
  bad.format = N_FORMATS;
  assert_problem (bad, "format");
  bad = good;
  bad.chroma_y = 2;
  assert_problem (bad, "chroma_y");
  bad = good;
  bad.width++;
  g_assert_nonnull (siamban_frame_problem (&bad)); /* a stride is too short */
  bad.width = 32;
  g_assert_null (siamban_frame_problem (&bad));
  assert_problem (with_strides (&good, 32, 34), "stride");
  assert_problem (with_strides (&good, 33, 33), "stride");
  assert_problem (with_strides (&good, -32, 34), "stride");
  g_assert_null (siamban_frame_problem (&(SiambanFrame){good.format, 33, 17,
      {good.data[0], good.data[1]}, {G_MININT, -34}, 0.3, 0.1, 0, 0, 0, {0}}));
  picture_clear (&picture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/opencv", test_opencv);
  g_test_add_func ("/image/opencv-small", test_opencv_small);
  g_test_add_func ("/image/colours", test_colours);
  g_test_add_func ("/image/greys", test_greys);
  g_test_add_func ("/image/formats", test_formats);
  g_test_add_func ("/image/parts", test_parts);
  g_test_add_func ("/image/matrices", test_matrices);
  g_test_add_func ("/image/any-side", test_any_side);
  g_test_add_func ("/image/far-away", test_far_away);
  g_test_add_func ("/image/no-side", test_no_side);
  g_test_add_func ("/image/problems", test_problems);
  return g_test_run ();
}
