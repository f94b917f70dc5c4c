/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_COMMANDS_H
#define SIAMBAN_COMMANDS_H

#include "manifest.h"

/* Each says on standard output what is asked for, and on standard error why it
 * cannot; returns whether it can. */

/* Published models, and those that are here. @unused: any. */
gboolean command_list (const GPtrArray *models, const char *unused);

/* Fetches what is missing of the model @name, checks what is here. */
gboolean command_get (const GPtrArray *models, const char *name);

/* The checkpoint of @name. */
gboolean command_path (const GPtrArray *models, const char *name);

#endif
