/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_JSON_H
#define SIAMBAN_JSON_H

#include <glib.h>

/* A reader of plain JSON (RFC 8259, nothing more) that takes one value after
 * the other and builds nothing: time and memory go with the text, whatever is
 * in it. For text out of files that are not trusted.
 *
 *   gboolean first = TRUE;
 *   if (siamban_json_open (json, '{'))
 *     while (siamban_json_more (json, '}', &first))
 *       ... siamban_json_key(), then a value ...
 *
 * Every call that fails leaves the reader where the text went wrong, and all
 * later ones fail: siamban_json_failed() need be asked only once. */
typedef struct
{
  const char *text;
  gsize size, at;
  gboolean failed;
} SiambanJson;

/* @text: UTF-8, outlives the reader. */
SiambanJson siamban_json (const char *text, gsize size);

static inline gboolean
siamban_json_failed (const SiambanJson *json)
{
  return json->failed;
}

/* The first character of the next value: '{', '[', '"', 'n' ...; 0 at the end.
 */
char siamban_json_peek (SiambanJson *json);

/* Goes into an object or array; @bracket: '{' or '['. */
gboolean siamban_json_open (SiambanJson *json, char bracket);

/* Whether another member or element follows; if not, what @bracket ('}' or ']')
 * closes is behind. *@first: TRUE at first. */
gboolean siamban_json_more (SiambanJson *json, char bracket, gboolean *first);

/* The text of a string, without escapes and NUL, in place of what @out has. */
gboolean siamban_json_string (SiambanJson *json, GString *out);

/* As siamban_json_string(), of a member's name, and its colon. */
gboolean siamban_json_key (SiambanJson *json, GString *out);

/* A number without sign, fraction and exponent. */
gboolean siamban_json_count (SiambanJson *json, guint64 *number);

gboolean siamban_json_number (SiambanJson *json, double *number);

/* Passes a value by; refuses brackets more than 8 deep. */
gboolean siamban_json_skip (SiambanJson *json);

/* Whether nothing but space follows. */
gboolean siamban_json_end (SiambanJson *json);

/* Appends @text as a JSON string. */
void siamban_json_append (GString *to, const char *text);

#endif
