/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CONFIG_READ_H
#define SIAMBAN_CONFIG_READ_H

#include "config/config.h"

/* Fills @config, whose path names the text in errors. */
gboolean siamban_config_read (
    SiambanConfig *config, const char *text, size_t size, GError **error);

#endif
