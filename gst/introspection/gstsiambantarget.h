/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_TARGET_H
#define GST_SIAMBAN_TARGET_H

/* What siambanmeta.h reads, for languages that cannot include it: GObject
 * introspection makes the namespace GstSiamban of this file. C programs have no
 * need of it. */

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstSiambanTargetStatus:
 * @GST_SIAMBAN_TARGET_STATUS_TRACKED: it is where the box is
 * @GST_SIAMBAN_TARGET_STATUS_UNCERTAIN: hidden in part, changed, or about to be
 *     lost
 * @GST_SIAMBAN_TARGET_STATUS_LOST: not in sight; the box is where it was last
 */
typedef enum
{
  GST_SIAMBAN_TARGET_STATUS_TRACKED,
  GST_SIAMBAN_TARGET_STATUS_UNCERTAIN,
  GST_SIAMBAN_TARGET_STATUS_LOST
} GstSiambanTargetStatus;

GType gst_siamban_target_status_get_type (void);

/**
 * GstSiambanTarget:
 * @id: number of the target
 * @label: the element's label
 * @status: whether it is in sight
 * @x: left edge of the box, in pixels of the frame; may be outside of it
 * @y: upper edge
 * @width: width
 * @height: height
 * @score: the network's, at the chosen point, 0 to 1
 * @peak: the network's, anywhere in the search area, 0 to 1
 * @confidence: how sure it is that the box shows the target, 0 to 1
 * @predicted: the box was moved on without running the network
 * @search_x: left edge of the area searched last
 * @search_y: upper edge
 * @search_width: width, 0 before the first search
 * @search_height: height, 0 before the first search
 * @first_seen: running time, in nanoseconds
 * @last_seen: running time, in nanoseconds
 * @age: frames since it was added
 * @unseen: frames since it was last seen
 * @late: nanoseconds by which the frame is older that the box was found on
 *
 * A target as of one frame.
 */
typedef struct
{
  guint64 id;
  gchar *label;
  GstSiambanTargetStatus status;
  gdouble x, y, width, height;
  gdouble score, peak, confidence;
  gboolean predicted;
  gdouble search_x, search_y, search_width, search_height;
  guint64 first_seen, last_seen;
  guint64 age, unseen;
  guint64 late;
} GstSiambanTarget;

GType gst_siamban_target_get_type (void);

/**
 * gst_siamban_buffer_get_targets:
 * @buffer: from behind a `siambantrack`
 *
 * Returns: (transfer full) (element-type GstSiambanTarget): the targets on
 *     @buffer, in the order in which they were added; empty if there are none
 */
GList *gst_siamban_buffer_get_targets (GstBuffer *buffer);

G_END_DECLS

#endif
