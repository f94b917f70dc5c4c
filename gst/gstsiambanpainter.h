/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_PAINTER_H
#define GST_SIAMBAN_PAINTER_H

#include <gst/video/video.h>

#include "gstsiambanmarks.h"
#include "gstsiambanoverlay.h"
#include "gstsiambanresult.h"

/* Draws what the overlay's settings say. All zero remembers nothing. */
typedef struct
{
  GstSiambanMarks *marks; /* NULL: none yet, or a build without pango */
  gint width, height;     /* of the frames they are of */
  gboolean attach;        /* as overlay composition meta, not into pixels */
} GstSiambanPainter;

/* A writable buffer with frames as @info says, which show a picture of
 * @width x @height: less than the frame where a GstVideoCropMeta says so. */
typedef struct
{
  const GstVideoInfo *info;
  GstBuffer *buffer;
  gint width, height;
} GstSiambanCanvas;

/* Forgets all but attach. */
void gst_siamban_painter_clear (GstSiambanPainter *painter);

/* Blurs and draws @results. @band: (nullable): a box that is being drawn by
 * hand. Returns FALSE if the buffer cannot be mapped. */
gboolean gst_siamban_painter_paint (GstSiambanPainter *painter,
    const GstSiambanOverlay *overlay, const GstSiambanCanvas *canvas,
    const GstSiambanResult *results, guint n, const SiambanBox *band);

#endif
