/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element.h"

#include <string.h>

static const struct
{
  const char *element;
  const char *advice;
} advices[] = {
    {"siambantrack", "set GST_PLUGIN_PATH to the folder of libgstsiamban.so, "
                     "or run inside \"meson devenv -C build\""},
    {"uridecodebin", "install gstreamer1.0-plugins-base"},
    {"decodebin", "install gstreamer1.0-plugins-base"},
    {"videoconvert", "install gstreamer1.0-plugins-base"},
    {"autovideosink", "install gstreamer1.0-plugins-good"},
    {"avimux", "install gstreamer1.0-plugins-good"},
    {"imagesequencesrc", "install gstreamer1.0-plugins-good"},
    {"jpegenc", "install gstreamer1.0-plugins-good"},
    {"matroskamux", "install gstreamer1.0-plugins-good"},
    {"mp4mux", "install gstreamer1.0-plugins-good"},
    {"qtmux", "install gstreamer1.0-plugins-good"},
    {"videoflip", "install gstreamer1.0-plugins-good"},
    {"vp8enc", "install gstreamer1.0-plugins-good"},
    {"webmmux", "install gstreamer1.0-plugins-good"},
    {"x264enc", "install gstreamer1.0-plugins-ugly"},
};

static const char *
advice_for (const char *element)
{
  for (gsize i = 0; i < G_N_ELEMENTS (advices); i++) {
    if (g_str_equal (advices[i].element, element))
      return advices[i].advice;
  }
  return "install GStreamer's plugins";
}

static void
set_missing (GstParseContext *context, GError **error)
{
  char **missing = gst_parse_context_get_missing_elements (context);

  if (missing) {
    g_clear_error (error);
    g_set_error (error, GST_PARSE_ERROR, GST_PARSE_ERROR_NO_SUCH_ELEMENT,
        "GStreamer has no element %s: %s", missing[0], advice_for (missing[0]));
  }
  g_strfreev (missing);
}

/* A single element is not parsed as a bin: the open pads inside of decodebin
 * are not for us. */
GstElement *
track_element_add (GstBin *bin, const char *description, GError **error)
{
  GstParseContext *context = gst_parse_context_new ();
  GstElement *element =
      strchr (description, '!')
          ? gst_parse_bin_from_description_full (
                description, TRUE, context, GST_PARSE_FLAG_FATAL_ERRORS, error)
          : gst_parse_launch_full (
                description, context, GST_PARSE_FLAG_FATAL_ERRORS, error);

  if (element)
    gst_bin_add (bin, element);
  else
    set_missing (context, error);
  gst_parse_context_free (context);
  return element;
}
