/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exec/exec-private.h"

static int
by_size (gconstpointer a, gconstpointer b)
{
  const SiambanSpan *x = *(SiambanSpan *const *)a;
  const SiambanSpan *y = *(SiambanSpan *const *)b;

  return (x->size < y->size) - (x->size > y->size);
}

static int
by_offset (gconstpointer a, gconstpointer b)
{
  const SiambanSpan *x = *(SiambanSpan *const *)a;
  const SiambanSpan *y = *(SiambanSpan *const *)b;

  return (x->offset > y->offset) - (x->offset < y->offset);
}

/* The lowest gap between those of @placed that are in use at the same time. */
static size_t
find_gap (const GPtrArray *placed, const SiambanSpan *span)
{
  size_t offset = 0;

  for (guint i = 0; i < placed->len; i++) {
    const SiambanSpan *other = g_ptr_array_index (placed, i);

    if (!siamban_spans_meet (other, span))
      continue;
    if (other->offset >= offset + span->size)
      break;
    offset = MAX (offset, other->offset + other->size);
  }
  return offset;
}

size_t
siamban_plan (SiambanSpan *spans, int n)
{
  GPtrArray *order = g_ptr_array_new ();
  GPtrArray *placed = g_ptr_array_new ();
  size_t size = 0;

  for (int i = 0; i < n; i++)
    g_ptr_array_add (order, &spans[i]);
  g_ptr_array_sort (order, by_size);
  for (int i = 0; i < n; i++) {
    SiambanSpan *span = g_ptr_array_index (order, i);

    span->offset = find_gap (placed, span);
    size = MAX (size, span->offset + span->size);
    g_ptr_array_add (placed, span);
    g_ptr_array_sort (placed, by_offset);
  }
  g_ptr_array_unref (order);
  g_ptr_array_unref (placed);
  return size;
}
