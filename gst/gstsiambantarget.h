/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_TARGET_H
#define GST_SIAMBAN_TARGET_H

#include <siamban/siamban.h>

#include "gstsiambanresult.h"

/* What is followed through one stream: nothing, or one target under a track
 * number. All zero is a stream that has seen no target. */
typedef struct
{
  SiambanTarget *target;   /* NULL: nothing */
  gboolean resized;        /* the target is of frames of another size */
  GstSiambanResult result; /* of the target, or of the last one */
} GstSiambanTarget;

/* Follows @box under the next track number. Returns FALSE with @error, leaving
 * all as it was, if @view does not show @box. */
gboolean gst_siamban_target_seed (GstSiambanTarget *self, SiambanModel *model,
    const SiambanFrame *view, const SiambanBox *box, gint parent_id,
    guint threads, GError **error);

/* Frames are now @sx times as wide and @sy times as high. */
void gst_siamban_target_scale (GstSiambanTarget *self, gdouble sx, gdouble sy);

/* Learns a resized target anew, as gst_siamban_target_seed() does, but under
 * its number. */
gboolean gst_siamban_target_relearn (GstSiambanTarget *self,
    SiambanModel *model, const SiambanFrame *view, guint threads,
    GError **error);

gboolean gst_siamban_target_update (GstSiambanTarget *self,
    const SiambanFrame *view, guint threads, GError **error);

/* The next target gets the next number all the same. Returns FALSE if there was
 * none. */
gboolean gst_siamban_target_forget (GstSiambanTarget *self);

#endif
