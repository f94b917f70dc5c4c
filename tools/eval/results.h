/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_RESULTS_H
#define EVAL_RESULTS_H

#include "evaluation.h"

/**
 * eval_results_write:
 * @folder: made if it is not there.
 *
 * Writes runs/NAME-START.csv for every run, a line a frame, and for each
 * sequence's first run what the toolkit of its data set reads: NAME.txt (OTB);
 * NAME/NAME_001.txt and NAME/NAME_time.txt (GOT-10k); NAME/NAME_001.txt,
 * NAME_001_confidence.value and NAME_001_time.value (VOT).
 */
gboolean eval_results_write (
    const Evaluation *evaluation, const char *folder, GError **error);

/**
 * eval_results_read:
 * @folder: that eval_results_write() has filled, or another program in the same
 *     way: of the columns x, y, w, h, status, score, confidence, cpu_ms, width
 *     and height are read, in any order.
 *
 * Returns: (transfer full) (element-type EvalRun): as eval_run_sequence() does.
 */
GPtrArray *eval_results_read (const EvalSequence *sequence,
    const GArray *starts, const char *folder, GError **error);

#endif
