/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_MOVE_H
#define GST_SIAMBAN_MOVE_H

#include "gstsiambanwarp.h"

/* Whether what @info describes has to do with places in the picture: it is
 * moved by gst_siamban_move_metas(), or not kept at all. */
gboolean gst_siamban_move_concerns (const GstMetaInfo *info);

/* Puts the track meta, regions of interest and analytics of @from on @to, a
 * buffer that shows what @warp says. What lies outside is left out, but for
 * tracks. Of analytics, detections and their tracking are moved; where
 * GStreamer can move them itself, from 1.28 on, all are. */
void gst_siamban_move_metas (
    GstBuffer *from, GstBuffer *to, const GstSiambanWarp *warp);

#endif
