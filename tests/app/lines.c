/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lines.h"

JsonArray *
lines_parse (const char *text)
{
  JsonArray *lines = json_array_new ();
  g_auto (GStrv) texts = g_strsplit (text, "\n", -1);

  for (int i = 0; texts[i] && *texts[i]; i++) {
    GError *error = NULL;
    JsonNode *node = json_from_string (texts[i], &error);

    g_assert_no_error (error);
    json_array_add_element (lines, node);
  }
  return lines;
}

JsonArray *
lines_of (Outcome outcome)
{
  JsonArray *lines;

  g_assert_cmpstr (outcome.err, ==, "");
  g_assert_cmpint (outcome.status, ==, 0);
  lines = lines_parse (outcome.out);
  program_clear (&outcome);
  return lines;
}

gint64
lines_int (JsonArray *lines, guint i, const char *member)
{
  JsonObject *line = json_array_get_object_element (lines, i);

  g_assert_true (json_object_has_member (line, member));
  return json_object_get_int_member (line, member);
}

JsonObject *
target_of (JsonArray *lines, guint i)
{
  JsonObject *line = json_array_get_object_element (lines, i);
  JsonArray *targets = json_object_get_array_member (line, "targets");

  g_assert_cmpuint (json_array_get_length (targets), ==, 1);
  return json_array_get_object_element (targets, 0);
}

double
overlap (JsonObject *target, double x, double y, double w, double h)
{
  const double tx = json_object_get_double_member (target, "x");
  const double ty = json_object_get_double_member (target, "y");
  const double tw = json_object_get_double_member (target, "w");
  const double th = json_object_get_double_member (target, "h");
  const double iw = MAX (MIN (tx + tw, x + w) - MAX (tx, x), 0);
  const double ih = MAX (MIN (ty + th, y + h) - MAX (ty, y), 0);

  return iw * ih / (tw * th + w * h - iw * ih);
}

double
overlap_of (JsonObject *target, JsonObject *other)
{
  return overlap (target, json_object_get_double_member (other, "x"),
      json_object_get_double_member (other, "y"),
      json_object_get_double_member (other, "w"),
      json_object_get_double_member (other, "h"));
}
