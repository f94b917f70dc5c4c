/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_SELECT_H
#define TRACK_SELECT_H

#include "options.h"

/* Shows the first frame of the input in a window, and waits until boxes were
 * drawn around objects in it, or they were clicked on, and Enter was pressed:
 * these go to options->boxes. Returns FALSE with @error if the window was
 * closed before, or there is none. */
gboolean track_select (TrackOptions *options, GError **error);

#endif
