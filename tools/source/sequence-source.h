/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SOURCE_SEQUENCE_SOURCE_H
#define SOURCE_SEQUENCE_SOURCE_H

#include "source.h"

/* Adds to @pipeline what decodes the image sequence source->input, and returns
 * its last element, whose pad "src" gives raw video; or NULL with @error.
 * Pictures that are not there or cannot be read are warned of, like those that
 * cannot be decoded: see picture-element.h. */
GstElement *sequence_source_add (
    GstBin *pipeline, const TrackSource *source, GError **error);

#endif
