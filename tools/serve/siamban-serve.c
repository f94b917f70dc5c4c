/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>
#include <signal.h>

#include <gst/gst.h>

#include "options.h"
#include "stream.h"

int
main (int argc, char **argv)
{
  ServeOptions options;
  GError *error = NULL;
  int status = 0;

  (void)argc;
  setlocale (LC_ALL, "");
  /* A reader of the lines that goes away does not cost the rest. */
  signal (SIGPIPE, SIG_IGN);
  if (!serve_options_parse (&options, argv, &error) ||
      !serve_stream_run (&options, &error)) {
    g_printerr ("siamban-serve: %s\n", error->message);
    status = error->domain == G_OPTION_ERROR ? 2 : 1;
    g_error_free (error);
  }
  serve_options_clear (&options);
  return status;
}
