/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_ONLINE_MAP_H
#define SIAMBAN_ONLINE_MAP_H

#include <stddef.h>

/* A map of features: rows of pixels of channels, dense. Pixel i of a row or
 * column lies @first + i * @stride crop pixels from the crop's centre. */
typedef struct
{
  int side; /* pixels */
  int channels;
  double stride, first;
} SiambanMapInfo;

/* What siamban_map_prepare() makes of a map: one of at most 20 x 20 pixels, so
 * that all models' have about the same size, its channels rounded up to the
 * kernels' panels. */
SiambanMapInfo siamban_map_prepared (const SiambanMapInfo *info);
/* Floats that the map takes. */
size_t siamban_map_size (const SiambanMapInfo *info);

/* @x: as @info says; @out: as siamban_map_prepared() says. All maps come out
 * equally strong: of root mean square 1 / (sqrt (channels) * @kernel). Returns
 * 0, and a map of zeros, if @x is not finite. */
int siamban_map_prepare (
    const SiambanMapInfo *info, const float *x, int kernel, float *out);

/* Pixel of the map for a place @offset crop pixels from the centre. */
static inline double
siamban_map_pixel (const SiambanMapInfo *info, double offset)
{
  return (offset - info->first) / info->stride;
}

/* A column or row between a map's pixels: the four around it, and their
 * weights. */
typedef struct
{
  int pixel[4];
  double weight[4];
} SiambanMapPoint;

/* @at: 0 to @side - 1. */
SiambanMapPoint siamban_map_point (int side, double at);
/* @map (side x side) at column @x and row @y: bicubic. */
double siamban_map_between (const float *map, int side,
    const SiambanMapPoint *x, const SiambanMapPoint *y);

#endif
