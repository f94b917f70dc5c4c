/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_SNIFF_H
#define SIAMBAN_SNIFF_H

#include <glib.h>

/* Enough bytes from the start of a file for siamban_sniff(). */
#define SIAMBAN_SNIFF_SIZE 512

/* What people have in place of the file that they meant, from its first @size
 * bytes: "an empty file", "a web page ..." and what to do about it, or NULL. */
const char *siamban_sniff (const void *head, gsize size);

#endif
