/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "source.h"

#include <gst/base/gstbasesrc.h>
#include <gst/base/gsttypefindhelper.h>

#include "element.h"
#include "intake.h"
#include "picture-element.h"
#include "sequence-source.h"
#include "sequence.h"

#define RTSP_LATENCY_MS 200
#define BLOCK_BYTES     65536

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
set_up_source (GstElement *decoder, GstElement *source, gpointer data)
{
  GstElementFactory *factory = gst_element_get_factory (source);

  (void)decoder;
  (void)data;
  if (g_strcmp0 (GST_OBJECT_NAME (factory), "rtspsrc") == 0)
    g_object_set (source, "latency", RTSP_LATENCY_MS, NULL);
  else if (g_strcmp0 (GST_OBJECT_NAME (factory), "filesrc") == 0)
    gst_base_src_set_blocksize (GST_BASE_SRC (source), BLOCK_BYTES);
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

/* Streams of frames that nothing wraps. */
static gboolean
has_no_times (const GstStructure *type)
{
  static const char *const types[] = {
      "video/x-h264", "video/x-h265", "video/mpeg", "video/x-av1", NULL};
  const char *name = gst_structure_get_name (type);
  gboolean wraps = FALSE;

  gst_structure_get_boolean (type, "systemstream", &wraps);
  return !wraps &&
         (g_str_has_prefix (name, "image/") || g_strv_contains (types, name));
}

static gboolean
takes_fps (const char *input)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (input, FALSE, NULL);
  GstCaps *caps;
  gboolean takes;

  if (!file)
    return g_str_has_prefix (input, "http");
  caps = gst_type_find_helper_for_data (NULL,
      (const guint8 *)g_mapped_file_get_contents (file),
      MIN (g_mapped_file_get_length (file), BLOCK_BYTES), NULL);
  takes = caps && has_no_times (gst_caps_get_structure (caps, 0));
  gst_clear_caps (&caps);
  return takes;
}

static const char *
problem_of (const TrackSource *source)
{
  if (source->start_index >= 0 || source->gaps)
    return "--start-index and --gaps are for image sequences (dir/%04d.jpg)";
  if (source->fps > 0 && !takes_fps (source->input))
    return "--fps is for image sequences (dir/%04d.jpg) and for streams "
           "without times of their own, like .mjpeg";
  return NULL;
}

static GstElement *
add_uri (GstBin *pipeline, const TrackSource *source, GError **error)
{
  const char *problem = problem_of (source);
  g_autofree char *uri = problem ? NULL : uri_of (source->input, error);
  GstElement *decoder;

  if (problem)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: %s",
        source->input, problem);
  if (!uri)
    return NULL;
  decoder = track_element_add (pipeline, "uridecodebin", error);
  if (!decoder)
    return NULL;
  g_object_set (decoder, "uri", uri, NULL);
  g_signal_connect (decoder, "source-setup", G_CALLBACK (set_up_source), NULL);
  g_signal_connect (
      decoder, "autoplug-continue", G_CALLBACK (wants_decoding), NULL);
  return decoder;
}

static gboolean
is_sequence (const char *input)
{
  return sequence_is_pattern (input) && !gst_uri_is_valid (input) &&
         !g_file_test (input, G_FILE_TEST_EXISTS);
}

GstElement *
track_source_add (GstBin *pipeline, const TrackSource *source, GstElement *next,
    GError **error)
{
  const gboolean sequence = is_sequence (source->input);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (next, "sink");
  GstElement *decoder;

  picture_element_register ();
  decoder = sequence ? sequence_source_add (pipeline, source, error)
                     : add_uri (pipeline, source, error);
  if (!decoder)
    return NULL;
  intake_watch (pad, decoder, source);
  if (sequence) {
    gst_element_link (decoder, next);
  } else {
    g_signal_connect (decoder, "pad-added", G_CALLBACK (link_video), next);
    g_signal_connect (decoder, "no-more-pads", G_CALLBACK (expect_video), next);
  }
  return decoder;
}
