/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "select.h"

#include <gst/gst.h>

#include "output.h"
#include "tools/source/element.h"
#include "tools/source/source.h"
#include "tools/source/upright.h"

/* The element tells of a box as soon as it follows it; what it follows here, on
 * a picture that stands still, does not matter. */
static GstElement *
picker_add (GstBin *bin, const TrackOptions *options, GError **error)
{
  GstElement *picker = track_element_add (bin, "siambantrack", error);

  if (picker)
    g_object_set (picker, "model", options->model, "config", options->config,
        "mouse-select", TRUE, "seed-from-roi", FALSE, NULL);
  return picker;
}

static gboolean
select_build (GstBin *bin, const TrackOptions *options, GError **error)
{
  const TrackSource source = {
      .input = options->input,
      .start_index = options->start_index,
      .fps = options->fps,
      .gaps = options->gaps,
      .start_frame = options->start_frame,
      .start_time = options->start_time,
  };
  GstElement *upright = upright_add (bin, error);
  GstElement *still =
      upright ? track_element_add (bin,
                    "imagefreeze ! capsfilter caps=video/x-raw,framerate=20/1",
                    error)
              : NULL;
  GstElement *picker = still ? picker_add (bin, options, error) : NULL;
  GstElement *window = picker ? track_window_add (bin, error) : NULL;

  return window &&
         gst_element_link_many (upright, still, picker, window, NULL) &&
         track_source_add (bin, &source, upright, error);
}

static gboolean
get_box (const GstStructure *s, TrackBox *box)
{
  return gst_structure_has_name (s, "siambantrack") &&
         g_strcmp0 (gst_structure_get_string (s, "event"), "added") == 0 &&
         gst_structure_get (s, "x", G_TYPE_DOUBLE, &box->x, "y", G_TYPE_DOUBLE,
             &box->y, "w", G_TYPE_DOUBLE, &box->w, "h", G_TYPE_DOUBLE, &box->h,
             NULL);
}

static void
select_explain (GstMessage *message, const char *input, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &reason, NULL);
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
      "%s: no object was selected: %s", input,
      reason ? reason->message : "there is no frame");
}

static gboolean
wait_for_box (
    GstElement *pipeline, const char *input, TrackBox *box, GError **error)
{
  const GstMessageType types =
      GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR | GST_MESSAGE_EOS;
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  for (;;) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, types);

    if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT) {
      select_explain (message, input, error);
      return FALSE;
    }
    if (get_box (gst_message_get_structure (message), box))
      return TRUE;
  }
}

gboolean
track_select (const TrackOptions *options, TrackBox *box, GError **error)
{
  g_autoptr (GstElement) pipeline = gst_pipeline_new (NULL);
  gboolean selected = FALSE;

  if (select_build (GST_BIN (pipeline), options, error)) {
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_printerr (
        "siamban-track: draw a box around the object, or click on it\n");
    selected = wait_for_box (pipeline, options->input, box, error);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return selected;
}
