/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"

#include <string.h>

#include <gst/video/video.h>

#include "tools/source/element.h"

#define SD_HEIGHT   576
#define LEAST_SIDE  16
#define MOST_SIDE   16384
#define DEFAULT_FPS 25

/* No B-frames: with them, mp4mux cuts the end off where frame times vary. */
#define H264                                                                   \
  "x264enc name=x264 pass=qual quantizer=23 "                                  \
  "speed-preset=veryfast bframes=0 ! "
#define VP8 "vp8enc deadline=1 cpu-used=8 target-bitrate=4000000 ! "

typedef enum
{
  COLOURS_KEPT, /* but for the range */
  COLOURS_VP8,
  COLOURS_JPEG,
} Colours;

typedef struct
{
  const char *suffix;
  const char *encoder;
  Colours colours; /* those that the format cannot tell are fixed */
} Format;

static const Format formats[] = {
    {".mp4", H264 "mp4mux name=muxer", COLOURS_KEPT},
    {".m4v", H264 "mp4mux name=muxer", COLOURS_KEPT},
    {".mov", H264 "qtmux name=muxer", COLOURS_KEPT},
    {".mkv", H264 "matroskamux name=muxer", COLOURS_KEPT},
    {".webm", VP8 "webmmux name=muxer", COLOURS_VP8},
    {".avi", "jpegenc ! avimux name=muxer", COLOURS_JPEG},
};

static const Format *
format_of (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    const gsize length = strlen (path), suffix = strlen (formats[i].suffix);

    if (length > suffix &&
        !g_ascii_strcasecmp (path + length - suffix, formats[i].suffix))
      return &formats[i];
  }
  return NULL;
}

/* H.264 has sides of even length only. */
static int
side (int length)
{
  return CLAMP (length, LEAST_SIDE, MOST_SIDE) / 2 * 2;
}

/* Those of VP8 and JPEG are fixed: the files cannot say what they are. And the
 * full range of luma does not survive MP4 in GStreamer 1.22. */
static GstVideoColorimetry
colours_of (const GstVideoInfo *info, Colours colours)
{
  const gboolean sd = info->height <= SD_HEIGHT;
  GstVideoColorimetry found = info->colorimetry;

  if (colours != COLOURS_KEPT || GST_VIDEO_INFO_IS_RGB (info))
    found = (GstVideoColorimetry){.matrix = sd || colours != COLOURS_KEPT
                                                ? GST_VIDEO_COLOR_MATRIX_BT601
                                                : GST_VIDEO_COLOR_MATRIX_BT709};
  found.range = colours == COLOURS_JPEG ? GST_VIDEO_COLOR_RANGE_0_255
                                        : GST_VIDEO_COLOR_RANGE_16_235;
  return found;
}

static GstCaps *
caps_like (const GstVideoInfo *info, const Format *format)
{
  const GstVideoColorimetry colours = colours_of (info, format->colours);
  g_autofree char *colorimetry = gst_video_colorimetry_to_string (&colours);

  return gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420",
      "width", G_TYPE_INT, side (info->width), "height", G_TYPE_INT,
      side (info->height), "pixel-aspect-ratio", GST_TYPE_FRACTION, info->par_n,
      info->par_d, "colorimetry", G_TYPE_STRING, colorimetry, NULL);
}

typedef struct
{
  const Format *format;
  GstElement *via, *filter; /* of the branch, which outlives the probe */
  GstVideoColorimetry colours;
  gboolean fixed;
} Fitting;

static gboolean
is_same_kind (const GstVideoInfo *info, const GstVideoColorimetry *colours)
{
  return GST_VIDEO_INFO_IS_RGB (info) ||
         (info->colorimetry.range == colours->range &&
             info->colorimetry.matrix == colours->matrix);
}

/* A file has one size and one kind of picture: those of the first frame. Later
 * ones are fitted into it. GStreamer 1.22 does not convert from one range of
 * luma to another but by way of RGB. */
