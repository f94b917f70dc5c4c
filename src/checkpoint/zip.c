/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/zip.h"

#define LOCAL_SIZE     30
#define ENTRY_SIZE     46
#define END_SIZE       22
#define LOCATOR_SIZE   20
#define END64_SIZE     56
#define MAX_COMMENT    0xffff
#define ENCRYPTED      (1 << 0 | 1 << 6 | 1 << 13)
#define ZIP64_EXTRA_ID 1
#define IN_ZIP64       G_MAXUINT32

static gboolean
has_signature (SiambanSpan file, guint64 position, gsize size, const char *mark)
{
  return file.size >= size && position <= file.size - size &&
         memcmp (file.data + position, mark, 4) == 0;
}

static gboolean
find_end (SiambanSpan file, gsize *position)
{
  gsize tried = 0;

  if (file.size < END_SIZE)
    return FALSE;
  for (gsize at = file.size - END_SIZE; tried <= MAX_COMMENT; at--, tried++) {
    if (has_signature (file, at, END_SIZE, "PK\5\6") &&
        siamban_le16 (file.data + at + 20) == tried) {
      *position = at;
      return TRUE;
    }
    if (at == 0)
      break;
  }
  return FALSE;
}

/* Finds the central directory and the number of its entries. */
static gboolean
find_directory (SiambanSpan file, SiambanSpan *directory, guint64 *n_entries,
    GError **error)
{
  guint64 start, size;
  gsize end;

  if (!find_end (file, &end))
    return siamban_refuse (error,
        "no zip directory at the end of the file: it is cut off or damaged");
  *n_entries = siamban_le16 (file.data + end + 10);
  size = siamban_le32 (file.data + end + 12);
  start = siamban_le32 (file.data + end + 16);
  if (end >= LOCATOR_SIZE &&
      has_signature (file, end - LOCATOR_SIZE, LOCATOR_SIZE, "PK\6\7")) {
    guint64 end64 = siamban_le64 (file.data + end - LOCATOR_SIZE + 8);

    if (!has_signature (file, end64, END64_SIZE, "PK\6\6"))
      return siamban_refuse (error, "the zip64 directory is damaged");
    *n_entries = siamban_le64 (file.data + end64 + 32);
    size = siamban_le64 (file.data + end64 + 40);
    start = siamban_le64 (file.data + end64 + 48);
  }
  if (start > file.size || size > file.size - start)
    return siamban_refuse (error, "the zip directory lies outside the file");
  directory->data = file.data + start;
  directory->size = size;
  return TRUE;
}

typedef struct
{
  guint64 size, packed_size, offset;
} Place;

/* Fields that do not fit 32 bits stand in the zip64 extra, in this order. */
static gboolean
widen_place (SiambanSpan extra, Place *place)
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
locate (SiambanSpan file, const Place *place, SiambanSpan *span)
{
  guint64 start;

  if (!has_signature (file, place->offset, LOCAL_SIZE, "PK\3\4"))
    return FALSE;
  start = place->offset + LOCAL_SIZE +
          siamban_le16 (file.data + place->offset + 26) +
          siamban_le16 (file.data + place->offset + 28);
  if (start > file.size || place->size > file.size - start)
    return FALSE;
  span->data = file.data + start;
  span->size = place->size;
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

/* One central entry; moves @rest behind it. */
static gboolean
read_entry (
    SiambanSpan file, SiambanSpan *rest, GHashTable *entries, GError **error)
{
  const guint8 *entry = rest->data;
  const char *name = (const char *)entry + ENTRY_SIZE;
  gsize name_size, extra_size, whole;
  g_autofree char *quoted = NULL;
  SiambanSpan extra, span;
  Place place;

  if (!has_signature (*rest, 0, ENTRY_SIZE, "PK\1\2"))
    return siamban_refuse (error, "the zip directory is damaged");
  name_size = siamban_le16 (entry + 28);
  extra_size = siamban_le16 (entry + 30);
  whole = ENTRY_SIZE + name_size + extra_size + siamban_le16 (entry + 32);
  if (whole > rest->size || memchr (name, 0, name_size) != NULL)
    return siamban_refuse (error, "the zip directory is damaged");
  quoted = siamban_quote (name, name_size);
  if (!check_stored (entry, quoted, error))
    return FALSE;
  place.packed_size = siamban_le32 (entry + 20);
  place.size = siamban_le32 (entry + 24);
  place.offset = siamban_le32 (entry + 42);
  extra = (SiambanSpan){entry + ENTRY_SIZE + name_size, extra_size};
  if (!widen_place (extra, &place) || place.packed_size != place.size ||
      !locate (file, &place, &span))
    return siamban_refuse (
        error, "zip entry %s lies outside the file or is damaged", quoted);
  if (!g_hash_table_insert (
          entries, g_strndup (name, name_size), g_memdup2 (&span, sizeof span)))
    return siamban_refuse (error, "zip entry %s is there twice", quoted);
  rest->data += whole;
  rest->size -= whole;
  return TRUE;
}

GHashTable *
siamban_zip_read (SiambanSpan file, GError **error)
{
  g_autoptr (GHashTable) entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  SiambanSpan directory = {0};
  guint64 n_entries = 0;

  if (!find_directory (file, &directory, &n_entries, error))
    return NULL;
  if (n_entries > SIAMBAN_MAX_ENTRIES) {
    siamban_refuse (
        error, "more than %u entries in the zip archive", SIAMBAN_MAX_ENTRIES);
    return NULL;
  }
  for (guint64 i = 0; i < n_entries; i++)
    if (!read_entry (file, &directory, entries, error))
      return NULL;
  return g_steal_pointer (&entries);
}
