/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/reader.h"

#include <math.h>
#include <string.h>

static const guint8 *
row (const SiambanReader *reader, int plane, int y)
{
  const SiambanFrame *frame = reader->frame;
  return frame->data[plane] + (gssize)frame->stride[plane] * y;
}

static G_ALWAYS_INLINE inline void
read_packed (const guint8 *src, int step, int b, int g, int r,
    const guint16 *columns, int n, SiambanPixels *restrict pixels)
{
  for (int i = 0; i < n; i++) {
    const guint8 *p = &src[step * columns[i]];
    pixels->b[i] = p[b];
    pixels->g[i] = p[g];
    pixels->r[i] = p[r];
  }
}

#define PACKED_READER(name, step, b, g, r)                                     \
  static void read_##name (const SiambanReader *reader, int y,                 \
      const guint16 *columns, int n, SiambanPixels *pixels)                    \
  {                                                                            \
    read_packed (row (reader, 0, y), step, b, g, r, columns, n, pixels);       \
  }

PACKED_READER (bgr, 3, 0, 1, 2)
PACKED_READER (rgb, 3, 2, 1, 0)
PACKED_READER (bgrx, 4, 0, 1, 2)
PACKED_READER (rgbx, 4, 2, 1, 0)
PACKED_READER (xbgr, 4, 1, 2, 3)
PACKED_READER (xrgb, 4, 3, 2, 1)

/* (c - zero) * weight / 8192, cut off towards minus infinity: the 16-bit
 * product whose upper half SIMD keeps, and what swscale computes on x86.
 * The 8-bit weights of videoconvert's fast path are off by up to 4 levels. */
static inline gint16
weigh (guint8 c, gint16 zero, gint16 weight)
{
  gint16 level = (gint16)((c - zero) * 8);
  return (gint16)((level * weight) >> 16);
}

static inline guint8
to_byte (gint16 v)
{
  v = MAX (v, 0);
  v = MIN (v, 255);
  return (guint8)v;
}

typedef struct
{
  guint8 y[SIAMBAN_READER_COLUMNS];
  guint8 u[SIAMBAN_READER_COLUMNS];
  guint8 v[SIAMBAN_READER_COLUMNS];
} Samples;

static void
convert (const SiambanColour *colour, const Samples *restrict in, int n,
    SiambanPixels *restrict out)
{
  const SiambanColour k = *colour;

  for (int i = 0; i < n; i++) {
    gint16 luma = weigh (in->y[i], k.black, k.y);
    out->b[i] = to_byte (luma + weigh (in->u[i], 128, k.b_u));
    out->g[i] = to_byte (
        luma + weigh (in->u[i], 128, k.g_u) + weigh (in->v[i], 128, k.g_v));
    out->r[i] = to_byte (luma + weigh (in->v[i], 128, k.r_v));
  }
}

/* Chroma is that of the column pair: the nearest sample, as videoconvert has it
 * for I420. */
static void
read_i420 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPixels *pixels)
{
  const guint8 *luma = row (reader, 0, y);
  const guint8 *cb = row (reader, 1, y / 2), *cr = row (reader, 2, y / 2);
  Samples samples;

  for (int i = 0; i < n; i++) {
    unsigned x = columns[i];
    samples.y[i] = luma[x];
    samples.u[i] = cb[x / 2];
    samples.v[i] = cr[x / 2];
  }
  convert (&reader->colour, &samples, n, pixels);
}

/* Both chroma bytes are fetched at once. */
static G_ALWAYS_INLINE inline void
read_nv (const SiambanReader *reader, int y, const guint16 *columns, int n,
    int u, int v, SiambanPixels *pixels)
{
  const guint8 *luma = row (reader, 0, y), *chroma = row (reader, 1, y / 2);
  guint8 pairs[2 * SIAMBAN_READER_COLUMNS];
  Samples samples;

  for (int i = 0; i < n; i++) {
    unsigned x = columns[i];
    samples.y[i] = luma[x];
    memcpy (&pairs[2 * i], &chroma[x & ~1u], 2);
  }
  for (int i = 0; i < n; i++) {
    samples.u[i] = pairs[2 * i + u];
    samples.v[i] = pairs[2 * i + v];
  }
  convert (&reader->colour, &samples, n, pixels);
}

