/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_FRAME_H
#define SIAMBAN_FRAME_H

#include <siamban/error.h>

G_BEGIN_DECLS

/**
 * SiambanFormat:
 *
 * How pixels lie in memory, named by GStreamer's rule: components in rising
 * address order. An alpha byte is ignored, so BGRA is passed as BGRX and so
 * on. The planar formats take their planes in component order (Y, U, V),
 * whatever their order in memory: YV12 is I420 with the two chroma pointers
 * exchanged.
 */
typedef enum
{
  SIAMBAN_FORMAT_BGR,
  SIAMBAN_FORMAT_RGB,
  SIAMBAN_FORMAT_BGRX,
  SIAMBAN_FORMAT_RGBX,
  SIAMBAN_FORMAT_XBGR,
  SIAMBAN_FORMAT_XRGB,
  SIAMBAN_FORMAT_GRAY8,
  SIAMBAN_FORMAT_I420,
  SIAMBAN_FORMAT_NV12, /* data[1] holds U, V pairs */
  SIAMBAN_FORMAT_NV21, /* data[1] holds V, U pairs */
  SIAMBAN_FORMAT_YUY2,
  SIAMBAN_FORMAT_UYVY,
  /* Samples of 16 bits, little endian; the 8 highest of 10 are used. */
  SIAMBAN_FORMAT_I420_10, /* as I420, 10 bits from the lowest on */
  SIAMBAN_FORMAT_P010     /* as NV12, 10 bits from the highest down */
} SiambanFormat;

/**
 * SiambanFrame:
 * @format: layout of the pixels.
 * @width: in pixels, at least 1; odd sizes are fine in every format.
 * @height: in pixels, at least 1.
 * @data: first byte of each plane; unused planes are %NULL.
 * @stride: bytes from one row of a plane to the next; may be negative.
 * @kr: weight of red in luma, 0.299 for BT.601; unused by RGB and GRAY8.
 * @kb: weight of blue in luma, 0.114 for BT.601; unused by RGB and GRAY8.
 * @full_range: %TRUE where luma spans 0..255, %FALSE for 16..235. Used by the
 *     YUV formats and GRAY8.
 * @chroma_x: 1 where the picture is cut out of a larger one at a column that is
 *     the right one of the two that share their chroma, else 0. The first
 *     chroma sample is then for one column only; in YUY2 and UYVY it lies in
 *     the two bytes before @data. 0 in formats without shared chroma.
 * @chroma_y: the same for rows, in formats that share chroma between them.
 *
 * A view of one picture in the caller's memory. The library only reads it,
 * and only during the call it is passed to. Start from all zero: @kr and @kb
 * both 0 mean BT.601, and the reserved room has to be zero.
 */
typedef struct
{
  SiambanFormat format;
  int width;
  int height;
  const guint8 *data[3];
  int stride[3];
  double kr;
  double kb;
  gboolean full_range;
  guint16 chroma_x;
  guint16 chroma_y;
  /*< private >*/
  gpointer reserved[4];
} SiambanFrame;

G_END_DECLS

#endif
