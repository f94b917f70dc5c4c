/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_MANIFEST_H
#define SIAMBAN_MANIFEST_H

#include <glib.h>

/* One file of a published model. */
typedef struct
{
  char *name; /* as which it is kept: "nanotrack-v3.pth" */
  char *address;
  char *sha256; /* 64 lower-case hexadecimal digits */
  guint64 size;
} ManifestFile;

typedef struct
{
  char *name;
  char *about;
  char *licence;
  char *by;
  char *home;
  GPtrArray *files; /* of ManifestFile */
} ManifestModel;

/* Of ManifestModel, as the JSON file at @path lists them (docs/install.md has
 * its members). NULL if it is not as expected. */
GPtrArray *manifest_load (const char *path, GError **error);

/* NULL if there is none. */
const ManifestModel *manifest_find (const GPtrArray *models, const char *name);

/* Bytes of all its files. */
guint64 manifest_size (const ManifestModel *model);

#endif
