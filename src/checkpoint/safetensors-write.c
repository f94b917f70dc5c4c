/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/checkpoint-private.h"

#include "base/json.h"
#include "base/replace.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

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
add_metadata (GString *header, const char *const *metadata)
{
  const char *separator = "\"__metadata__\":{";

  for (; metadata[0]; metadata += 2, separator = ",") {
    g_string_append (header, separator);
    siamban_json_append (header, metadata[0]);
    g_string_append_c (header, ':');
    siamban_json_append (header, metadata[1]);
  }
  g_string_append (header, g_str_equal (separator, ",") ? "}," : "");
}

static void
add_tensor (GString *header, const SiambanTensorSource *source, guint64 offset)
{
  siamban_json_append (header, source->name);
  g_string_append_printf (header, ":{\"dtype\":\"%s\",\"shape\":[",
      siamban_dtype_code (source->dtype));
  for (unsigned i = 0; i < source->n_dims; i++)
    g_string_append_printf (
        header, "%s%" G_GUINT64_FORMAT, i ? "," : "", source->shape[i]);
  g_string_append_printf (header,
      "],\"data_offsets\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]}",
      offset, offset + n_bytes (source));
}

/* The length of the header, and the header, padded so that data are aligned. */
static GString *
make_header (const SiambanTensorSource *tensors, guint n_tensors,
    const char *const *metadata)
{
  GString *header = g_string_new_len ("\0\0\0\0\0\0\0\0{", 9);
  guint64 offset = 0, length;

  if (metadata)
    add_metadata (header, metadata);
  for (guint i = 0; i < n_tensors; i++) {
    g_string_append (header, i ? "," : "");
    add_tensor (header, &tensors[i], offset);
    offset += n_bytes (&tensors[i]);
  }
  if (header->str[header->len - 1] == ',')
    g_string_truncate (header, header->len - 1);
  g_string_append_c (header, '}');
  while (header->len % ALIGNMENT != 0)
    g_string_append_c (header, ' ');
  length = GUINT64_TO_LE (header->len - 8);
  memcpy (header->str, &length, sizeof length);
  return header;
}

static gboolean
write_all (
    int fd, const char *path, const void *data, gsize size, GError **error)
{
  const guint8 *from = data;

  while (size > 0) {
    gssize n = write (fd, from, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s: %s", path,
          g_strerror (errno));
      return FALSE;
    }
    from += n;
    size -= n;
  }
  return TRUE;
}

static gboolean
write_source (
    int fd, const char *path, const SiambanTensorSource *source, GError **error)
{
  gsize size = n_bytes (source);
  g_autofree guint8 *data = NULL;

  if (source->data || size == 0)
    return write_all (fd, path, source->data, size, error);
  data = g_malloc (size);
  return siamban_tensor_read_raw (source->tensor, data, error) &&
         write_all (fd, path, data, size, error);
}

gboolean
siamban_safetensors_write_to (int fd, const char *path,
    const SiambanTensorSource *tensors, guint n_tensors,
    const char *const *metadata, GError **error)
{
  GString *header = make_header (tensors, n_tensors, metadata);
  gboolean fine = write_all (fd, path, header->str, header->len, error);

  g_string_free (header, TRUE);
  for (guint i = 0; fine && i < n_tensors; i++)
    fine = write_source (fd, path, &tensors[i], error);
  if (fine && g_fsync (fd) < 0) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s: %s", path,
        g_strerror (errno));
    return FALSE;
  }
  return fine;
}

static gboolean
refuse_file (const char *path, GError **error)
{
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s: %s", path,
      siamban_replace_reason (errno));
  return FALSE;
}

gboolean
siamban_safetensors_write (const char *path, const SiambanTensorSource *tensors,
    guint n_tensors, const char *const *metadata, GError **error)
{
  SiambanReplace *file = siamban_replace_begin (path);

  if (!file)
    return refuse_file (path, error);
  if (!siamban_safetensors_write_to (
          file->fd, path, tensors, n_tensors, metadata, error)) {
    siamban_replace_abandon (file);
    return FALSE;
  }
  return siamban_replace_commit (file) || refuse_file (path, error);
}
