/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_SETTINGS_H
#define SERVE_SETTINGS_H

#include <glib.h>

/* What stands in a YAML file (NULL: none), with variables of the environment
 * over it, as if it came first on the command line. The file is a map from the
 * long names of options, and "source", to values or lists of values; variables
 * are SIAMBAN_SERVE_ and the name in capitals, with _ for -. Appends to
 * @arguments, and sets @source (transfer full), NULL if it is not given. */
gboolean serve_settings_read (
    const char *path, GPtrArray *arguments, char **source, GError **error);

#endif
