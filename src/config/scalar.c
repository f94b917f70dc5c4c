/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/scalar.h"

#include <math.h>
#include <string.h>

/* Longer than any number or name that a config has. */
#define MAX_LENGTH 100

static gboolean
scalar_matches (const char *text, const char *pattern)
{
  return strlen (text) <= MAX_LENGTH &&
         g_regex_match_simple (pattern, text, 0, 0);
}

static gboolean
is_any_of (const char *text, const char *words)
{
  char **list = g_strsplit (words, " ", -1);
  gboolean found = g_strv_contains ((const char *const *)list, text);

  g_strfreev (list);
  return found;
}

gboolean
siamban_scalar_is_null (const SiambanScalar *scalar)
{
  return scalar->plain &&
         (scalar->text[0] == '\0' ||
             is_any_of (scalar->text, "~ null Null NULL None"));
}

gboolean
siamban_scalar_bool (const SiambanScalar *scalar, int *value)
{
  const char *yes = "True true TRUE yes Yes YES on On ON";
  const char *no = "False false FALSE no No NO off Off OFF";

  if (is_any_of (scalar->text, scalar->plain ? yes : "True"))
    *value = 1;
  else if (is_any_of (scalar->text, scalar->plain ? no : "False"))
    *value = 0;
  else
    return FALSE;
  return TRUE;
}

gboolean
siamban_scalar_int (const SiambanScalar *scalar, int min, int max, int *value)
{
  /* A leading zero means octal to YAML and is an error to Python. */
  if (!scalar_matches (scalar->text, "\\A[+-]?(0|[1-9][0-9]*)\\z"))
    return FALSE;
  gint64 number = g_ascii_strtoll (scalar->text, NULL, 10);
  if (number < min || number > max)
    return FALSE;
  *value = (int)number;
  return TRUE;
}

gboolean
siamban_scalar_number (
    const SiambanScalar *scalar, double min, double max, double *value)
{
  if (!scalar_matches (scalar->text,
          "\\A[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\z"))
    return FALSE;
  double number = g_ascii_strtod (scalar->text, NULL);
  if (!isfinite (number) || number < min || number > max)
    return FALSE;
  *value = number;
  return TRUE;
}

gboolean
siamban_scalar_text (const SiambanScalar *scalar, char **value)
{
  int truth;
  double number;

  if (!scalar_matches (scalar->text, "\\A[ -~]+\\z") ||
      siamban_scalar_bool (scalar, &truth) ||
      siamban_scalar_number (scalar, -HUGE_VAL, HUGE_VAL, &number))
    return FALSE;
  *value = g_strdup (scalar->text);
  return TRUE;
}

char **
siamban_scalar_items (const SiambanScalar *scalar)
{
  if (!scalar_matches (scalar->text, "\\A(\\(.*\\)|\\[.*\\])\\z"))
    return NULL;
  char *inside = g_strndup (scalar->text + 1, strlen (scalar->text) - 2);
  char **items = g_strsplit (inside, ",", -1);
  g_free (inside);
  guint n = g_strv_length (items);
  for (guint i = 0; i < n; i++)
    g_strstrip (items[i]);
  /* As Python does, "(2,)" has one item. */
  if (n > 0 && items[n - 1][0] == '\0')
    g_clear_pointer (&items[n - 1], g_free);
  return items;
}
