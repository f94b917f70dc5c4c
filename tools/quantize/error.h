/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef QUANTIZE_ERROR_H
#define QUANTIZE_ERROR_H

#include "clips.h"

/* How far @quantised's results are from @exact's. */
typedef struct
{
  double cls_rms, cls_max;
  double loc_rms, loc_max; /* pixels of the search crop */
  double cls_spread;       /* standard deviation of the exact ones */
} QuantizeError;

QuantizeError quantize_compare (
    SiambanModel *exact, SiambanModel *quantised, const Pair *pairs, guint n);

#endif
