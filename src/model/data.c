/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/model-private.h"
#include "siamban-build.h"

char *
siamban_data_path (const char *name)
{
  const char *folder = g_getenv ("SIAMBAN_DATA_DIR");

  return g_build_filename (folder ? folder : SIAMBAN_DATADIR, name, NULL);
}
