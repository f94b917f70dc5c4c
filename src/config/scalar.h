/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_SCALAR_H
#define SIAMBAN_SCALAR_H

#include <glib.h>

/* A scalar of a YAML file as Python's yacs understands it: a plain one by
 * YAML's rules, and any, quoted too, as the Python literal that it spells. The
 * functions return FALSE, writing nothing, if it spells something else. */
typedef struct
{
  const char *text;
  gboolean plain; /* not quoted */
} SiambanScalar;

gboolean siamban_scalar_is_null (const SiambanScalar *scalar);
gboolean siamban_scalar_bool (const SiambanScalar *scalar, int *value);
/* Decimal. */
gboolean siamban_scalar_int (
    const SiambanScalar *scalar, int min, int max, int *value);
/* Decimal and finite. */
gboolean siamban_scalar_number (
    const SiambanScalar *scalar, double min, double max, double *value);
/* Printable ASCII that is no other type; not empty. @value: owned by the
 * caller. */
gboolean siamban_scalar_text (const SiambanScalar *scalar, char **value);
/* "(2, 3, 4)" or "[2, 3, 4]": the texts inside, freed with g_strfreev(), or
 * NULL. */
char **siamban_scalar_items (const SiambanScalar *scalar);

#endif
