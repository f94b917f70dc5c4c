/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_FRAME_H
#define GST_SIAMBAN_FRAME_H

#include <gst/video/video.h>
#include <siamban/frame.h>

#define GST_SIAMBAN_FORMATS                                                    \
  "{ BGR, RGB, BGRx, RGBx, xBGR, xRGB, BGRA, RGBA, ABGR, ARGB, GRAY8, NV12, "  \
  "NV21, I420, YV12, YUY2, UYVY }"

/* @view: (out caller-allocates): the mapped @frame with its colorimetry; valid
 * while @frame is mapped. Returns FALSE if its format, which a GstVideoMeta may
 * have changed from that of the caps, is none of GST_SIAMBAN_FORMATS. */
gboolean gst_siamban_frame_view (
    const GstVideoFrame *frame, SiambanFrame *view);

#endif
