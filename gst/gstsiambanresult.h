/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_RESULT_H
#define GST_SIAMBAN_RESULT_H

#include <gst/gst.h>
#include <siamban/session.h>

/* One track as it leaves with a frame: what metas, overlay and messages are
 * made of. Times of @track are running times, its user data is NULL. */
typedef struct
{
  SiambanTrack track;
  const gchar *label; /* never NULL; interned */
  gint parent_id;     /* of the upstream region that seeded it, -1: none did */
  GQuark parent_type; /* and its type, or 0 */
  GstClockTime late;  /* how much older the frame is that the box was found on;
                         0 unless inference runs beside the stream */
} GstSiambanResult;

#endif
