/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_WINOGRAD_TILES_H
#define SIAMBAN_WINOGRAD_TILES_H

#include "kernels/conv-private.h"
#include "kernels/dsp.h"

/* The tiles of a 3x3 convolution at stride 1, for Winograd's minimal filtering.
 * Dilation d makes it d x d undilated convolutions on every d-th pixel: their
 * tiles' pixels are that far apart, and all tiles meet the same filters. */

#define SIAMBAN_WINOGRAD_SIDE 8 /* the longest of any transform */

typedef struct
{
  int image, y, x; /* its first pixel in the output */
} SiambanTile;

typedef struct
{
  const SiambanConvShape *shape;
  const SiambanWinograd *kernels;
  const SiambanMaps *in, *residual, *out;
  const float *bias;  /* whole panels */
  const float *zeros; /* a pixel of the padding */
  size_t n;
  SiambanTile *list;
} SiambanTiles;

gboolean siamban_winograd_suits (const SiambanConvShape *shape);

/* Of one image, @tile x @tile pixels each. */
size_t siamban_tiles_count (
    const SiambanConvShape *shape, const SiambanMaps *out, int tile);
/* Bytes that the list takes, in units of SIAMBAN_ALIGN. */
size_t siamban_tiles_size (const SiambanTiles *tiles);
void siamban_tiles_list (const SiambanTiles *tiles);

/* Where tile @i's input pixels are, row by row. */
void siamban_tiles_pixels (
    const SiambanTiles *tiles, size_t i, const float **pixels);

/* Transforms tile @i's sums for one panel of output channels back, finishes and
 * writes them. @pitch as in SiambanWinograd. */
void siamban_tiles_write (const SiambanTiles *tiles, size_t i, size_t panel,
    const float *sums, size_t pitch);

#endif