static GstPadProbeReturn
fit_caps (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Fitting *fitting = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autoptr (GstCaps) via = NULL;
  GstVideoInfo video;
  GstCaps *caps;

  (void)pad;
  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  if (!gst_video_info_from_caps (&video, caps))
    return GST_PAD_PROBE_OK;
  if (!fitting->fixed) {
    g_autoptr (GstCaps) first = caps_like (&video, fitting->format);

    fitting->colours = colours_of (&video, fitting->format->colours);
    fitting->fixed = TRUE;
    g_object_set (fitting->filter, "caps", first, NULL);
  }
  via = gst_caps_from_string (is_same_kind (&video, &fitting->colours)
                                  ? "video/x-raw"
                                  : "video/x-raw,format=BGRx");
  g_object_set (fitting->via, "caps", via, NULL);
  return GST_PAD_PROBE_OK;
}

/* What still differs later, the rate, say, would make the encoder start anew.
 * Some muxers need a rate, if only to say it. */
static GstPadProbeReturn
keep_first_caps (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autoptr (GstCaps) with_rate = NULL;
  gboolean *seen = data;
  GstCaps *caps;
  int num, den;

  (void)pad;
  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  if (*seen)
    return GST_PAD_PROBE_DROP;
  *seen = TRUE;
  gst_event_parse_caps (event, &caps);
  if (gst_structure_get_fraction (
          gst_caps_get_structure (caps, 0), "framerate", &num, &den) &&
      num > 0)
    return GST_PAD_PROBE_OK;
  with_rate = gst_caps_copy (caps);
  gst_caps_set_simple (
      with_rate, "framerate", GST_TYPE_FRACTION, DEFAULT_FPS, 1, NULL);
  info->data = gst_event_new_caps (with_rate);
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
count_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  (void)pad;
  (void)info;
  g_atomic_int_inc ((gint *)data);
  return GST_PAD_PROBE_OK;
}

static gboolean
count_frames (GstElement *muxer, GstPad *pad, gpointer written)
{
  (void)muxer;
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, count_frame, written, NULL);
  return TRUE;
}

/* @name's, which lives as long as @branch does. */
static GstElement *
part_of (GstElement *branch, const char *name)
{
  g_autoptr (GstElement) part = gst_bin_get_by_name (GST_BIN (branch), name);

  return part;
}

static void
watch_branch (GstElement *branch, const Format *format, gint *written)
{
  Fitting *fitting = g_new0 (Fitting, 1);
  g_autoptr (GstPad) in =
      gst_element_get_static_pad (part_of (branch, "convert"), "sink");
  g_autoptr (GstPad) out = NULL;

  fitting->format = format;
  fitting->via = part_of (branch, "via");
  fitting->filter = part_of (branch, "filter");
  out = gst_element_get_static_pad (fitting->filter, "src");
  gst_pad_add_probe (
      in, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, fit_caps, fitting, g_free);
  gst_pad_add_probe (out, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, keep_first_caps,
      g_new0 (gboolean, 1), g_free);
  gst_element_foreach_sink_pad (
      part_of (branch, "muxer"), count_frames, written);
}

GstElement *
track_output_add (
    GstBin *pipeline, const char *path, gint *written, GError **error)
{
  const Format *format = format_of (path);
  g_autofree char *description = NULL;
  g_autoptr (GstElement) sink = NULL;
  GstElement *branch;

  if (!format) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s: expected a name that ends in .mp4, .m4v, .mov, .mkv, .webm or "
        ".avi",
        path);
    return NULL;
  }
  /* async=false: an encoder may swallow many frames before it lets one out,
   * and a window beside it must not wait for that. */
  description = g_strdup_printf ("queue ! videoconvert name=convert ! "
                                 "capsfilter name=via ! videoconvert ! "
                                 "videoscale ! capsfilter name=filter ! %s ! "
                                 "filesink name=file async=false",
      format->encoder);
  branch = track_element_add (pipeline, description, error);
  if (!branch)
    return NULL;
  watch_branch (branch, format, written);
  sink = gst_bin_get_by_name (GST_BIN (branch), "file");
  g_object_set (sink, "location", path, NULL);
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
