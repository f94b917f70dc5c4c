/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambannavigation.h"

#include <gst/video/navigation.h>

#define SELECT_BUTTON 1
#define REMOVE_BUTTON 3
#define MIN_DRAG      4. /* pixels; less is a click */

gboolean
gst_siamban_pointer_get_band (
    const GstSiambanPointer *pointer, SiambanBox *band)
{
  *band = (SiambanBox){MIN (pointer->start_x, pointer->x),
      MIN (pointer->start_y, pointer->y), ABS (pointer->x - pointer->start_x),
      ABS (pointer->y - pointer->start_y)};
  return pointer->dragging && band->w >= MIN_DRAG && band->h >= MIN_DRAG;
}

static gboolean
navigation_press (GstSiambanPointer *pointer, gint button, gdouble x, gdouble y,
    GstSiambanRequest *request, gboolean *asks)
{
  if (button == SELECT_BUTTON) {
    *pointer = (GstSiambanPointer){TRUE, x, y, x, y};
    return TRUE;
  }
  if (button != REMOVE_BUTTON)
    return FALSE;
  *request = (GstSiambanRequest){.type = GST_SIAMBAN_REQUEST_REMOVE_AT,
      .box = {x, y, 0, 0},
      .pts = GST_CLOCK_TIME_NONE};
  *asks = TRUE;
  return TRUE;
}

static gboolean
is_on_one (const GArray *results, gdouble x, gdouble y)
{
  for (guint i = 0; results && i < results->len; i++) {
    const SiambanTrack *track =
        &g_array_index (results, GstSiambanResult, i).track;
    const SiambanBox *box = &track->box;

    if (track->status != SIAMBAN_STATUS_LOST && x >= box->x && y >= box->y &&
        x < box->x + box->w && y < box->y + box->h)
      return TRUE;
  }
  return FALSE;
}

static gboolean
navigation_release (GstSiambanPointer *pointer, gint button, gdouble x,
    gdouble y, const GArray *results, GstSiambanRequest *request,
    gboolean *asks)
{
  if (button != SELECT_BUTTON || !pointer->dragging)
    return FALSE;
  pointer->x = x;
  pointer->y = y;
  *request = (GstSiambanRequest){
      .type = GST_SIAMBAN_REQUEST_SEED, .pts = GST_CLOCK_TIME_NONE};
  *asks = TRUE;
  if (!gst_siamban_pointer_get_band (pointer, &request->box)) {
    request->box = (SiambanBox){x, y, 0, 0};
    *asks = !is_on_one (results, x, y);
  }
  pointer->dragging = FALSE;
  return TRUE;
}

static gboolean
navigation_move (GstSiambanPointer *pointer, gdouble x, gdouble y)
{
  pointer->x = x;
  pointer->y = y;
  return pointer->dragging;
}

static gboolean
navigation_cancel (GstSiambanPointer *pointer, const gchar *key)
{
  const gboolean cancels = pointer->dragging && g_strcmp0 (key, "Escape") == 0;

  if (cancels)
    pointer->dragging = FALSE;
  return cancels;
}

gboolean
gst_siamban_pointer_take (GstSiambanPointer *pointer, GstEvent *event,
    const GArray *results, GstSiambanRequest *request, gboolean *asks)
{
  const gchar *key;
  gdouble x, y;
  gint button;

  *asks = FALSE;
  switch (gst_navigation_event_get_type (event)) {
    case GST_NAVIGATION_EVENT_MOUSE_BUTTON_PRESS:
      return gst_navigation_event_parse_mouse_button_event (
                 event, &button, &x, &y) &&
             navigation_press (pointer, button, x, y, request, asks);
    case GST_NAVIGATION_EVENT_MOUSE_BUTTON_RELEASE:
      return gst_navigation_event_parse_mouse_button_event (
                 event, &button, &x, &y) &&
             navigation_release (pointer, button, x, y, results, request, asks);
    case GST_NAVIGATION_EVENT_MOUSE_MOVE:
      return gst_navigation_event_parse_mouse_move_event (event, &x, &y) &&
             navigation_move (pointer, x, y);
    case GST_NAVIGATION_EVENT_KEY_PRESS:
      return gst_navigation_event_parse_key_event (event, &key) &&
             navigation_cancel (pointer, key);
    default:
      return FALSE;
  }
}
