/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/read.h"

#include <float.h>
#include <string.h>
#include <yaml.h>

#include "config/keys.h"
#include "config/scalar.h"

#define MAX_DEPTH 16
#define MAX_SHOWN 40
#define MAX_NOTES 32

/* @event: the one that is being looked at. @where: the key that it belongs to,
 * "" at the top. */
typedef struct
{
  yaml_parser_t parser;
  yaml_event_t event;
  const char *text;
  size_t size;
  GString *where;
  SiambanConfig *config;
} Reader;

static gboolean G_GNUC_PRINTF (4, 5) fail_at (
    const Reader *reader, size_t line, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_CONFIG, "%s:%zu: %s%s%s",
      reader->config->path, line, reader->where->str,
      reader->where->len > 0 ? ": " : "", message);
  g_free (message);
  return FALSE;
}

static size_t
line_of (const yaml_event_t *event)
{
  return event->start_mark.line + 1;
}

/* The parser's own marks do not count what it could not decode. */
static size_t
line_of_problem (const Reader *reader)
{
  if (reader->parser.error != YAML_READER_ERROR)
    return reader->parser.problem_mark.line + 1;
  size_t line = 1;
  size_t end = MIN (reader->parser.problem_offset, reader->size);
  for (size_t i = 0; i < end; i++)
    line += reader->text[i] == '\n';
  return line;
}

/* Cut and escaped: it comes from the file. */
static char *
read_shown (const char *text)
{
  gboolean cut = strlen (text) > MAX_SHOWN;
  char *head = g_strndup (text, MAX_SHOWN);
  char *escaped = g_strescape (head, NULL);
  char *all = g_strconcat (escaped, cut ? "..." : NULL, NULL);

  g_free (escaped);
  g_free (head);
  return all;
}

static gboolean
check_plain_node (const Reader *reader, GError **error)
{
  const yaml_event_t *e = &reader->event;
  const yaml_char_t *anchor = NULL, *tag = NULL;

  if (e->type == YAML_SCALAR_EVENT) {
    anchor = e->data.scalar.anchor;
    tag = e->data.scalar.tag;
  } else if (e->type == YAML_SEQUENCE_START_EVENT) {
    anchor = e->data.sequence_start.anchor;
    tag = e->data.sequence_start.tag;
  } else if (e->type == YAML_MAPPING_START_EVENT) {
    anchor = e->data.mapping_start.anchor;
    tag = e->data.mapping_start.tag;
  }
  if (anchor || e->type == YAML_ALIAS_EVENT)
    return fail_at (reader, line_of (e), error,
        "expected no anchors (&) and aliases (*): write the value out");
  if (tag)
    return fail_at (
        reader, line_of (e), error, "expected no tags (!): write the value");
  return TRUE;
}

static gboolean
read_next (Reader *reader, GError **error)
{
  yaml_event_delete (&reader->event);
  if (!yaml_parser_parse (&reader->parser, &reader->event))
    return fail_at (reader, line_of_problem (reader), error,
        "expected YAML: %s",
        reader->parser.problem ? reader->parser.problem : "no memory is left");
  return check_plain_node (reader, error);
}

static SiambanScalar
scalar_of (const yaml_event_t *event)
{
  return (SiambanScalar){
      .text = (const char *)event->data.scalar.value,
      .plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
  };
}

static char *
read_expected (const SiambanKey *key)
{
  const char *many = key->kind == SIAMBAN_KEY_LIST ? "integers" : "an integer";

  switch (key->kind) {
    case SIAMBAN_KEY_TEXT:
      return g_strdup ("a name");
    case SIAMBAN_KEY_BOOL:
      return g_strdup ("True or False");
    case SIAMBAN_KEY_SECTION:
      return g_strdup ("a mapping");
    case SIAMBAN_KEY_NUMBER:
      return key->max == DBL_MAX
                 ? g_strdup_printf ("a number from %g up", key->min)
                 : g_strdup_printf (
                       "a number from %g to %g", key->min, key->max);
    default:
      return g_strdup_printf ("%s from %g to %g", many, key->min, key->max);
  }
}

