/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/reader.h"

#include <math.h>
#include <string.h>

#define CACHE_LINE 64
/* BT.601's weights of red and blue. */
#define KR_601 0.299
#define KB_601 0.114

/* What makes this fast is few stores: the pairs are first gathered, each byte
 * beside its neighbour, and then taken apart by loops that vectorize. */

/* Three planes of pairs, left in the low byte: B, G, R or Y, U, V. */
typedef struct
{
  guint16 plane[3][SIAMBAN_READER_PAIRS];
} Samples;

static inline guint16
reader_pair (guint8 left, guint8 right)
{
  return (guint16)(left | right << 8);
}

static inline guint16
load_pair (const guint8 *left)
{
  guint16 both;

  memcpy (&both, left, sizeof both);
  return GUINT16_FROM_LE (both);
}

static const guint8 *
reader_row (const SiambanReader *reader, int plane, int y)
{
  const SiambanFrame *frame = reader->frame;

  return frame->data[plane] + (gssize)frame->stride[plane] * y;
}

/* Of planes that have a row for two of the picture's. */
static inline const guint8 *
chroma_row (const SiambanReader *reader, int plane, int y)
{
  return reader_row (reader, plane, (y + reader->frame->chroma_y) / 2);
}

static void
reader_split (const guint16 *restrict samples, int n, gint16 *restrict left,
    gint16 *restrict right)
{
  for (int i = 0; i < n; i++) {
    left[i] = samples[i] & 0xff;
    right[i] = samples[i] >> 8;
  }
}

static G_ALWAYS_INLINE inline void
read_packed (const SiambanReader *reader, int y, const guint16 *columns, int n,
    int step, int b, int g, int r, SiambanPairs *pairs)
{
  const guint8 *src = reader_row (reader, 0, y);
  const unsigned next = step * reader->next;
  Samples s;

  for (int i = 0; i < n; i++) {
    const guint8 *p = &src[step * columns[i]], *q = p + next;

    s.plane[0][i] = reader_pair (p[b], q[b]);
    s.plane[1][i] = reader_pair (p[g], q[g]);
    s.plane[2][i] = reader_pair (p[r], q[r]);
  }
  for (int c = 0; c < 3; c++)
    reader_split (s.plane[c], n, pairs->left[c], pairs->right[c]);
}

#define PACKED_READER(name, step, b, g, r)                                     \
  static void read_##name (const SiambanReader *reader, int y,                 \
      const guint16 *columns, int n, SiambanPairs *pairs)                      \
  {                                                                            \
    read_packed (reader, y, columns, n, step, b, g, r, pairs);                 \
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
reader_weigh (guint16 c, gint16 zero, gint16 weight)
{
  gint16 level = (gint16)((c - zero) * 8);

  return (gint16)((level * weight) >> 16);
}

static inline gint16
to_byte (gint16 v)
{
  v = MAX (v, 0);
  v = MIN (v, 255);
  return v;
}

static G_ALWAYS_INLINE inline void
convert_half (const SiambanColour *colour, const Samples *restrict in,
    int shift, int n, gint16 out[restrict][SIAMBAN_READER_PAIRS])
{
  const SiambanColour k = *colour;

  for (int i = 0; i < n; i++) {
    guint16 y = in->plane[0][i] >> shift & 0xff;
    guint16 u = in->plane[1][i] >> shift & 0xff;
    guint16 v = in->plane[2][i] >> shift & 0xff;
    gint16 luma = reader_weigh (y, k.black, k.y);

    out[0][i] = to_byte (luma + reader_weigh (u, 128, k.b_u));
    out[1][i] = to_byte (
        luma + reader_weigh (u, 128, k.g_u) + reader_weigh (v, 128, k.g_v));
    out[2][i] = to_byte (luma + reader_weigh (v, 128, k.r_v));
  }
}

static void
reader_convert (
    const SiambanColour *colour, const Samples *in, int n, SiambanPairs *pairs)
{
  convert_half (colour, in, 0, n, pairs->left);
  convert_half (colour, in, 8, n, pairs->right);
}

static void
reader_gather (const guint8 *src, unsigned next, const guint16 *columns, int n,
    guint16 *restrict samples)
{
  for (int i = 0; i < n; i++)
    samples[i] = next ? load_pair (src + columns[i])
                      : reader_pair (src[columns[i]], src[columns[i]]);
}

/* Chroma is that of the column pair: the nearest sample, as videoconvert has it
 * for I420. */
static void
gather_half (const guint8 *src, unsigned odd, unsigned next,
    const guint16 *columns, int n, guint16 *restrict samples)
{
  for (int i = 0; i < n; i++)
    samples[i] = reader_pair (
        src[(columns[i] + odd) / 2], src[(columns[i] + odd + next) / 2]);
}

/* Both chroma bytes are fetched at once. */
static void
gather_two (const guint8 *src, unsigned odd, unsigned next,
    const guint16 *columns, int n, guint16 *restrict first,
    guint16 *restrict second)
{
  guint16 left[SIAMBAN_READER_PAIRS], right[SIAMBAN_READER_PAIRS];

  for (int i = 0; i < n; i++)
    memcpy (&left[i], &src[(columns[i] + odd) & ~1u], 2);
  for (int i = 0; i < n; i++)
    memcpy (&right[i], &src[(columns[i] + odd + next) & ~1u], 2);
  for (int i = 0; i < n; i++) {
    guint16 a = GUINT16_FROM_LE (left[i]), b = GUINT16_FROM_LE (right[i]);

    first[i] = (a & 0xff) | (guint16)(b << 8);
    second[i] = (a >> 8) | (b & 0xff00);
  }
}

static void
read_i420 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPairs *pairs)
{
  const unsigned next = reader->next, odd = reader->frame->chroma_x;
  Samples s;

  reader_gather (reader_row (reader, 0, y), next, columns, n, s.plane[0]);
  gather_half (chroma_row (reader, 1, y), odd, next, columns, n, s.plane[1]);
  gather_half (chroma_row (reader, 2, y), odd, next, columns, n, s.plane[2]);
  reader_convert (&reader->colour, &s, n, pairs);
}

