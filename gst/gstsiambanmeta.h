/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_META_H
#define GST_SIAMBAN_META_H

#include <gst/video/video.h>
#include <siamban/target.h>

/* The params structure that marks a region as one of ours. */
#define GST_SIAMBAN_META_PARAMS "siambantrack"

typedef struct
{
  guint id;       /* track number */
  gint parent_id; /* of the region that seeded the track, -1 if none did */
  GQuark label;
  GstClockTime first_seen; /* running times */
  GstClockTime last_seen;
  SiambanResult result;
} GstSiambanTrackState;

/* Adds a region, and analytics meta where built with it, to a writable @buffer
 * that holds a width x height frame. */
void gst_siamban_meta_add (GstBuffer *buffer, gint width, gint height,
    const GstSiambanTrackState *state);

/* The first region of @buffer that is not ours, shows part of the frame and is
 * of type @type (0: any). */
gboolean gst_siamban_meta_find_seed (GstBuffer *buffer, gint width, gint height,
    GQuark type, SiambanBox *box, gint *id);

#endif
