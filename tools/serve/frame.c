/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "frame.h"

#include "gst/siambanmeta.h"

ServeFrame *
serve_frame_new (GstBuffer *buffer, guint64 number, int width, int height)
{
  const guint n = siamban_meta_n_tracks (buffer);
  ServeFrame *frame = g_malloc0 (sizeof *frame + n * sizeof frame->tracks[0]);

  frame->number = number;
  frame->pts = GST_BUFFER_PTS (buffer);
  frame->width = width;
  frame->height = height;
  frame->n = n;
  for (guint i = 0; i < n; i++)
    siamban_meta_get_track (buffer, i, &frame->tracks[i]);
  return frame;
}
