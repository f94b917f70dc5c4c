/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_PART_H
#define SIAMBAN_PART_H

#include <glib.h>

/* As much of a file as has come so far, beside it as "FILE.part": kept for the
 * next time if not all comes, and renamed when all is there and is right. */
typedef struct
{
  char *file; /* path of what it becomes */
  char *path;
  int fd;
  guint64 size; /* bytes that are there */
} Part;

/* Opens or makes the part of @file and the folders that it is in. NULL with
 * @error also if another process is at it. */
Part *part_open (const char *file, GError **error);

/* Keeps what is there. */
void part_close (Part *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Part, part_close)

gboolean part_append (
    Part *part, const void *bytes, gsize size, GError **error);

/* Forgets what is there. */
gboolean part_restart (Part *part, GError **error);

/* What is there becomes the file. If its SHA-256 is not @sha256, it is
 * forgotten, and @error says which it is. */
gboolean part_finish (Part *part, const char *sha256, GError **error);

/* SHA-256 in hexadecimal of the regular file at @path; NULL if it cannot be
 * read. */
char *file_sha256 (const char *path, GError **error);

#endif
