/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_STREAM_H
#define SERVE_STREAM_H

#include "options.h"

/* Until a signal ends it. FALSE with @error if it cannot begin, or go on. */
gboolean serve_stream_run (const ServeOptions *options, GError **error);

#endif
