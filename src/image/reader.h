/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_IMAGE_READER_H
#define SIAMBAN_IMAGE_READER_H

#include <siamban/frame.h>

/* The most pairs that one read takes. */
#define SIAMBAN_READER_PAIRS 128

/* What turns 8-bit Y'CbCr into R'G'B': the luma of black, and weights in
 * 1/8192ths. */
typedef struct
{
  gint16 black, y, r_v, g_u, g_v, b_u;
} SiambanColour;

/* Pairs of pixels side by side, planes B, G, R, each value 0..255. */
typedef struct
{
  gint16 left[3][SIAMBAN_READER_PAIRS];
  gint16 right[3][SIAMBAN_READER_PAIRS];
} SiambanPairs;

typedef struct _SiambanReader SiambanReader;
typedef void (*SiambanReadRow) (const SiambanReader *reader, int y,
    const guint16 *columns, int n, SiambanPairs *pairs);

struct _SiambanReader
{
  const SiambanFrame *frame;
  SiambanColour colour;
  unsigned next; /* columns from left to right: 1, or 0 if there is but one */
  SiambanReadRow read;
};

/* @frame has no siamban_frame_problem() and outlives @reader. */
void siamban_reader_init (SiambanReader *reader, const SiambanFrame *frame);

/* The highest column that a pair may have on its left. */
static inline int
siamban_reader_last (const SiambanReader *reader)
{
  return reader->frame->width - 1 - (int)reader->next;
}

/* Reads from row @y (0..height-1) the pixels at @columns, @n of them, at most
 * SIAMBAN_READER_PAIRS, and those right of them. Each column is 0..last. Of a
 * frame with one column, left and right are the same pixel. */
static inline void
siamban_reader_read (const SiambanReader *reader, int y, const guint16 *columns,
    int n, SiambanPairs *pairs)
{
  reader->read (reader, y, columns, n, pairs);
}

/* Asks for what a read of row @y between the columns @begin and @end would
 * touch, to be in the cache by then. */
void siamban_reader_prefetch (
    const SiambanReader *reader, int y, int begin, int end);

#endif
