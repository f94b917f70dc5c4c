/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CHECKPOINT_PRIVATE_H
#define SIAMBAN_CHECKPOINT_PRIVATE_H

#include "checkpoint/checkpoint.h"

#include <string.h>

/* More tensors, storages or archive entries than this are an attack and not a
 * network. */
#define SIAMBAN_MAX_ENTRIES (1u << 17)

#define SIAMBAN_N_DTYPES (SIAMBAN_DTYPE_I64 + 1)

/* Bytes in the mapping. */
typedef struct
{
  const guint8 *data;
  gsize size;
} SiambanSpan;

struct _SiambanCheckpoint
{
  char *path;
  GMappedFile *mapping;
  SiambanSpan file;
  SiambanCheckpointKind kind;
  GArray *tensors;      /* SiambanTensor */
  GStringChunk *names;  /* what tensors' names point into */
  GHashTable *by_name;  /* name -> SiambanTensor *, once all are known */
  GHashTable *metadata; /* char * -> char * */
  guint64 n_bytes;      /* of all tensors so far */
};

/* The readers of each form. They append to the checkpoint's tensors by
 * siamban_checkpoint_add(). */
gboolean siamban_zip_checkpoint_read (
    SiambanCheckpoint *checkpoint, GError **error);
gboolean siamban_legacy_checkpoint_read (
    SiambanCheckpoint *checkpoint, GError **error);
gboolean siamban_safetensors_read (
    SiambanCheckpoint *checkpoint, GError **error);

/* Takes a copy of @tensor, with @name of @length bytes as its name: refused if
 * it is empty or not UTF-8, or if the tensors together view far more bytes than
 * the file has. */
gboolean siamban_checkpoint_add (SiambanCheckpoint *checkpoint,
    const SiambanTensor *tensor, const char *name, gsize length,
    GError **error);

/* Sets n_elements from n_dims and shape. FALSE if they are too many for their
 * bytes to be counted. */
gboolean siamban_tensor_count (SiambanTensor *tensor);
gboolean siamban_tensor_is_contiguous (const SiambanTensor *tensor);
void siamban_tensor_set_contiguous (SiambanTensor *tensor);

/* Writes the elements in row-major order, in the tensor's own dtype. */
void siamban_tensor_read_raw (const SiambanTensor *tensor, void *out);

/* What safetensors calls it, "F32" ... */
const char *siamban_dtype_code (SiambanDtype dtype);

/* Bytes of one element. */
gsize siamban_dtype_size (SiambanDtype dtype);

/* Sets SIAMBAN_ERROR_CHECKPOINT and returns FALSE. The path is put in front by
 * siamban_checkpoint_open(). */
gboolean siamban_refuse (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* The text in a form fit for an error message: escaped and not too long. */
char *siamban_quote (const char *text, gsize length);

static inline guint16
siamban_le16 (const guint8 *p)
{
  guint16 value;

  memcpy (&value, p, sizeof value);
  return GUINT16_FROM_LE (value);
}

static inline guint32
siamban_le32 (const guint8 *p)
{
  guint32 value;

  memcpy (&value, p, sizeof value);
  return GUINT32_FROM_LE (value);
}

static inline guint64
siamban_le64 (const guint8 *p)
{
  guint64 value;

  memcpy (&value, p, sizeof value);
  return GUINT64_FROM_LE (value);
}

#endif
