/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_EVAL_FOLDER_H
#define TESTS_EVAL_FOLDER_H

#include <glib.h>

/* A new folder to make sequences in. */
char *folder_new (void);
/* Removes it and what it holds, and frees @folder. */
void folder_remove (char *folder);
/* Writes a file in it; folders in @name are made. */
void folder_write (const char *folder, const char *name, const char *text);
/* Both names are in it. */
void folder_move (const char *folder, const char *from, const char *to);
/* Empty files named by @pattern, "img/%04d.jpg", from @first on. */
void folder_write_empty (
    const char *folder, const char *pattern, int first, int n);

#endif
