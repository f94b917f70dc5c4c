/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanorigin.h"

GstSiambanOrigin *
gst_siamban_origin_new (gint parent_id, GQuark type)
{
  GstSiambanOrigin *origin = g_new (GstSiambanOrigin, 1);

  *origin = (GstSiambanOrigin){parent_id, type, GST_CLOCK_TIME_NONE};
  return origin;
}