static gboolean
fail_value (const Reader *reader, const SiambanKey *key, GError **error)
{
  const yaml_event_t *e = &reader->event;
  char *wanted = read_expected (key);
  char *got = NULL;

  if (e->type == YAML_SCALAR_EVENT) {
    char *text = read_shown ((const char *)e->data.scalar.value);

    got = g_strdup_printf ("\"%s\"", text);
    g_free (text);
  } else
    got = g_strdup (
        e->type == YAML_SEQUENCE_START_EVENT ? "a list" : "a mapping");
  fail_at (reader, line_of (e), error, "expected %s, got %s", wanted, got);
  g_free (got);
  g_free (wanted);
  return FALSE;
}

static gboolean
fail_count (const Reader *reader, GError **error)
{
  return fail_at (reader, line_of (&reader->event), error,
      "expected a list of 1 to %d integers", SIAMBAN_MAX_LEVELS);
}

typedef struct
{
  int values[SIAMBAN_MAX_LEVELS];
  int n;
} List;

static gboolean
list_append (const Reader *reader, const SiambanKey *key,
    const SiambanScalar *item, List *list, GError **error)
{
  int value;

  if (list->n == SIAMBAN_MAX_LEVELS)
    return fail_count (reader, error);
  if (!siamban_scalar_int (item, (int)key->min, (int)key->max, &value))
    return fail_value (reader, key, error);
  list->values[list->n++] = value;
  return TRUE;
}

static gboolean
read_sequence (
    Reader *reader, const SiambanKey *key, List *list, GError **error)
{
  while (read_next (reader, error)) {
    if (reader->event.type == YAML_SEQUENCE_END_EVENT)
      return TRUE;
    if (reader->event.type != YAML_SCALAR_EVENT)
      return fail_value (reader, key, error);
    SiambanScalar item = scalar_of (&reader->event);
    if (!list_append (reader, key, &item, list, error))
      return FALSE;
  }
  return FALSE;
}

static gboolean
read_inline_list (
    const Reader *reader, const SiambanKey *key, List *list, GError **error)
{
  SiambanScalar scalar = scalar_of (&reader->event);
  char **items = siamban_scalar_items (&scalar);

  if (!items)
    return list_append (reader, key, &scalar, list, error);
  gboolean fine = TRUE;
  for (char **item = items; fine && *item; item++) {
    SiambanScalar one = {.text = *item};

    fine = list_append (reader, key, &one, list, error);
  }
  g_strfreev (items);
  return fine;
}

static gboolean
read_list (Reader *reader, const SiambanKey *key, GError **error)
{
  List list = {.n = 0};
  gboolean fine = reader->event.type == YAML_SEQUENCE_START_EVENT
                      ? read_sequence (reader, key, &list, error)
                      : read_inline_list (reader, key, &list, error);

  if (!fine)
    return FALSE;
  if (list.n == 0)
    return fail_count (reader, error);
  if (key->value != 0) {
    memcpy (G_STRUCT_MEMBER_P (reader->config, key->value), list.values,
        list.n * sizeof list.values[0]);
    G_STRUCT_MEMBER (int, reader->config, key->count) = list.n;
  }
  return TRUE;
}

static gboolean
read_text (const Reader *reader, const SiambanKey *key)
{
  SiambanScalar scalar = scalar_of (&reader->event);
  char *text;

  if (!siamban_scalar_text (&scalar, &text))
    return FALSE;
  if (key->value != 0)
    G_STRUCT_MEMBER (char *, reader->config, key->value) = text;
  else
    g_free (text);
  return TRUE;
}

static gboolean
read_number (const Reader *reader, const SiambanKey *key)
{
  SiambanScalar scalar = scalar_of (&reader->event);
  double number;

  if (!siamban_scalar_number (&scalar, key->min, key->max, &number))
    return FALSE;
  G_STRUCT_MEMBER (double, reader->config, key->value) = number;
  return TRUE;
}

