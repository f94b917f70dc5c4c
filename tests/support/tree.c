/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree.h"

#include <ftw.h>
#include <glib/gstdio.h>

static int
remove_entry (
    const char *path, const struct stat *st, int type, struct FTW *where)
{
  (void)st;
  (void)type;
  (void)where;
  return g_remove (path);
}

void
test_tree_remove (const char *path)
{
  nftw (path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
