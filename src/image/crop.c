/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/crop.h"

#include <math.h>
#include <string.h>

#include "image/reader.h"

/* The crop is made in strips of output columns, so that all it needs fits on
 * the stack whatever its size. */
#define STRIP SIAMBAN_READER_PAIRS

/* Weights are 1/2048ths, as OpenCV has them for 8-bit pixels. */
#define WEIGHT_ONE 2048

/* Output rows. */
#define AHEAD 2

/* Where an output row or column lies between two source ones. @first counts
 * from the crop's edge and may be -1. */
typedef struct
{
  int first;
  gint16 weight[2];
} Tap;

/* A range of output columns. */
typedef struct
{
  int begin, end;
} Range;

typedef struct
{
  int n;                  /* output columns */
  guint16 columns[STRIP]; /* of the frame, to be read with the next one */
  gint16 weight[STRIP];   /* of the right one, less a half: 1/65536ths */
  Range inside[2];        /* whose left, whose right one is in the frame */
  guint8 outside[3];      /* what is not: B, G, R */
} Strip;

/* A source row, resized to the strip's width: planes B, G, R with 7 bits of
 * fraction. */
typedef struct
{
  int index;
  gint16 values[3][STRIP];
} Row;

static Tap
tap_at (int i, int n, int size)
{
  double scale = 1. / ((double)size / n);
  float at = (float)((i + 0.5) * scale - 0.5);
  float first = floorf (at);
  float fraction = at - first;

  return (Tap){(int)first, {(gint16)rintf ((1.f - fraction) * WEIGHT_ONE),
                               (gint16)rintf (fraction * WEIGHT_ONE)}};
}

/* A column beyond the edge takes the edge's pixel alone; a row beyond it keeps
 * its two weights, which both fall on the edge row: not the same in the last
 * bit. */
static Tap
column_tap_at (int i, int n, int size)
{
  Tap tap = tap_at (i, n, size);

  if (tap.first < 0 || tap.first >= n - 1) {
    tap.first = CLAMP (tap.first, 0, n - 1);
    tap.weight[0] = WEIGHT_ONE;
    tap.weight[1] = 0;
  }
  return tap;
}

/* @at rises from call to call. */
static void
range_add (Range *inside, int i, double at, int width)
{
  if (at < 0)
    inside->begin = inside->end = i + 1;
  if (at >= 0 && at < width)
    inside->end = i + 1;
}

static void
strip_init (Strip *strip, const SiambanReader *reader, double x0, int n,
    int size, int start)
{
  int width = reader->frame->width, last = siamban_reader_last (reader);

  strip->n = MIN (STRIP, size - start);
  strip->inside[0] = strip->inside[1] = (Range){0, 0};
  for (int i = 0; i < strip->n; i++) {
    Tap tap = column_tap_at (start + i, n, size);
    double left = x0 + tap.first;

    range_add (&strip->inside[0], i, left, width);
    range_add (&strip->inside[1], i, left + 1, width);
    strip->columns[i] = left >= 0 ? (guint16)MIN (left, last) : 0;
    strip->weight[i] =
        (gint16)((tap.weight[1] - WEIGHT_ONE / 2) * (65536 / WEIGHT_ONE));
  }
}

static void
crop_fill (gint16 *values, int begin, int end, int value)
{
  for (int i = begin; i < end; i++)
    values[i] = (gint16)value;
}

/* Puts right what was read at the frame's edge in place of pairs that are not
 * wholly inside. */
static void
fix_edges (const Strip *strip, guint8 outside, gint16 *left, gint16 *right)
{
  const Range *a = &strip->inside[0], *b = &strip->inside[1];

  for (int i = b->begin; i < a->begin; i++)
    right[i] = left[i];
  for (int i = b->end; i < a->end; i++)
    left[i] = right[i];
  crop_fill (left, 0, a->begin, outside);
  crop_fill (left, a->end, strip->n, outside);
  crop_fill (right, 0, b->begin, outside);
  crop_fill (right, b->end, strip->n, outside);
}

/* (left * weight[0] + right * weight[1]) / 16 rounded down, in 16 bits: the
 * weights add up to 2048, so this is 64 (left + right) and a rest that fits. */
static void
lerp (const gint16 *restrict left, const gint16 *restrict right,
    const gint16 *restrict weight, int n, gint16 *restrict values)
{
  for (int i = 0; i < n; i++) {
    gint16 sum = (gint16)((left[i] + right[i]) * 64);
    gint16 difference = (gint16)((right[i] - left[i]) * 128);

    values[i] = (gint16)(sum + ((difference * weight[i]) >> 16));
  }
}

