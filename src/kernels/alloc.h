/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_ALLOC_H
#define SIAMBAN_ALLOC_H

#include <stddef.h>

/* @size bytes, SIAMBAN_ALIGN aligned, for g_aligned_free(). Large ones ask for
 * huge pages: the kernels go through megabytes in strides. */
void *siamban_alloc (size_t size);

#endif
