/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_SETTINGS_H
#define GST_SIAMBAN_SETTINGS_H

#include <gst/gst.h>
#include <siamban/siamban.h>

#include "gstsiambanmeta.h"
#include "gstsiambanoverlay.h"
#include "gstsiambanregions.h"

/* The values of the element's properties. Strings are ref-counted, so that a
 * copy for one frame costs next to nothing. */
typedef struct
{
  gchar *model;
  gchar *config;
  SiambanPrecision precision;
  SiambanMode mode;
  guint threads;

  GstSiambanSeedFrom seed_from;
  gchar *seed_roi_type;
  gchar *label;
  guint seed_history; /* frames */

  guint max_targets;
  guint max_searches;
  guint64 id_base;
  guint64 max_lost_age; /* ns */
  gdouble lost_threshold;
  gdouble found_threshold;
  gboolean reset_on_flush;

  guint inference_interval;
  guint64 max_latency; /* ns, 0: no limit, NONE: by itself */
  gboolean async;

  gboolean post_frames;
  GstSiambanMetaKind meta;
  gboolean mouse_select;
  GstSiambanOverlay overlay;
} GstSiambanSettings;

void gst_siamban_settings_init (GstSiambanSettings *settings);
void gst_siamban_settings_copy (
    const GstSiambanSettings *from, GstSiambanSettings *to);
void gst_siamban_settings_clear (GstSiambanSettings *settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (
    GstSiambanSettings, gst_siamban_settings_clear)

#endif