static void
resize_row (const Strip *strip, const SiambanReader *reader, double y, Row *row)
{
  SiambanPairs pairs;

  if (!(y >= 0 && y < reader->frame->height)) {
    for (int c = 0; c < 3; c++)
      crop_fill (row->values[c], 0, strip->n, strip->outside[c] * 128);
    return;
  }
  siamban_reader_read (reader, (int)y, strip->columns, strip->n, &pairs);
  for (int c = 0; c < 3; c++) {
    fix_edges (strip, strip->outside[c], pairs.left[c], pairs.right[c]);
    lerp (
        pairs.left[c], pairs.right[c], strip->weight, strip->n, row->values[c]);
  }
}

static void
crop_blend (const gint16 *restrict top, const gint16 *restrict bottom,
    const gint16 weight[2], int n, guint8 *restrict out)
{
  const gint16 a = weight[0], b = weight[1];

  for (int i = 0; i < n; i++)
    out[i] =
        (guint8)((((a * top[i]) >> 16) + ((b * bottom[i]) >> 16) + 2) >> 2);
}

static void
crop_interleave (const guint8 *restrict b, const guint8 *restrict g,
    const guint8 *restrict r, int n, guint8 *restrict out)
{
  guint32 bgr[STRIP];

  for (int i = 0; i < n; i++)
    bgr[i] = GUINT32_TO_LE (b[i] | (guint32)g[i] << 8 | (guint32)r[i] << 16);
  for (int i = 0; i < n - 1; i++)
    memcpy (out + 3 * i, &bgr[i], 4);
  memcpy (out + 3 * (n - 1), &bgr[n - 1], 3);
}

static void
blend_rows (const Row *top, const Row *bottom, const gint16 weight[2], int n,
    guint8 *out)
{
  guint8 bgr[3][STRIP];

  for (int c = 0; c < 3; c++)
    crop_blend (top->values[c], bottom->values[c], weight, n, bgr[c]);
  crop_interleave (bgr[0], bgr[1], bgr[2], n, out);
}

/* The frame is rarely in the cache: what an output row further down needs is
 * asked for while this one is made. */
static void
crop_prefetch (const Strip *strip, const SiambanReader *reader, double y0,
    int n, int size, int i)
{
  double y = y0 + tap_at (i + AHEAD, n, size).first;

  for (int k = 0; k < 2; k++)
    if (y + k >= 0 && y + k < reader->frame->height)
      siamban_reader_prefetch (reader, (int)(y + k), strip->columns[0],
          strip->columns[strip->n - 1]);
}

static void
crop_strip (const Strip *strip, const SiambanReader *reader, double y0, int n,
    int size, guint8 *out)
{
  Row rows[2] = {{.index = -1}, {.index = -1}};
  Row *top = &rows[0], *bottom = &rows[1];

  for (int i = 0; i < size; i++) {
    Tap tap = tap_at (i, n, size);
    int first = CLAMP (tap.first, 0, n - 1);
    int second = CLAMP (tap.first + 1, 0, n - 1);

    if (bottom->index == first) {
      Row *swap = top;

      top = bottom;
      bottom = swap;
    }
    if (top->index != first) {
      resize_row (strip, reader, y0 + first, top);
      top->index = first;
    }
    if (bottom->index != second) {
      resize_row (strip, reader, y0 + second, bottom);
      bottom->index = second;
    }
    crop_prefetch (strip, reader, y0, n, size, i);
    blend_rows (top, bottom, tap.weight, strip->n, out + 3 * size * i);
  }
}

void
siamban_crop (const SiambanFrame *frame, double cx, double cy, double n,
    int size, const double mean[3], guint8 *out)
{
  /* Neither a NaN nor a far-off number becomes an int. */
  int side = n >= 1 ? (int)MIN (n, 1e9) : 1;
  double x0 = floor (cx - (side + 1.) / 2 + 0.5);
  double y0 = floor (cy - (side + 1.) / 2 + 0.5);
  SiambanReader reader;
  Strip strip = {
      .outside = {(guint8)mean[0], (guint8)mean[1], (guint8)mean[2]}};

  siamban_reader_init (&reader, frame);
  for (int start = 0; start < size; start += STRIP) {
    strip_init (&strip, &reader, x0, side, size, start);
    crop_strip (&strip, &reader, y0, side, size, out + 3 * start);
  }
}
