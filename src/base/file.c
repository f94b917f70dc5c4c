/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct _SiambanFile
{
  char *path;
  int fd;
  guint64 size;
};

static int
file_refuse (const char *path, const char *reason, GError **error)
{
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s: %s", path, reason);
  return -1;
}

/* Opening a device may do something, and opening a pipe would block: it is
 * looked at before and, as it may be another by then, after. */
static int
open_regular (const char *path, guint64 *size, GError **error)
{
  struct stat st;
  int fd;

  if (stat (path, &st) < 0)
    return file_refuse (path, g_strerror (errno), error);
  if (!S_ISREG (st.st_mode))
    return file_refuse (path, "expected a regular file", error);
  fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
  if (fd < 0)
    return file_refuse (path, g_strerror (errno), error);
  if (fstat (fd, &st) < 0 || !S_ISREG (st.st_mode)) {
    g_close (fd, NULL);
    return file_refuse (path, "expected a regular file", error);
  }
  *size = st.st_size;
  return fd;
}

SiambanFile *
siamban_file_open (const char *path, GError **error)
{
  guint64 size = 0;
  int fd = open_regular (path, &size, error);
  SiambanFile *file;

  if (fd < 0)
    return NULL;
  file = g_new (SiambanFile, 1);
  *file = (SiambanFile){g_strdup (path), fd, size};
  return file;
}

void
siamban_file_close (SiambanFile *file)
{
  g_close (file->fd, NULL);
  g_free (file->path);
  g_free (file);
}

const char *
siamban_file_path (const SiambanFile *file)
{
  return file->path;
}

guint64
siamban_file_size (const SiambanFile *file)
{
  return file->size;
}

gboolean
siamban_file_read (const SiambanFile *file, guint64 offset, void *out,
    gsize size, GError **error)
{
  guint8 *to = out;

  while (size > 0) {
    gssize n = pread (file->fd, to, size, offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s",
          n < 0 ? g_strerror (errno)
                : "ends too early: it was cut off while it was read");
      return FALSE;
    }
    to += n;
    offset += n;
    size -= n;
  }
  return TRUE;
}

guint8 *
siamban_file_load (
    const SiambanFile *file, guint64 offset, gsize size, GError **error)
{
  g_autofree guint8 *data = g_try_malloc (MAX (size, 1));

  if (!data) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "%" G_GSIZE_FORMAT " bytes of it do not fit into memory", size);
    return NULL;
  }
  if (!siamban_file_read (file, offset, data, size, error))
    return NULL;
  return g_steal_pointer (&data);
}
