/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CONFIG_FOREIGN_H
#define SIAMBAN_CONFIG_FOREIGN_H

#include <glib.h>

/* Where a config says that it is another tracker's. */
typedef struct
{
  const char *tracker; /* "SiamRPN" ... */
  const char *key;     /* that says so */
  gsize line;
} SiambanForeign;

/* FALSE if @text says no such thing, or is no YAML. */
gboolean siamban_config_is_foreign (
    const char *text, gsize size, SiambanForeign *foreign);

#endif
