/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/zip.h"

#include <zlib.h>

#define LOCAL_SIZE     30
#define ENTRY_SIZE     46
#define END_SIZE       22
#define LOCATOR_SIZE   20
#define END64_SIZE     56
#define MAX_COMMENT    0xffff
#define ENCRYPTED      (1 << 0 | 1 << 6 | 1 << 13)
#define ZIP64_EXTRA_ID 1
#define IN_ZIP64       G_MAXUINT32
#define CHUNK          ((gsize)1 << 18)

/* Reads @size bytes that begin with @mark. FALSE without @error if there are no
 * such. */
static gboolean
read_record (const SiambanFile *file, guint64 offset, gsize size,
    const char *mark, guint8 *record)
{
  guint64 whole = siamban_file_size (file);

  return whole >= size && offset <= whole - size &&
         siamban_file_read (file, offset, record, size, NULL) &&
         memcmp (record, mark, 4) == 0;
}

/* Copies the record at the end, behind which there may be a comment. */
static gboolean
find_end (const SiambanFile *file, guint64 *position, guint8 *end)
{
  guint64 whole = siamban_file_size (file);
  gsize size = MIN (whole, END_SIZE + MAX_COMMENT);
  g_autofree guint8 *tail = siamban_file_load (file, whole - size, size, NULL);

  if (!tail || size < END_SIZE)
    return FALSE;
  for (gsize at = size - END_SIZE + 1; at-- > 0;)
    if (memcmp (tail + at, "PK\5\6", 4) == 0 &&
        siamban_le16 (tail + at + 20) == size - END_SIZE - at) {
      *position = whole - size + at;
      memcpy (end, tail + at, END_SIZE);
      return TRUE;
    }
  return FALSE;
}

/* Finds the central directory and the number of its entries. */
static gboolean
find_directory (const SiambanFile *file, SiambanExtent *directory,
    guint64 *n_entries, GError **error)
{
  guint8 end[END_SIZE], locator[LOCATOR_SIZE], end64[END64_SIZE];
  guint64 at, whole = siamban_file_size (file);

  if (!find_end (file, &at, end))
    return siamban_refuse (error,
        "no zip directory at the end of the file: it is cut off or damaged");
  *n_entries = siamban_le16 (end + 10);
  *directory =
      (SiambanExtent){siamban_le32 (end + 16), siamban_le32 (end + 12)};
  if (at >= LOCATOR_SIZE &&
      read_record (file, at - LOCATOR_SIZE, LOCATOR_SIZE, "PK\6\7", locator)) {
    if (!read_record (
            file, siamban_le64 (locator + 8), END64_SIZE, "PK\6\6", end64))
      return siamban_refuse (error, "the zip64 directory is damaged");
    *n_entries = siamban_le64 (end64 + 32);
    *directory =
        (SiambanExtent){siamban_le64 (end64 + 48), siamban_le64 (end64 + 40)};
  }
  if (directory->offset > whole || directory->size > whole - directory->offset)
    return siamban_refuse (error, "the zip directory lies outside the file");
  if (directory->size > SIAMBAN_MAX_INDEX)
    return siamban_refuse (
        error, "the zip directory is over %u bytes long", SIAMBAN_MAX_INDEX);
  return TRUE;
}

typedef struct
{
  guint64 size, packed_size, offset;
} Place;

/* Fields that do not fit 32 bits stand in the zip64 extra, in this order. */
static gboolean
widen_place (SiambanBytes extra, Place *place)
{
  guint64 *fields[] = {&place->size, &place->packed_size, &place->offset};
  gsize at = 4;

  while (extra.size >= 4 && siamban_le16 (extra.data) != ZIP64_EXTRA_ID) {
    gsize skip = 4 + (gsize)siamban_le16 (extra.data + 2);

    if (skip > extra.size)
      break;
    extra.data += skip;
    extra.size -= skip;
  }
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (*fields[i] != IN_ZIP64)
      continue;
    if (at + 8 > extra.size || siamban_le16 (extra.data) != ZIP64_EXTRA_ID)
      return FALSE;
    *fields[i] = siamban_le64 (extra.data + at);
    at += 8;
  }
  return TRUE;
}

static gboolean
zip_locate (const SiambanFile *file, const Place *place, SiambanExtent *extent)
{
  guint64 whole = siamban_file_size (file);
  guint8 local[LOCAL_SIZE];
  guint64 start;

  if (!read_record (file, place->offset, LOCAL_SIZE, "PK\3\4", local))
    return FALSE;
  start = place->offset + LOCAL_SIZE + siamban_le16 (local + 26) +
          siamban_le16 (local + 28);
  if (start > whole || place->size > whole - start)
    return FALSE;
  *extent = (SiambanExtent){start, place->size};
  return TRUE;
}

