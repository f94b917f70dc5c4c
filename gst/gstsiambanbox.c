/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanbox.h"

#include <float.h>
#include <math.h>

gboolean
gst_siamban_box_is_sane (const SiambanBox *box)
{
  return isfinite (box->x) && isfinite (box->y) && isfinite (box->w) &&
         isfinite (box->h) && box->w > 0 && box->h > 0;
}

gboolean
gst_siamban_number_from_value (const GValue *value, gdouble *number)
{
  GValue as_double = G_VALUE_INIT;

  if (G_VALUE_HOLDS_BOOLEAN (value))
    return FALSE;
  g_value_init (&as_double, G_TYPE_DOUBLE);
  if (!g_value_transform (value, &as_double))
    return FALSE;
  *number = g_value_get_double (&as_double);
  return TRUE;
}

gboolean
gst_siamban_box_from_array (const GValue *array, SiambanBox *box)
{
  gdouble *const numbers[] = {&box->x, &box->y, &box->w, &box->h};

  if (gst_value_array_get_size (array) != G_N_ELEMENTS (numbers))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    if (!gst_siamban_number_from_value (
            gst_value_array_get_value (array, i), numbers[i]))
      return FALSE;
  }
  return gst_siamban_box_is_sane (box);
}

gboolean
gst_siamban_boxes_from_array (const GValue *array, GArray *boxes)
{
  for (guint i = 0; i < gst_value_array_get_size (array); i++) {
    const GValue *value = gst_value_array_get_value (array, i);
    SiambanBox box;

    if (!GST_VALUE_HOLDS_ARRAY (value) ||
        !gst_siamban_box_from_array (value, &box))
      return FALSE;
    g_array_append_val (boxes, box);
  }
  return TRUE;
}

void
gst_siamban_boxes_to_array (const GArray *boxes, GValue *array)
{
  for (guint i = 0; i < boxes->len; i++) {
    GValue box = G_VALUE_INIT;

    g_value_init (&box, GST_TYPE_ARRAY);
    gst_siamban_box_to_array (&g_array_index (boxes, SiambanBox, i), &box);
    gst_value_array_append_and_take_value (array, &box);
  }
}

gdouble
gst_siamban_box_overlap (const SiambanBox *a, const SiambanBox *b)
{
  const gdouble w = MIN (a->x + a->w, b->x + b->w) - MAX (a->x, b->x);
  const gdouble h = MIN (a->y + a->h, b->y + b->h) - MAX (a->y, b->y);
  const gdouble both = MAX (w, 0) * MAX (h, 0);

  return both / MAX (a->w * a->h + b->w * b->h - both, DBL_MIN);
}

void
gst_siamban_box_to_array (const SiambanBox *box, GValue *array)
{
  const gdouble numbers[] = {box->x, box->y, box->w, box->h};

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    GValue number = G_VALUE_INIT;

    g_value_init (&number, G_TYPE_DOUBLE);
    g_value_set_double (&number, numbers[i]);
    gst_value_array_append_and_take_value (array, &number);
  }
}
