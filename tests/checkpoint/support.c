/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "support.h"

#include <glib/gstdio.h>

char *
fixture_path (const char *name)
{
  return g_test_build_filename (
      G_TEST_DIST, "checkpoint", "fixtures", name, NULL);
}

GByteArray *
fixture_bytes (const char *name)
{
  g_autofree char *path = fixture_path (name);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_byte_array_new_take ((guint8 *)data, size);
}

GByteArray *
safetensors_bytes (const char *header, gssize length)
{
  guint64 size = length < 0 ? strlen (header) : (gsize)length;
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (guint8 *)&size, sizeof size);
  return g_byte_array_append (bytes, (const guint8 *)header, size);
}

char *
scratch_new (void)
{
  g_autoptr (GError) error = NULL;
  char *path;
  int fd = g_file_open_tmp ("siamban-XXXXXX.pth", &path, &error);

  g_assert_no_error (error);
  g_close (fd, &error);
  g_assert_no_error (error);
  return path;
}

void
scratch_fill (const char *path, const void *data, gsize size)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (
      path, data, size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

void
scratch_free (char *path)
{
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_free (path);
}

SiambanCheckpoint *
open_well (const char *path)
{
  g_autoptr (GError) error = NULL;
  SiambanCheckpoint *checkpoint = siamban_checkpoint_open (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (siamban_checkpoint_path (checkpoint), ==, path);
  check_tensors (checkpoint);
  return checkpoint;
}

void
open_badly (const char *path, SiambanError code, const char *part)
{
  g_autoptr (GError) error = NULL;
  SiambanCheckpoint *checkpoint = siamban_checkpoint_open (path, &error);

  g_assert_error (error, SIAMBAN_ERROR, (int)code);
  g_assert_null (checkpoint);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, path));
  if (!strstr (error->message, part))
    g_test_fail_printf ("expected '%s' in: %s", part, error->message);
}

static void
check_reach (const SiambanTensor *tensor, guint64 file_size)
{
  __extension__ typedef unsigned __int128 Wide;
  Wide last = tensor->offset, n = tensor->dtype != SIAMBAN_DTYPE_OTHER;

  for (unsigned i = 0; i < tensor->n_dims; i++)
    n *= tensor->shape[i];
  g_assert_true (n == tensor->n_elements);
  if (n == 0)
    return;
  for (unsigned i = 0; i < tensor->n_dims; i++)
    last += (Wide)(tensor->shape[i] - 1) * tensor->strides[i] *
            siamban_dtype_size (tensor->dtype);
  g_assert_true (last + siamban_dtype_size (tensor->dtype) <= file_size);
}

void
check_tensors (const SiambanCheckpoint *checkpoint)
{
  for (guint i = 0; i < siamban_checkpoint_n_tensors (checkpoint); i++) {
    const SiambanTensor *tensor = siamban_checkpoint_nth (checkpoint, i);
    guint64 file_size = siamban_file_size (checkpoint->file);
    g_autofree float *floats = NULL;

    check_reach (tensor, file_size);
    g_assert_true (
        siamban_checkpoint_find (checkpoint, tensor->name) == tensor);
    g_assert_cmpuint (tensor->n_elements, <=, file_size);
    g_assert_cmpint (tensor->type[0], !=, '\0');
    floats = g_new (float, tensor->n_elements);
    g_assert_true (siamban_tensor_read_f32 (tensor, floats, NULL));
  }
}

float *
read_floats (const SiambanCheckpoint *checkpoint, const char *name, gsize n)
{
  const SiambanTensor *tensor = siamban_checkpoint_find (checkpoint, name);
  float *floats = g_new (float, n);

  g_assert_nonnull (tensor);
  g_assert_cmpuint (tensor->n_elements, ==, n);
  g_assert_true (siamban_tensor_read_f32 (tensor, floats, NULL));
  return floats;
}
