/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_OVERLAY_H
#define GST_SIAMBAN_OVERLAY_H

#include <gst/video/video.h>

#include "gstsiambanresult.h"

/* What is drawn, as the properties say. All zero until initialised. */
typedef struct
{
  gboolean draw;
} GstSiambanOverlay;

void gst_siamban_overlay_init (GstSiambanOverlay *overlay);

/* Properties with ids from @first on; returns the first id that is free. */
guint gst_siamban_overlay_install_properties (GObjectClass *klass, guint first);

/* @index: of the property, from 0. Return FALSE if there is none. */
gboolean gst_siamban_overlay_set_property (
    GstSiambanOverlay *overlay, guint index, const GValue *value);
gboolean gst_siamban_overlay_get_property (
    const GstSiambanOverlay *overlay, guint index, GValue *value);

/* Whether frames are changed at all. */
gboolean gst_siamban_overlay_is_on (const GstSiambanOverlay *overlay);

/* Draws @results into the writable @buffer. Returns FALSE if it cannot be
 * mapped for that. */
gboolean gst_siamban_overlay_draw (const GstSiambanOverlay *overlay,
    const GstVideoInfo *info, GstBuffer *buffer,
    const GstSiambanResult *results, guint n);

#endif
