/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/amx-dsp.h"
#include "kernels/x86/simd-avx512.h"
#include "kernels/tmpl/finish.h"

/* Tiles 0 to 3 are the sums, 4 and 5 pixels, 6 and 7 weights. */
#define TILES 8

typedef int32_t Integers __attribute__ ((vector_size (64)));

typedef struct
{
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} Config;

static void
begin_tiles (void)
{
  Config config = {.palette = 1};

  for (int i = 0; i < TILES; i++) {
    config.row_bytes[i] = SIAMBAN_AMX_BYTES;
    config.rows[i] = SIAMBAN_AMX_ROWS;
  }
  /* gcc 12 takes it to read no more than a pointer. */
  __asm__ volatile("" ::"r"(&config) : "memory");
  _tile_loadconfig (&config);
}

/* Else the system saves them at every switch. */
static void
end_tiles (void)
{
  _tile_release ();
}

/* Sums of one tile to its pixels. */
INLINE void
write_tile (const SiambanAmxGemm *g, const Finish *f, const float *sums,
    unsigned first, unsigned last, size_t at)
{
  vf bias = vload (g->bias + at);

  for (unsigned i = first; i < last; i++, sums += SIAMBAN_PANEL) {
    float *c = g->c[i];
    vf x;

    if (!c)
      continue;
    x = vload (sums) + bias;
    if (g->add)
      x += vload (g->add[i] + g->column + at);
    vstore (c + g->column + at, finish (f, x));
  }
}

INLINE void
write_tile8 (const SiambanAmxGemm *g, const Finish *f, const float *sums,
    unsigned first, unsigned last, size_t at)
{
  vf bias = vload (g->bias + at), scale = vload (g->scale + at);

  for (unsigned i = first; i < last; i++, sums += SIAMBAN_PANEL) {
    float *c = g->c[i];
    Integers integers;
    vf x;

    if (!c)
      continue;
    __builtin_memcpy (&integers, sums, sizeof integers);
    x = vfma (__builtin_convertvector(integers, vf), scale, bias);
    if (g->add)
      x += vload (g->add[i] + g->column + at);
    vstore (c + g->column + at, finish (f, x));
  }
}

#define A(row)   (a + (row)*SIAMBAN_AMX_ROWS * g->a_step)
#define B(panel) (b + (panel)*g->b_panel)

/* All of the reduction: pixels of ROWS tiles by PANELS panels. */
#define REDUCE(DOT, ROWS, PANELS)                                              \
  for (size_t t = 0; t < g->n_taps; t++) {                                     \
    const guint8 *a = g->a + g->taps[t];                                       \
                                                                               \
    for (size_t k = 0; k < g->run; k += SIAMBAN_AMX_BYTES) {                   \
      _tile_loadd (6, B (0), SIAMBAN_AMX_BYTES);                               \
      _tile_loadd (4, A (0), g->a_step);                                       \
      DOT (0, 4, 6);                                                           \
      if (PANELS == 2) {                                                       \
        _tile_loadd (7, B (1), SIAMBAN_AMX_BYTES);                             \
        DOT (1, 4, 7);                                                         \
      }                                                                        \
      if (ROWS == 2) {                                                         \
        _tile_loadd (5, A (1), g->a_step);                                     \
        DOT (2, 5, 6);                                                         \
        if (PANELS == 2)                                                       \
          DOT (3, 5, 7);                                                       \
      }                                                                        \
      a += SIAMBAN_AMX_BYTES;                                                  \
      b += SIAMBAN_AMX_ROWS * SIAMBAN_AMX_BYTES;                               \
    }                                                                          \
  }

#define STORE(tile)                                                            \
  _tile_stored (tile, sums[tile], SIAMBAN_PANEL * sizeof (float))

#define DEFINE(NAME, DOT, WRITE)                                               \
  static void NAME (const SiambanAmxGemm *g, unsigned pixels, unsigned panels) \
  {                                                                            \
    float sums[4][SIAMBAN_AMX_ROWS * SIAMBAN_PANEL]                            \
        __attribute__ ((aligned (64)));                                        \
    const Finish f = finish_load (&g->finish);                                 \
    const unsigned tall =                                                      \
        pixels < SIAMBAN_AMX_ROWS ? pixels : SIAMBAN_AMX_ROWS;                 \
    const guint8 *b = g->b;                                                    \
                                                                               \
    _tile_zero (0);                                                            \
    _tile_zero (1);                                                            \
    _tile_zero (2);                                                            \
    _tile_zero (3);                                                            \
    if (pixels > SIAMBAN_AMX_ROWS) {                                           \
      if (panels == 2) {                                                       \
        REDUCE (DOT, 2, 2)                                                     \
        STORE (3);                                                             \
      } else {                                                                 \
        REDUCE (DOT, 2, 1)                                                     \
      }                                                                        \
      STORE (2);                                                               \
    } else if (panels == 2) {                                                  \
      REDUCE (DOT, 1, 2)                                                       \
    } else {                                                                   \
      REDUCE (DOT, 1, 1)                                                       \
    }                                                                          \
    STORE (0);                                                                 \
    WRITE (g, &f, sums[0], 0, tall, 0);                                        \
    if (panels == 2) {                                                         \
      STORE (1);                                                               \
      WRITE (g, &f, sums[1], 0, tall, SIAMBAN_PANEL);                          \
    }                                                                          \
    if (pixels > SIAMBAN_AMX_ROWS)                                             \
      WRITE (g, &f, sums[2], tall, pixels, 0);                                 \
    if (pixels > SIAMBAN_AMX_ROWS && panels == 2)                              \
      WRITE (g, &f, sums[3], tall, pixels, SIAMBAN_PANEL);                     \
  }

DEFINE (gemm8, _tile_dpbusd, write_tile8)
DEFINE (gemm16, _tile_dpbf16ps, write_tile)

const SiambanAmxDsp siamban_amx_dsp_amx = {
    .begin = begin_tiles,
    .end = end_tiles,
    .gemm8 = gemm8,
    .gemm16 = gemm16,
};
