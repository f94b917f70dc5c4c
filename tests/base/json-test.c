/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"

#include <string.h>

static gboolean
is_json (const char *text)
{
  SiambanJson json = siamban_json (text, strlen (text));

  return siamban_json_skip (&json) && siamban_json_end (&json);
}

static void
test_skip (void)
{
  static const char *const good[] = {"null", " true ", "false", "0", "-0.5e+3",
      "1E9", "\"\"", "[]", "{}", "[1, \"a\", [{}]]", "{\"a\":{\"b\":null}}",
      "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"",
      "[[[[[[[[]]]]]]]]"};
  static const char *const bad[] = {"", " ", "nul", "nulll", "01", "+1", ".5",
      "1.", "1e", "-", "NaN", "Infinity", "0x1", "[1,]", "[,1]", "[1 2]",
      "{a:1}", "{\"a\"}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "'a'", "\"",
      "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\u0000\"",
      "\"\n\"", "[", "]", "[}", "1 1", "/**/1", "[[[[[[[[[]]]]]]]]]",
      "1111111111111111111111111111111111111111111111111111111111111111111"};

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    if (!is_json (good[i]))
      g_error ("refused: %s", good[i]);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (is_json (bad[i]))
      g_error ("taken: %s", bad[i]);
}

static void
test_values (void)
{
  const char *text = "{\"a\\n\":[1,2.5,9223372036854775807]}";
  SiambanJson json = siamban_json (text, strlen (text));
  g_autoptr (GString) key = g_string_new ("before");
  gboolean first = TRUE, inner = TRUE;
  guint64 count = 0;
  double number = 0;

  g_assert_true (siamban_json_open (&json, '{'));
  g_assert_true (siamban_json_more (&json, '}', &first));
  g_assert_true (siamban_json_key (&json, key));
  g_assert_cmpstr (key->str, ==, "a\n");
  g_assert_true (siamban_json_open (&json, '['));
  g_assert_true (siamban_json_more (&json, ']', &inner));
  g_assert_true (siamban_json_count (&json, &count));
  g_assert_cmpuint (count, ==, 1);
  g_assert_true (siamban_json_more (&json, ']', &inner));
  g_assert_true (siamban_json_number (&json, &number));
  g_assert_cmpfloat (number, ==, 2.5);
  g_assert_true (siamban_json_more (&json, ']', &inner));
  g_assert_true (siamban_json_count (&json, &count));
  g_assert_cmpuint (count, ==, G_MAXINT64);
  g_assert_false (siamban_json_more (&json, ']', &inner));
  g_assert_false (siamban_json_more (&json, '}', &first));
  g_assert_true (siamban_json_end (&json));
}

static void
test_counts (void)
{
  static const char *const bad[] = {"-1", "1.0", "1e2", "9223372036854775808"};

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    SiambanJson json = siamban_json (bad[i], strlen (bad[i]));
    guint64 count;

    g_assert_false (siamban_json_count (&json, &count));
    g_assert_true (siamban_json_failed (&json));
    g_assert_false (siamban_json_end (&json));
  }
}

/* What is written is read as it was. */
static void
test_append (void)
{
  const char *text = "\"\\\t\x1f\x7f\xc3\xa9 /";
  g_autoptr (GString) json_text = g_string_new (NULL);
  g_autoptr (GString) back = g_string_new (NULL);
  SiambanJson json;

  siamban_json_append (json_text, text);
  json = siamban_json (json_text->str, json_text->len);
  g_assert_true (siamban_json_string (&json, back));
  g_assert_cmpstr (back->str, ==, text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/skip", test_skip);
  g_test_add_func ("/json/values", test_values);
  g_test_add_func ("/json/counts", test_counts);
  g_test_add_func ("/json/append", test_append);
  return g_test_run ();
}
