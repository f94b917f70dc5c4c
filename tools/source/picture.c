/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

#include <string.h>

#include <gst/video/gstvideodecoder.h>

#include "picture-element.h"

/* One decoder between two pads of ours. */
typedef struct
{
  GstElement *element;
  GstPad *in, *out;
  GstBus *bus;
  GstCaps *caps;     /* of what went in */
  GstBuffer *result; /* what came out last, or NULL */
} Bench;

struct _PictureDecoder
{
  Bench bench;
  GstElementFactory *last; /* which could decode the last picture, or NULL */
};

PictureDecoder *
picture_decoder_new (void)
{
  return g_new0 (PictureDecoder, 1);
}

static void
bench_clear (Bench *bench)
{
  if (!bench->element)
    return;
  gst_element_set_state (bench->element, GST_STATE_NULL);
  gst_pad_set_active (bench->in, FALSE);
  gst_pad_set_active (bench->out, FALSE);
  gst_element_set_bus (bench->element, NULL);
  gst_object_unref (bench->element);
  gst_object_unref (bench->in);
  gst_object_unref (bench->out);
  gst_object_unref (bench->bus);
  gst_caps_replace (&bench->caps, NULL);
  gst_clear_buffer (&bench->result);
  *bench = (Bench){0};
}

void
picture_decoder_free (PictureDecoder *decoder)
{
  bench_clear (&decoder->bench);
  gst_clear_object (&decoder->last);
  g_free (decoder);
}

/* An animation gives several: the first is the picture. */
static GstFlowReturn
keep_result (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Bench *bench = gst_pad_get_element_private (pad);

  (void)parent;
  if (bench->result)
    gst_buffer_unref (buffer);
  else
    bench->result = buffer;
  return GST_FLOW_OK;
}

static GstPad *
make_pad (Bench *bench, const char *caps, GstPadDirection direction)
{
  g_autoptr (GstCaps) allowed = gst_caps_from_string (caps);
  g_autoptr (GstPadTemplate) template =
      gst_pad_template_new ("pad", direction, GST_PAD_ALWAYS, allowed);
  GstPad *pad = gst_pad_new_from_template (template, NULL);

  gst_pad_set_element_private (pad, bench);
  gst_pad_set_active (pad, TRUE);
  return gst_object_ref_sink (pad);
}

/* With frames in flight in several threads, a picture would come out only with
 * a later one. And by default decoders keep their reasons to themselves. */
static void
set_up_decoder (GstElement *element)
{
  GObjectClass *klass = G_OBJECT_GET_CLASS (element);

  if (g_object_class_find_property (klass, "max-threads"))
    g_object_set (element, "max-threads", 1, NULL);
  if (GST_IS_VIDEO_DECODER (element))
    gst_video_decoder_set_max_errors (GST_VIDEO_DECODER (element), 0);
}

static gboolean
link_pads (Bench *bench)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (bench->element, "sink");
  g_autoptr (GstPad) src = gst_element_get_static_pad (bench->element, "src");

  return sink && src && gst_pad_link (bench->in, sink) == GST_PAD_LINK_OK &&
         gst_pad_link (src, bench->out) == GST_PAD_LINK_OK;
}

static void
push_start (Bench *bench, GstCaps *caps)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (bench->in, gst_event_new_stream_start ("picture"));
  gst_pad_push_event (bench->in, gst_event_new_caps (caps));
  gst_pad_push_event (bench->in, gst_event_new_segment (&segment));
}

