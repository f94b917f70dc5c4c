/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/checkpoint-private.h"
#include "checkpoint/half.h"

#define CHUNK 65536

static const struct
{
  const char *name;
  const char *code; /* NULL: safetensors has none */
  gsize size;
} dtypes[SIAMBAN_N_DTYPES] = {
    [SIAMBAN_DTYPE_F32] = {"float32", "F32", 4},
    [SIAMBAN_DTYPE_F16] = {"float16", "F16", 2},
    [SIAMBAN_DTYPE_BF16] = {"bfloat16", "BF16", 2},
    [SIAMBAN_DTYPE_I64] = {"int64", "I64", 8},
    [SIAMBAN_DTYPE_F64] = {"float64", "F64", 8},
    [SIAMBAN_DTYPE_I32] = {"int32", "I32", 4},
    [SIAMBAN_DTYPE_I16] = {"int16", "I16", 2},
    [SIAMBAN_DTYPE_I8] = {"int8", "I8", 1},
    [SIAMBAN_DTYPE_U8] = {"uint8", "U8", 1},
    [SIAMBAN_DTYPE_U16] = {"uint16", "U16", 2},
    [SIAMBAN_DTYPE_U32] = {"uint32", "U32", 4},
    [SIAMBAN_DTYPE_U64] = {"uint64", "U64", 8},
    [SIAMBAN_DTYPE_BOOL] = {"bool", "BOOL", 1},
    [SIAMBAN_DTYPE_F8_E4M3] = {"float8_e4m3fn", "F8_E4M3", 1},
    [SIAMBAN_DTYPE_F8_E5M2] = {"float8_e5m2", "F8_E5M2", 1},
    [SIAMBAN_DTYPE_C64] = {"complex64", "C64", 8},
    [SIAMBAN_DTYPE_C128] = {"complex128", NULL, 16},
    [SIAMBAN_DTYPE_OTHER] = {"other", NULL, 0},
};

const char *
siamban_dtype_name (SiambanDtype dtype)
{
  return dtypes[dtype].name;
}

const char *
siamban_dtype_code (SiambanDtype dtype)
{
  return dtypes[dtype].code;
}

gsize
siamban_dtype_size (SiambanDtype dtype)
{
  return dtypes[dtype].size;
}

gboolean
siamban_dtype_is_float (SiambanDtype dtype)
{
  return dtype == SIAMBAN_DTYPE_F32 || dtype == SIAMBAN_DTYPE_F16 ||
         dtype == SIAMBAN_DTYPE_BF16 || dtype == SIAMBAN_DTYPE_F64;
}

gboolean
siamban_tensor_count (SiambanTensor *tensor)
{
  guint64 n = 1, n_bytes;

  for (unsigned i = 0; i < tensor->n_dims; i++)
    if (tensor->shape[i] == 0) {
      tensor->n_elements = 0;
      return TRUE;
    }
  for (unsigned i = 0; i < tensor->n_dims; i++)
    if (!g_uint64_checked_mul (&n, n, tensor->shape[i]))
      return FALSE;
  tensor->n_elements = n;
  return g_uint64_checked_mul (&n_bytes, n, siamban_dtype_size (tensor->dtype));
}

void
siamban_tensor_set_contiguous (SiambanTensor *tensor)
{
  guint64 stride = 1;

  for (unsigned i = tensor->n_dims; i-- > 0;) {
    tensor->strides[i] = stride;
    stride *= tensor->shape[i];
  }
}

gboolean
siamban_tensor_is_contiguous (const SiambanTensor *tensor)
{
  guint64 stride = 1;

  for (unsigned i = tensor->n_dims; i-- > 0;) {
    if (tensor->shape[i] != 1 && tensor->strides[i] != stride)
      return FALSE;
    stride *= tensor->shape[i];
  }
  return TRUE;
}

guint64
siamban_tensor_reach (const SiambanTensor *tensor)
{
  guint64 last = 0;

  if (tensor->n_elements == 0)
    return 0;
  for (unsigned i = 0; i < tensor->n_dims; i++)
    last += (tensor->shape[i] - 1) * tensor->strides[i];
  return (last + 1) * siamban_dtype_size (tensor->dtype);
}

/* Reads @n elements, @stride elements apart, as the floats or the bytes from
 * element @first of @out on. */
typedef void (*RowReader) (const guint8 *data, SiambanDtype dtype, guint64 n,
    guint64 stride, gpointer out, guint64 first);

static double
read_double (const guint8 *data)
{
  double value;

  memcpy (&value, data, sizeof value);
  return value;
}

