/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>
#include <signal.h>

#include <gst/gst.h>

#include "options.h"
#include "select.h"
#include "session.h"

int
main (int argc, char **argv)
{
  TrackOptions options;
  GError *error = NULL;
  int status = 0;

  setlocale (LC_ALL, "");
  /* A reader of the boxes that goes away does not cost the video. */
  signal (SIGPIPE, SIG_IGN);
  if (!track_options_parse (&options, argc, argv, &error) ||
      (options.select && !track_select (&options, &error)) ||
      !track_session_run (&options, &error)) {
    g_printerr ("siamban-track: %s\n", error->message);
    status = error->domain == G_OPTION_ERROR ? 2 : 1;
    g_error_free (error);
  }
  track_options_clear (&options);
  return status;
}
