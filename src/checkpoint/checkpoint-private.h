/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CHECKPOINT_PRIVATE_H
#define SIAMBAN_CHECKPOINT_PRIVATE_H

#include "checkpoint/checkpoint.h"

#include <string.h>

/* More tensors, storages or archive entries than this are an attack and not a
 * network. */
#define SIAMBAN_MAX_ENTRIES (1u << 17)

/* The longest pickle, or directory of an archive, that is looked at. */
#define SIAMBAN_MAX_INDEX (1u << 28)

/* Bytes in memory. */
typedef struct
{
  const guint8 *data;
  gsize size;
} SiambanBytes;

/* Bytes in the file. */
typedef struct
{
  guint64 offset, size;
} SiambanExtent;

/* Names come from the file: tables of them are ordered, as those that are
 * hashed can be made slow by names that are chosen for it. */
struct _SiambanCheckpoint
{
  SiambanFile *file;
  SiambanCheckpointKind kind;
  GArray *tensors;     /* SiambanTensor */
  GStringChunk *names; /* what tensors' names point into */
  GTree *by_name;      /* name -> index + 1, as a pointer */
  GTree *metadata;     /* char * -> char * */
  GStrv foreign;       /* or NULL */
  guint64 n_bytes;     /* that all tensors so far view */
  GArray *sums;        /* SiambanSum of each entry of an archive, or NULL */
};

/* What an archive says of bytes of it. */
typedef struct
{
  SiambanExtent extent;
  guint32 crc;
} SiambanSum;

/* The readers of each form. They append to the checkpoint's tensors by
 * siamban_checkpoint_add(). */
gboolean siamban_zip_checkpoint_read (
    SiambanCheckpoint *checkpoint, GError **error);
gboolean siamban_legacy_checkpoint_read (
    SiambanCheckpoint *checkpoint, GError **error);
gboolean siamban_safetensors_read (
    SiambanCheckpoint *checkpoint, GError **error);

/* Takes a copy of @tensor, with @name of @length bytes as its name: refused if
 * it is empty or not UTF-8, if there is one of that name, or if the tensors
 * together view far more bytes than the file has. */
gboolean siamban_checkpoint_add (SiambanCheckpoint *checkpoint,
    const SiambanTensor *tensor, const char *name, gsize length,
    GError **error);

/* Sets n_elements from n_dims and shape. FALSE if they are too many for their
 * bytes to be counted. */
gboolean siamban_tensor_count (SiambanTensor *tensor);
gboolean siamban_tensor_is_contiguous (const SiambanTensor *tensor);
void siamban_tensor_set_contiguous (SiambanTensor *tensor);

/* Bytes of the file from the first element to the last; no overflow. */
guint64 siamban_tensor_reach (const SiambanTensor *tensor);

/* What a refusal of a file says, at most 80 bytes of @text, escaped. */
char *siamban_quote (const char *text, gsize length);

/* Sets SIAMBAN_ERROR_CHECKPOINT and returns FALSE. The path is put in front by
 * siamban_checkpoint_open(). */
gboolean siamban_refuse (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* strcmp(), for a GTree. */
gint siamban_compare_names (gconstpointer a, gconstpointer b, gpointer data);

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
