/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CONV_INT_H
#define SIAMBAN_CONV_INT_H

#include "kernels/conv-private.h"
#include "kernels/int-dsp.h"

/* As SiambanConvAlgorithm, made from the range of the input. */
typedef struct
{
  SiambanConvAlgorithm base; /* .prepare is NULL */
  gboolean needs_range;      /* else it may be NULL */
  void *(*prepare) (SiambanCpu cpu, const SiambanConvShape *shape,
      const SiambanRange *range, const float *weight, const float *bias);
} SiambanIntAlgorithm;

extern const SiambanIntAlgorithm siamban_conv_gemm8;
extern const SiambanIntAlgorithm siamban_conv_winograd16;
extern const SiambanIntAlgorithm siamban_conv_amx8;

/* A byte q of a pixel stands for (q - zero) * step. */
typedef struct
{
  float step, zero;
} SiambanSteps;

SiambanSteps siamban_steps_of (
    const SiambanRange *range, const SiambanIntDsp *dsp);
/* Filters to signed bytes, panel x tap x group of channels x SIAMBAN_PANEL x
 * SIAMBAN_INT_GROUP, where a tap has @lanes channels; what is behind the
 * shape's is left as it is. @scale: of each output channel's sums. @bias: less
 * what the pixels' zero adds to these. */
void siamban_pack_int8 (const SiambanConvShape *shape, const SiambanIntDsp *dsp,
    const SiambanSteps *steps, size_t lanes, const float *weight, gint8 *packed,
    float *scale, float *bias);

/* rintf() of what is below 2^22, in a form that compilers do many of at once.
 */
static inline float
siamban_round (float x)
{
  const float no_fraction = 12582912;

  return (x + no_fraction) - no_fraction;
}

static inline void *
siamban_alloc_bytes (size_t n)
{
  return g_aligned_alloc0 (n, 1, SIAMBAN_ALIGN);
}

#endif
