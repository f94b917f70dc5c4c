/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_TRACK_META_H
#define GST_SIAMBAN_TRACK_META_H

#include "gstsiambanresult.h"
#include "gstsiambanwarp.h"

/* Makes the meta described in siambanmeta.h known to this process. To be called
 * before any of the others; again does no harm. */
void gst_siamban_track_meta_register (void);

/* Adds @results to what the writable @buffer, a width x height frame, says
 * already. No result at all leaves a meta without tracks. */
void gst_siamban_track_meta_add (GstBuffer *buffer, gint width, gint height,
    const GstSiambanResult *results, guint n);

/* Copies @meta to @dest, with boxes moved along. */
void gst_siamban_track_meta_copy_warped (
    GstBuffer *dest, GstCustomMeta *meta, const GstSiambanWarp *warp);

#endif
