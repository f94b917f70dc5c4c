/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture-element.h"

#include <string.h>

#include "exif.h"
#include "frame-number.h"
#include "jpeg.h"
#include "picture.h"

#define UPRIGHT "rotate-0"

struct _PictureElement
{
  GstVideoDecoder parent;

  PictureDecoder *decoder;
  GstVideoCodecState *input;
  GstVideoInfo info; /* of the last picture */
  JpegScan scan;
  guint64 number;    /* of the next picture */
  char *orientation; /* of the last picture */
};

G_DEFINE_TYPE (PictureElement, picture_element, GST_TYPE_VIDEO_DECODER)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (
            "image/jpeg; image/png; image/webp; image/tiff; image/bmp"));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-raw"));

static gboolean
picture_element_start (GstVideoDecoder *video)
{
  PictureElement *self = (PictureElement *)video;

  self->decoder = picture_decoder_new ();
  self->scan = (JpegScan){0};
  self->number = 0;
  gst_video_info_init (&self->info);
  g_clear_pointer (&self->orientation, g_free);
  return TRUE;
}

static gboolean
picture_element_stop (GstVideoDecoder *video)
{
  PictureElement *self = (PictureElement *)video;

  g_clear_pointer (&self->decoder, picture_decoder_free);
  g_clear_pointer (&self->input, gst_video_codec_state_unref);
  g_clear_pointer (&self->orientation, g_free);
  return TRUE;
}

static gboolean
picture_element_flush (GstVideoDecoder *video)
{
  ((PictureElement *)video)->scan = (JpegScan){0};
  return TRUE;
}

static gboolean
picture_element_set_format (GstVideoDecoder *video, GstVideoCodecState *state)
{
  PictureElement *self = (PictureElement *)video;

  g_clear_pointer (&self->input, gst_video_codec_state_unref);
  self->input = gst_video_codec_state_ref (state);
  return TRUE;
}

/* A stream of bytes has to be cut, a demuxer's packet is a picture. */
static gboolean
picture_element_sink_event (GstVideoDecoder *video, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
    const GstSegment *segment;

    gst_event_parse_segment (event, &segment);
    gst_video_decoder_set_packetized (
        video, segment->format == GST_FORMAT_TIME);
  }
  return GST_VIDEO_DECODER_CLASS (picture_element_parent_class)
      ->sink_event (video, event);
}

static GstFlowReturn
picture_element_parse (GstVideoDecoder *video, GstVideoCodecFrame *frame,
    GstAdapter *adapter, gboolean at_eos)
{
  PictureElement *self = (PictureElement *)video;
  gsize size = gst_adapter_available (adapter), skip = 0, length;

  (void)frame;
  if (size == 0)
    return GST_VIDEO_DECODER_FLOW_NEED_DATA;
  length =
      jpeg_scan (&self->scan, gst_adapter_map (adapter, size), size, &skip);
  gst_adapter_unmap (adapter);
  gst_adapter_flush (adapter, skip);
  if (!length && at_eos && self->scan.done) {
    length = size - skip;
    self->scan = (JpegScan){0};
  }
  if (!length)
    return GST_VIDEO_DECODER_FLOW_NEED_DATA;
  gst_video_decoder_add_to_frame (video, (int)length);
  return gst_video_decoder_have_frame (video);
}

static void
report_lost (
    PictureElement *self, guint64 number, const char *file, const GError *error)
{
  if (file)
    GST_ELEMENT_WARNING_WITH_DETAILS (self, STREAM, DECODE,
        ("%s: %s", file, error->message), (NULL),
        ("lost", G_TYPE_UINT64, (guint64)1, "file", G_TYPE_STRING, file, NULL));
  else
    GST_ELEMENT_WARNING_WITH_DETAILS (self, STREAM, DECODE,
        ("picture %" G_GUINT64_FORMAT ": %s", number, error->message), (NULL),
        ("lost", G_TYPE_UINT64, (guint64)1, NULL));
}

/* Sizes and colours are those of the picture, the rate is the container's. */
static void
set_output (PictureElement *self, const GstVideoInfo *info)
{
  GstVideoDecoder *video = GST_VIDEO_DECODER (self);
  GstVideoCodecState *state;

  if (gst_video_info_is_equal (info, &self->info))
    return;
  self->info = *info;
  state = gst_video_decoder_set_output_state (video,
      GST_VIDEO_INFO_FORMAT (info), info->width, info->height, self->input);
  state->info.colorimetry = info->colorimetry;
  state->info.chroma_site = info->chroma_site;
  gst_video_codec_state_unref (state);
}

