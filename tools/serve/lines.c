/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define MOST_WAITING 256

struct ServeLines
{
  FILE *file;
  GAsyncQueue *queue; /* of lines; the last is empty */
  GThread *thread;
  guint left_out;
};

static gboolean
write_line (FILE *file, const char *line)
{
  return fputs (line, file) >= 0 && fputc ('\n', file) >= 0 &&
         fflush (file) == 0;
}

static gpointer
write_all (gpointer data)
{
  ServeLines *self = data;
  gboolean works = TRUE, more;

  do {
    g_autofree char *line = g_async_queue_pop (self->queue);

    more = *line != '\0';
    if (more && works && !write_line (self->file, line)) {
      g_printerr ("siamban-serve: --json: %s\n", g_strerror (errno));
      works = FALSE;
    }
  } while (more);
  return NULL;
}

/* The descriptor stays its owner's; children do not inherit the copy. */
static FILE *
open_descriptor (int fd)
{
  const int copy = fcntl (fd, F_DUPFD_CLOEXEC, 3);

  return copy >= 0 ? fdopen (copy, "w") : NULL;
}

static FILE *
open_lines (const char *path)
{
  guint64 fd;

  if (g_str_equal (path, "-"))
    return open_descriptor (STDOUT_FILENO);
  if (!g_str_has_prefix (path, "fd:"))
    return g_fopen (path, "we");
  if (g_ascii_string_to_unsigned (path + 3, 10, 0, G_MAXINT, &fd, NULL))
    return open_descriptor ((int)fd);
  errno = EBADF;
  return NULL;
}

ServeLines *
serve_lines_new (const char *path, GError **error)
{
  FILE *file = open_lines (path);
  ServeLines *self;

  if (!file) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
        "--json %s: %s", path, g_strerror (errno));
    return NULL;
  }
  self = g_new0 (ServeLines, 1);
  self->file = file;
  self->queue = g_async_queue_new_full (g_free);
  self->thread = g_thread_new ("lines", write_all, self);
  return self;
}

void
serve_lines_free (ServeLines *self)
{
  if (!self)
    return;
  g_async_queue_push (self->queue, g_strdup (""));
  g_thread_join (self->thread);
  g_async_queue_unref (self->queue);
  fclose (self->file);
  if (self->left_out > 0)
    g_printerr ("siamban-serve: %u JSON lines were left out: their reader was "
                "too slow\n",
        self->left_out);
  g_free (self);
}

void
serve_lines_send (ServeLines *self, const char *line)
{
  if (g_async_queue_length (self->queue) < MOST_WAITING)
    g_async_queue_push (self->queue, g_strdup (line));
  else
    self->left_out++;
}