static float
read_number (const guint8 *data, SiambanDtype dtype)
{
  switch (dtype) {
    case SIAMBAN_DTYPE_F32:
      return siamban_bits_float (siamban_le32 (data));
    case SIAMBAN_DTYPE_F16:
      return siamban_f16_to_f32 (siamban_le16 (data));
    case SIAMBAN_DTYPE_BF16:
      return siamban_bf16_to_f32 (siamban_le16 (data));
    case SIAMBAN_DTYPE_F64:
      return (float)read_double (data);
    case SIAMBAN_DTYPE_I64:
      return (float)(gint64)siamban_le64 (data);
    case SIAMBAN_DTYPE_I32:
      return (float)(gint32)siamban_le32 (data);
    case SIAMBAN_DTYPE_I16:
      return (gint16)siamban_le16 (data);
    case SIAMBAN_DTYPE_I8:
      return (gint8)data[0];
    case SIAMBAN_DTYPE_U64:
      return (float)siamban_le64 (data);
    case SIAMBAN_DTYPE_U32:
      return (float)siamban_le32 (data);
    case SIAMBAN_DTYPE_U16:
      return siamban_le16 (data);
    default:
      return data[0];
  }
}

static void
read_floats (const guint8 *data, SiambanDtype dtype, guint64 n, guint64 stride,
    gpointer out, guint64 first)
{
  float *to = (float *)out + first;
  gsize step = stride * siamban_dtype_size (dtype);

  for (guint64 i = 0; i < n; i++, data += step)
    to[i] = read_number (data, dtype);
}

static void
read_bytes (const guint8 *data, SiambanDtype dtype, guint64 n, guint64 stride,
    gpointer out, guint64 first)
{
  gsize size = siamban_dtype_size (dtype);
  guint8 *to = (guint8 *)out + first * size;

  for (guint64 i = 0; i < n; i++, data += stride * size)
    memcpy (to + i * size, data, size);
}

/* Steps to the next row of the last dimension, odometer-like. */
static guint64
next_row (const SiambanTensor *tensor, guint64 *index, guint64 offset)
{
  for (unsigned i = tensor->n_dims - 1; i-- > 0;) {
    offset += tensor->strides[i];
    if (++index[i] < tensor->shape[i])
      break;
    offset -= tensor->strides[i] * tensor->shape[i];
    index[i] = 0;
  }
  return offset;
}

/* All of the file that the tensor reaches over lies in memory at once: those of
 * other strides are views, and seldom. */
static gboolean
read_rows (const SiambanTensor *tensor, RowReader read_row, gpointer out,
    GError **error)
{
  g_autofree guint8 *data = siamban_file_load (
      tensor->file, tensor->offset, siamban_tensor_reach (tensor), error);
  gsize size = siamban_dtype_size (tensor->dtype);
  guint64 index[SIAMBAN_MAX_DIMS] = {0};
  guint64 offset = 0, length;

  if (!data)
    return FALSE;
  length = tensor->shape[tensor->n_dims - 1];
  for (guint64 done = 0; done < tensor->n_elements; done += length) {
    read_row (data + offset * size, tensor->dtype, length,
        tensor->strides[tensor->n_dims - 1], out, done);
    offset = next_row (tensor, index, offset);
  }
  return TRUE;
}

/* Elements in a row, a part at a time. */
static gboolean
read_widened (const SiambanTensor *tensor, float *out, GError **error)
{
  gsize size = siamban_dtype_size (tensor->dtype), most = CHUNK / size;
  g_autofree guint8 *chunk = g_malloc (CHUNK);

  for (guint64 done = 0; done < tensor->n_elements;) {
    guint64 n = MIN (most, tensor->n_elements - done);

    if (!siamban_file_read (
            tensor->file, tensor->offset + done * size, chunk, n * size, error))
      return FALSE;
    read_floats (chunk, tensor->dtype, n, 1, out, done);
    done += n;
  }
  return TRUE;
}

static gboolean
read_in_order (const SiambanTensor *tensor, void *out, GError **error)
{
  return siamban_file_read (tensor->file, tensor->offset, out,
      tensor->n_elements * siamban_dtype_size (tensor->dtype), error);
}

static gboolean
name_file (const SiambanTensor *tensor, gboolean fine, GError **error)
{
  if (!fine)
    g_prefix_error (error, "%s: ", siamban_file_path (tensor->file));
  return fine;
}

gboolean
siamban_tensor_read_f32 (
    const SiambanTensor *tensor, float *out, GError **error)
{
  if (tensor->n_elements == 0)
    return TRUE;
  if (!siamban_tensor_is_contiguous (tensor))
    return name_file (
        tensor, read_rows (tensor, read_floats, out, error), error);
  return name_file (tensor,
      tensor->dtype == SIAMBAN_DTYPE_F32 ? read_in_order (tensor, out, error)
                                         : read_widened (tensor, out, error),
      error);
}

gboolean
siamban_tensor_read_raw (const SiambanTensor *tensor, void *out, GError **error)
{
  if (tensor->n_elements == 0)
    return TRUE;
  return name_file (tensor,
      siamban_tensor_is_contiguous (tensor)
          ? read_in_order (tensor, out, error)
          : read_rows (tensor, read_bytes, out, error),
      error);
}
