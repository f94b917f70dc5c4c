/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <siamban/model.h>

static const char *const names[] = {
    [SIAMBAN_PRECISION_AUTO] = "auto",
    [SIAMBAN_PRECISION_FP32] = "fp32",
    [SIAMBAN_PRECISION_INT8] = "int8",
    [SIAMBAN_PRECISION_BF16] = "bf16",
};

const char *
siamban_precision_name (SiambanPrecision precision)
{
  return (guint)precision < G_N_ELEMENTS (names) ? names[precision] : NULL;
}

gboolean
siamban_precision_from_name (const char *name, SiambanPrecision *precision)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i])) {
      *precision = i;
      return TRUE;
    }
  return FALSE;
}
