/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanattach.h"

#include <gst/video/video.h>

#define FEATURE GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION

gboolean
gst_siamban_attach_is_in_caps (const GstCaps *caps)
{
  return gst_caps_features_contains (gst_caps_get_features (caps, 0), FEATURE);
}

/* Returns: (transfer full): @caps, with the feature or without. */
static GstCaps *
copy_with (const GstCaps *caps, gboolean feature)
{
  GstCaps *copy = gst_caps_copy (caps);

  for (guint i = 0; i < gst_caps_get_size (copy); i++) {
    GstCapsFeatures *features = gst_caps_get_features (copy, i);

    if (gst_caps_features_is_any (features))
      continue;
    if (!feature)
      gst_caps_features_remove (features, FEATURE);
    else if (!gst_caps_features_contains (features, FEATURE))
      gst_caps_features_add (features, FEATURE);
  }
  return copy;
}

/* fakesink, for one, takes any caps, but does nothing with the meta. */
static gboolean
peer_handles (GstPad *src, GstCaps *featured)
{
  GstQuery *query;
  gboolean handles;

  if (!gst_pad_peer_query_accept_caps (src, featured))
    return FALSE;
  query = gst_query_new_allocation (featured, FALSE);
  handles = gst_pad_peer_query (src, query) &&
            gst_query_find_allocation_meta (
                query, GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, NULL);
  gst_query_unref (query);
  return handles;
}

static GstCaps *
transform_fixed (GstPad *src, GstCaps *caps)
{
  GstCaps *featured = copy_with (caps, TRUE);

  if (peer_handles (src, featured))
    return featured;
  gst_caps_unref (featured);
  return gst_caps_ref (caps);
}

GstCaps *
gst_siamban_attach_transform_caps (GstBaseTransform *trans,
    GstPadDirection direction, GstCaps *caps, GstCaps *filter, gboolean wanted)
{
  GstCaps *all, *kept;

  if (wanted && direction == GST_PAD_SINK && gst_caps_is_fixed (caps) &&
      !gst_siamban_attach_is_in_caps (caps))
    all = transform_fixed (GST_BASE_TRANSFORM_SRC_PAD (trans), caps);
  else if (wanted)
    all = gst_caps_merge (
        gst_caps_ref (caps), copy_with (caps, direction == GST_PAD_SINK));
  else
    all = gst_caps_ref (caps);
  if (!filter)
    return all;
  kept = gst_caps_intersect_full (filter, all, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (all);
  return kept;
}
