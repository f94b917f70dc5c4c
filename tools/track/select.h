/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_SELECT_H
#define TRACK_SELECT_H

#include "options.h"

/* Shows the first frame of the input in a window, and waits until a box was
 * drawn around an object in it, or the object was clicked on. Returns FALSE
 * with @error if the window was closed before, or there is none. */
gboolean track_select (
    const TrackOptions *options, TrackBox *box, GError **error);

#endif
