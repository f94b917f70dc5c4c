/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/checkpoint-private.h"
#include "checkpoint/half.h"

#include <sys/mman.h>
#include <unistd.h>

static const struct
{
  const char *name;
  const char *code;
  gsize size;
} dtypes[SIAMBAN_N_DTYPES] = {
    [SIAMBAN_DTYPE_F32] = {"float32", "F32", 4},
    [SIAMBAN_DTYPE_F16] = {"float16", "F16", 2},
    [SIAMBAN_DTYPE_BF16] = {"bfloat16", "BF16", 2},
    [SIAMBAN_DTYPE_I64] = {"int64", "I64", 8},
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

/* Reads @n elements, @stride elements apart, as the floats or the bytes from
 * element @first of @out on. */
typedef void (*RowReader) (const guint8 *data, SiambanDtype dtype, guint64 n,
    guint64 stride, gpointer out, guint64 first);

static void
read_floats (const guint8 *data, SiambanDtype dtype, guint64 n, guint64 stride,
    gpointer out, guint64 first)
{
  float *to = (float *)out + first;
  gsize step = stride * siamban_dtype_size (dtype);

  if (dtype == SIAMBAN_DTYPE_F32 && stride == 1) {
    memcpy (to, data, n * sizeof *to);
    return;
  }
  for (guint64 i = 0; i < n; i++, data += step)
    switch (dtype) {
      case SIAMBAN_DTYPE_F32:
        to[i] = siamban_bits_float (siamban_le32 (data));
        break;
      case SIAMBAN_DTYPE_F16:
        to[i] = siamban_f16_to_f32 (siamban_le16 (data));
        break;
      case SIAMBAN_DTYPE_BF16:
        to[i] = siamban_bf16_to_f32 (siamban_le16 (data));
        break;
      case SIAMBAN_DTYPE_I64:
        to[i] = (float)(gint64)siamban_le64 (data);
        break;
    }
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

static void
read_rows (const SiambanTensor *tensor, RowReader read_row, gpointer out)
{
  gsize size = siamban_dtype_size (tensor->dtype);
  guint64 index[SIAMBAN_MAX_DIMS] = {0};
  guint64 offset = 0, length;

  if (tensor->n_elements == 0)
    return;
  if (siamban_tensor_is_contiguous (tensor)) {
    read_row (tensor->data, tensor->dtype, tensor->n_elements, 1, out, 0);
    return;
  }
  length = tensor->shape[tensor->n_dims - 1];
  for (guint64 done = 0; done < tensor->n_elements; done += length) {
    read_row (tensor->data + offset * size, tensor->dtype, length,
        tensor->strides[tensor->n_dims - 1], out, done);
    offset = next_row (tensor, index, offset);
  }
}

void
siamban_tensor_read_f32 (const SiambanTensor *tensor, float *out)
{
  read_rows (tensor, read_floats, out);
}

void
siamban_tensor_read_raw (const SiambanTensor *tensor, void *out)
{
  read_rows (tensor, read_bytes, out);
}

void
siamban_tensor_forget (const SiambanTensor *tensor)
{
  gsize page = sysconf (_SC_PAGESIZE);
  guintptr begin = (guintptr)tensor->data;
  guintptr end =
      begin + tensor->n_elements * siamban_dtype_size (tensor->dtype);

  if (!siamban_tensor_is_contiguous (tensor))
    return;
  begin = (begin + page - 1) / page * page;
  end = end / page * page;
  if (begin < end)
    madvise ((void *)begin, end - begin, MADV_DONTNEED);
}