static void
read_nv12 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPairs *pairs)
{
  const unsigned next = reader->next, odd = reader->frame->chroma_x;
  Samples s;

  reader_gather (reader_row (reader, 0, y), next, columns, n, s.plane[0]);
  gather_two (
      chroma_row (reader, 1, y), odd, next, columns, n, s.plane[1], s.plane[2]);
  reader_convert (&reader->colour, &s, n, pairs);
}

static void
read_nv21 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPairs *pairs)
{
  const unsigned next = reader->next, odd = reader->frame->chroma_x;
  Samples s;

  reader_gather (reader_row (reader, 0, y), next, columns, n, s.plane[0]);
  gather_two (
      chroma_row (reader, 1, y), odd, next, columns, n, s.plane[2], s.plane[1]);
  reader_convert (&reader->colour, &s, n, pairs);
}

/* @luma, @u, @v: where they first are in the four bytes of two pixels. */
static G_ALWAYS_INLINE inline void
read_packed_yuv (const SiambanReader *reader, int y, const guint16 *columns,
    int n, int luma, int u, int v, SiambanPairs *pairs)
{
  const guint8 *src = reader_row (reader, 0, y);
  const unsigned next = reader->next, odd = reader->frame->chroma_x;
  const guint8 *pairs_of = src - 2 * odd;
  Samples s;

  for (int i = 0; i < n; i++) {
    unsigned x = columns[i];
    const guint8 *p = &pairs_of[2 * ((x + odd) & ~1u)];
    const guint8 *q = &pairs_of[2 * ((x + odd + next) & ~1u)];

    s.plane[0][i] = reader_pair (src[2 * x + luma], src[2 * (x + next) + luma]);
    s.plane[1][i] = reader_pair (p[u], q[u]);
    s.plane[2][i] = reader_pair (p[v], q[v]);
  }
  reader_convert (&reader->colour, &s, n, pairs);
}

static void
read_yuy2 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPairs *pairs)
{
  read_packed_yuv (reader, y, columns, n, 0, 1, 3, pairs);
}

static void
read_uyvy (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPairs *pairs)
{
  read_packed_yuv (reader, y, columns, n, 1, 0, 2, pairs);
}

/* Of each pair's samples, @step bytes apart for every @columns_each columns,
 * the 8 bits from bit @shift on. @odd: columns that the first one lacks. */
static G_ALWAYS_INLINE inline void
gather_high (const guint8 *src, unsigned odd, unsigned next,
    const guint16 *columns, int n, unsigned columns_each, unsigned step,
    int shift, guint16 *restrict samples)
{
  for (int i = 0; i < n; i++) {
    unsigned left = (columns[i] + odd) / columns_each * step;
    unsigned right = (columns[i] + odd + next) / columns_each * step;

    samples[i] = reader_pair ((guint8)(load_pair (src + left) >> shift),
        (guint8)(load_pair (src + right) >> shift));
  }
}

