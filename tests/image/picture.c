/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

#include <math.h>
#include <stdlib.h>

/* Of a row of @plane in bytes, 0 where there is no such plane. */
static int
plane_width (SiambanFormat format, int plane, int width)
{
  int half = (width + 1) / 2;
  int widths[N_FORMATS][3] = {
      [SIAMBAN_FORMAT_BGR] = {3 * width},
      [SIAMBAN_FORMAT_RGB] = {3 * width},
      [SIAMBAN_FORMAT_BGRX] = {4 * width},
      [SIAMBAN_FORMAT_RGBX] = {4 * width},
      [SIAMBAN_FORMAT_XBGR] = {4 * width},
      [SIAMBAN_FORMAT_XRGB] = {4 * width},
      [SIAMBAN_FORMAT_GRAY8] = {width},
      [SIAMBAN_FORMAT_I420] = {width, half, half},
      [SIAMBAN_FORMAT_NV12] = {width, 2 * half},
      [SIAMBAN_FORMAT_NV21] = {width, 2 * half},
      [SIAMBAN_FORMAT_YUY2] = {4 * half},
      [SIAMBAN_FORMAT_UYVY] = {4 * half},
      [SIAMBAN_FORMAT_I420_10] = {2 * width, 2 * half, 2 * half},
      [SIAMBAN_FORMAT_P010] = {2 * width, 4 * half},
  };

  return widths[format][plane];
}

void
picture_init (Picture *picture, SiambanFormat format, int width, int height,
    int pad, gboolean flip)
{
  *picture = (Picture){
      .frame = {format, width, height, {NULL}, {0}, .kr = 0.299, .kb = 0.114}};

  for (int i = 0; i < 3 && plane_width (format, i, width) > 0; i++) {
    int rows = i == 0 ? height : (height + 1) / 2;
    int bytes = plane_width (format, i, width), stride = bytes + pad;
    int size = stride * (rows - 1) + bytes;

    picture->memory[i] = g_malloc (size);
    for (int k = 0; k < size; k++)
      picture->memory[i][k] = (guint8)g_test_rand_int ();
    picture->frame.data[i] = picture->memory[i] + (flip ? size - bytes : 0);
    picture->frame.stride[i] = flip ? -stride : stride;
  }
}

void
picture_clear (Picture *picture)
{
  for (int i = 0; i < 3; i++)
    g_free (picture->memory[i]);
}

static int
byte_at (const SiambanFrame *frame, int plane, int y, int offset)
{
  return frame->data[plane][(gssize)frame->stride[plane] * y + offset];
}

/* The 8 bits from bit @shift on, of 16. */
static int
bits_at (const SiambanFrame *frame, int plane, int y, int offset, int shift)
{
  int low = byte_at (frame, plane, y, offset);
  int high = byte_at (frame, plane, y, offset + 1);

  return (high << 8 | low) >> shift & 255;
}

static int
weighed (int v, double weight)
{
  double fixed = rint (CLAMP (weight * 8192, -32768, 32767));

  return (int)floor (v * fixed / 8192);
}

static void
yuv_to_bgr (const SiambanFrame *frame, int y, int u, int v, guint8 bgr[3])
{
  gboolean unsaid = frame->kr == 0 && frame->kb == 0;
  double kr = unsaid ? 0.299 : frame->kr, kb = unsaid ? 0.114 : frame->kb;
  double kg = 1 - kr - kb;
  double c = frame->full_range ? 1 : 255 / 224.;
  int luma = weighed (
      frame->full_range ? y : y - 16, frame->full_range ? 1 : 255 / 219.);
  int b = luma + weighed (u - 128, c * 2 * (1 - kb));
  int g = luma + weighed (u - 128, -c * 2 * (1 - kb) * kb / kg) +
          weighed (v - 128, -c * 2 * (1 - kr) * kr / kg);
  int r = luma + weighed (v - 128, c * 2 * (1 - kr));

  bgr[0] = (guint8)CLAMP (b, 0, 255);
  bgr[1] = (guint8)CLAMP (g, 0, 255);
  bgr[2] = (guint8)CLAMP (r, 0, 255);
}

