/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "media.h"

#include <gst/gst.h>

static void
run_to_end (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_object_unref (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

void
media_make (const char *description)
{
  run_to_end (gst_parse_launch (description, NULL));
}

static GstPadProbeReturn
end_after (GstPad *pad, GstPadProbeInfo *info, gpointer left)
{
  (void)pad;
  if ((*(guint *)left)-- > 0)
    return GST_PAD_PROBE_OK;
  *(guint *)left = 0;
  gst_buffer_unref (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GST_FLOW_EOS;
  return GST_PAD_PROBE_HANDLED;
}

void
media_make_first (guint n, const char *description)
{
  GstElement *pipeline = gst_parse_launch (description, NULL);
  g_autoptr (GstElement) first =
      gst_bin_get_by_name (GST_BIN (pipeline), "first");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (first, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, end_after, &n, NULL);
  run_to_end (pipeline);
}

void
media_makef (const char *format, ...)
{
  g_autofree char *description = NULL;
  va_list list;

  va_start (list, format);
  description = g_strdup_vprintf (format, list);
  va_end (list);
  media_make (description);
}

void
media_join (const char *out, ...)
{
  g_autoptr (GString) all = g_string_new (NULL);
  va_list list;

  va_start (list, out);
  for (const char *path = va_arg (list, const char *); path;
       path = va_arg (list, const char *)) {
    g_autofree char *content = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (path, &content, &size, NULL));
    g_string_append_len (all, content, (gssize)size);
  }
  va_end (list);
  g_assert_true (g_file_set_contents (out, all->str, (gssize)all->len, NULL));
}

guint8 *
media_read (const char *path, gsize *size)
{
  g_autofree char *raw = g_strconcat (path, ".raw", NULL);
  char *content;

  media_makef ("filesrc location=\"%s\" ! decodebin ! videoconvert ! "
               "video/x-raw,format=RGB ! filesink location=\"%s\"",
      path, raw);
  g_assert_true (g_file_get_contents (raw, &content, size, NULL));
  return (guint8 *)content;
}
