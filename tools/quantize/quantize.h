/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef QUANTIZE_QUANTIZE_H
#define QUANTIZE_QUANTIZE_H

#include "clips.h"

/* Runs @model, of fp32, on the @n pairs, and returns (transfer full) what it
 * saw as JSON under SIAMBAN_RANGES_KEY. Fails if something is not finite. */
char *quantize_find_ranges (
    SiambanModel *model, const Pair *pairs, guint n, GError **error);

/* The tensors of the file @in with the metadata @ranges, as the file @out. */
gboolean quantize_write (
    const char *in, const char *out, const char *ranges, GError **error);

#endif
