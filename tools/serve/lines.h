/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_LINES_H
#define SERVE_LINES_H

#include <glib.h>

/* A file or standard output, written by a thread of its own: who reads slowly
 * misses lines, and holds nobody up. */
typedef struct ServeLines ServeLines;

/* @path: "-" is standard output, "fd:N" a descriptor that is open. */
ServeLines *serve_lines_new (const char *path, GError **error);
/* After what was sent is written; says how many lines were left out. */
void serve_lines_free (ServeLines *lines);

void serve_lines_send (ServeLines *lines, const char *line);

#endif
