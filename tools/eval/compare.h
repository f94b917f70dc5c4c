/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_COMPARE_H
#define EVAL_COMPARE_H

#include <glib.h>

/**
 * eval_compare:
 * @paths: files that eval_report_write_json() made, two or more.
 * @plot: (nullable): a PNG file to draw the curves of all into.
 *
 * Prints what changed from the first to each of the others, over the runs that
 * both have: every sequence's AUC, the runs that were won and lost, and the
 * mean difference of every figure with its interval.
 *
 * Returns: %FALSE with @error set if a file is not as expected, or has no run
 *     in common with the first.
 */
gboolean eval_compare (char **paths, const char *plot, GError **error);

#endif
