/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef QUANTIZE_HISTOGRAM_H
#define QUANTIZE_HISTOGRAM_H

#include "kernels/conv.h"

/* How often values occur, in bins that widen as larger ones come. */
typedef struct _Histogram Histogram;

Histogram *histogram_new (void);
void histogram_free (Histogram *histogram);

/* Values that are not finite are counted apart. */
void histogram_add (Histogram *histogram, const float *x, gsize n);
guint64 histogram_n_not_finite (const Histogram *histogram);

/* The range that, cut into @levels steps, loses the least squared error by
 * rounding inside of it and clipping outside. It has 0 in it. */
SiambanRange histogram_best_range (const Histogram *histogram, int levels);

#endif
