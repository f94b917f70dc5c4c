/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_ZIP_H
#define SIAMBAN_ZIP_H

#include "checkpoint/checkpoint-private.h"

/* The entries of a zip archive, zip64 too: char * -> SiambanSpan *, owned by
 * the table. Every span lies inside @file. NULL with @error if the archive is
 * damaged, or an entry is compressed or encrypted. Contents are not read. */
GHashTable *siamban_zip_read (SiambanSpan file, GError **error);

#endif
