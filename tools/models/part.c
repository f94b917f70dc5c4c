/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "part.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"

#define SUFFIX ".part"
#define CHUNK  ((gsize)64 << 10)

static gboolean
fail (const char *path, GError **error)
{
  const int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path,
      g_strerror (code));
  return FALSE;
}

static gboolean
make_folder (const char *file, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (file);

  return g_mkdir_with_parents (folder, 0755) == 0 || fail (folder, error);
}

/* Whoever holds the lock may find that the one before it has renamed the file
 * meanwhile: then it is no longer what the path leads to. */
static gboolean
lock (Part *part, GError **error)
{
  GStatBuf named, opened;

  if (flock (part->fd, LOCK_EX | LOCK_NB) < 0 ||
      g_stat (part->path, &named) < 0 || fstat (part->fd, &opened) < 0 ||
      named.st_ino != opened.st_ino) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "%s: another process is fetching it", part->path);
    return FALSE;
  }
  part->size = (guint64)opened.st_size;
  if (S_ISREG (opened.st_mode))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
      "%s: expected a regular file", part->path);
  return FALSE;
}

Part *
part_open (const char *file, GError **error)
{
  g_autoptr (Part) part = g_new0 (Part, 1);

  part->file = g_strdup (file);
  part->path = g_strconcat (file, SUFFIX, NULL);
  part->fd = -1;
  if (!make_folder (file, error))
    return NULL;
  part->fd = g_open (part->path,
      O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
  if (part->fd < 0) {
    fail (part->path, error);
    return NULL;
  }
  return lock (part, error) ? g_steal_pointer (&part) : NULL;
}

void
part_close (Part *part)
{
  if (!part)
    return;
  if (part->fd >= 0) {
    if (part->size == 0)
      g_unlink (part->path);
    close (part->fd);
  }
  g_free (part->file);
  g_free (part->path);
  g_free (part);
}

gboolean
part_append (Part *part, const void *bytes, gsize size, GError **error)
{
  const char *rest = bytes;

  while (size > 0) {
    const gssize n = write (part->fd, rest, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail (part->path, error);
    rest += n;
    size -= (gsize)n;
    part->size += (guint64)n;
  }
  return TRUE;
}

gboolean
part_restart (Part *part, GError **error)
{
  if (ftruncate (part->fd, 0) < 0)
    return fail (part->path, error);
  part->size = 0;
  return TRUE;
}

char *
file_sha256 (const char *path, GError **error)
{
  g_autoptr (SiambanFile) file = siamban_file_open (path, error);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *bytes = g_malloc (CHUNK);
  const guint64 size = file ? siamban_file_size (file) : 0;

  if (!file)
    return NULL;
  for (guint64 at = 0; at < size;) {
    const gsize n = (gsize)MIN (CHUNK, size - at);

    if (!siamban_file_read (file, at, bytes, n, error)) {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
    g_checksum_update (sum, bytes, (gssize)n);
    at += n;
  }
  return g_strdup (g_checksum_get_string (sum));
}

gboolean
part_finish (Part *part, const char *sha256, GError **error)
{
  g_autofree char *found = file_sha256 (part->path, error);

  if (!found)
    return FALSE;
  if (!g_str_equal (found, sha256)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "what came is not the published file: its SHA-256 is %s, expected %s",
        found, sha256);
    part_restart (part, NULL);
    return FALSE;
  }
  if (fsync (part->fd) < 0 || g_rename (part->path, part->file) < 0)
    return fail (part->path, error);
  return TRUE;
}
