/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_BOX_H
#define GST_SIAMBAN_BOX_H

#include <gst/gst.h>
#include <siamban/box.h>

/* Four finite numbers, both sides above 0. */
gboolean gst_siamban_box_is_sane (const SiambanBox *box);

/* @array: a GstValueArray <x, y, w, h> of numbers of any type. Returns FALSE if
 * it is not that, or the box not sane. */
gboolean gst_siamban_box_from_array (const GValue *array, SiambanBox *box);

/* Appends x, y, w, h as doubles to @array. */
void gst_siamban_box_to_array (const SiambanBox *box, GValue *array);

/* The same of <<x, y, w, h>, ...>; @boxes: of SiambanBox. */
gboolean gst_siamban_boxes_from_array (const GValue *array, GArray *boxes);
void gst_siamban_boxes_to_array (const GArray *boxes, GValue *array);

/* Intersection over union, 0 to 1. */
gdouble gst_siamban_box_overlap (const SiambanBox *a, const SiambanBox *b);

/* FALSE if @value is no number. */
gboolean gst_siamban_number_from_value (const GValue *value, gdouble *number);

#endif
