/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_SETTINGS_H
#define GST_SIAMBAN_SETTINGS_H

#include <gst/gst.h>
#include <siamban/siamban.h>

#include "gstsiambanmeta.h"
#include "gstsiambanoverlay.h"

/* The values of the element's properties. Strings are ref-counted, so that a
 * copy for one frame costs next to nothing. */
typedef struct
{
  gchar *model;
  gchar *config;
  SiambanPrecision precision;
  gboolean has_box;
  SiambanBox box;
  gboolean seed_from_roi;
  gchar *seed_roi_type;
  gchar *label; /* never NULL */
  guint threads;
  GstSiambanMetaKind meta;
  GstSiambanOverlay overlay;
} GstSiambanSettings;

void gst_siamban_settings_init (GstSiambanSettings *settings);
void gst_siamban_settings_copy (
    const GstSiambanSettings *from, GstSiambanSettings *to);
void gst_siamban_settings_clear (GstSiambanSettings *settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (
    GstSiambanSettings, gst_siamban_settings_clear)

#endif
