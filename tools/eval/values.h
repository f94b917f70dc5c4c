/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_VALUES_H
#define EVAL_VALUES_H

#include <json-glib/json-glib.h>

/* JSON has no NAN and no infinity: they are null there. */
void eval_json_add_number (JsonBuilder *json, const char *name, double value);
void eval_json_add_array (
    JsonBuilder *json, const char *name, const double *values, guint n);
/* Text that is not UTF-8 is made so. */
void eval_json_add_string (
    JsonBuilder *json, const char *name, const char *value);
/* Writes what was built, and frees @json. */
gboolean eval_json_write (JsonBuilder *json, const char *path, GError **error);

/* Of files that anybody may have written: NAN, %NULL or %FALSE where there is
 * no such member, or it is of another type. */
double eval_json_number (JsonObject *object, const char *name);
const char *eval_json_string (JsonObject *object, const char *name);
JsonObject *eval_json_object (JsonObject *object, const char *name);
JsonArray *eval_json_array_of_objects (JsonObject *object, const char *name);
gboolean eval_json_read_array (
    JsonObject *object, const char *name, double *values, guint n);

#endif
