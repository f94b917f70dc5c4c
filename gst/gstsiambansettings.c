/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambansettings.h"

static gchar *
string_ref (gchar *string)
{
  return string ? g_ref_string_acquire (string) : NULL;
}

void
gst_siamban_settings_init (GstSiambanSettings *settings)
{
  SiambanSessionOptions options;

  siamban_session_options_init (&options);
  *settings = (GstSiambanSettings){
      .precision = SIAMBAN_PRECISION_AUTO,
      .mode = options.mode,
      .threads = options.threads,
      .seed_from = GST_SIAMBAN_SEED_FROM_ALL,
      .max_targets = options.max_targets,
      .max_searches = options.max_searches,
      .max_lost_age = options.max_lost_age,
      .lost_threshold = options.lost_threshold,
      .found_threshold = options.found_threshold,
      .inference_interval = options.interval,
      .max_latency = GST_CLOCK_TIME_NONE,
      .meta = GST_SIAMBAN_META_AUTO,
  };
  gst_siamban_overlay_init (&settings->overlay);
}

void
gst_siamban_settings_copy (
    const GstSiambanSettings *from, GstSiambanSettings *to)
{
  *to = *from;
  to->model = string_ref (from->model);
  to->config = string_ref (from->config);
  to->seed_roi_type = string_ref (from->seed_roi_type);
  to->label = string_ref (from->label);
}

void
gst_siamban_settings_clear (GstSiambanSettings *settings)
{
  g_clear_pointer (&settings->model, g_ref_string_release);
  g_clear_pointer (&settings->config, g_ref_string_release);
  g_clear_pointer (&settings->seed_roi_type, g_ref_string_release);
  g_clear_pointer (&settings->label, g_ref_string_release);
}
