/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"

#include <string.h>

#define MAX_DEPTH  8
#define MAX_NUMBER 63 /* characters */

static gboolean
json_fail (SiambanJson *json)
{
  json->failed = TRUE;
  return FALSE;
}

SiambanJson
siamban_json (const char *text, gsize size)
{
  return (SiambanJson){.text = text, .size = size};
}

/* The next character as it stands; 0 at the end. */
static char
json_next (const SiambanJson *json)
{
  return json->at < json->size ? json->text[json->at] : 0;
}

char
siamban_json_peek (SiambanJson *json)
{
  while (json->at < json->size && strchr (" \t\r\n", json->text[json->at]) &&
         json->text[json->at] != '\0')
    json->at++;
  return json->failed ? 0 : json_next (json);
}

/* Takes @c, if it is next. */
static gboolean
json_take (SiambanJson *json, char c)
{
  if (siamban_json_peek (json) != c)
    return FALSE;
  json->at++;
  return TRUE;
}

gboolean
siamban_json_open (SiambanJson *json, char bracket)
{
  return json_take (json, bracket) || json_fail (json);
}

gboolean
siamban_json_more (SiambanJson *json, char bracket, gboolean *first)
{
  gboolean begin = *first;

  *first = FALSE;
  if (json->failed || json_take (json, bracket))
    return FALSE;
  return begin || json_take (json, ',') || json_fail (json);
}

static gboolean
take_hex (SiambanJson *json, gunichar *unit)
{
  *unit = 0;
  for (int i = 0; i < 4; i++, json->at++) {
    int digit = g_ascii_xdigit_value (json_next (json));

    if (digit < 0)
      return json_fail (json);
    *unit = *unit << 4 | (gunichar)digit;
  }
  return TRUE;
}

/* What follows \u, and a second one where the first is half of a pair. */
static gboolean
take_unicode (SiambanJson *json, GString *out)
{
  gunichar first, second;

  if (!take_hex (json, &first))
    return FALSE;
  if (first >= 0xd800 && first < 0xdc00) {
    if (json->size - json->at < 2 ||
        memcmp (json->text + json->at, "\\u", 2) != 0)
      return json_fail (json);
    json->at += 2;
    if (!take_hex (json, &second) || second < 0xdc00 || second >= 0xe000)
      return json_fail (json);
    first = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
  }
  if (first == 0 || !g_unichar_validate (first))
    return json_fail (json);
  g_string_append_unichar (out, first);
  return TRUE;
}

static gboolean
take_escape (SiambanJson *json, GString *out)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  char c = json_next (json);
  const char *found = c ? strchr (from, c) : NULL;

  json->at += c != 0;
  if (c == 'u')
    return take_unicode (json, out);
  if (!found)
    return json_fail (json);
  g_string_append_c (out, to[found - from]);
  return TRUE;
}

gboolean
siamban_json_string (SiambanJson *json, GString *out)
{
  g_string_truncate (out, 0);
  if (!json_take (json, '"'))
    return json_fail (json);
  while (json_next (json) != '"') {
    const char *from = json->text + json->at;
    gsize n = 0;

    if (json_next (json) == '\\') {
      json->at++;
      if (!take_escape (json, out))
        return FALSE;
      continue;
    }
    while (json->at + n < json->size && from[n] != '"' && from[n] != '\\' &&
           (guchar)from[n] >= ' ')
      n++;
    if (n == 0)
      return json_fail (json);
    g_string_append_len (out, from, n);
    json->at += n;
  }
  json->at++;
  return TRUE;
}

gboolean
siamban_json_key (SiambanJson *json, GString *out)
{
  return siamban_json_string (json, out) &&
         (json_take (json, ':') || json_fail (json));
}

/* The digits from @i on; none is none. */
static gsize
count_digits (const char *text, gsize i)
{
  gsize n = 0;

  while (g_ascii_isdigit (text[i + n]))
    n++;
  return n;
}

/* Whether @text is a number of JSON's, which leads with no zero. */
static gboolean
is_number (const char *text)
{
  gsize i = text[0] == '-', n = count_digits (text, i);

  if (n == 0 || (n > 1 && text[i] == '0'))
    return FALSE;
  i += n;
  if (text[i] == '.') {
    n = count_digits (text, i + 1);
    i += 1 + n;
    if (n == 0)
      return FALSE;
  }
  if (text[i] == 'e' || text[i] == 'E') {
    i += 1 + (text[i + 1] == '+' || text[i + 1] == '-');
    n = count_digits (text, i);
    i += n;
    if (n == 0)
      return FALSE;
  }
  return text[i] == '\0';
}

static gboolean
take_number (SiambanJson *json, char *text)
{
  gsize n = 0;

  siamban_json_peek (json);
  while (n < MAX_NUMBER && json->at < json->size && json_next (json) != '\0' &&
         strchr ("+-.0123456789eE", json_next (json)))
    text[n++] = json->text[json->at++];
  text[n] = '\0';
  return (!json->failed && is_number (text)) || json_fail (json);
}

gboolean
siamban_json_count (SiambanJson *json, guint64 *number)
{
  char text[MAX_NUMBER + 1] = {0};

  return take_number (json, text) &&
         (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, number, NULL) ||
             json_fail (json));
}

gboolean
siamban_json_number (SiambanJson *json, double *number)
{
  char text[MAX_NUMBER + 1] = {0};

  if (!take_number (json, text))
    return FALSE;
  *number = g_ascii_strtod (text, NULL);
  return TRUE;
}

static gboolean
take_word (SiambanJson *json)
{
  static const char *const words[] = {"null", "true", "false"};

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    gsize n = strlen (words[i]);

    if (json->size - json->at >= n &&
        memcmp (json->text + json->at, words[i], n) == 0) {
      json->at += n;
      return TRUE;
    }
  }
  return json_fail (json);
}

static gboolean
skip_value (SiambanJson *json, GString *scratch, int depth)
{
  char open = siamban_json_peek (json);
  char close = open == '{' ? '}' : ']';
  gboolean first = TRUE;
  double number;

  if (open == '"')
    return siamban_json_string (json, scratch);
  if (open && strchr ("ntf", open))
    return take_word (json);
  if (open != '{' && open != '[')
    return siamban_json_number (json, &number);
  if (depth == MAX_DEPTH)
    return json_fail (json);
  siamban_json_open (json, open);
  while (siamban_json_more (json, close, &first))
    if ((open == '{' && !siamban_json_key (json, scratch)) ||
        !skip_value (json, scratch, depth + 1))
      return FALSE;
  return !json->failed;
}

gboolean
siamban_json_skip (SiambanJson *json)
{
  g_autoptr (GString) scratch = g_string_new (NULL);

  return skip_value (json, scratch, 0);
}

gboolean
siamban_json_end (SiambanJson *json)
{
  siamban_json_peek (json);
  return (!json->failed && json->at == json->size) || json_fail (json);
}

void
siamban_json_append (GString *to, const char *text)
{
  g_string_append_c (to, '"');
  for (; *text; text++)
    if (*text == '"' || *text == '\\')
      g_string_append_printf (to, "\\%c", *text);
    else if ((guchar)*text < ' ' || *text == 0x7f)
      g_string_append_printf (to, "\\u%04x", (guint)*text);
    else
      g_string_append_c (to, *text);
  g_string_append_c (to, '"');
}
