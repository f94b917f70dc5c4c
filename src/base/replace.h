/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_REPLACE_H
#define SIAMBAN_REPLACE_H

#include <glib.h>

/* A file that takes the place of another whole or not at all: written beside it
 * under a passing name (".NAME.XXXXXX"), then renamed. What the path's symbolic
 * links lead to is replaced, not they; a device, a pipe or a folder is never.
 */
typedef struct
{
  char *temporary; /* its path until then */
  char *target;    /* the path, links resolved */
  int fd;          /* to write to; -1 once it is closed */
} SiambanReplace;

/* NULL, with errno set, if that cannot be done: EEXIST if what is there is no
 * regular file. The permissions are those of the file that is there, or as the
 * umask has it. */
SiambanReplace *siamban_replace_begin (const char *path);

/* Closes the file and renames it. FALSE, with errno set, leaves what was there.
 * Frees @replace in any case. */
gboolean siamban_replace_commit (SiambanReplace *replace);

/* Removes what was written; errno stays. */
void siamban_replace_abandon (SiambanReplace *replace);

/* Why it failed, as text for errno. */
const char *siamban_replace_reason (int code);

#endif
