/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_ORIGIN_H
#define GST_SIAMBAN_ORIGIN_H

#include <gst/gst.h>

/* Where a target came from: the user data of its track. */
typedef struct
{
  gint parent_id;          /* of the region that seeded it, or -1 */
  GQuark type;             /* of that region, or 0 */
  GstClockTime learnt_pts; /* of the frame, NONE until it was learnt */
} GstSiambanOrigin;

/* Returns: (transfer full): freed by g_free(). */
GstSiambanOrigin *gst_siamban_origin_new (gint parent_id, GQuark type);

#endif
