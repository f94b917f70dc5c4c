/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CHECKPOINT_H
#define SIAMBAN_CHECKPOINT_H

#include <siamban/error.h>

/* A checkpoint is a set of named tensors in a memory-mapped file. It is read
 * without running any code from it: of pickle, only what a state_dict needs is
 * understood, everything else is refused by name. Names have lost a leading
 * "module." and the "state_dict" level; what lies beside it is not kept. Files
 * are little-endian; big-endian ones are refused. */

#define SIAMBAN_MAX_DIMS 8

typedef enum
{
  SIAMBAN_DTYPE_F32,
  SIAMBAN_DTYPE_F16,
  SIAMBAN_DTYPE_BF16,
  SIAMBAN_DTYPE_I64
} SiambanDtype;

typedef struct _SiambanCheckpoint SiambanCheckpoint;

/* One tensor. @data points into the mapping at the first element, not
 * necessarily aligned; @strides count elements; every element that shape and
 * strides reach is inside the file. */
typedef struct
{
  const char *name;
  SiambanDtype dtype;
  unsigned n_dims;
  guint64 shape[SIAMBAN_MAX_DIMS];
  guint64 strides[SIAMBAN_MAX_DIMS];
  guint64 n_elements;
  const guint8 *data;
} SiambanTensor;

typedef enum
{
  SIAMBAN_CHECKPOINT_ZIP,    /* torch.save since 1.6 */
  SIAMBAN_CHECKPOINT_LEGACY, /* torch.save before: pickles, raw storages */
  SIAMBAN_CHECKPOINT_SAFETENSORS
} SiambanCheckpointKind;

/* The file must not change while it is open. Returns NULL with @error of
 * SIAMBAN_ERROR_IO or _CHECKPOINT. */
SiambanCheckpoint *siamban_checkpoint_open (const char *path, GError **error);
void siamban_checkpoint_close (SiambanCheckpoint *checkpoint);

const char *siamban_checkpoint_path (const SiambanCheckpoint *checkpoint);
SiambanCheckpointKind siamban_checkpoint_kind (
    const SiambanCheckpoint *checkpoint);
const char *siamban_dtype_name (SiambanDtype dtype);

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

/* A text that changes with the names, shapes and types of the tensors and with
 * the first numbers of each: files that were trained differently have different
 * ones, and little of a file is read for it. Transfer full. */
char *siamban_checkpoint_digest (const SiambanCheckpoint *checkpoint);

/* Writes n_elements floats, in row-major order. */
void siamban_tensor_read_f32 (const SiambanTensor *tensor, float *out);

/* Lets the system take back the memory that holds a tensor's part of the file;
 * reading it again is slower, and still right. */
void siamban_tensor_forget (const SiambanTensor *tensor);

/* What siamban_safetensors_write() is given: row-major, little-endian. */
typedef struct
{
  const char *name;
  SiambanDtype dtype;
  unsigned n_dims;
  guint64 shape[SIAMBAN_MAX_DIMS];
  const void *data;
} SiambanTensorSource;

/* Writes a safetensors file whole or not at all (temporary file, rename).
 * @metadata: NULL-terminated key, value, key, value... or NULL. */
gboolean siamban_safetensors_write (const char *path,
    const SiambanTensorSource *tensors, guint n_tensors,
    const char *const *metadata, GError **error);

#endif
