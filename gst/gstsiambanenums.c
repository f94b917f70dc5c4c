/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanenums.h"

#include <siamban/session.h>

#include "gstsiambanregions.h"

static GType
register_enum (gsize *type, const gchar *name, const GEnumValue *values)
{
  if (g_once_init_enter (type)) {
    const GType made = g_enum_register_static (name, values);

    gst_type_mark_as_plugin_api (made, 0);
    g_once_init_leave (type, made);
  }
  return *type;
}

GType
gst_siamban_precision_get_type (void)
{
  static const GEnumValue values[] = {
      {SIAMBAN_PRECISION_AUTO,
          "int8 or bf16 if the file was made for it and the CPU can, else fp32",
          "auto"},
      {SIAMBAN_PRECISION_FP32, "32-bit floats", "fp32"},
      {SIAMBAN_PRECISION_INT8, "8-bit and 16-bit integers", "int8"},
      {SIAMBAN_PRECISION_BF16, "bfloat16, 16-bit integers in between", "bf16"},
      {0, NULL, NULL},
  };
  static gsize type;

  return register_enum (&type, "GstSiambanPrecision", values);
}

GType
gst_siamban_mode_get_type (void)
{
  static const GEnumValue values[] = {
      {SIAMBAN_MODE_REFERENCE,
          "The published tracker: the best box of every frame, never lost",
          "reference"},
      {SIAMBAN_MODE_ROBUST,
          "Learns on the way, tells when the target is lost, finds it again",
          "robust"},
      {0, NULL, NULL},
  };
  static gsize type;

  return register_enum (&type, "GstSiambanMode", values);
}

GType
gst_siamban_seed_from_get_type (void)
{
  static const GFlagsValue values[] = {
      {GST_SIAMBAN_SEED_FROM_ROI, "GstVideoRegionOfInterestMeta", "roi"},
      {GST_SIAMBAN_SEED_FROM_ANALYTICS,
          "Objects of GstAnalyticsRelationMeta, with GStreamer 1.24 and later",
          "analytics"},
      {0, NULL, NULL},
  };
  static gsize type;

  if (g_once_init_enter (&type)) {
    const GType made = g_flags_register_static ("GstSiambanSeedFrom", values);

    gst_type_mark_as_plugin_api (made, 0);
    g_once_init_leave (&type, made);
  }
  return type;
}
