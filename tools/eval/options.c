/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "follow.h"

typedef struct
{
  const char *name;
  gsize offset;
  enum
  {
    SHARE,
    COUNT,
    TIME /* in seconds */
  } type;
} Option;

#define FIELD(field) offsetof (SiambanSessionOptions, field)

static const Option table[] = {
    {"max-searches", FIELD (max_searches), COUNT},
    {"interval", FIELD (interval), COUNT},
    {"max-lost-age", FIELD (max_lost_age), TIME},
    {"lost-threshold", FIELD (lost_threshold), SHARE},
    {"found-threshold", FIELD (found_threshold), SHARE},
    {"fusion", FIELD (fusion), SHARE},
};

static const Option *
option_named (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (!strcmp (table[i].name, name))
      return &table[i];
  return NULL;
}

static void
set_field (SiambanSessionOptions *options, const Option *option, double value)
{
  void *field = (char *)options + option->offset;

  switch (option->type) {
    case SHARE:
      *(double *)field = value;
      break;
    case COUNT:
      *(unsigned *)field = (unsigned)value;
      break;
    case TIME:
      *(guint64 *)field = (guint64)(value * 1e9);
      break;
  }
}

static gboolean
options_fail (const char *text, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_string_append_printf (names, "%s%s", i ? ", " : "", table[i].name);
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT,
      "expected OPTION=NUMBER with one of %s, got \"%s\"", names->str, text);
  return FALSE;
}

gboolean
eval_options_set (
    SiambanSessionOptions *options, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  const Option *option = parts[0] ? option_named (parts[0]) : NULL;
  double value;
  char *end;

  if (!option || !parts[1])
    return options_fail (text, error);
  value = g_ascii_strtod (parts[1], &end);
  if (end == parts[1] || *end || !(value >= 0 && value <= 1e9) ||
      (option->type == COUNT && value != (double)(unsigned)value))
    return options_fail (text, error);
  set_field (options, option, value);
  return TRUE;
}
