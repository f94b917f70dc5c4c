/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_MESSAGES_H
#define GST_SIAMBAN_MESSAGES_H

#include "gstsiambanmoment.h"
#include "gstsiambanresult.h"

/* What keeps a frame from being worked on, one bit a kind. */
typedef enum
{
  GST_SIAMBAN_TROUBLE_MAP = 1 << 0,
  GST_SIAMBAN_TROUBLE_FORMAT = 1 << 1,
  GST_SIAMBAN_TROUBLE_CROP = 1 << 2,
  GST_SIAMBAN_TROUBLE_DRAW = 1 << 3,
  GST_SIAMBAN_TROUBLE_REGION = 1 << 4,
  GST_SIAMBAN_TROUBLE_UPDATE = 1 << 5,
  GST_SIAMBAN_TROUBLE_COPY = 1 << 6,
} GstSiambanTrouble;

/* Posts an element message `siambantrack`: @event of the session, on the frame
 * at @moment. @label: of the target. */
void gst_siamban_post_event (GstElement *element, const SiambanEvent *event,
    const gchar *label, const GstSiambanMoment *moment);

/* Posts one of the same fields that is not about a target. */
void gst_siamban_post_notice (GstElement *element, const gchar *event,
    const gchar *message, const GstSiambanMoment *moment);

/* Posts an element message `siambantrack-frame` with all targets. */
void gst_siamban_post_frame (GstElement *element,
    const GstSiambanResult *results, guint n, const GstSiambanMoment *moment);

/* Posts a warning message. */
/* The `refused` message for a box that never came before a frame. @id: of the
 * target that it was for, or 0. Without the element's lock. */
void gst_siamban_post_refusal (GstElement *element, guint64 id,
    const SiambanBox *box, const gchar *reason);
void gst_siamban_warn_of_box (GstElement *element, const gchar *reason);

/* Posts a warning message the first time that a kind is met; @seen keeps
 * those that were. */
void gst_siamban_warn_once (GstElement *element, guint *seen,
    GstSiambanTrouble kind, const gchar *reason);

#endif
