/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanevents.h"

#include "gstsiambanlog.h"

static gboolean
is_for (GstElement *element, const GstStructure *s)
{
  const gchar *name = gst_structure_get_string (s, "element");

  return !name || g_str_equal (name, GST_OBJECT_NAME (element));
}

gboolean
gst_siamban_events_take (GstSiambanTracker *tracker, GstEvent *event)
{
  const GstStructure *s = gst_event_get_structure (event);
  g_autofree gchar *problem = NULL;
  GstSiambanRequest request;

  if (!s || !is_for (tracker->element, s))
    return FALSE;
  if (gst_siamban_request_parse (s, &request, &problem)) {
    GST_DEBUG_OBJECT (
        tracker->element, "asked for %" GST_PTR_FORMAT, (gpointer)s);
    return gst_siamban_tracker_request (tracker, &request);
  }
  if (problem && request.type == GST_SIAMBAN_REQUEST_SEED)
    gst_siamban_post_refusal (
        tracker->element, request.id, &request.box, problem);
  if (problem)
    gst_siamban_warn_of_box (tracker->element, problem);
  return problem != NULL;
}
