/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_REPORT_H
#define SIAMBAN_REPORT_H

#include "arch/arch.h"

/* What is said of one file, on standard output, as it becomes known; what is
 * wrong with it comes last. */
typedef struct
{
  GPtrArray *problems; /* of char * */
} Report;

void report_begin (Report *report, const char *path);
void report_line (const char *label, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
void report_problem (Report *report, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
/* Takes @error. */
void report_error (Report *report, GError *error);
/* Returns TRUE if there are no problems. */
gboolean report_end (Report *report);

void report_config (Report *report, const char *path);
/* @config: as siamban_config_new() or _load() gives it. @list_tensors: with a
 * line for each. */
void report_checkpoint (Report *report, const char *path,
    const SiambanConfig *config, gboolean list_tensors);

#endif
