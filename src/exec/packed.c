/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exec/packed.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/replace.h"

#define MAGIC      G_GUINT64_CONSTANT (0x314b434150424953) /* "SIBPACK1" */
#define MAX_HEADER (1u << 22)
#define CHUNK                                                                  \
  ((gsize)1 << 18) /* stays in the cache between read and checksum */

/* Key; name, algorithm, sizes of parts and checksum of each convolution. */
#define CONV_TYPE   "(ssatt)"
#define HEADER_TYPE "(sa" CONV_TYPE ")"

/* In the byte order of the machine, as all that follows it. */
typedef struct
{
  guint64 magic, format;
  guint64 header_size, header_checksum;
} Prelude;

typedef struct
{
  char *algorithm;
  guint64 offset, checksum;
  guint64 sizes[SIAMBAN_MAX_PARTS];
  gsize n_parts;
} Entry;

struct _SiambanPacked
{
  char *path, *key;
  int fd;         /* or -1 */
  GTree *entries; /* names come from the file: not hashed */
  gboolean missed;
  XXH3_state_t *state;
};

static gint
packed_compare (gconstpointer a, gconstpointer b, gpointer data)
{
  (void)data;
  return strcmp (a, b);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->algorithm);
  g_free (entry);
}

static gboolean
read_at (int fd, guint64 offset, void *data, gsize size)
{
  guint8 *to = data;

  while (size > 0) {
    gssize n = pread (fd, to, size, offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    to += n;
    offset += n;
    size -= n;
  }
  return TRUE;
}

static GVariant *
read_header (int fd, guint64 file_size, guint64 *end)
{
  Prelude prelude;

  if (!read_at (fd, 0, &prelude, sizeof prelude) || prelude.magic != MAGIC ||
      prelude.format != SIAMBAN_PACKED_FORMAT ||
      prelude.header_size > MIN (MAX_HEADER, file_size))
    return NULL;
  gsize size = prelude.header_size;
  guint8 *data = g_malloc (size);
  if (!read_at (fd, sizeof prelude, data, size) ||
      XXH3_64bits (data, size) != prelude.header_checksum) {
    g_free (data);
    return NULL;
  }
  *end = sizeof prelude + size;
  return g_variant_ref_sink (g_variant_new_from_data (
      G_VARIANT_TYPE (HEADER_TYPE), data, size, FALSE, g_free, data));
}

/* Adds an entry to @offset on, which moves behind it. FALSE if it does not fit
 * into @file_size. */
static gboolean
add_entry (
    SiambanPacked *packed, GVariant *fields, guint64 file_size, guint64 *offset)
{
  Entry *entry = g_new0 (Entry, 1);
  const char *name;
  g_autoptr (GVariant) sizes = NULL;

  g_variant_get (
      fields, "(&ss@att)", &name, &entry->algorithm, &sizes, &entry->checksum);
  entry->offset = *offset;
  entry->n_parts = g_variant_n_children (sizes);
  g_tree_insert (packed->entries, g_strdup (name), entry);
  if (entry->n_parts > SIAMBAN_MAX_PARTS)
    return FALSE;
  for (gsize i = 0; i < entry->n_parts; i++) {
    g_variant_get_child (sizes, i, "t", &entry->sizes[i]);
    if (entry->sizes[i] > file_size - *offset)
      return FALSE;
    *offset += entry->sizes[i];
  }
  return TRUE;
}

static gboolean
add_entries (
    SiambanPacked *packed, GVariant *header, guint64 file_size, guint64 offset)
{
  const char *key;
  g_autoptr (GVariant) list = NULL;

  if (!g_variant_is_normal_form (header))
    return FALSE;
  g_variant_get (header, "(&s@a" CONV_TYPE ")", &key, &list);
  if (!g_str_equal (key, packed->key))
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (list); i++) {
    g_autoptr (GVariant) fields = g_variant_get_child_value (list, i);

    if (!add_entry (packed, fields, file_size, &offset))
      return FALSE;
  }
  return offset == file_size;
}

static gboolean
read_table (SiambanPacked *packed)
{
  struct stat st;
  guint64 offset;

  if (fstat (packed->fd, &st) < 0 || !S_ISREG (st.st_mode))
    return FALSE;
  g_autoptr (GVariant) header = read_header (packed->fd, st.st_size, &offset);
  return header && add_entries (packed, header, st.st_size, offset);
}

SiambanPacked *
siamban_packed_open (const char *path, const char *key)
{
  SiambanPacked *packed = g_new0 (SiambanPacked, 1);

  packed->path = g_strdup (path);
  packed->key = g_strdup (key);
  packed->entries = g_tree_new_full (packed_compare, NULL, g_free, entry_free);
  packed->state = XXH3_createState ();
  /* Opening a pipe would block. */
  packed->fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  if (packed->fd < 0) {
    g_debug ("%s: %s", path, g_strerror (errno));
  } else if (read_table (packed)) {
    posix_fadvise (packed->fd, 0, 0, POSIX_FADV_WILLNEED);
  } else {
    g_debug ("%s: not of this model, level and version, or damaged", path);
    g_tree_remove_all (packed->entries);
  }
  return packed;
}

void
siamban_packed_close (SiambanPacked *packed)
{
  if (!packed)
    return;
  if (packed->fd >= 0)
    g_close (packed->fd, NULL);
  XXH3_freeState (packed->state);
  g_tree_unref (packed->entries);
  g_free (packed->path);
  g_free (packed->key);
  g_free (packed);
}

