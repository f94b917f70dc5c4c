/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LINKS 40

/* Where the symbolic links at @path lead, to a file that need not be there. */
static char *
follow_links (const char *path)
{
  g_autofree char *at = g_strdup (path);

  for (int i = 0; i < MAX_LINKS; i++) {
    g_autofree char *link = g_file_read_link (at, NULL);
    g_autofree char *folder = NULL;

    if (!link)
      return g_steal_pointer (&at);
    folder = g_path_get_dirname (at);
    g_free (at);
    at = g_path_is_absolute (link) ? g_steal_pointer (&link)
                                   : g_build_filename (folder, link, NULL);
  }
  errno = ELOOP;
  return NULL;
}

static char *
passing_name (const char *target)
{
  g_autofree char *folder = g_path_get_dirname (target);
  g_autofree char *name = g_path_get_basename (target);
  g_autofree char *hidden = g_strdup_printf (".%s.XXXXXX", name);

  return g_build_filename (folder, hidden, NULL);
}

/* *@mode is that of the file at @target, or 0 if there is none. */
static gboolean
look_at_target (const char *target, mode_t *mode)
{
  struct stat st;

  *mode = 0;
  if (stat (target, &st) < 0)
    return errno == ENOENT;
  if (!S_ISREG (st.st_mode)) {
    errno = EEXIST;
    return FALSE;
  }
  *mode = st.st_mode & 0777;
  return TRUE;
}

SiambanReplace *
siamban_replace_begin (const char *path)
{
  g_autofree char *target = follow_links (path);
  g_autofree char *temporary = NULL;
  SiambanReplace *replace;
  mode_t mode;
  int fd;

  if (!target || !look_at_target (target, &mode))
    return NULL;
  temporary = passing_name (target);
  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0666);
  if (fd < 0)
    return NULL;
  replace = g_new (SiambanReplace, 1);
  *replace = (SiambanReplace){
      g_steal_pointer (&temporary), g_steal_pointer (&target), fd};
  if (mode != 0 && fchmod (fd, mode) < 0) {
    siamban_replace_abandon (replace);
    return NULL;
  }
  return replace;
}

static void
replace_free (SiambanReplace *replace)
{
  g_free (replace->temporary);
  g_free (replace->target);
  g_free (replace);
}

gboolean
siamban_replace_commit (SiambanReplace *replace)
{
  int fd = replace->fd;

  replace->fd = -1;
  if (fd >= 0 && close (fd) < 0) {
    siamban_replace_abandon (replace);
    return FALSE;
  }
  if (g_rename (replace->temporary, replace->target) < 0) {
    siamban_replace_abandon (replace);
    return FALSE;
  }
  replace_free (replace);
  return TRUE;
}

void
siamban_replace_abandon (SiambanReplace *replace)
{
  int reason = errno;

  if (replace->fd >= 0)
    close (replace->fd);
  g_unlink (replace->temporary);
  replace_free (replace);
  errno = reason;
}

const char *
siamban_replace_reason (int code)
{
  return code == EEXIST ? "is there and is no regular file: not replaced"
                        : g_strerror (code);
}
