/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "program.h"

#include <string.h>

#include <glib/gstdio.h>

GSubprocess *
program_start (const char *variable, char **args)
{
  GPtrArray *argv = g_ptr_array_new ();
  GError *error = NULL;
  GSubprocess *process;

  g_ptr_array_add (argv, (gpointer)g_getenv (variable));
  for (int i = 0; args[i]; i++)
    g_ptr_array_add (argv, args[i]);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *)argv->pdata,
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_ptr_array_free (argv, TRUE);
  return process;
}

Outcome
program_run (const char *variable, const char *first, ...)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  Outcome outcome;
  GSubprocess *process;
  char **args;
  va_list list;

  va_start (list, first);
  for (const char *arg = first; arg; arg = va_arg (list, const char *))
    g_strv_builder_add (builder, arg);
  va_end (list);
  args = g_strv_builder_end (builder);
  process = program_start (variable, args);
  g_assert_true (g_subprocess_communicate_utf8 (
      process, NULL, NULL, &outcome.out, &outcome.err, NULL));
  g_assert_true (g_subprocess_get_if_exited (process));
  outcome.status = g_subprocess_get_exit_status (process);
  g_object_unref (process);
  g_strfreev (args);
  g_strv_builder_unref (builder);
  return outcome;
}

void
program_clear (Outcome *outcome)
{
  g_free (outcome->out);
  g_free (outcome->err);
}

void
program_assert_fails (
    Outcome outcome, const char *name, int status, const char *message)
{
  g_test_message ("%s", outcome.err);
  g_assert_cmpint (outcome.status, ==, status);
  g_assert_true (g_str_has_prefix (outcome.err, name));
  g_assert_nonnull (strstr (outcome.err, message));
  g_assert_true (
      strchr (outcome.err, '\n') == outcome.err + strlen (outcome.err) - 1);
  program_clear (&outcome);
}

void
program_remove_folder (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir))) {
    char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      program_remove_folder (path);
    else
      g_unlink (path);
    g_free (path);
  }
  g_dir_close (dir);
  g_rmdir (folder);
}
