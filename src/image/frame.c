/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/crop.h"

#include "image/reader.h"

#define MAX_SIDE 32768

/* Bytes that a row of each plane takes. Returns how many planes there are, 0
 * for a format that is none. */
static int
row_bytes (const SiambanFrame *frame, int bytes[3])
{
  int w = frame->width, half = (w + frame->chroma_x + 1) / 2;

  switch (frame->format) {
    case SIAMBAN_FORMAT_BGR:
    case SIAMBAN_FORMAT_RGB:
      bytes[0] = 3 * w;
      return 1;
    case SIAMBAN_FORMAT_BGRX:
    case SIAMBAN_FORMAT_RGBX:
    case SIAMBAN_FORMAT_XBGR:
    case SIAMBAN_FORMAT_XRGB:
      bytes[0] = 4 * w;
      return 1;
    case SIAMBAN_FORMAT_GRAY8:
      bytes[0] = w;
      return 1;
    case SIAMBAN_FORMAT_I420:
      bytes[0] = w;
      bytes[1] = bytes[2] = half;
      return 3;
    case SIAMBAN_FORMAT_NV12:
    case SIAMBAN_FORMAT_NV21:
      bytes[0] = w;
      bytes[1] = 2 * half;
      return 2;
    case SIAMBAN_FORMAT_YUY2:
    case SIAMBAN_FORMAT_UYVY:
      bytes[0] = 4 * half;
      return 1;
    case SIAMBAN_FORMAT_I420_10:
      bytes[0] = 2 * w;
      bytes[1] = bytes[2] = 2 * half;
      return 3;
    case SIAMBAN_FORMAT_P010:
      bytes[0] = 2 * w;
      bytes[1] = 4 * half;
      return 2;
  }
  return 0;
}

/* Far from any real matrix, and green would be divided by nearly nothing. */
static gboolean
weights_are_silly (double kr, double kb)
{
  return !(kr >= 0 && kb >= 0 && kr + kb <= 0.9);
}

const char *
siamban_frame_problem (const SiambanFrame *frame)
{
  int bytes[3], n_planes;

  if (!frame)
    return "there is no frame";
  if (frame->width < 1 || frame->width > MAX_SIDE || frame->height < 1 ||
      frame->height > MAX_SIDE)
    return "the frame's width and height must each be 1 to 32768";
  n_planes = row_bytes (frame, bytes);
  if (n_planes == 0)
    return "the frame's format is unknown";
  if (frame->chroma_x > 1 || frame->chroma_y > 1)
    return "the frame's chroma_x and chroma_y must each be 0 or 1";
  for (int i = 0; i < n_planes; i++) {
    if (!frame->data[i])
      return "a plane of the frame has no data";
    if (ABS ((gint64)frame->stride[i]) < bytes[i])
      return "a stride of the frame is less than a row of pixels";
  }
  if (frame->format > SIAMBAN_FORMAT_GRAY8 &&
      weights_are_silly (frame->kr, frame->kb))
    return "the frame's kr and kb must not be negative, and at most 0.9 "
           "together";
  return NULL;
}

static guint32
sum_of (const gint16 *values, int n)
{
  guint32 sum = 0;

  for (int i = 0; i < n; i++)
    sum += values[i];
  return sum;
}

/* The sum of @n pairs' pixels from column @x0 on in every row. Of an odd last
 * column only the right counts: its left is the right of the pair before. */
static void
add_columns (const SiambanReader *reader, int x0, int n, guint64 total[3])
{
  int last = siamban_reader_last (reader);
  int n_left = MIN (n, (reader->frame->width - x0) / 2);
  guint16 columns[SIAMBAN_READER_PAIRS];
  SiambanPairs pairs;

  for (int i = 0; i < n; i++)
    columns[i] = (guint16)MIN (x0 + 2 * i, last);
  for (int y = 0; y < reader->frame->height; y++) {
    siamban_reader_read (reader, y, columns, n, &pairs);
    for (int c = 0; c < 3; c++)
      total[c] += sum_of (pairs.left[c], n_left) + sum_of (pairs.right[c], n);
  }
}

void
siamban_frame_mean (const SiambanFrame *frame, double mean[3])
{
  SiambanReader reader;
  guint64 total[3] = {0};

  siamban_reader_init (&reader, frame);
  for (int x0 = 0; x0 < frame->width; x0 += 2 * SIAMBAN_READER_PAIRS)
    add_columns (&reader, x0,
        MIN (SIAMBAN_READER_PAIRS, (frame->width - x0 + 1) / 2), total);
  for (int c = 0; c < 3; c++)
    mean[c] = (double)total[c] / ((double)frame->width * frame->height);
}
