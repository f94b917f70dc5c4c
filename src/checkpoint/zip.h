/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_ZIP_H
#define SIAMBAN_ZIP_H

#include "checkpoint/checkpoint-private.h"

/* The entries of a zip archive, zip64 too: char * -> SiambanSum *, owned by the
 * tree. Every extent lies inside @file, and together they are no larger. NULL
 * with @error if the archive is damaged, or an entry is compressed or
 * encrypted. Contents are not read. */
GTree *siamban_zip_read (const SiambanFile *file, GError **error);

/* Whether the bytes have the sum that the archive says. FALSE without @error if
 * they have not, with it if they cannot be read. */
gboolean siamban_zip_check (
    const SiambanFile *file, const SiambanSum *sum, GError **error);

#endif
