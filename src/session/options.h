/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_OPTIONS_H
#define SIAMBAN_OPTIONS_H

#include <siamban/session.h>

/* FALSE with SIAMBAN_ERROR_ARGUMENT, naming the option that is out of range. */
gboolean siamban_options_check (
    const SiambanSessionOptions *options, GError **error);

#endif
