/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_COMPARE_H
#define EVAL_COMPARE_H

#include <glib.h>

/**
 * eval_compare:
 * @before, @after: files that eval_report_write_json() made.
 *
 * Prints what changed from one to the other, over the runs that both have:
 * every sequence's AUC, the runs that were won and lost, and the mean
 * difference of every figure with its interval.
 *
 * Returns: %FALSE with @error set if a file is not as expected, or they have
 *     no run in common.
 */
gboolean eval_compare (const char *before, const char *after, GError **error);

#endif