static gboolean
read_int_or_bool (const Reader *reader, const SiambanKey *key)
{
  SiambanScalar scalar = scalar_of (&reader->event);
  int value;
  gboolean fine =
      key->kind == SIAMBAN_KEY_BOOL
          ? siamban_scalar_bool (&scalar, &value)
          : siamban_scalar_int (&scalar, (int)key->min, (int)key->max, &value);

  if (fine && key->value != 0)
    G_STRUCT_MEMBER (int, reader->config, key->value) = value;
  return fine;
}

static gboolean
skip_value (Reader *reader, GError **error)
{
  int depth = 0;

  do {
    yaml_event_type_t type = reader->event.type;

    if (type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT)
      depth++;
    if (type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT)
      depth--;
    if (depth > MAX_DEPTH)
      return fail_at (reader, line_of (&reader->event), error,
          "expected at most %d levels", MAX_DEPTH);
    if (depth > 0 && !read_next (reader, error))
      return FALSE;
  } while (depth > 0);
  return TRUE;
}

static gboolean read_section (
    Reader *reader, const SiambanKey *keys, GError **error);

static gboolean
read_scalar (const Reader *reader, const SiambanKey *key, GError **error)
{
  gboolean fine = FALSE;

  if (reader->event.type == YAML_SCALAR_EVENT)
    fine = key->kind == SIAMBAN_KEY_TEXT     ? read_text (reader, key)
           : key->kind == SIAMBAN_KEY_NUMBER ? read_number (reader, key)
                                             : read_int_or_bool (reader, key);
  return fine || fail_value (reader, key, error);
}

static gboolean
read_value (Reader *reader, const SiambanKey *key, GError **error)
{
  yaml_event_type_t type = reader->event.type;

  if (key->kind == SIAMBAN_KEY_IGNORED)
    return skip_value (reader, error);
  if (type == YAML_SCALAR_EVENT) {
    SiambanScalar scalar = scalar_of (&reader->event);

    if (siamban_scalar_is_null (&scalar))
      return TRUE;
  }
  if (key->kind == SIAMBAN_KEY_SECTION)
    return type == YAML_MAPPING_START_EVENT
               ? read_section (reader, key->keys, error)
               : fail_value (reader, key, error);
  if (key->kind == SIAMBAN_KEY_LIST && type != YAML_MAPPING_START_EVENT)
    return read_list (reader, key, error);
  return read_scalar (reader, key, error);
}

static char *
names_of (const SiambanKey *keys)
{
  GString *names = g_string_new (keys->name);

  for (const SiambanKey *key = keys + 1; key->name; key++)
    g_string_append_printf (names, ", %s", key->name);
  return g_string_free (names, FALSE);
}

/* Whether one edit, or two letters changing places, make @a of @b. */
static gboolean
is_slip (const char *a, const char *b)
{
  gsize m = strlen (a), n = strlen (b), head = 0;

  if (m > n)
    return is_slip (b, a);
  while (head < m && g_ascii_toupper (a[head]) == g_ascii_toupper (b[head]))
    head++;
  a += head;
  b += head;
  if (n - m > 1)
    return FALSE;
  if (n > m)
    return g_ascii_strcasecmp (a, b + 1) == 0;
  if (*a == '\0' || g_ascii_strcasecmp (a + 1, b + 1) == 0)
    return TRUE;
  return g_ascii_toupper (a[0]) == g_ascii_toupper (b[1]) &&
         g_ascii_toupper (a[1]) == g_ascii_toupper (b[0]) &&
         g_ascii_strcasecmp (a + 2, b + 2) == 0;
}

/* The key that matters which @name may have been meant for, or NULL. */
static const char *
guess_key (const SiambanKey *keys, const char *name)
{
  for (const SiambanKey *key = keys; key->name; key++)
    if (key->kind != SIAMBAN_KEY_IGNORED && is_slip (key->name, name))
      return key->name;
  return NULL;
}

