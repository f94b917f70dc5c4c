/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"

#include <string.h>

#include "element.h"

/* No B-frames: with them, mp4mux cuts the end off where frame times vary. */
#define H264                                                                   \
  "x264enc name=x264 pass=qual quantizer=23 "                                  \
  "speed-preset=veryfast bframes=0 ! "
#define VP8 "vp8enc deadline=1 cpu-used=8 target-bitrate=4000000 ! "

static const struct
{
  const char *suffix;
  const char *encoder;
} formats[] = {
    {".mp4", H264 "mp4mux"},
    {".m4v", H264 "mp4mux"},
    {".mov", H264 "qtmux"},
    {".mkv", H264 "matroskamux"},
    {".webm", VP8 "webmmux"},
    {".avi", "jpegenc ! avimux"},
};

static const char *
encoder_for (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    const gsize length = strlen (path), suffix = strlen (formats[i].suffix);

    if (length > suffix &&
        !g_ascii_strcasecmp (path + length - suffix, formats[i].suffix))
      return formats[i].encoder;
  }
  return NULL;
}

GstElement *
track_output_add (GstBin *pipeline, const char *path, GError **error)
{
  const char *encoder = encoder_for (path);
  GstElement *branch, *sink;
  char *description;

  if (!encoder) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s: expected a name that ends in .mp4, .m4v, .mov, .mkv, .webm or "
        ".avi",
        path);
    return NULL;
  }
  /* H.264 has sides of even length only.
   * async=false: an encoder may swallow many frames before it lets one out,
   * and a window beside it must not wait for that. */
  description = g_strdup_printf (
      "queue ! videoconvert ! videoscale ! "
      "video/x-raw,format=I420,width=[16,16384,2],height=[16,16384,2] ! %s ! "
      "filesink name=file async=false",
      encoder);
  branch = track_element_add (pipeline, description, error);
  g_free (description);
  if (!branch)
    return NULL;
  sink = gst_bin_get_by_name (GST_BIN (branch), "file");
  g_object_set (sink, "location", path, NULL);
  gst_object_unref (sink);
  return branch;
}

/* Every frame is shown, however late the tracker makes it. */
static void
keep_late_frames (GstBin *bin, GstBin *parent, GstElement *element)
{
  (void)bin;
  (void)parent;
  if (g_object_class_find_property (
          G_OBJECT_GET_CLASS (element), "max-lateness"))
    g_object_set (element, "max-lateness", (gint64)-1, "qos", FALSE, NULL);
}

/* It crashes where there is no display, and where there is one, there are
 * better ones. */
static void
rule_out_directfb (void)
{
  GstPluginFeature *feature =
      gst_registry_lookup_feature (gst_registry_get (), "dfbvideosink");

  if (feature) {
    gst_plugin_feature_set_rank (feature, GST_RANK_NONE);
    gst_object_unref (feature);
  }
}

GstElement *
track_window_add (GstBin *pipeline, GError **error)
{
  GstElement *window = track_element_add (
      pipeline, "queue ! videoconvert ! autovideosink name=window", error);

  rule_out_directfb ();
  if (window)
    g_signal_connect (
        window, "deep-element-added", G_CALLBACK (keep_late_frames), NULL);
  return window;
}

static void
set_by_name (
    GstBin *bin, const char *name, const char *property, const char *value)
{
  GstElement *element = gst_bin_get_by_name (bin, name);

  if (element) {
    gst_util_set_object_arg (G_OBJECT (element), property, value);
    gst_object_unref (element);
  }
}

void
track_output_set_live (GstBin *pipeline)
{
  set_by_name (pipeline, "x264", "tune", "zerolatency");
  set_by_name (pipeline, "window", "sync", "false");
}
