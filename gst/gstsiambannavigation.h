/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_NAVIGATION_H
#define GST_SIAMBAN_NAVIGATION_H

#include "gstsiambanrequest.h"
#include "gstsiambanresult.h"

/* A mouse over the picture. All zero is one that no button of is pressed. */
typedef struct
{
  gboolean dragging;
  gdouble start_x, start_y;
  gdouble x, y;
} GstSiambanPointer;

/* A navigation event from downstream: dragging with the first button draws a
 * box, which Escape cancels, and clicking with it marks a point, unless it lies
 * on one of @results; the third button removes what is under it. Returns
 * whether it was for us. @request: (out): what is asked for, if @asks. */
gboolean gst_siamban_pointer_take (GstSiambanPointer *pointer, GstEvent *event,
    const GArray *results, GstSiambanRequest *request, gboolean *asks);

/* The box that is being drawn. Returns FALSE if there is none. */
gboolean gst_siamban_pointer_get_band (
    const GstSiambanPointer *pointer, SiambanBox *band);

#endif
