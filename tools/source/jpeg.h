/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SOURCE_JPEG_H
#define SOURCE_JPEG_H

#include <glib.h>

/* Finds whole JPEGs in bytes that come bit by bit, whatever lies between them:
 * nothing, or the headers of a multipart stream. Starts as {0}. */
typedef struct
{
  gsize done; /* bytes of the picture that were looked at */
} JpegScan;

/* Looks at @size bytes at @data, which start where the last call said with
 * @skip, and are those of the last call and perhaps more. Sets @skip to the
 * number of bytes that belong to no picture; call again without them. Returns
 * the length of the picture that starts there, or 0 if its end is not there
 * yet. A picture also ends where another begins. */
gsize jpeg_scan (JpegScan *scan, const guint8 *data, gsize size, gsize *skip);

#endif
