/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_SESSION_H
#define TRACK_SESSION_H

#include "options.h"

/* Tracks from options->input to what @options asks for, until the input ends or
 * a signal says so. Returns FALSE with @error if a part of that cannot be done;
 * what was written so far is a whole file all the same where that was possible.
 * Errors of domain G_OPTION_ERROR are the user's. */
gboolean track_session_run (const TrackOptions *options, GError **error);

#endif
