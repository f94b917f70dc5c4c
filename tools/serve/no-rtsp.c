/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtsp.h"

ServeRtsp *
serve_rtsp_new (const ServeOptions *options, ServeVideo *video, GError **error)
{
  (void)options;
  (void)video;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--rtsp: this siamban-serve was built without gst-rtsp-server");
  return NULL;
}

void
serve_rtsp_free (ServeRtsp *rtsp)
{
  (void)rtsp;
}

guint
serve_rtsp_count (const ServeRtsp *rtsp)
{
  (void)rtsp;
  return 0;
}

char *
serve_rtsp_get_address (const ServeRtsp *rtsp)
{
  (void)rtsp;
  return NULL;
}