static void
set_orientation (PictureElement *self, GstBuffer *coded)
{
  g_autofree char *orientation = exif_orientation (coded);
  const char *now = orientation ? orientation : UPRIGHT;
  const char *before = self->orientation ? self->orientation : UPRIGHT;
  GstTagList *tags;

  if (g_str_equal (now, before))
    return;
  tags = gst_tag_list_new (GST_TAG_IMAGE_ORIENTATION, now, NULL);
  gst_video_decoder_merge_tags (
      GST_VIDEO_DECODER (self), tags, GST_TAG_MERGE_REPLACE);
  gst_tag_list_unref (tags);
  g_free (self->orientation);
  self->orientation = g_strdup (now);
}

static GstFlowReturn
finish_picture (PictureElement *self, GstVideoCodecFrame *frame,
    GstSample *sample, guint64 number)
{
  GstVideoInfo info;

  gst_video_info_from_caps (&info, gst_sample_get_caps (sample));
  set_output (self, &info);
  set_orientation (self, frame->input_buffer);
  frame->output_buffer = gst_buffer_copy (gst_sample_get_buffer (sample));
  gst_sample_unref (sample);
  frame_number_set (frame->output_buffer, number, NULL);
  return gst_video_decoder_finish_frame (GST_VIDEO_DECODER (self), frame);
}

/* Some decoders want to hear that each of them is whole. */
static GstCaps *
picture_caps (PictureElement *self)
{
  GstCaps *caps = gst_caps_copy (self->input->caps);
  GstStructure *type = gst_caps_get_structure (caps, 0);

  if (gst_structure_has_name (type, "image/jpeg"))
    gst_structure_set (type, "parsed", G_TYPE_BOOLEAN, TRUE, NULL);
  return caps;
}

static GstFlowReturn
picture_element_handle_frame (GstVideoDecoder *video, GstVideoCodecFrame *frame)
{
  PictureElement *self = (PictureElement *)video;
  g_autoptr (GstCaps) caps = picture_caps (self);
  g_autoptr (GError) error = NULL;
  guint64 number = self->number;
  const char *file = NULL;
  GstSample *sample;

  frame_number_get (frame->input_buffer, &number, &file);
  self->number = number + 1;
  sample =
      picture_decoder_decode (self->decoder, frame->input_buffer, caps, &error);
  if (sample)
    return finish_picture (self, frame, sample, number);
  report_lost (self, number, file, error);
  return gst_video_decoder_drop_frame (video, frame);
}

static void
picture_element_class_init (PictureElementClass *klass)
{
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GstVideoDecoderClass *video = GST_VIDEO_DECODER_CLASS (klass);

  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_add_static_pad_template (element, &src_template);
  gst_element_class_set_static_metadata (element, "Picture decoder",
      "Codec/Decoder/Image", "Decodes pictures with whatever decoder can",
      "The siambantrack authors");
  video->start = picture_element_start;
  video->stop = picture_element_stop;
  video->flush = picture_element_flush;
  video->set_format = picture_element_set_format;
  video->sink_event = picture_element_sink_event;
  video->parse = picture_element_parse;
  video->handle_frame = picture_element_handle_frame;
}

static void
picture_element_init (PictureElement *self)
{
  gst_video_decoder_set_needs_format (GST_VIDEO_DECODER (self), TRUE);
}

/* To us, the parts of a multipart stream are JPEGs with something in between.
 * GStreamer's demuxer wants headers that many cameras do not send. */
static void
find_multipart (GstTypeFind *find, gpointer data)
{
  const guint probe = 1024;
  const char *text = (const char *)gst_type_find_peek (find, 0, probe);
  g_autofree char *head = NULL;
  const char *type;

  (void)data;
  if (!text)
    return;
  head = g_ascii_strdown (text, probe);
  type = strstr (head, "content-type:");
  if (type && (type = strstr (type, "image/jp")) && strstr (type, "\xff\xd8"))
    gst_type_find_suggest_empty_simple (
        find, GST_TYPE_FIND_MAXIMUM, "image/jpeg");
}

/* A parser would come first, and leave out what it cannot make sense of. */
static void
rule_out_parser (void)
{
  GstPluginFeature *parser =
      gst_registry_lookup_feature (gst_registry_get (), "jpegparse");

  if (parser) {
    gst_plugin_feature_set_rank (parser, GST_RANK_NONE);
    gst_object_unref (parser);
  }
}

void
picture_element_register (void)
{
  static gsize once;

  if (g_once_init_enter (&once)) {
    g_autoptr (GstCaps) jpeg = gst_caps_new_empty_simple ("image/jpeg");

    gst_element_register (NULL, PICTURE_ELEMENT_NAME, GST_RANK_PRIMARY + 16,
        picture_element_get_type ());
    gst_type_find_register (NULL, "siambanmultipart", GST_RANK_PRIMARY + 16,
        find_multipart, NULL, jpeg, NULL, NULL);
    rule_out_parser ();
    g_once_init_leave (&once, 1);
  }
}
