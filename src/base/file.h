/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_FILE_H
#define SIAMBAN_FILE_H

#include <siamban/error.h>

/* A regular file, read by place into memory of the caller's. Nothing of it is
 * mapped: whoever cuts it off or writes over it meanwhile causes an error or
 * other bytes, and never a signal. */
typedef struct _SiambanFile SiambanFile;

/* NULL with SIAMBAN_ERROR_IO ("PATH: reason") if it cannot be opened or is no
 * regular file; a pipe or a device is not waited for. */
SiambanFile *siamban_file_open (const char *path, GError **error);
void siamban_file_close (SiambanFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SiambanFile, siamban_file_close)

const char *siamban_file_path (const SiambanFile *file);

/* Bytes, when it was opened. */
guint64 siamban_file_size (const SiambanFile *file);

/* Fills @out with the @size bytes from @offset on. FALSE with SIAMBAN_ERROR_IO,
 * without the path, if there are not so many (any more). */
gboolean siamban_file_read (const SiambanFile *file, guint64 offset, void *out,
    gsize size, GError **error);

/* As siamban_file_read(), into new memory (transfer full, at least a byte).
 * NULL with @error also if there is not so much memory. */
guint8 *siamban_file_load (
    const SiambanFile *file, guint64 offset, gsize size, GError **error);

#endif
