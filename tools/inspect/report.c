/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

void
report_begin (Report *report, const char *path)
{
  report->problems = g_ptr_array_new_with_free_func (g_free);
  g_print ("%s\n", path);
}

void
report_line (const char *label, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_print ("  %-14s%s\n", label, text);
  g_free (text);
}

void
report_problem (Report *report, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (report->problems, g_strdup_vprintf (format, args));
  va_end (args);
}

void
report_error (Report *report, GError *error)
{
  report_problem (report, "%s", error->message);
  g_error_free (error);
}

gboolean
report_end (Report *report)
{
  guint n = report->problems->len;

  if (n == 0)
    report_line ("problems", "none");
  else
    report_line ("problems", "%u", n);
  for (guint i = 0; i < n; i++)
    g_print ("    %s\n", (char *)g_ptr_array_index (report->problems, i));
  g_ptr_array_unref (report->problems);
  return n == 0;
}
