/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/alloc.h"

#include <sys/mman.h>

#include "kernels/conv.h"

#define HUGE_PAGE ((size_t)2 << 20)

void *
siamban_alloc (size_t size)
{
  gboolean large = size >= HUGE_PAGE;
  void *data =
      g_aligned_alloc (MAX (size, 1), 1, large ? HUGE_PAGE : SIAMBAN_ALIGN);

#ifdef MADV_HUGEPAGE
  if (large)
    madvise (data, size, MADV_HUGEPAGE);
#endif
  return data;
}
