/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_CLOCKWORK_H
#define SERVE_CLOCKWORK_H

#include <gst/gst.h>

/* Gives frames times that always rise, over losses and new beginnings, and keep
 * the distances of the camera. Zeroed is new. */
typedef struct
{
  gint64 offset; /* from the camera's time to ours */
  gboolean set;
  GstClockTime last;
} ServeClockwork;

/* The time of a frame that has @time in the camera's clock (NONE: unknown) and
 * comes @now. @first: the camera began anew. */
GstClockTime serve_clockwork_place (ServeClockwork *clockwork,
    GstClockTime time, GstClockTime now, gboolean first);

#endif
