/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/checkpoint-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

#define ALIGNMENT 8

static guint64
n_bytes (const SiambanTensorSource *source)
{
  guint64 n = siamban_dtype_size (source->dtype);

  for (unsigned i = 0; i < source->n_dims; i++)
    n *= source->shape[i];
  return n;
}

static void
add_metadata (JsonBuilder *builder, const char *const *metadata)
{
  json_builder_set_member_name (builder, "__metadata__");
  json_builder_begin_object (builder);
  for (; metadata[0] != NULL; metadata += 2) {
    json_builder_set_member_name (builder, metadata[0]);
    json_builder_add_string_value (builder, metadata[1]);
  }
  json_builder_end_object (builder);
}

static void
add_tensor (
    JsonBuilder *builder, const SiambanTensorSource *source, guint64 offset)
{
  json_builder_set_member_name (builder, source->name);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "dtype");
  json_builder_add_string_value (builder, siamban_dtype_code (source->dtype));
  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  for (unsigned i = 0; i < source->n_dims; i++)
    json_builder_add_int_value (builder, (gint64)source->shape[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "data_offsets");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, (gint64)offset);
  json_builder_add_int_value (builder, (gint64)(offset + n_bytes (source)));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* The length of the header, and the header, padded so that data are aligned. */
static GString *
make_header (const SiambanTensorSource *tensors, guint n_tensors,
    const char *const *metadata)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  GString *header = g_string_new_len ("\0\0\0\0\0\0\0\0", 8);
  guint64 offset = 0, length;

  json_builder_begin_object (builder);
  if (metadata != NULL)
    add_metadata (builder, metadata);
  for (guint i = 0; i < n_tensors; i++) {
    add_tensor (builder, &tensors[i], offset);
    offset += n_bytes (&tensors[i]);
  }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  g_string_append (header, text);
  while (header->len % ALIGNMENT != 0)
    g_string_append_c (header, ' ');
  length = GUINT64_TO_LE (header->len - 8);
  memcpy (header->str, &length, sizeof length);
  return header;
}

static gboolean
write_all (FILE *file, const GString *header,
    const SiambanTensorSource *tensors, guint n_tensors)
{
  if (fwrite (header->str, 1, header->len, file) != header->len)
    return FALSE;
  for (guint i = 0; i < n_tensors; i++) {
    gsize size = n_bytes (&tensors[i]);

    if (size > 0 && fwrite (tensors[i].data, 1, size, file) != size)
      return FALSE;
  }
  return fflush (file) == 0 && g_fsync (fileno (file)) == 0;
}

/* Writes the open file @fd, and closes it. errno says why it failed. */
static gboolean
fill_file (int fd, const SiambanTensorSource *tensors, guint n_tensors,
    const char *const *metadata)
{
  FILE *file = fdopen (fd, "wb");
  GString *header;
  gboolean written;
  int reason;

  if (file == NULL) {
    g_close (fd, NULL);
    return FALSE;
  }
  header = make_header (tensors, n_tensors, metadata);
  written = write_all (file, header, tensors, n_tensors);
  reason = errno;
  g_string_free (header, TRUE);
  if (fclose (file) != 0)
    return FALSE;
  errno = reason;
  return written;
}

gboolean
siamban_safetensors_write (const char *path, const SiambanTensorSource *tensors,
    guint n_tensors, const char *const *metadata, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0666);
  int reason;

  if (fd >= 0 && fill_file (fd, tensors, n_tensors, metadata) &&
      g_rename (temporary, path) == 0)
    return TRUE;
  reason = errno;
  if (fd >= 0)
    g_unlink (temporary);
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s: %s", path,
      g_strerror (reason));
  return FALSE;
}
