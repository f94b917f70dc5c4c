/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_APP_LINES_H
#define TESTS_APP_LINES_H

#include <json-glib/json-glib.h>

#include "program.h"

/* The lines that siamban-track writes. */
JsonArray *lines_parse (const char *text);
/* Of a run that must have succeeded without a word; clears @outcome. */
JsonArray *lines_of (Outcome outcome);

gint64 lines_int (JsonArray *lines, guint i, const char *member);
/* The only target of line @i. */
JsonObject *target_of (JsonArray *lines, guint i);
double overlap (JsonObject *target, double x, double y, double w, double h);
/* The same with a target of another run. */
double overlap_of (JsonObject *target, JsonObject *other);

#endif