static void
packed_pixel (const SiambanFrame *frame, int x, int y, guint8 bgr[3])
{
  static const struct
  {
    int step, at[3];
  } layouts[] = {
      [SIAMBAN_FORMAT_BGR] = {3, {0, 1, 2}},
      [SIAMBAN_FORMAT_RGB] = {3, {2, 1, 0}},
      [SIAMBAN_FORMAT_BGRX] = {4, {0, 1, 2}},
      [SIAMBAN_FORMAT_RGBX] = {4, {2, 1, 0}},
      [SIAMBAN_FORMAT_XBGR] = {4, {1, 2, 3}},
      [SIAMBAN_FORMAT_XRGB] = {4, {3, 2, 1}},
  };
  int step = layouts[frame->format].step;

  for (int c = 0; c < 3; c++)
    bgr[c] =
        (guint8)byte_at (frame, 0, y, step * x + layouts[frame->format].at[c]);
}

void
picture_pixel (const SiambanFrame *frame, int x, int y, guint8 bgr[3])
{
  int pair = x / 2, line = y / 2;

  switch (frame->format) {
    case SIAMBAN_FORMAT_GRAY8:
      yuv_to_bgr (frame, byte_at (frame, 0, y, x), 128, 128, bgr);
      break;
    case SIAMBAN_FORMAT_I420:
      yuv_to_bgr (frame, byte_at (frame, 0, y, x),
          byte_at (frame, 1, line, pair), byte_at (frame, 2, line, pair), bgr);
      break;
    case SIAMBAN_FORMAT_NV12:
      yuv_to_bgr (frame, byte_at (frame, 0, y, x),
          byte_at (frame, 1, line, 2 * pair),
          byte_at (frame, 1, line, 2 * pair + 1), bgr);
      break;
    case SIAMBAN_FORMAT_NV21:
      yuv_to_bgr (frame, byte_at (frame, 0, y, x),
          byte_at (frame, 1, line, 2 * pair + 1),
          byte_at (frame, 1, line, 2 * pair), bgr);
      break;
    case SIAMBAN_FORMAT_YUY2:
      yuv_to_bgr (frame, byte_at (frame, 0, y, 2 * x),
          byte_at (frame, 0, y, 4 * pair + 1),
          byte_at (frame, 0, y, 4 * pair + 3), bgr);
      break;
    case SIAMBAN_FORMAT_UYVY:
      yuv_to_bgr (frame, byte_at (frame, 0, y, 2 * x + 1),
          byte_at (frame, 0, y, 4 * pair), byte_at (frame, 0, y, 4 * pair + 2),
          bgr);
      break;
    case SIAMBAN_FORMAT_I420_10:
      yuv_to_bgr (frame, bits_at (frame, 0, y, 2 * x, 2),
          bits_at (frame, 1, line, 2 * pair, 2),
          bits_at (frame, 2, line, 2 * pair, 2), bgr);
      break;
    case SIAMBAN_FORMAT_P010:
      yuv_to_bgr (frame, bits_at (frame, 0, y, 2 * x, 8),
          bits_at (frame, 1, line, 4 * pair, 8),
          bits_at (frame, 1, line, 4 * pair + 2, 8), bgr);
      break;
    default:
      packed_pixel (frame, x, y, bgr);
      break;
  }
}

void
picture_init_bgr (Picture *picture, const SiambanFrame *frame)
{
  picture_init (
      picture, SIAMBAN_FORMAT_BGR, frame->width, frame->height, 0, FALSE);
  for (int y = 0; y < frame->height; y++)
    for (int x = 0; x < frame->width; x++)
      picture_pixel (
          frame, x, y, picture->memory[0] + 3 * (frame->width * y + x));
}
