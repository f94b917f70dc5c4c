/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_FRAME_H
#define GST_SIAMBAN_FRAME_H

#include <gst/video/video.h>
#include <siamban/frame.h>

#define GST_SIAMBAN_FORMATS                                                    \
  "{ BGR, RGB, BGRx, RGBx, xBGR, xRGB, BGRA, RGBA, ABGR, ARGB, GRAY8, NV12, "  \
  "NV21, I420, YV12, YUY2, UYVY, I420_10LE, P010_10LE }"

/* Memory that is read by mapping it, as the system's is, with what is drawn
 * attached or not. */
#define GST_SIAMBAN_MEMORY_CAPS(memory)                                        \
  GST_VIDEO_CAPS_MAKE_WITH_FEATURES (memory, GST_SIAMBAN_FORMATS)              \
  "; " GST_VIDEO_CAPS_MAKE_WITH_FEATURES (memory                               \
      ", " GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION,                \
      GST_SIAMBAN_FORMATS)

#define GST_SIAMBAN_DEVICE_CAPS                                                \
  GST_SIAMBAN_MEMORY_CAPS ("memory:DMABuf")                                    \
  "; " GST_SIAMBAN_MEMORY_CAPS (                                               \
      "memory:VAMemory") "; " GST_SIAMBAN_MEMORY_CAPS ("memory:GLMemory")

/* Whether frames show one view, as a single camera sees it. */
gboolean gst_siamban_frame_is_one_view (const GstVideoInfo *info);

/* @view: (out caller-allocates): the mapped @frame with its colorimetry; valid
 * while @frame is mapped. Returns FALSE if its format, which a GstVideoMeta may
 * have changed from that of the caps, is none of GST_SIAMBAN_FORMATS. */
gboolean gst_siamban_frame_view (
    const GstVideoFrame *frame, SiambanFrame *view);

/* Makes the mapped @frame the part of it that a GstVideoCropMeta of @buffer
 * says is the picture. Returns FALSE if that is none. Where it starts between
 * two pixels that share their chroma, planes with fewer of them start with that
 * sample: gst_siamban_frame_view() says so. */
gboolean gst_siamban_frame_crop (GstVideoFrame *frame, GstBuffer *buffer);

/* Makes a frame so cut start with whole chroma samples again, @x columns and @y
 * rows earlier. */
void gst_siamban_frame_widen (GstVideoFrame *frame, guint *x, guint *y);

#endif