static void
read_nv12 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPixels *pixels)
{
  read_nv (reader, y, columns, n, 0, 1, pixels);
}

static void
read_nv21 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPixels *pixels)
{
  read_nv (reader, y, columns, n, 1, 0, pixels);
}

/* @luma: where the first of the two lumas of four bytes is; @u, @v: chroma. */
static G_ALWAYS_INLINE inline void
read_packed_yuv (const SiambanReader *reader, int y, const guint16 *columns,
    int n, int luma, int u, int v, SiambanPixels *pixels)
{
  const guint8 *src = row (reader, 0, y);
  Samples samples;

  for (int i = 0; i < n; i++) {
    unsigned x = columns[i];
    const guint8 *pair = &src[2 * (x & ~1u)];
    samples.y[i] = src[2 * x + luma];
    samples.u[i] = pair[u];
    samples.v[i] = pair[v];
  }
  convert (&reader->colour, &samples, n, pixels);
}

static void
read_yuy2 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPixels *pixels)
{
  read_packed_yuv (reader, y, columns, n, 0, 1, 3, pixels);
}

static void
read_uyvy (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPixels *pixels)
{
  read_packed_yuv (reader, y, columns, n, 1, 0, 2, pixels);
}

static void
read_gray8 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPixels *pixels)
{
  const guint8 *src = row (reader, 0, y);

  for (int i = 0; i < n; i++) {
    guint8 v = to_byte (
        weigh (src[columns[i]], reader->colour.black, reader->colour.y));
    pixels->b[i] = pixels->g[i] = pixels->r[i] = v;
  }
}

static gint16
fixed (double weight)
{
  return (gint16)rint (CLAMP (weight * 8192, G_MININT16, G_MAXINT16));
}

static SiambanColour
colour_of (const SiambanFrame *frame)
{
  double kr = frame->kr, kb = frame->kb, kg = 1 - kr - kb;
  double luma = frame->full_range ? 1 : 255. / 219;
  double chroma = frame->full_range ? 1 : 255. / 224;
  gint16 black = frame->full_range ? 0 : 16;

  if (frame->format == SIAMBAN_FORMAT_GRAY8)
    return (SiambanColour){.black = black, .y = fixed (luma)};
  return (SiambanColour){
      .black = black,
      .y = fixed (luma),
      .r_v = fixed (chroma * 2 * (1 - kr)),
      .g_u = fixed (chroma * -2 * kb * (1 - kb) / kg),
      .g_v = fixed (chroma * -2 * kr * (1 - kr) / kg),
      .b_u = fixed (chroma * 2 * (1 - kb)),
  };
}

void
siamban_reader_init (SiambanReader *reader, const SiambanFrame *frame)
{
  static const SiambanReadRow readers[] = {
      [SIAMBAN_FORMAT_BGR] = read_bgr,
      [SIAMBAN_FORMAT_RGB] = read_rgb,
      [SIAMBAN_FORMAT_BGRX] = read_bgrx,
      [SIAMBAN_FORMAT_RGBX] = read_rgbx,
      [SIAMBAN_FORMAT_XBGR] = read_xbgr,
      [SIAMBAN_FORMAT_XRGB] = read_xrgb,
      [SIAMBAN_FORMAT_GRAY8] = read_gray8,
      [SIAMBAN_FORMAT_I420] = read_i420,
      [SIAMBAN_FORMAT_NV12] = read_nv12,
      [SIAMBAN_FORMAT_NV21] = read_nv21,
      [SIAMBAN_FORMAT_YUY2] = read_yuy2,
      [SIAMBAN_FORMAT_UYVY] = read_uyvy,
  };

  reader->frame = frame;
  reader->read = readers[frame->format];
  reader->colour = (SiambanColour){0};
  if (frame->format >= SIAMBAN_FORMAT_GRAY8)
    reader->colour = colour_of (frame);
}
