/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_RATE_H
#define SERVE_RATE_H

#include <glib.h>

/* Lets @per_second through on average, and @burst at once. */
typedef struct
{
  double per_second, burst;
  double spent;
  gint64 at; /* monotonic, in microseconds */
} ServeRate;

/* FALSE: too many. @now: monotonic, in microseconds. */
gboolean serve_rate_take (ServeRate *rate, gint64 now);

#endif
