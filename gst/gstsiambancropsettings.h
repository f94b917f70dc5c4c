/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_CROP_SETTINGS_H
#define GST_SIAMBAN_CROP_SETTINGS_H

#include "gstsiambancamera.h"

/* The values of siambancrop's properties. */
typedef struct
{
  gint width, height; /* 0: any */
  guint64 id;         /* 0: the first */
  gchar *label;       /* NULL: any */
  GstSiambanCameraOptions camera;
  guint64 ptz_interval; /* ns */
} GstSiambanCropSettings;

void gst_siamban_crop_settings_init (GstSiambanCropSettings *settings);
void gst_siamban_crop_settings_install (GObjectClass *klass);

/* Return FALSE if there is no property @id. */
gboolean gst_siamban_crop_settings_set (
    GstSiambanCropSettings *settings, guint id, const GValue *value);
gboolean gst_siamban_crop_settings_get (
    const GstSiambanCropSettings *settings, guint id, GValue *value);

/* Whether the size of the output hangs on the property @id. */
gboolean gst_siamban_crop_settings_is_size (guint id);

#endif
