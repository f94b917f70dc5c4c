/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_META_H
#define GST_SIAMBAN_META_H

#include <gst/video/video.h>

#include "gstsiambanresult.h"

/* The params structure that marks a region as one of ours. */
#define GST_SIAMBAN_META_PARAMS "siambantrack"

/* What others can read of the tracks. Beside it there is the meta of
 * siambanmeta.h, but with NONE. */
typedef enum
{
  GST_SIAMBAN_META_AUTO,
  GST_SIAMBAN_META_ROI,
  GST_SIAMBAN_META_ANALYTICS,
  GST_SIAMBAN_META_BOTH,
  GST_SIAMBAN_META_NONE
} GstSiambanMetaKind;

#define GST_TYPE_SIAMBAN_META_KIND (gst_siamban_meta_kind_get_type ())
GType gst_siamban_meta_kind_get_type (void);

/* Posts a warning message as of @element if this build cannot write all of
 * @kind. */
void gst_siamban_meta_check_kind (GstElement *element, GstSiambanMetaKind kind);

/* Writes @results, all of one element, on the writable @buffer, which holds a
 * width x height frame. */
void gst_siamban_meta_add (GstBuffer *buffer, gint width, gint height,
    const GstSiambanResult *results, guint n, GstSiambanMetaKind kind);

/* Whether a box of @label and @id that is found on @buffer is one that a
 * siambantrack wrote there, even if it has been scaled since. */
gboolean gst_siamban_meta_is_own (
    GstBuffer *buffer, const gchar *label, guint64 id, const SiambanBox *box);

#endif
