/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_ATTACH_H
#define GST_SIAMBAN_ATTACH_H

#include <gst/base/gstbasetransform.h>

/* How an element that works in place comes to put overlay composition meta on
 * buffers: its caps then have a feature of that name. */

/* Caps of pad templates, in @formats with the feature and without. */
#define GST_SIAMBAN_ATTACH_CAPS(formats)                                       \
  GST_VIDEO_CAPS_MAKE (formats)                                                \
  "; " GST_VIDEO_CAPS_MAKE_WITH_FEATURES (                                     \
      GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY                                    \
      ", " GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION,                \
      formats)

/* GstBaseTransformClass::transform_caps. @wanted: whether there may be
 * something to attach. Fixed caps on the sink pad give those with the feature
 * if downstream takes them, and says that it handles the meta, else themselves.
 */
GstCaps *gst_siamban_attach_transform_caps (GstBaseTransform *trans,
    GstPadDirection direction, GstCaps *caps, GstCaps *filter, gboolean wanted);

gboolean gst_siamban_attach_is_in_caps (const GstCaps *caps);

#endif
