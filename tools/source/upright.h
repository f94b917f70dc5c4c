/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SOURCE_UPRIGHT_H
#define SOURCE_UPRIGHT_H

#include <gst/gst.h>

/* Adds to @bin what turns frames upright, as the tags of the stream say.
 * Returns it, with the pads "sink" and "src", or NULL with @error. Out of "src"
 * come only such caps as a frame follows. */
GstElement *upright_add (GstBin *bin, GError **error);

#endif
