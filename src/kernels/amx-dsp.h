/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_AMX_DSP_H
#define SIAMBAN_AMX_DSP_H

#include <glib.h>

#include "kernels/dsp.h"

/* Kernels on tiles of 16 rows by 64 bytes. Of unsigned bytes by signed ones, 4
 * adjacent channels are taken at a time, of bfloat16 2: packed weights have,
 * for these, those of each output channel of a panel in turn, 64 bytes. */
#define SIAMBAN_AMX_BYTES 64 /* of a pixel at a time */
#define SIAMBAN_AMX_ROWS  16 /* pixels of a tile */

/* The most that a kernel takes. */
#define SIAMBAN_AMX_PIXELS 32
#define SIAMBAN_AMX_PANELS 2

/* Some pixels by one panel of output channels, or two:
 *   c[i][o] = finish (scale[o] * (sum over taps t, bytes k < run:
 *       a[taps[t] + i * a_step + k] * b[t, k, o]) + bias[o] + add[i][o])
 * Panel p is at b + p * b_panel, and 16 p floats behind c, scale, bias and add.
 * @scale is of integers alone. What is behind the last pixel, up to 16 of them,
 * is read too, and has no effect. */
typedef struct
{
  const guint8 *a;
  size_t a_step;
  const size_t *taps;
  size_t n_taps;
  size_t run;      /* a multiple of SIAMBAN_AMX_BYTES */
  const guint8 *b; /* 64-byte aligned; a tap's are run * SIAMBAN_PANEL bytes */
  size_t b_panel;
  float *const *c;         /* a pixel's, NULL: leave it out */
  const float *const *add; /* likewise, or NULL */
  size_t column;           /* of the first panel, in c and add */
  const float *scale;
  const float *bias;
  SiambanFinish finish;
} SiambanAmxGemm;

typedef struct
{
  /* Around calls of a kernel, in one thread. */
  void (*begin) (void);
  void (*end) (void);
  /* @pixels up to SIAMBAN_AMX_PIXELS, @panels up to SIAMBAN_AMX_PANELS. */
  void (*gemm8) (const SiambanAmxGemm *gemm, unsigned pixels, unsigned panels);
  void (*gemm16) (const SiambanAmxGemm *gemm, unsigned pixels, unsigned panels);
} SiambanAmxDsp;

/* NULL where the level has none. */
const SiambanAmxDsp *siamban_amx_dsp (SiambanCpu level);

#ifdef SIAMBAN_HAVE_AMX
extern const SiambanAmxDsp siamban_amx_dsp_amx;
#endif

#endif
