/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "select.h"

#include <gst/video/navigation.h>

#include "output.h"
#include "tools/source/element.h"
#include "tools/source/source.h"
#include "tools/source/upright.h"

#define SELECT_DONE "siamban-track-selected"

/* What the picker said of the boxes there are. */
typedef struct
{
  guint64 id;
  TrackBox box;
} Picked;

static void
remove_picked (GArray *picked, guint64 id)
{
  for (guint i = 0; i < picked->len; i++) {
    if (g_array_index (picked, Picked, i).id == id) {
      g_array_remove_index (picked, i);
      return;
    }
  }
}

static void
take_message (GArray *picked, const GstStructure *s)
{
  const char *event = gst_structure_get_string (s, "event");
  Picked found = {0};
  TrackBox *box = &found.box;

  if (!gst_structure_has_name (s, "siambantrack") ||
      !gst_structure_get (s, "id", G_TYPE_UINT64, &found.id, "x", G_TYPE_DOUBLE,
          &box->x, "y", G_TYPE_DOUBLE, &box->y, "w", G_TYPE_DOUBLE, &box->w,
          "h", G_TYPE_DOUBLE, &box->h, NULL))
    return;
  if (g_strcmp0 (event, "added") == 0)
    g_array_append_val (picked, found);
  else if (g_strcmp0 (event, "ended") == 0)
    remove_picked (picked, found.id);
}

static gboolean
is_enter (GstEvent *event)
{
  const char *key;

  return gst_navigation_event_get_type (event) ==
             GST_NAVIGATION_EVENT_KEY_PRESS &&
         gst_navigation_event_parse_key_event (event, &key) &&
         (g_str_equal (key, "Return") || g_str_equal (key, "KP_Enter"));
}

/* By the bus, so that it comes behind what was picked before. */
static GstPadProbeReturn
on_event_up (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  (void)data;
  if (GST_EVENT_TYPE (event) != GST_EVENT_NAVIGATION || !is_enter (event))
    return GST_PAD_PROBE_OK;
  gst_element_post_message (
      GST_PAD_PARENT (pad), gst_message_new_application (GST_OBJECT (pad),
                                gst_structure_new_empty (SELECT_DONE)));
  return GST_PAD_PROBE_OK;
}

static void
watch_keys (GstElement *picker)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (picker, "src");

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_event_up, NULL, NULL);
}

/* The element tells of a box as soon as it follows it; what it follows here, on
 * a picture that stands still, does not matter. */
static GstElement *
picker_add (GstBin *bin, const TrackOptions *options, GError **error)
{
  GstElement *picker = track_element_add (bin, "siambantrack", error);

  if (picker)
    g_object_set (picker, "model", options->model, "config", options->config,
        "mouse-select", TRUE, "seed-from-roi", FALSE, "draw", TRUE, NULL);
  if (picker)
    watch_keys (picker);
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

/* Until Enter is pressed and there is a box. */
static gboolean
wait_for_boxes (
    GstElement *pipeline, const char *input, GArray *picked, GError **error)
{
  const GstMessageType types = GST_MESSAGE_ELEMENT | GST_MESSAGE_APPLICATION |
                               GST_MESSAGE_ERROR | GST_MESSAGE_EOS;
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  for (;;) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, types);

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
      take_message (picked, gst_message_get_structure (message));
    } else if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_APPLICATION) {
      select_explain (message, input, error);
      return FALSE;
    } else if (picked->len > 0) {
      return TRUE;
    }
  }
}

gboolean
track_select (TrackOptions *options, GError **error)
{
  g_autoptr (GstElement) pipeline = gst_pipeline_new (NULL);
  g_autoptr (GArray) picked = g_array_new (FALSE, FALSE, sizeof (Picked));
  gboolean selected = FALSE;

  if (select_build (GST_BIN (pipeline), options, error)) {
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_printerr ("siamban-track: draw a box around each object, or click on it; "
                "the third button takes one away; Enter starts\n");
    selected = wait_for_boxes (pipeline, options->input, picked, error);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  for (guint i = 0; selected && i < picked->len; i++)
    g_array_append_val (options->boxes, g_array_index (picked, Picked, i).box);
  return selected;
}
