/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_REGIONS_H
#define GST_SIAMBAN_REGIONS_H

#include <gst/gst.h>

#include "gstsiambanresult.h"

/* What a detector upstream says of a frame. */
typedef struct
{
  SiambanBox box;
  gint id;
  GQuark type;
} GstSiambanRegion;

typedef enum
{
  GST_SIAMBAN_SEED_FROM_ROI = 1 << 0,
  GST_SIAMBAN_SEED_FROM_ANALYTICS = 1 << 1
} GstSiambanSeedFrom;

#define GST_SIAMBAN_SEED_FROM_ALL                                              \
  (GST_SIAMBAN_SEED_FROM_ROI | GST_SIAMBAN_SEED_FROM_ANALYTICS)

/* Returns: (transfer full) (nullable): GstSiambanRegion, those on @buffer, a
 * width x height frame, that are of @type (NULL: any), show a pixel of it, and
 * were not put there by an element of this kind; NULL if there are none. */
GArray *gst_siamban_regions_read (GstBuffer *buffer, gint width, gint height,
    GstSiambanSeedFrom from, const gchar *type);

/* The tracks that regions show: as many numbers as there are @regions, each an
 * index into @results or -1. No track is taken twice; the best overlaps come
 * first, and those below 0.3 are none. Tracks that a region seeded match only
 * regions of the same type. Returns: (transfer full). */
gint *gst_siamban_regions_match (
    const GArray *regions, const GstSiambanResult *results, guint n);

/* Whether the track of @result has to be put right by a @region that shows
 * it. */
gboolean gst_siamban_region_corrects (
    const GstSiambanRegion *region, const GstSiambanResult *result);

#endif
