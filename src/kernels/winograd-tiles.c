/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/winograd-tiles.h"

#include <string.h>

gboolean
siamban_winograd_suits (const SiambanConvShape *shape)
{
  return !shape->depthwise && shape->kernel == 3 && shape->stride == 1 &&
         shape->in >= SIAMBAN_PANEL && shape->out >= SIAMBAN_PANEL;
}

/* Along one side of the output, over all phases. */
static size_t
count_along (int size, int dilation, int tile)
{
  size_t n = 0;

  for (int phase = 0; phase < MIN (dilation, size); phase++)
    n += ((size - phase + dilation - 1) / dilation + tile - 1) / tile;
  return n;
}

size_t
siamban_tiles_count (
    const SiambanConvShape *shape, const SiambanMaps *out, int tile)
{
  return count_along (out->h, shape->dilation, tile) *
         count_along (out->w, shape->dilation, tile);
}

size_t
siamban_tiles_size (const SiambanTiles *tiles)
{
  return siamban_round_up (tiles->n * sizeof (SiambanTile), SIAMBAN_ALIGN);
}

static SiambanTile *
list_row (const SiambanTiles *tiles, int image, int y, SiambanTile *tile)
{
  int dilation = tiles->shape->dilation;
  int step = tiles->kernels->tile * dilation;

  for (int phase = 0; phase < dilation; phase++)
    for (int x = phase; x < tiles->out->w; x += step)
      *tile++ = (SiambanTile){image, y, x};
  return tile;
}

void
siamban_tiles_list (const SiambanTiles *tiles)
{
  int dilation = tiles->shape->dilation;
  int step = tiles->kernels->tile * dilation;
  SiambanTile *tile = tiles->list;

  for (int image = 0; image < tiles->out->n; image++)
    for (int phase = 0; phase < dilation; phase++)
      for (int y = phase; y < tiles->out->h; y += step)
        tile = list_row (tiles, image, y, tile);
}

void
siamban_tiles_pixels (const SiambanTiles *tiles, size_t i, const float **pixels)
{
  const SiambanMaps *in = tiles->in;
  const SiambanConvShape *shape = tiles->shape;
  const SiambanTile *tile = &tiles->list[i];
  int side = tiles->kernels->tile + 2;

  for (int r = 0; r < side; r++)
    for (int c = 0; c < side; c++) {
      int y = tile->y - shape->pad + r * shape->dilation;
      int x = tile->x - shape->pad + c * shape->dilation;
      gboolean inside = y >= 0 && y < in->h && x >= 0 && x < in->w;
      size_t at = ((size_t)tile->image * in->h + y) * in->w + x;

      *pixels++ = inside ? in->data + at * in->ld : tiles->zeros;
    }
}

static int
pixels_left (const SiambanTiles *tiles, int at, int size)
{
  int dilation = tiles->shape->dilation;

  return MIN ((size - at + dilation - 1) / dilation, tiles->kernels->tile);
}

/* A tile that needs an exponential, or sticks out of the map. */
static void
finish_tile (const SiambanTiles *tiles, const SiambanWinogradOut *out,
    const float *tile, float *c, size_t n)
{
  gboolean pad =
      (size_t)tiles->out->ld == siamban_round_up (tiles->out->c, SIAMBAN_LANES);
  size_t wide = pad ? SIAMBAN_PANEL : n;
  int dilation = tiles->shape->dilation, step = tiles->kernels->tile;
  float pixel[SIAMBAN_PANEL];

  for (int i = 0; i < out->rows; i++)
    for (int j = 0; j < out->columns; j++) {
      memset (pixel, 0, sizeof pixel);
      memcpy (pixel, tile + (i * step + j) * SIAMBAN_PANEL, n * sizeof *pixel);
      if (tiles->shape->act == SIAMBAN_ACT_SIGMOID)
        siamban_activate (SIAMBAN_ACT_SIGMOID, pixel, n);
      memcpy (c + ((size_t)i * tiles->out->w + j) * dilation * tiles->out->ld,
          pixel, wide * sizeof *pixel);
    }
}

void
siamban_tiles_write (const SiambanTiles *tiles, size_t i, size_t panel,
    const float *sums, size_t pitch)
{
  const SiambanMaps *out = tiles->out, *residual = tiles->residual;
  const SiambanConvShape *shape = tiles->shape;
  const SiambanTile *tile = &tiles->list[i];
  size_t at = ((size_t)tile->image * out->h + tile->y) * out->w + tile->x;
  size_t first = panel * SIAMBAN_PANEL, column = out->ld * shape->dilation;
  size_t left = shape->out - first, n = MIN (left, SIAMBAN_PANEL);
  float *c = out->data + at * out->ld + first;
  float whole[SIAMBAN_WINOGRAD_SIDE * SIAMBAN_WINOGRAD_SIDE * SIAMBAN_PANEL];
  SiambanWinogradOut to = {
      .c = c,
      .row = column * out->w,
      .column = column,
      .rows = pixels_left (tiles, tile->y, out->h),
      .columns = pixels_left (tiles, tile->x, out->w),
      .bias = tiles->bias + first,
      .finish = siamban_act_finish (shape->act),
  };

  if (residual) {
    to.residual = residual->data + at * residual->ld + first;
    to.residual_column = residual->ld * shape->dilation;
    to.residual_row = to.residual_column * out->w;
  }
  gboolean plain = n == SIAMBAN_PANEL && shape->act != SIAMBAN_ACT_SIGMOID;
  if (!plain) {
    to.c = whole;
    to.column = SIAMBAN_PANEL;
    to.row = tiles->kernels->tile * SIAMBAN_PANEL;
  }
  tiles->kernels->output (sums, pitch, &to);
  if (!plain)
    finish_tile (tiles, &to, whole, c, n);
}
