/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_READER_H
#define SIAMBAN_READER_H

#include <siamban/frame.h>

/* The most columns that one read takes. */
#define SIAMBAN_READER_COLUMNS 256

/* What turns 8-bit Y'CbCr into R'G'B': the luma of black, and weights in
 * 1/8192ths. */
typedef struct
{
  gint16 black, y, r_v, g_u, g_v, b_u;
} SiambanColour;

/* Pixels as three planes. */
typedef struct
{
  guint8 b[SIAMBAN_READER_COLUMNS];
  guint8 g[SIAMBAN_READER_COLUMNS];
  guint8 r[SIAMBAN_READER_COLUMNS];
} SiambanPixels;

typedef struct _SiambanReader SiambanReader;
typedef void (*SiambanReadRow) (const SiambanReader *reader, int y,
    const guint16 *columns, int n, SiambanPixels *pixels);

struct _SiambanReader
{
  const SiambanFrame *frame;
  SiambanColour colour;
  SiambanReadRow read;
};

/* @frame has no siamban_frame_problem() and outlives @reader. */
void siamban_reader_init (SiambanReader *reader, const SiambanFrame *frame);

/* Reads the pixels of row @y (0..height-1) at @columns (each 0..width-1), @n of
 * them, at most SIAMBAN_READER_COLUMNS. */
static inline void
siamban_reader_read (const SiambanReader *reader, int y, const guint16 *columns,
    int n, SiambanPixels *pixels)
{
  reader->read (reader, y, columns, n, pixels);
}

#endif
