/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_TRACK_H
#define GST_SIAMBAN_TRACK_H

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_SIAMBAN_TRACK (gst_siamban_track_get_type ())
G_DECLARE_FINAL_TYPE (
    GstSiambanTrack, gst_siamban_track, GST, SIAMBAN_TRACK, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (siambantrack)

G_END_DECLS

#endif
