/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_PLOT_H
#define EVAL_PLOT_H

#include "charts.h"

#define EVAL_PLOT_MOST 8

/* One tracker's curves, and what it is called. */
typedef struct
{
  const char *name;
  const EvalCharts *charts;
} EvalPlotted;

/* Draws success, precision, long-term and reliability curves of @n trackers,
 * at most EVAL_PLOT_MOST, into a PNG file. */
gboolean eval_plot_write (
    const EvalPlotted *plotted, guint n, const char *path, GError **error);

#endif