static gboolean
bench_set_up (Bench *bench, GstElementFactory *factory, GstCaps *caps)
{
  bench->element = gst_element_factory_create (factory, NULL);
  if (!bench->element)
    return FALSE;
  gst_object_ref_sink (bench->element);
  bench->bus = gst_bus_new ();
  gst_element_set_bus (bench->element, bench->bus);
  bench->in = make_pad (bench, "ANY", GST_PAD_SRC);
  bench->out = make_pad (bench, "video/x-raw", GST_PAD_SINK);
  gst_pad_set_chain_function (bench->out, keep_result);
  set_up_decoder (bench->element);
  if (!link_pads (bench) || gst_element_set_state (bench->element,
                                GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    return FALSE;
  bench->caps = gst_caps_ref (caps);
  push_start (bench, caps);
  return TRUE;
}

static char *
reason_of (GstBus *bus)
{
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
  g_autoptr (GError) error = NULL;
  g_autofree char *details = NULL;
  char *last;

  if (!message)
    return NULL;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, &details);
  else
    gst_message_parse_warning (message, &error, &details);
  /* "file.c(1): function (): /path/of/element:\nDetails" */
  last = details ? strrchr (details, '\n') : NULL;
  return last && last[1] ? g_strdup_printf ("%s (%s)", error->message, last + 1)
                         : g_strdup (error->message);
}

/* One that does not give its picture at once gives it at the end, and is of no
 * use any more. */
static GstSample *
bench_decode (Bench *bench, GstBuffer *coded, char **reason)
{
  GstBuffer *copy = gst_buffer_copy (coded);
  g_autoptr (GstCaps) caps = NULL;
  GstSample *sample = NULL;
  gboolean spent;

  GST_BUFFER_PTS (copy) = GST_BUFFER_DTS (copy) = 0;
  spent = gst_pad_push (bench->in, copy) != GST_FLOW_OK || !bench->result;
  if (spent)
    gst_pad_push_event (bench->in, gst_event_new_eos ());
  caps = gst_pad_get_current_caps (bench->out);
  if (bench->result && caps)
    sample = gst_sample_new (bench->result, caps, NULL, NULL);
  else
    *reason = reason_of (bench->bus);
  gst_clear_buffer (&bench->result);
  gst_bus_set_flushing (bench->bus, TRUE);
  gst_bus_set_flushing (bench->bus, FALSE);
  if (spent)
    bench_clear (bench);
  return sample;
}

static GstSample *
decode_with (PictureDecoder *decoder, GstElementFactory *factory,
    GstBuffer *coded, GstCaps *caps, char **reason)
{
  Bench *bench = &decoder->bench;
  GstSample *sample = NULL;

  if (bench->element && (gst_element_get_factory (bench->element) != factory ||
                            !gst_caps_is_equal (bench->caps, caps)))
    bench_clear (bench);
  if (bench->element || bench_set_up (bench, factory, caps))
    sample = bench_decode (bench, coded, reason);
  else
    bench_clear (bench);
  if (sample)
    gst_object_replace (
        (GstObject **)&decoder->last, GST_OBJECT_CAST (factory));
  return sample;
}

static GList *
candidates (GstCaps *caps)
{
  GList *all = gst_element_factory_list_get_elements (
      GST_ELEMENT_FACTORY_TYPE_DECODER | GST_ELEMENT_FACTORY_TYPE_MEDIA_IMAGE |
          GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO,
      GST_RANK_MARGINAL);
  GList *fit = gst_element_factory_list_filter (all, caps, GST_PAD_SINK, FALSE);

  gst_plugin_feature_list_free (all);
  return g_list_sort (fit, gst_plugin_feature_rank_compare_func);
}

static gboolean
is_ours (GstElementFactory *factory)
{
  return g_str_equal (GST_OBJECT_NAME (factory), PICTURE_ELEMENT_NAME);
}

static void
set_reason (GError **error, GstCaps *caps, const char *reason)
{
  const char *type = gst_structure_get_name (gst_caps_get_structure (caps, 0));

  if (reason)
    g_set_error_literal (
        error, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, reason);
  else
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE,
        "GStreamer has no decoder for this picture of type %s", type);
}

static GstSample *
decode_anyhow (
    PictureDecoder *decoder, GstBuffer *coded, GstCaps *caps, char **reason)
{
  g_autoptr (GstElementFactory) last =
      decoder->last ? gst_object_ref (decoder->last) : NULL;
  GstSample *sample = NULL;
  GList *factories;

  if (last && gst_element_factory_can_sink_any_caps (last, caps))
    sample = decode_with (decoder, last, coded, caps, reason);
  if (sample)
    return sample;
  factories = candidates (caps);
  for (GList *f = factories; f && !sample; f = f->next) {
    g_autofree char *refusal = NULL;

    if (f->data == last || is_ours (f->data))
      continue;
    sample = decode_with (decoder, f->data, coded, caps, &refusal);
    if (!*reason)
      *reason = g_steal_pointer (&refusal);
  }
  gst_plugin_feature_list_free (factories);
  return sample;
}

GstSample *
picture_decoder_decode (
    PictureDecoder *decoder, GstBuffer *coded, GstCaps *caps, GError **error)
{
  g_autofree char *reason = NULL;
  GstSample *sample = decode_anyhow (decoder, coded, caps, &reason);

  if (!sample)
    set_reason (error, caps, reason);
  return sample;
}