static gboolean
fail_unknown (const Reader *reader, const SiambanKey *keys, const char *guess,
    GError **error)
{
  size_t line = line_of (&reader->event);
  g_autofree char *names = NULL;

  if (guess)
    return fail_at (
        reader, line, error, "unknown key, perhaps %s was meant", guess);
  names = names_of (keys);
  return fail_at (
      reader, line, error, "unknown key, expected one of %s", names);
}

static gboolean
pass_by (Reader *reader, GError **error)
{
  if (reader->config->notes->len < MAX_NOTES)
    g_ptr_array_add (reader->config->notes,
        g_strdup_printf ("%zu: %s: not known, and not used",
            line_of (&reader->event), reader->where->str));
  return read_next (reader, error) && skip_value (reader, error);
}

/* The event is the key; its name is already in reader->where. */
static gboolean
read_key (
    Reader *reader, const SiambanKey *keys, GHashTable *seen, GError **error)
{
  const char *name = (const char *)reader->event.data.scalar.value;
  const SiambanKey *key = keys;
  const char *guess;

  while (key->name && !g_str_equal (key->name, name))
    key++;
  if (!key->name) {
    guess = guess_key (keys, name);
    return siamban_keys_are_open (keys) && !guess
               ? pass_by (reader, error)
               : fail_unknown (reader, keys, guess, error);
  }
  if (!g_hash_table_add (seen, (gpointer)key))
    return fail_at (reader, line_of (&reader->event), error,
        "expected each key once, this is its second time");
  return read_next (reader, error) && read_value (reader, key, error);
}

static gboolean
read_keys (
    Reader *reader, const SiambanKey *keys, GHashTable *seen, GError **error)
{
  gsize outer = reader->where->len;

  while (read_next (reader, error)) {
    if (reader->event.type == YAML_MAPPING_END_EVENT)
      return TRUE;
    if (reader->event.type != YAML_SCALAR_EVENT)
      return fail_at (reader, line_of (&reader->event), error,
          "expected the name of a key, got a list or a mapping");
    char *name = read_shown ((const char *)reader->event.data.scalar.value);
    g_string_append_printf (reader->where, "%s%s", outer > 0 ? "." : "", name);
    g_free (name);
    if (!read_key (reader, keys, seen, error))
      return FALSE;
    g_string_truncate (reader->where, outer);
  }
  return FALSE;
}

static gboolean
read_section (Reader *reader, const SiambanKey *keys, GError **error)
{
  GHashTable *seen = g_hash_table_new (NULL, NULL);
  gboolean fine = read_keys (reader, keys, seen, error);

  g_hash_table_unref (seen);
  return fine;
}

static gboolean
read_stream (Reader *reader, GError **error)
{
  /* Stream start, document start or end of an empty file, the first node. */
  if (!read_next (reader, error) || !read_next (reader, error))
    return FALSE;
  if (reader->event.type == YAML_DOCUMENT_START_EVENT &&
      !read_next (reader, error))
    return FALSE;
  if (reader->event.type != YAML_MAPPING_START_EVENT)
    return fail_at (reader, line_of (&reader->event), error,
        "expected a mapping of keys like BACKBONE and TRACK");
  if (!read_section (reader, siamban_keys, error))
    return FALSE;
  if (!read_next (reader, error) || !read_next (reader, error))
    return FALSE;
  if (reader->event.type != YAML_STREAM_END_EVENT)
    return fail_at (
        reader, line_of (&reader->event), error, "expected one document");
  return TRUE;
}

gboolean
siamban_config_read (
    SiambanConfig *config, const char *text, size_t size, GError **error)
{
  g_autoptr (GString) where = g_string_new (NULL);
  Reader reader = {
      .text = text,
      .size = size,
      .where = where,
      .config = config,
  };
  gboolean fine;

  if (!yaml_parser_initialize (&reader.parser))
    return fail_at (&reader, 1, error, "no memory is left");
  yaml_parser_set_encoding (&reader.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string (
      &reader.parser, (const unsigned char *)text, size);
  fine = read_stream (&reader, error);
  yaml_event_delete (&reader.event);
  yaml_parser_delete (&reader.parser);
  return fine;
}
