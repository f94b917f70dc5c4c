/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_INTERVAL_H
#define EVAL_INTERVAL_H

#include <glib.h>

/* A mean, and the interval that it lies in with a probability of 95 %. */
typedef struct
{
  double mean;
  double low;
  double high;
} EvalInterval;

/**
 * eval_interval:
 * @values: (array length=n): one a sequence; those that are NAN do not count.
 *
 * By bootstrap: the mean of as many sequences drawn with replacement, 10000
 * times, with the same random numbers every time. Of fewer than two, low and
 * high are NAN.
 */
EvalInterval eval_interval (const double *values, guint n);

#endif
