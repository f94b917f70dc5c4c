/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_FRAME_H
#define SERVE_FRAME_H

#include <gst/gst.h>
#include <siamban/session.h>

/* Where everything is on one frame. */
typedef struct
{
  guint64 number;   /* counts from 0 with the program */
  GstClockTime pts; /* time since the program started; always rises */
  int width, height;
  guint n;
  SiambanTrack tracks[];
} ServeFrame;

/* What @buffer says; free with g_free(). */
ServeFrame *serve_frame_new (
    GstBuffer *buffer, guint64 number, int width, int height);

#endif
