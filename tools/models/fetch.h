/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_FETCH_H
#define SIAMBAN_FETCH_H

#include "manifest.h"

/* Fetches @file to @path, going on where an earlier call was interrupted. What
 * is not of the size and the SHA-256 that are known does not get there. FALSE
 * with @error; what has come is then kept in "@path.part", if it may be right.
 */
gboolean fetch_file (
    const ManifestFile *file, const char *path, GError **error);

#endif
