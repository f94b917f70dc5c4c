/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CHECKPOINT_H
#define SIAMBAN_CHECKPOINT_H

#include "base/file.h"

/* A checkpoint is a set of named tensors in a file. It is read without running
 * any code from it: of pickle, what a state_dict needs is understood, and all
 * else is passed by without being built. What no network asks for is not
 * judged. Names have lost the "module.", "model." and "_orig_mod." that
 * wrappers put before them, and the "state_dict" level; what lies beside it is
 * not kept. Files are little-endian; big-endian ones are refused. */

#define SIAMBAN_MAX_DIMS 8

typedef enum
{
  SIAMBAN_DTYPE_F32,
  SIAMBAN_DTYPE_F16,
  SIAMBAN_DTYPE_BF16,
  SIAMBAN_DTYPE_I64,
  SIAMBAN_DTYPE_F64,
  SIAMBAN_DTYPE_I32,
  SIAMBAN_DTYPE_I16,
  SIAMBAN_DTYPE_I8,
  SIAMBAN_DTYPE_U8,
  SIAMBAN_DTYPE_U16,
  SIAMBAN_DTYPE_U32,
  SIAMBAN_DTYPE_U64,
  SIAMBAN_DTYPE_BOOL,
  SIAMBAN_DTYPE_F8_E4M3,
  SIAMBAN_DTYPE_F8_E5M2,
  SIAMBAN_DTYPE_C64,
  SIAMBAN_DTYPE_C128,
  /* No numbers that are known: None, a text, a type of another day. It has
   * neither shape nor elements. */
  SIAMBAN_DTYPE_OTHER
} SiambanDtype;

#define SIAMBAN_N_DTYPES (SIAMBAN_DTYPE_OTHER + 1)

typedef struct _SiambanCheckpoint SiambanCheckpoint;

/* One tensor. The first element is at @offset in the file; @strides count
 * elements; every element that shape and strides reach is inside the file. */
typedef struct
{
  const char *name;
  SiambanDtype dtype;
  const char *type; /* "float32", "None" ...; escaped */
  unsigned n_dims;
  guint64 shape[SIAMBAN_MAX_DIMS];
  guint64 strides[SIAMBAN_MAX_DIMS];
  guint64 n_elements;
  const SiambanFile *file;
  guint64 offset;
} SiambanTensor;

typedef enum
{
  SIAMBAN_CHECKPOINT_ZIP,    /* torch.save since 1.6 */
  SIAMBAN_CHECKPOINT_LEGACY, /* torch.save before: pickles, raw storages */
  SIAMBAN_CHECKPOINT_SAFETENSORS
} SiambanCheckpointKind;

/* Reads the names and places of tensors, not their numbers. Returns NULL with
 * @error of SIAMBAN_ERROR_IO or _CHECKPOINT. */
SiambanCheckpoint *siamban_checkpoint_open (const char *path, GError **error);
void siamban_checkpoint_close (SiambanCheckpoint *checkpoint);

const char *siamban_checkpoint_path (const SiambanCheckpoint *checkpoint);
SiambanCheckpointKind siamban_checkpoint_kind (
    const SiambanCheckpoint *checkpoint);

/* "float32" ...; of OTHER, "other". */
const char *siamban_dtype_name (SiambanDtype dtype);
/* What safetensors calls it, "F32" ..., or NULL if it has no name for it. */
const char *siamban_dtype_code (SiambanDtype dtype);
/* Bytes of one element; of OTHER, 0. */
gsize siamban_dtype_size (SiambanDtype dtype);
/* Whether the numbers are such as a network computes with. */
gboolean siamban_dtype_is_float (SiambanDtype dtype);

/* In the file's order, for index < n. */
guint siamban_checkpoint_n_tensors (const SiambanCheckpoint *checkpoint);
const SiambanTensor *siamban_checkpoint_nth (
    const SiambanCheckpoint *checkpoint, guint index);

/* NULL if there is no such tensor. */
const SiambanTensor *siamban_checkpoint_find (
    const SiambanCheckpoint *checkpoint, const char *name);

/* The string under @key in a safetensors header's __metadata__, or NULL. */
const char *siamban_checkpoint_metadata (
    const SiambanCheckpoint *checkpoint, const char *key);

/* What a pickle asked for beside tensors, "collections.Counter" ..., escaped;
 * it was passed by. Empty or the first few, NULL-terminated; owned by
 * @checkpoint.
 */
const char *const *siamban_checkpoint_foreign (
    const SiambanCheckpoint *checkpoint);

/* Reads the whole file and compares with the checksums in it, of which only an
 * archive (ZIP) has some. FALSE with @error naming what is damaged. */
gboolean siamban_checkpoint_verify (
    const SiambanCheckpoint *checkpoint, GError **error);

/* A text that changes with the names, shapes and types of the tensors and with
 * the first numbers of each: files that were trained differently have different
 * ones, and little of a file is read for it. Transfer full; NULL with @error of
 * SIAMBAN_ERROR_IO. */
char *siamban_checkpoint_digest (
    const SiambanCheckpoint *checkpoint, GError **error);

/* Reads the n_elements, in row-major order, as floats: integers and doubles are
 * rounded, bool is 0 and 1. Not of float8, complex and OTHER. FALSE with @error
 * of SIAMBAN_ERROR_IO, @out being anything. */
gboolean siamban_tensor_read_f32 (
    const SiambanTensor *tensor, float *out, GError **error);
/* As siamban_tensor_read_f32(), in the tensor's own dtype. */
gboolean siamban_tensor_read_raw (
    const SiambanTensor *tensor, void *out, GError **error);

/* What siamban_safetensors_write() is given: row-major, little-endian. */
typedef struct
{
  const char *name;
  SiambanDtype dtype; /* that has a code */
  unsigned n_dims;
  guint64 shape[SIAMBAN_MAX_DIMS];
  const void *data;            /* or NULL: as it is in @tensor */
  const SiambanTensor *tensor; /* of this dtype and shape */
} SiambanTensorSource;

/* Writes a safetensors file whole or not at all, as base/replace.h says.
 * @metadata: NULL-terminated key, value, key, value... or NULL. */
gboolean siamban_safetensors_write (const char *path,
    const SiambanTensorSource *tensors, guint n_tensors,
    const char *const *metadata, GError **error);

/* As siamban_safetensors_write(), to the open file @fd, which stays open.
 * @path: for @error. */
gboolean siamban_safetensors_write_to (int fd, const char *path,
    const SiambanTensorSource *tensors, guint n_tensors,
    const char *const *metadata, GError **error);

#endif
