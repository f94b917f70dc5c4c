/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/taps.h"

static void
taps_c (const float *a, size_t row, size_t step, size_t rows, size_t n,
    const float *b, float *c)
{
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < n; k++)
      for (size_t t = 0; t < SIAMBAN_TAPS; t++)
        c[i * SIAMBAN_TAPS + t] +=
            a[i * row + k * step] * b[k * SIAMBAN_TAPS + t];
}

SiambanTaps
siamban_taps (void)
{
  const SiambanDsp *dsp = siamban_dsp (siamban_cpu_level ());

  return dsp ? dsp->taps : taps_c;
}
