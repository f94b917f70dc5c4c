/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_META_H
#define GST_SIAMBAN_META_H

#include <gst/video/video.h>

#include "gstsiambanresult.h"

/* The params structure that marks a region as one of ours. */
#define GST_SIAMBAN_META_PARAMS "siambantrack"

/* Adds a region, and analytics meta where built with it, to a writable @buffer
 * that holds a width x height frame. */
void gst_siamban_meta_add (
    GstBuffer *buffer, gint width, gint height, const GstSiambanResult *result);

/* The first region of @buffer that is not ours, shows part of the frame and is
 * of type @type (NULL: any). */
gboolean gst_siamban_meta_find_seed (GstBuffer *buffer, gint width, gint height,
    const gchar *type, SiambanBox *box, gint *id);

#endif
