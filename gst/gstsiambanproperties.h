/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_PROPERTIES_H
#define GST_SIAMBAN_PROPERTIES_H

#include "gstsiambansettings.h"

enum
{
  GST_SIAMBAN_PROP_0,
  GST_SIAMBAN_PROP_MODEL,
  GST_SIAMBAN_PROP_CONFIG,
  GST_SIAMBAN_PROP_PRECISION,
  GST_SIAMBAN_PROP_MODE,
  GST_SIAMBAN_PROP_THREADS,
  GST_SIAMBAN_PROP_BOX,
  GST_SIAMBAN_PROP_BOXES,
  GST_SIAMBAN_PROP_SEED_FROM,
  GST_SIAMBAN_PROP_SEED_FROM_ROI,
  GST_SIAMBAN_PROP_SEED_ROI_TYPE,
  GST_SIAMBAN_PROP_SEED_HISTORY,
  GST_SIAMBAN_PROP_LABEL,
  GST_SIAMBAN_PROP_MAX_TARGETS,
  GST_SIAMBAN_PROP_MAX_SEARCHES,
  GST_SIAMBAN_PROP_ID_BASE,
  GST_SIAMBAN_PROP_MAX_LOST_AGE,
  GST_SIAMBAN_PROP_LOST_THRESHOLD,
  GST_SIAMBAN_PROP_FOUND_THRESHOLD,
  GST_SIAMBAN_PROP_RESET_ON_FLUSH,
  GST_SIAMBAN_PROP_INFERENCE_INTERVAL,
  GST_SIAMBAN_PROP_MAX_LATENCY,
  GST_SIAMBAN_PROP_ASYNC,
  GST_SIAMBAN_PROP_POST_FRAMES,
  GST_SIAMBAN_PROP_META,
  GST_SIAMBAN_PROP_MOUSE_SELECT,
  GST_SIAMBAN_PROP_STATS,
  GST_SIAMBAN_PROP_OVERLAY = 100, /* and on: gstsiambanoverlay.h */
};

void gst_siamban_properties_install (GObjectClass *klass);

/* Sets or gets all but box, boxes and stats. Return FALSE if @id is no
 * other. */
gboolean gst_siamban_properties_set (
    GstSiambanSettings *settings, guint id, const GValue *value);
gboolean gst_siamban_properties_get (
    const GstSiambanSettings *settings, guint id, GValue *value);

/* Whether another model has to be loaded when @id changes. */
gboolean gst_siamban_properties_choose_model (guint id);

#endif
