/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exec/packed.h"

SiambanPacked *
siamban_packed_open (const char *path, const char *key)
{
  (void)key;
  g_warning ("%s: packed weights are not kept: built without libxxhash", path);
  return NULL;
}

void
siamban_packed_close (SiambanPacked *packed)
{
  (void)packed;
}

gboolean
siamban_packed_read (
    SiambanPacked *packed, const char *name, const SiambanConv *conv)
{
  (void)packed;
  (void)name;
  (void)conv;
  return FALSE;
}

gboolean
siamban_packed_missed (const SiambanPacked *packed)
{
  (void)packed;
  return TRUE;
}

void
siamban_packed_save (SiambanPacked *packed, GHashTable *convs)
{
  (void)packed;
  (void)convs;
}
