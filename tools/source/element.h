/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_ELEMENT_H
#define TRACK_ELEMENT_H

#include <gst/gst.h>

/* Adds the elements of @description, written as for gst-launch-1.0, to @bin: a
 * single one as it is, several as a bin of their own with their open pads.
 * Returns NULL with @error, which says what to install, if there is no such
 * element. */
GstElement *track_element_add (
    GstBin *bin, const char *description, GError **error);

#endif
