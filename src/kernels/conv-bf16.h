/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CONV_BF16_H
#define SIAMBAN_CONV_BF16_H

#include "kernels/conv-private.h"

/* Not among those that are chosen by level, for they are less exact. */
extern const SiambanConvAlgorithm siamban_conv_bf16;
extern const SiambanConvAlgorithm siamban_conv_amx16;

/* Filters to bfloat16, panel x tap x pair of channels x SIAMBAN_PANEL x 2,
 * where a tap has @lanes channels; what is behind the shape's is left as it is.
 */
void siamban_pack_bf16 (const SiambanConvShape *shape, size_t lanes,
    const float *weight, guint16 *packed);

#endif
