/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exif.h"

#include <string.h>

#include <gst/tag/tag.h>

#define EXIF_ID "Exif\0"

typedef struct
{
  const guint8 *data;
  gsize size;
} Bytes;

static gsize
read_be (const guint8 *data, int n)
{
  gsize value = 0;

  for (int i = 0; i < n; i++)
    value = value << 8 | data[i];
  return value;
}

static Bytes
part (Bytes whole, gsize at, gsize size)
{
  if (at > whole.size)
    return (Bytes){NULL, 0};
  return (Bytes){whole.data + at, MIN (size, whole.size - at)};
}

static Bytes
without_id (Bytes exif)
{
  const gsize id = sizeof EXIF_ID; /* both of its zeros */

  if (exif.size > id && memcmp (exif.data, EXIF_ID, id) == 0)
    return part (exif, id, exif.size);
  return exif;
}

static Bytes
find_in_jpeg (Bytes file)
{
  gsize at = 2;

  while (at + 4 <= file.size && file.data[at] == 0xff &&
         file.data[at + 1] != 0xda) {
    const gsize length = read_be (file.data + at + 2, 2);
    const Bytes found = part (file, at + 4, MAX (length, 2) - 2);

    if (file.data[at + 1] == 0xe1 && found.size > sizeof EXIF_ID &&
        memcmp (found.data, EXIF_ID, sizeof EXIF_ID) == 0)
      return without_id (found);
    at += 2 + MAX (length, 2);
  }
  return (Bytes){NULL, 0};
}

static Bytes
find_in_png (Bytes file)
{
  gsize at = 8;

  while (at + 12 <= file.size) {
    const gsize length = read_be (file.data + at, 4);

    if (memcmp (file.data + at + 4, "eXIf", 4) == 0)
      return part (file, at + 8, length);
    at += 12 + length;
  }
  return (Bytes){NULL, 0};
}

static Bytes
find_in_webp (Bytes file)
{
  gsize at = 12;

  while (at + 8 <= file.size) {
    const gsize length = GST_READ_UINT32_LE (file.data + at + 4);

    if (memcmp (file.data + at, "EXIF", 4) == 0)
      return without_id (part (file, at + 8, length));
    at += 8 + length + length % 2;
  }
  return (Bytes){NULL, 0};
}

static Bytes
find_exif (Bytes file)
{
  if (file.size < 16)
    return (Bytes){NULL, 0};
  if (memcmp (file.data, "\xff\xd8\xff", 3) == 0)
    return find_in_jpeg (file);
  if (memcmp (file.data, "\x89PNG", 4) == 0)
    return find_in_png (file);
  if (memcmp (file.data, "RIFF", 4) == 0 &&
      memcmp (file.data + 8, "WEBP", 4) == 0)
    return find_in_webp (file);
  return (Bytes){NULL, 0};
}

static char *
read_orientation (Bytes exif)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup (exif.data, exif.size);
  g_autoptr (GstTagList) tags =
      gst_tag_list_from_exif_buffer_with_tiff_header (buffer);
  char *orientation = NULL;

  if (tags)
    gst_tag_list_get_string (tags, GST_TAG_IMAGE_ORIENTATION, &orientation);
  return orientation;
}

char *
exif_orientation (GstBuffer *picture)
{
  GstMapInfo map;
  Bytes exif;
  char *orientation;

  if (!gst_buffer_map (picture, &map, GST_MAP_READ))
    return NULL;
  exif = find_exif ((Bytes){map.data, map.size});
  orientation = exif.size >= 8 ? read_orientation (exif) : NULL;
  gst_buffer_unmap (picture, &map);
  return orientation;
}
