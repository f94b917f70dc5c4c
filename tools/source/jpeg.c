/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jpeg.h"

#define MARKER_TEM  0x01
#define MARKER_RST0 0xd0
#define MARKER_RST7 0xd7
#define MARKER_SOI  0xd8
#define MARKER_EOI  0xd9

static gsize
find_start (const guint8 *data, gsize size)
{
  for (gsize i = 0; i + 3 <= size; i++) {
    if (data[i] == 0xff && data[i + 1] == MARKER_SOI && data[i + 2] == 0xff)
      return i;
  }
  return size > 2 ? size - 2 : 0;
}

static gboolean
is_bare (guint8 marker)
{
  return marker == MARKER_TEM ||
         (marker >= MARKER_RST0 && marker <= MARKER_RST7);
}

/* To the next marker that is not part of compressed data, or of damage. */
static gboolean
skip_to_marker (JpegScan *scan, const guint8 *data, gsize size)
{
  for (; scan->done + 2 <= size; scan->done++) {
    const guint8 marker = data[scan->done + 1];

    if (data[scan->done] == 0xff && marker != 0 && marker != 0xff &&
        !is_bare (marker))
      return TRUE;
  }
  return FALSE;
}

static gboolean
skip_segment (JpegScan *scan, const guint8 *data, gsize size)
{
  const gsize at = scan->done;
  gsize length;

  if (at + 4 > size)
    return FALSE;
  length = 2 + ((gsize)data[at + 2] << 8 | data[at + 3]);
  if (at + length > size)
    return FALSE;
  scan->done += MAX (length, 4);
  return TRUE;
}

gsize
jpeg_scan (JpegScan *scan, const guint8 *data, gsize size, gsize *skip)
{
  gsize length = 0;

  *skip = scan->done ? 0 : find_start (data, size);
  if (!scan->done && *skip + 3 > size)
    return 0;
  data += *skip;
  size -= *skip;
  scan->done = MAX (scan->done, 2);
  while (!length && skip_to_marker (scan, data, size)) {
    const guint8 marker = data[scan->done + 1];

    if (marker == MARKER_EOI)
      length = scan->done + 2;
    else if (marker == MARKER_SOI)
      length = scan->done;
    else if (!skip_segment (scan, data, size))
      break;
  }
  if (length)
    *scan = (JpegScan){0};
  return length;
}
