/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef QUANTIZE_QUANTIZE_H
#define QUANTIZE_QUANTIZE_H

#include "base/replace.h"
#include "clips.h"

/* Runs @model, of fp32, on the @n pairs, and returns (transfer full) what it
 * saw as JSON under SIAMBAN_RANGES_KEY. Fails if something is not finite. */
char *quantize_find_ranges (
    SiambanModel *model, const Pair *pairs, guint n, GError **error);

/* Writes the tensors of the file @in with the metadata @ranges; @out stays to
 * be committed or abandoned. */
gboolean quantize_write (
    const char *in, SiambanReplace *out, const char *ranges, GError **error);

#endif
