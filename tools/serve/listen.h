/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_LISTEN_H
#define SERVE_LISTEN_H

#include <gio/gio.h>

#include "options.h"

/* Where to listen. @name: of the option, @text: its ADDRESS[:PORT]. NULL with
 * @error: no address, or one beyond this machine without a token or the word
 * for it. */
GSocketAddress *serve_listen_parse (const char *name, const char *text,
    guint16 default_port, const ServeOptions *options, GError **error);

#endif
