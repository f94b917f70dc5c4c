/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_MESSAGES_H
#define GST_SIAMBAN_MESSAGES_H

#include "gstsiambanresult.h"

/* What keeps a frame from being worked on, one bit a kind. */
typedef enum
{
  GST_SIAMBAN_TROUBLE_MAP = 1 << 0,
  GST_SIAMBAN_TROUBLE_FORMAT = 1 << 1,
  GST_SIAMBAN_TROUBLE_DRAW = 1 << 2,
  GST_SIAMBAN_TROUBLE_REGION = 1 << 3,
  GST_SIAMBAN_TROUBLE_UPDATE = 1 << 4,
} GstSiambanTrouble;

/* Posts an element message: @event happened to the target of @result. */
void gst_siamban_post_change (
    GstElement *element, const gchar *event, const GstSiambanResult *result);

void gst_siamban_warn_of_box (GstElement *element, const gchar *reason);

/* Posts a warning message the first time that a kind is met; @seen keeps
 * those that were. */
void gst_siamban_warn_once (GstElement *element, guint *seen,
    GstSiambanTrouble kind, const gchar *reason);

#endif
