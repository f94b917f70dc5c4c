/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "source.h"

#include "element.h"

#define DEFAULT_FPS     30
#define RTSP_LATENCY_MS 200

static gboolean
is_sequence (const char *input)
{
  return g_regex_match_simple ("^[^%]*%(0?[1-9])?d[^%]*$", input, 0, 0);
}

static gboolean
has_image (const char *pattern, int index)
{
  char *name = g_strdup_printf (pattern, index);
  gboolean found = g_file_test (name, G_FILE_TEST_IS_REGULAR);

  g_free (name);
  return found;
}

static int
first_index (const TrackSource *source, GError **error)
{
  const int first = source->start_index < 0 ? 0 : source->start_index;
  const int last = source->start_index < 0 ? 1 : source->start_index;

  for (int i = first; i <= last; i++) {
    if (has_image (source->input, i))
      return i;
  }
  if (first == last)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
        "%s: there is no image of number %d", source->input, first);
  else
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
        "%s: there is neither an image of number 0 nor of number 1; say with "
        "--start-index where the sequence starts",
        source->input);
  return -1;
}

static gboolean
is_raw_video (const GstCaps *caps)
{
  return !gst_caps_is_empty (caps) && !gst_caps_is_any (caps) &&
         gst_structure_has_name (
             gst_caps_get_structure (caps, 0), "video/x-raw");
}

/* Sound is left as it lies in the file: its decoder may be missing. */
static gboolean
wants_decoding (GstElement *decoder, GstPad *pad, GstCaps *caps, gpointer data)
{
  const char *name = gst_structure_get_name (gst_caps_get_structure (caps, 0));

  (void)decoder;
  (void)pad;
  (void)data;
  return !g_str_has_prefix (name, "audio/") && !is_raw_video (caps);
}

static void
link_video (GstElement *decoder, GstPad *pad, gpointer next)
{
  GstPad *sink = gst_element_get_static_pad (next, "sink");
  GstCaps *caps = gst_pad_query_caps (pad, NULL);

  (void)decoder;
  if (is_raw_video (caps) && !gst_pad_is_linked (sink))
    gst_pad_link (pad, sink);
  gst_caps_unref (caps);
  gst_object_unref (sink);
}

static void
expect_video (GstElement *decoder, gpointer next)
{
  GstPad *sink = gst_element_get_static_pad (next, "sink");

  if (!gst_pad_is_linked (sink))
    GST_ELEMENT_ERROR (
        decoder, STREAM, WRONG_TYPE, ("there is no video in it"), (NULL));
  gst_object_unref (sink);
}

static void
set_up_rtsp (GstElement *decoder, GstElement *source, gpointer data)
{
  GstElementFactory *factory = gst_element_get_factory (source);

  (void)decoder;
  (void)data;
  if (g_strcmp0 (GST_OBJECT_NAME (factory), "rtspsrc") == 0)
    g_object_set (source, "latency", RTSP_LATENCY_MS, NULL);
}

static GstElement *
add_sequence (GstBin *pipeline, const TrackSource *source, GError **error)
{
  const int index = first_index (source, error);
  GstElement *images, *decoder;
  int num, den;

  if (index < 0)
    return NULL;
  images = track_element_add (pipeline, "imagesequencesrc", error);
  decoder = images ? track_element_add (pipeline, "decodebin", error) : NULL;
  if (!decoder)
    return NULL;
  gst_util_double_to_fraction (
      source->fps > 0 ? source->fps : DEFAULT_FPS, &num, &den);
  g_object_set (images, "location", source->input, "start-index", index,
      "framerate", num, den, NULL);
  gst_element_link (images, decoder);
  return decoder;
}

static char *
uri_of (const char *input, GError **error)
{
  if (gst_uri_is_valid (input) && !g_file_test (input, G_FILE_TEST_EXISTS))
    return g_strdup (input);
  if (!g_file_test (input, G_FILE_TEST_EXISTS)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
        "%s: there is no such file", input);
    return NULL;
  }
  if (g_file_test (input, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR,
        "%s: is a directory; an image sequence is named like %s/%%04d.jpg",
        input, input);
    return NULL;
  }
  return gst_filename_to_uri (input, error);
}

static GstElement *
add_uri (GstBin *pipeline, const TrackSource *source, GError **error)
{
  GstElement *decoder;
  char *uri;

  if (source->start_index >= 0 || source->fps > 0) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s: --start-index and --fps are for image sequences (dir/%%04d.jpg)",
        source->input);
    return NULL;
  }
  uri = uri_of (source->input, error);
  if (!uri)
    return NULL;
  decoder = track_element_add (pipeline, "uridecodebin", error);
  if (decoder) {
    g_object_set (decoder, "uri", uri, NULL);
    g_signal_connect (decoder, "source-setup", G_CALLBACK (set_up_rtsp), NULL);
  }
  g_free (uri);
  return decoder;
}

GstElement *
track_source_add (GstBin *pipeline, const TrackSource *source, GstElement *next,
    GError **error)
{
  const gboolean sequence = is_sequence (source->input) &&
                            !g_file_test (source->input, G_FILE_TEST_EXISTS);
  GstElement *decoder = sequence ? add_sequence (pipeline, source, error)
                                 : add_uri (pipeline, source, error);

  if (!decoder)
    return NULL;
  g_signal_connect (
      decoder, "autoplug-continue", G_CALLBACK (wants_decoding), NULL);
  g_signal_connect (decoder, "pad-added", G_CALLBACK (link_video), next);
  g_signal_connect (decoder, "no-more-pads", G_CALLBACK (expect_video), next);
  return decoder;
}