static void
read_i420_10 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPairs *pairs)
{
  const unsigned next = reader->next, odd = reader->frame->chroma_x;
  Samples s;

  gather_high (
      reader_row (reader, 0, y), 0, next, columns, n, 1, 2, 2, s.plane[0]);
  gather_high (
      chroma_row (reader, 1, y), odd, next, columns, n, 2, 2, 2, s.plane[1]);
  gather_high (
      chroma_row (reader, 2, y), odd, next, columns, n, 2, 2, 2, s.plane[2]);
  reader_convert (&reader->colour, &s, n, pairs);
}

static void
read_p010 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPairs *pairs)
{
  const guint8 *chroma = chroma_row (reader, 1, y);
  const unsigned next = reader->next, odd = reader->frame->chroma_x;
  Samples s;

  gather_high (
      reader_row (reader, 0, y), 0, next, columns, n, 1, 2, 8, s.plane[0]);
  gather_high (chroma, odd, next, columns, n, 2, 4, 8, s.plane[1]);
  gather_high (chroma + 2, odd, next, columns, n, 2, 4, 8, s.plane[2]);
  reader_convert (&reader->colour, &s, n, pairs);
}

static void
read_gray8 (const SiambanReader *reader, int y, const guint16 *columns, int n,
    SiambanPairs *pairs)
{
  Samples s;

  reader_gather (
      reader_row (reader, 0, y), reader->next, columns, n, s.plane[0]);
  for (int i = 0; i < n; i++)
    s.plane[1][i] = s.plane[2][i] = reader_pair (128, 128);
  reader_convert (&reader->colour, &s, n, pairs);
}

static gint16
reader_fixed (double weight)
{
  return (gint16)rint (CLAMP (weight * 8192, G_MININT16, G_MAXINT16));
}

static SiambanColour
colour_of (const SiambanFrame *frame)
{
  gboolean unsaid = frame->kr == 0 && frame->kb == 0;
  double kr = unsaid ? KR_601 : frame->kr, kb = unsaid ? KB_601 : frame->kb;
  double kg = 1 - kr - kb;
  double luma = frame->full_range ? 1 : 255. / 219;
  double chroma = frame->full_range ? 1 : 255. / 224;
  gint16 black = frame->full_range ? 0 : 16;

  if (frame->format == SIAMBAN_FORMAT_GRAY8)
    return (SiambanColour){.black = black, .y = reader_fixed (luma)};
  return (SiambanColour){
      .black = black,
      .y = reader_fixed (luma),
      .r_v = reader_fixed (chroma * 2 * (1 - kr)),
      .g_u = reader_fixed (chroma * -2 * kb * (1 - kb) / kg),
      .g_v = reader_fixed (chroma * -2 * kr * (1 - kr) / kg),
      .b_u = reader_fixed (chroma * 2 * (1 - kb)),
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
      [SIAMBAN_FORMAT_I420_10] = read_i420_10,
      [SIAMBAN_FORMAT_P010] = read_p010,
  };

  reader->frame = frame;
  reader->read = readers[frame->format];
  reader->next = frame->width > 1;
  reader->colour = (SiambanColour){0};
  if (frame->format >= SIAMBAN_FORMAT_GRAY8)
    reader->colour = colour_of (frame);
}

void
siamban_reader_prefetch (const SiambanReader *reader, int y, int begin, int end)
{
  /* Bytes of two columns, for each plane. */
  static const guint8 sizes[][3] = {
      [SIAMBAN_FORMAT_BGR] = {6},
      [SIAMBAN_FORMAT_RGB] = {6},
      [SIAMBAN_FORMAT_BGRX] = {8},
      [SIAMBAN_FORMAT_RGBX] = {8},
      [SIAMBAN_FORMAT_XBGR] = {8},
      [SIAMBAN_FORMAT_XRGB] = {8},
      [SIAMBAN_FORMAT_GRAY8] = {2},
      [SIAMBAN_FORMAT_I420] = {2, 1, 1},
      [SIAMBAN_FORMAT_NV12] = {2, 2},
      [SIAMBAN_FORMAT_NV21] = {2, 2},
      [SIAMBAN_FORMAT_YUY2] = {4},
      [SIAMBAN_FORMAT_UYVY] = {4},
      [SIAMBAN_FORMAT_I420_10] = {4, 2, 2},
      [SIAMBAN_FORMAT_P010] = {4, 4},
  };
  const guint8 *size = sizes[reader->frame->format];

  for (int p = 0; p < 3 && size[p] > 0; p++) {
    const guint8 *src = reader_row (reader, p, p > 0 ? y / 2 : y);

    for (int i = begin / 2 * size[p]; i <= end / 2 * size[p]; i += CACHE_LINE)
      __builtin_prefetch (src + i);
  }
}
