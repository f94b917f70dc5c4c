/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "intake.h"

#include <string.h>

#include <gst/video/gstvideodecoder.h>
#include <gst/video/video.h>

#include "frame-number.h"
#include "picture-element.h"

#define DEFAULT_FPS 25
#define SD_HEIGHT   576

typedef struct
{
  GstElement *decoder; /* outlives the pad's probes */
  TrackSource source;
  gboolean timed; /* frames have times of their own, container or not */
  gint demuxed;   /* atomic: a container gives the times */
  gboolean http;
  GstElement *pictures; /* of the decoder, or NULL; under its lock */
  gboolean live;
  guint64 seen;
  int num, den; /* frames a second */
} Intake;

static void
intake_free (gpointer data)
{
  Intake *intake = data;

  gst_clear_object (&intake->pictures);
  g_free (intake);
}

/* GStreamer's converters take a matrix that is not known for that of RGB. */
static GstEvent *
complete_colours (GstEvent *event)
{
  GstCaps *caps;
  GstVideoInfo info;
  GstEvent *completed;
  gboolean grey;

  gst_event_parse_caps (event, &caps);
  if (!gst_video_info_from_caps (&info, caps) ||
      GST_VIDEO_INFO_IS_RGB (&info) ||
      (info.colorimetry.matrix != GST_VIDEO_COLOR_MATRIX_UNKNOWN &&
          info.colorimetry.matrix != GST_VIDEO_COLOR_MATRIX_RGB))
    return event;
  grey = GST_VIDEO_INFO_IS_GRAY (&info);
  info.colorimetry.matrix = grey || info.height <= SD_HEIGHT
                                ? GST_VIDEO_COLOR_MATRIX_BT601
                                : GST_VIDEO_COLOR_MATRIX_BT709;
  if (info.colorimetry.range == GST_VIDEO_COLOR_RANGE_UNKNOWN)
    info.colorimetry.range =
        grey ? GST_VIDEO_COLOR_RANGE_0_255 : GST_VIDEO_COLOR_RANGE_16_235;
  caps = gst_video_info_to_caps (&info);
  completed = gst_event_new_caps (caps);
  gst_caps_unref (caps);
  gst_event_unref (event);
  return completed;
}

static void
read_rate (Intake *intake, GstEvent *event)
{
  GstCaps *caps;
  int num = 0, den = 1;

  gst_event_parse_caps (event, &caps);
  gst_structure_get_fraction (
      gst_caps_get_structure (caps, 0), "framerate", &num, &den);
  if (intake->source.fps > 0)
    gst_util_double_to_fraction (
        intake->source.fps, &intake->num, &intake->den);
  else if (num > 0 && den > 0 && num < 1000 * den)
    intake->num = num, intake->den = den;
}

static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  (void)pad;
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    read_rate (data, event);
    info->data = complete_colours (event);
  }
  return GST_PAD_PROBE_OK;
}

static gboolean
has_length (GstElement *decoder)
{
  g_autoptr (GstElement) source = NULL;
  gint64 length = 0;

  g_object_get (decoder, "source", &source, NULL);
  return source &&
         gst_element_query_duration (source, GST_FORMAT_BYTES, &length) &&
         length > 0;
}

/* Pictures in a row, from a server that does not say how many bytes come. */
static void
find_out_if_live (Intake *intake)
{
  intake->live = intake->http && intake->pictures &&
                 !gst_video_decoder_get_packetized (
                     GST_VIDEO_DECODER (intake->pictures)) &&
                 !has_length (intake->decoder);
  if (intake->live)
    gst_element_post_message (
        intake->decoder, gst_message_new_element (GST_OBJECT (intake->decoder),
                             gst_structure_new_empty (TRACK_SOURCE_LIVE)));
}

static GstClockTime
time_at (const Intake *intake, guint64 number)
{
  return gst_util_uint64_scale_round (
      number, GST_SECOND * (guint64)intake->den, (guint64)intake->num);
}

static void
set_times (Intake *intake, GstBuffer *buffer, guint64 number)
{
  const gboolean counted =
      !intake->timed && !g_atomic_int_get (&intake->demuxed);

  if (intake->live)
    GST_BUFFER_PTS (buffer) =
        gst_element_get_current_running_time (intake->decoder);
  else if (counted || !GST_BUFFER_PTS_IS_VALID (buffer))
    GST_BUFFER_PTS (buffer) = time_at (intake, number);
  /* A last frame that takes no time is not shown by players of MP4. */
  if (counted || !GST_BUFFER_DURATION_IS_VALID (buffer) ||
      !GST_BUFFER_DURATION (buffer))
    GST_BUFFER_DURATION (buffer) = time_at (intake, 1);
}

static GstClockTime
time_in_stream (GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;

  if (!event)
    return GST_BUFFER_PTS (buffer);
  gst_event_parse_segment (event, &segment);
  return gst_segment_to_stream_time (
      segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
}

static gboolean
is_before_start (
    const Intake *intake, GstPad *pad, GstBuffer *buffer, guint64 number)
{
  const GstClockTime start = intake->source.start_time;

  return number < intake->source.start_frame ||
         (start > 0 && time_in_stream (pad, buffer) < start);
}

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Intake *intake = data;
  GstBuffer *buffer =
      gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  guint64 number = intake->seen;

  info->data = buffer;
  if (intake->seen == 0)
    find_out_if_live (intake);
  if (!frame_number_get (buffer, &number, NULL))
    frame_number_set (buffer, number, NULL);
  intake->seen = number + 1;
  set_times (intake, buffer, number);
  return is_before_start (intake, pad, buffer, number) ? GST_PAD_PROBE_DROP
                                                       : GST_PAD_PROBE_OK;
}

static void
note_element (GstBin *bin, GstBin *parent, GstElement *element, gpointer data)
{
  Intake *intake = data;
  const char *class =
      gst_element_get_metadata (element, GST_ELEMENT_METADATA_KLASS);

  (void)bin;
  (void)parent;
  if (class && strstr (class, "Demux"))
    g_atomic_int_set (&intake->demuxed, TRUE);
  if (G_TYPE_CHECK_INSTANCE_TYPE (element, picture_element_get_type ()))
    gst_object_replace (
        (GstObject **)&intake->pictures, GST_OBJECT_CAST (element));
}

/* Everything else has a clock, a camera's or the server's. */
static gboolean
is_counted (const char *uri)
{
  return g_str_has_prefix (uri, "file:") || g_str_has_prefix (uri, "http:") ||
         g_str_has_prefix (uri, "https:");
}

static void
look_into (Intake *intake, GstElement *decoder)
{
  g_autofree char *uri = NULL;

  if (!g_object_class_find_property (G_OBJECT_GET_CLASS (decoder), "uri"))
    return;
  g_object_get (decoder, "uri", &uri, NULL);
  intake->timed = !is_counted (uri);
  intake->http = g_str_has_prefix (uri, "http");
  g_signal_connect (
      decoder, "deep-element-added", G_CALLBACK (note_element), intake);
}

void
intake_watch (GstPad *pad, GstElement *decoder, const TrackSource *source)
{
  Intake *intake = g_new0 (Intake, 1);

  intake->decoder = decoder;
  intake->source = *source;
  intake->source.input = NULL;
  intake->timed = TRUE;
  intake->num = DEFAULT_FPS;
  intake->den = 1;
  look_into (intake, decoder);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, intake, NULL);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, intake, intake_free);
}
