/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_MOMENT_H
#define GST_SIAMBAN_MOMENT_H

#include <gst/gst.h>

/* When a frame is, on every clock that users ask for; NONE where a stream does
 * not say. */
typedef struct
{
  GstClockTime pts;
  GstClockTime running_time;
  GstClockTime stream_time;
  GstClockTime duration; /* never NONE: 40 ms where a stream does not say */
  gboolean discont;      /* the buffer says that something is missing */
} GstSiambanMoment;

#define GST_SIAMBAN_NO_MOMENT                                                  \
  ((GstSiambanMoment){GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE,                \
      GST_CLOCK_TIME_NONE, 40 * GST_MSECOND, FALSE})

#endif
