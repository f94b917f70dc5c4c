/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_APP_PROGRAM_H
#define TESTS_APP_PROGRAM_H

#include <gio/gio.h>

typedef struct
{
  int status; /* exit code */
  char *out;
  char *err;
} Outcome;

/* Starts what the environment variable @variable holds the path of, with its
 * outputs in pipes. */
GSubprocess *program_start (const char *variable, char **args);
/* Starts it and waits for its end; the arguments end with NULL. */
Outcome program_run (const char *variable, const char *first, ...);
void program_clear (Outcome *outcome);

/* One line of explanation on stderr that starts with @name and holds @message;
 * clears @outcome. */
void program_assert_fails (
    Outcome outcome, const char *name, int status, const char *message);

/* With what is in it. */
void program_remove_folder (const char *folder);

#endif