static gboolean
check_stored (const guint8 *entry, const char *quoted, GError **error)
{
  if (siamban_le16 (entry + 8) & ENCRYPTED)
    return siamban_refuse (error, "zip entry %s is encrypted", quoted);
  if (siamban_le16 (entry + 10) != 0)
    return siamban_refuse (error,
        "zip entry %s is compressed (method %u), expected a stored one", quoted,
        siamban_le16 (entry + 10));
  return TRUE;
}

/* Where the entry lies whose record in the directory is @entry. */
static gboolean
read_place (const SiambanFile *file, const guint8 *entry, gsize name_size,
    SiambanSum *sum)
{
  SiambanBytes extra = {
      entry + ENTRY_SIZE + name_size, siamban_le16 (entry + 30)};
  Place place = {
      .packed_size = siamban_le32 (entry + 20),
      .size = siamban_le32 (entry + 24),
      .offset = siamban_le32 (entry + 42),
  };

  sum->crc = siamban_le32 (entry + 16);
  return widen_place (extra, &place) && place.packed_size == place.size &&
         zip_locate (file, &place, &sum->extent);
}

/* One central entry; moves @rest behind it. */
static gboolean
read_entry (
    const SiambanFile *file, SiambanBytes *rest, GTree *entries, GError **error)
{
  const guint8 *entry = rest->data;
  const char *text = (const char *)entry + ENTRY_SIZE;
  gsize name_size, whole;
  g_autofree char *quoted = NULL, *name = NULL;
  SiambanSum sum;

  if (rest->size < ENTRY_SIZE || memcmp (entry, "PK\1\2", 4) != 0)
    return siamban_refuse (error, "the zip directory is damaged");
  name_size = siamban_le16 (entry + 28);
  whole = ENTRY_SIZE + name_size + siamban_le16 (entry + 30) +
          siamban_le16 (entry + 32);
  if (whole > rest->size || memchr (text, 0, name_size))
    return siamban_refuse (error, "the zip directory is damaged");
  quoted = siamban_quote (text, name_size);
  if (!check_stored (entry, quoted, error))
    return FALSE;
  if (!read_place (file, entry, name_size, &sum))
    return siamban_refuse (
        error, "zip entry %s lies outside the file or is damaged", quoted);
  name = g_strndup (text, name_size);
  if (g_tree_lookup (entries, name))
    return siamban_refuse (error, "zip entry %s is there twice", quoted);
  g_tree_insert (
      entries, g_steal_pointer (&name), g_memdup2 (&sum, sizeof sum));
  rest->data += whole;
  rest->size -= whole;
  return TRUE;
}

static gboolean
add_size (gpointer name, gpointer sum, gpointer total)
{
  (void)name;
  *(guint64 *)total += ((const SiambanSum *)sum)->extent.size;
  return FALSE;
}

static gboolean
check_overlap (const SiambanFile *file, GTree *entries, GError **error)
{
  guint64 total = 0;

  g_tree_foreach (entries, add_size, &total);
  if (total > siamban_file_size (file))
    return siamban_refuse (
        error, "entries of the zip archive overlap: they are larger than it");
  return TRUE;
}

GTree *
siamban_zip_read (const SiambanFile *file, GError **error)
{
  g_autoptr (GTree) entries =
      g_tree_new_full (siamban_compare_names, NULL, g_free, g_free);
  g_autofree guint8 *directory = NULL;
  SiambanExtent place = {0, 0};
  guint64 n_entries = 0;
  SiambanBytes rest;

  if (!find_directory (file, &place, &n_entries, error))
    return NULL;
  if (n_entries > SIAMBAN_MAX_ENTRIES) {
    siamban_refuse (
        error, "more than %u entries in the zip archive", SIAMBAN_MAX_ENTRIES);
    return NULL;
  }
  directory = siamban_file_load (file, place.offset, place.size, error);
  rest = (SiambanBytes){directory, place.size};
  if (!directory)
    return NULL;
  for (guint64 i = 0; i < n_entries; i++)
    if (!read_entry (file, &rest, entries, error))
      return NULL;
  return check_overlap (file, entries, error) ? g_steal_pointer (&entries)
                                              : NULL;
}

gboolean
siamban_zip_check (
    const SiambanFile *file, const SiambanSum *sum, GError **error)
{
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  guint32 crc = 0;

  for (guint64 done = 0; done < sum->extent.size;) {
    gsize n = MIN (CHUNK, sum->extent.size - done);

    if (!siamban_file_read (file, sum->extent.offset + done, chunk, n, error))
      return FALSE;
    crc = crc32 (crc, chunk, n);
    done += n;
  }
  return crc == sum->crc;
}
