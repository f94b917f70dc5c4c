/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/keep.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#include "siamban-build.h"

#define SUFFIX         ".packed"
#define DIGITS         64  /* of a file's name, hexadecimal */
#define PASSING        7   /* characters behind a name that is being written */
#define STALE_SECONDS  600 /* that long no one writes */
#define DEFAULT_MAX_MB 1024

static char *
file_name (const char *checkpoint, const char *config, const char *kind)
{
  g_autofree char *first = g_canonicalize_filename (checkpoint, NULL);
  g_autofree char *second =
      config ? g_canonicalize_filename (config, NULL) : g_strdup ("");
  g_autofree char *text = g_strjoin ("\n", first, second, kind, NULL);
  g_autofree char *sum =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strconcat (sum, SUFFIX, NULL);
}

/* NULL if the file is gone by now. */
static char *
describe_file (const char *path)
{
  GStatBuf st;

  if (g_stat (path, &st) < 0)
    return NULL;
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT
                          " %" G_GINT64_FORMAT ".%09ld %" G_GINT64_FORMAT
                          ".%09ld",
      (guint64)st.st_ino, (gint64)st.st_size, (gint64)st.st_mtim.tv_sec,
      (long)st.st_mtim.tv_nsec, (gint64)st.st_ctim.tv_sec,
      (long)st.st_ctim.tv_nsec);
}

SiambanPacked *
siamban_keep_open (const SiambanCheckpoint *checkpoint, const char *config,
    SiambanPrecision precision)
{
  const char *folder = g_getenv ("SIAMBAN_CACHE_DIR");
  const char *path = siamban_checkpoint_path (checkpoint);
  g_autofree char *identity = describe_file (path);
  g_autofree char *kind = NULL, *name = NULL, *digest = NULL, *key = NULL;
  g_autofree char *file = NULL;

  if (!folder || *folder == '\0' || !identity)
    return NULL;
  kind = g_strjoin (" ", siamban_cpu_name (siamban_cpu_level ()),
      siamban_precision_name (precision), NULL);
  name = file_name (path, config, kind);
  file = g_build_filename (folder, name, NULL);
  digest = siamban_checkpoint_digest (checkpoint, NULL);
  if (!digest)
    return NULL;
  key = g_strjoin ("\n", SIAMBAN_VERSION, kind, identity, digest, NULL);
  utime (file, NULL); /* what is used last goes last */
  return siamban_packed_open (file, key);
}

/* A file of ours in the folder. */
typedef struct
{
  char *path;
  gint64 size, used;
} Kept;

static void
kept_clear (gpointer data)
{
  g_free (((Kept *)data)->path);
}

/* The length of the name without what @name has behind it; 0 if it is not one
 * that file_name() makes. A name may have a dot in front while it is passing.
 */
static gsize
match_name (const char *name)
{
  gsize dot = name[0] == '.', n = strspn (name + dot, "0123456789abcdef");

  return n == DIGITS && g_str_has_prefix (name + dot + n, SUFFIX)
             ? dot + n + strlen (SUFFIX)
             : 0;
}

/* Lists a file that is kept; removes one whose writer must have been killed. */
static void
take_file (GArray *files, const char *folder, const char *name)
{
  gsize length = match_name (name);
  Kept kept = {.path = g_build_filename (folder, name, NULL)};
  GStatBuf st;

  if (length > 0 && g_lstat (kept.path, &st) == 0 && S_ISREG (st.st_mode)) {
    kept.size = st.st_size;
    kept.used = st.st_mtime;
    if (name[length] == '\0' && name[0] != '.') {
      g_array_append_val (files, kept);
      return;
    }
    if (strlen (name) == length + PASSING &&
        g_get_real_time () / G_USEC_PER_SEC - kept.used > STALE_SECONDS)
      g_unlink (kept.path);
  }
  g_free (kept.path);
}

static gint
compare_use (gconstpointer a, gconstpointer b)
{
  const Kept *x = a, *y = b;

  return (x->used < y->used) - (x->used > y->used);
}

static gint64
max_bytes (void)
{
  const char *text = g_getenv ("SIAMBAN_CACHE_MAX_MB");
  guint64 n = DEFAULT_MAX_MB;

  if (text && !g_ascii_string_to_unsigned (text, 10, 0, 1 << 30, &n, NULL))
    g_warning ("SIAMBAN_CACHE_MAX_MB=%s: expected a number", text);
  return (gint64)n << 20;
}

void
siamban_keep_tidy (void)
{
  const char *folder = g_getenv ("SIAMBAN_CACHE_DIR"), *name;
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (Kept));
  g_autoptr (GDir) dir =
      folder && *folder ? g_dir_open (folder, 0, NULL) : NULL;
  gint64 total = 0, most = max_bytes ();

  g_array_set_clear_func (files, kept_clear);
  while (dir && (name = g_dir_read_name (dir)))
    take_file (files, folder, name);
  g_array_sort (files, compare_use);
  for (guint i = 0; i < files->len; i++) {
    const Kept *kept = &g_array_index (files, Kept, i);

    total += kept->size;
    if (total > most)
      g_unlink (kept->path);
  }
}
