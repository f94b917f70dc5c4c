/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/keep.h"

#include <glib/gstdio.h>

#include "siamban-build.h"

static char *
file_name (const char *checkpoint, const char *config, const char *kind)
{
  g_autofree char *first = g_canonicalize_filename (checkpoint, NULL);
  g_autofree char *second =
      config ? g_canonicalize_filename (config, NULL) : g_strdup ("");
  g_autofree char *text = g_strjoin ("\n", first, second, kind, NULL);
  g_autofree char *sum =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strdup_printf ("%s.packed", sum);
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

  if (folder == NULL || *folder == '\0' || identity == NULL)
    return NULL;
  kind = g_strjoin (" ", siamban_cpu_name (siamban_cpu_level ()),
      siamban_precision_name (precision), NULL);
  name = file_name (path, config, kind);
  file = g_build_filename (folder, name, NULL);
  digest = siamban_checkpoint_digest (checkpoint, NULL);
  if (!digest)
    return NULL;
  key = g_strjoin ("\n", SIAMBAN_VERSION, kind, identity, digest, NULL);
  return siamban_packed_open (file, key);
}
