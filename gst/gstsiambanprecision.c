/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanprecision.h"

#include <siamban/model.h>

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

  if (g_once_init_enter (&type)) {
    GType made = g_enum_register_static ("GstSiambanPrecision", values);

    gst_type_mark_as_plugin_api (made, 0);
    g_once_init_leave (&type, made);
  }
  return type;
}