static gboolean
read_part (SiambanPacked *packed, guint64 offset, const SiambanPart *part)
{
  for (gsize done = 0; done < part->size; done += CHUNK) {
    guint8 *to = (guint8 *)part->data + done;
    gsize size = MIN (CHUNK, part->size - done);

    if (!read_at (packed->fd, offset + done, to, size))
      return FALSE;
    XXH3_64bits_update (packed->state, to, size);
  }
  return TRUE;
}

static gboolean
read_entry (SiambanPacked *packed, const Entry *entry, const SiambanConv *conv)
{
  SiambanPart parts[SIAMBAN_MAX_PARTS];
  guint n = siamban_conv_parts (conv, parts);
  guint64 offset = entry->offset;

  if (!g_str_equal (entry->algorithm, siamban_conv_algorithm (conv)) ||
      entry->n_parts != n)
    return FALSE;
  XXH3_64bits_reset (packed->state);
  for (guint i = 0; i < n; i++) {
    if (entry->sizes[i] != parts[i].size ||
        !read_part (packed, offset, &parts[i]))
      return FALSE;
    offset += parts[i].size;
  }
  return XXH3_64bits_digest (packed->state) == entry->checksum;
}

gboolean
siamban_packed_read (
    SiambanPacked *packed, const char *name, const SiambanConv *conv)
{
  const Entry *entry = g_tree_lookup (packed->entries, name);

  if (entry && read_entry (packed, entry, conv))
    return TRUE;
  if (entry)
    g_debug ("%s: \"%s\" is damaged", packed->path, name);
  packed->missed = TRUE;
  return FALSE;
}

static GVariant *
list_conv (SiambanPacked *packed, const char *name, const SiambanConv *conv)
{
  SiambanPart parts[SIAMBAN_MAX_PARTS];
  guint n = siamban_conv_parts (conv, parts);
  GVariantBuilder sizes;

  g_variant_builder_init (&sizes, G_VARIANT_TYPE ("at"));
  XXH3_64bits_reset (packed->state);
  for (guint i = 0; i < n; i++) {
    g_variant_builder_add (&sizes, "t", (guint64)parts[i].size);
    XXH3_64bits_update (packed->state, parts[i].data, parts[i].size);
  }
  return g_variant_new (CONV_TYPE, name, siamban_conv_algorithm (conv), &sizes,
      (guint64)XXH3_64bits_digest (packed->state));
}

static GVariant *
make_header (SiambanPacked *packed, GHashTable *convs)
{
  GVariantBuilder list;
  GHashTableIter iter;
  gpointer name, conv;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a" CONV_TYPE));
  g_hash_table_iter_init (&iter, convs);
  while (g_hash_table_iter_next (&iter, &name, &conv))
    g_variant_builder_add_value (&list, list_conv (packed, name, conv));
  return g_variant_ref_sink (g_variant_new (HEADER_TYPE, packed->key, &list));
}

static gboolean
write_all (int fd, const void *data, gsize size)
{
  const guint8 *from = data;

  while (size > 0) {
    gssize n = write (fd, from, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    from += n;
    size -= n;
  }
  return TRUE;
}

static gboolean
write_header (int fd, GVariant *header)
{
  gsize size = g_variant_get_size (header);
  const void *data = g_variant_get_data (header);
  Prelude prelude = {
      MAGIC, SIAMBAN_PACKED_FORMAT, size, XXH3_64bits (data, size)};

  return write_all (fd, &prelude, sizeof prelude) && write_all (fd, data, size);
}

/* In the order of the header: the table does not change in between. */
static gboolean
write_convs (int fd, GHashTable *convs)
{
  GHashTableIter iter;
  gpointer conv;

  g_hash_table_iter_init (&iter, convs);
  while (g_hash_table_iter_next (&iter, NULL, &conv)) {
    SiambanPart parts[SIAMBAN_MAX_PARTS];
    guint n = siamban_conv_parts (conv, parts);

    for (guint i = 0; i < n; i++)
      if (!write_all (fd, parts[i].data, parts[i].size))
        return FALSE;
  }
  return TRUE;
}

static gboolean
write_file (SiambanPacked *packed, int fd, GHashTable *convs)
{
  g_autoptr (GVariant) header = make_header (packed, convs);

  return write_header (fd, header) && write_convs (fd, convs);
}

static gboolean
replace_file (SiambanPacked *packed, GHashTable *convs)
{
  SiambanReplace *file = siamban_replace_begin (packed->path);

  if (!file)
    return FALSE;
  if (write_file (packed, file->fd, convs))
    return siamban_replace_commit (file);
  siamban_replace_abandon (file);
  return FALSE;
}

gboolean
siamban_packed_missed (const SiambanPacked *packed)
{
  return packed->missed;
}

void
siamban_packed_save (SiambanPacked *packed, GHashTable *convs)
{
  g_autofree char *folder = NULL;

  if (!packed->missed)
    return;
  folder = g_path_get_dirname (packed->path);
  g_mkdir_with_parents (folder, 0700);
  if (!replace_file (packed, convs))
    g_warning ("%s: packed weights are not kept: %s", packed->path,
        siamban_replace_reason (errno));
}
