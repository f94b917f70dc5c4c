/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_TILES_SHIM_H
#define TESTS_TILES_SHIM_H

#include <stdint.h>
#include <string.h>

/* The tile instructions that the kernels use, in plain C, for tiles of 16 rows
 * by 64 bytes. */
static _Thread_local uint8_t shim_tiles[8][16][64];

static inline void
shim_load (int tile, const uint8_t *from, size_t step)
{
  for (int row = 0; row < 16; row++)
    memcpy (shim_tiles[tile][row], from + row * step, 64);
}

static inline void
shim_store (int tile, void *to, size_t step)
{
  for (int row = 0; row < 16; row++)
    memcpy ((uint8_t *)to + row * step, shim_tiles[tile][row], 64);
}

static inline void
shim_dot8 (int sum, int a, int b)
{
  for (int row = 0; row < 16; row++)
    for (int column = 0; column < 16; column++) {
      int32_t x;

      memcpy (&x, &shim_tiles[sum][row][4 * column], sizeof x);
      for (int k = 0; k < 64; k++)
        x += shim_tiles[a][row][k] *
             (int8_t)shim_tiles[b][k / 4][4 * column + k % 4];
      memcpy (&shim_tiles[sum][row][4 * column], &x, sizeof x);
    }
}

static inline float
shim_float (const uint8_t *from)
{
  uint32_t bits = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 24;
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

static inline void
shim_dot16 (int sum, int a, int b)
{
  for (int row = 0; row < 16; row++)
    for (int column = 0; column < 16; column++) {
      float x;

      memcpy (&x, &shim_tiles[sum][row][4 * column], sizeof x);
      for (int k = 0; k < 32; k++)
        x += shim_float (&shim_tiles[a][row][2 * k]) *
             shim_float (&shim_tiles[b][k / 2][4 * column + 2 * (k % 2)]);
      memcpy (&shim_tiles[sum][row][4 * column], &x, sizeof x);
    }
}

#undef _tile_loadconfig
#undef _tile_release
#undef _tile_zero
#undef _tile_loadd
#undef _tile_stored
#undef _tile_dpbusd
#undef _tile_dpbf16ps
#define _tile_loadconfig(config)      ((void)(config))
#define _tile_release()               ((void)0)
#define _tile_zero(tile)              memset (shim_tiles[tile], 0, 1024)
#define _tile_loadd(tile, from, step) shim_load (tile, from, step)
#define _tile_stored(tile, to, step)  shim_store (tile, to, step)
#define _tile_dpbusd(sum, a, b)       shim_dot8 (sum, a, b)
#define _tile_dpbf16ps(sum, a, b)     shim_dot16 (sum, a, b)

#endif
