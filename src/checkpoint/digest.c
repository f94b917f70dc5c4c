/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/checkpoint-private.h"

/* Training changes all numbers of a tensor. */
#define SAMPLE 1024

static gboolean
add_tensor (GChecksum *checksum, const SiambanTensor *tensor, GError **error)
{
  gsize size = MAX (siamban_dtype_size (tensor->dtype), 1);
  guint64 n = MIN (tensor->n_elements, SAMPLE / size);
  const guint64 form[] = {tensor->dtype, tensor->n_dims, tensor->n_elements};
  guint8 sample[SAMPLE];

  if (!siamban_tensor_is_contiguous (tensor))
    n = MIN (n, 1);
  if (!siamban_file_read (
          tensor->file, tensor->offset, sample, n * size, error))
    return FALSE;
  g_checksum_update (
      checksum, (const guchar *)tensor->name, strlen (tensor->name) + 1);
  g_checksum_update (checksum, (const guchar *)form, sizeof form);
  g_checksum_update (checksum, (const guchar *)tensor->shape,
      tensor->n_dims * sizeof *tensor->shape);
  g_checksum_update (checksum, (const guchar *)tensor->strides,
      tensor->n_dims * sizeof *tensor->strides);
  g_checksum_update (checksum, sample, n * size);
  return TRUE;
}

char *
siamban_checkpoint_digest (const SiambanCheckpoint *checkpoint, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < siamban_checkpoint_n_tensors (checkpoint); i++)
    if (!add_tensor (checksum, siamban_checkpoint_nth (checkpoint, i), error)) {
      g_prefix_error (error, "%s: ", siamban_checkpoint_path (checkpoint));
      return NULL;
    }
  return g_strdup (g_checksum_get_string (checksum));
}
