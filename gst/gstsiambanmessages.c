/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanmessages.h"

void
gst_siamban_post_change (
    GstElement *element, const gchar *event, const GstSiambanResult *result)
{
  const SiambanTrack *track = &result->track;
  const SiambanBox *box = &track->box;

  gst_element_post_message (element,
      gst_message_new_element (GST_OBJECT (element),
          gst_structure_new ("siambantrack", "event", G_TYPE_STRING, event,
              "id", G_TYPE_UINT, (guint)track->id, "running-time",
              G_TYPE_UINT64, track->last_seen, "x", G_TYPE_DOUBLE, box->x, "y",
              G_TYPE_DOUBLE, box->y, "w", G_TYPE_DOUBLE, box->w, "h",
              G_TYPE_DOUBLE, box->h, NULL)));
}

void
gst_siamban_warn_of_box (GstElement *element, const gchar *reason)
{
  GST_ELEMENT_WARNING (element, LIBRARY, SETTINGS,
      ("Cannot follow this box: %s", reason), (NULL));
}

void
gst_siamban_warn_once (GstElement *element, guint *seen, GstSiambanTrouble kind,
    const gchar *reason)
{
  if (*seen & kind)
    return;
  *seen |= kind;
  GST_ELEMENT_WARNING (element, STREAM, FAILED,
      ("A frame passed on as it came: %s", reason),
      ("said once, however many there are"));
}
