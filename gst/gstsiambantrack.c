/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-siambantrack
 * @title: siambantrack
 * @short_description: follows objects through video with a Siamese network
 *
 * Follows what boxes point at: the properties #siambantrack:box and
 * #siambantrack:boxes, the signals #siambantrack::seed and
 * #siambantrack::add-target, events of the application, or regions that a
 * detector upstream puts on buffers. Every buffer passes, in order, and carries
 * where the targets are as metas. On change, an element message `siambantrack`
 * says what happened. Pixels are touched only if something is to be drawn.
 *
 * docs/element.md describes metas, messages, events, and the rules for seeks,
 * new sizes and states.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc pattern=ball num-buffers=40 ! \
 *   siambantrack box="<150,108,24,24>" draw=true ! \
 *   videoconvert ! autovideosink
 * ]| Follows the ball of the test picture and shows it in a box.
 * |[
 * gst-launch-1.0 -m videotestsrc pattern=ball num-buffers=40 is-live=true ! \
 *   tee name=t ! queue max-size-bytes=0 ! \
 *   siambantrack box="<150,108,24,24>" ! fakesink \
 *   t. ! queue max-size-bytes=0 ! fakesink
 * ]| Prints the element's messages. The two branches share the same pixels. In
 * a live pipeline frames pass without inference while the tracker is behind, so
 * the other branch loses none, if both queues hold what comes meanwhile: those
 * with their default size are full after three frames of 1080p.
 *
 * Since: 0.1
 */

#include "gstsiambanattach.h"
#include "gstsiambanevents.h"
#include "gstsiambanframe.h"
#include "gstsiambanlog.h"
#include "gstsiambanproperties.h"
#include "gstsiambantrackmeta.h"
#include "gstsiambantrackprivate.h"

GST_DEBUG_CATEGORY (gst_siamban_track_debug);

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (GST_SIAMBAN_ATTACH_CAPS (
            GST_SIAMBAN_FORMATS) "; " GST_SIAMBAN_DEVICE_CAPS));

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (GST_SIAMBAN_ATTACH_CAPS (
            GST_SIAMBAN_FORMATS) "; " GST_SIAMBAN_DEVICE_CAPS));

G_DEFINE_TYPE (GstSiambanTrack, gst_siamban_track, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (
    siambantrack, "siambantrack", GST_RANK_NONE, GST_TYPE_SIAMBAN_TRACK)

static void
take_settings (GstSiambanTrack *self, GstSiambanSettings *settings)
{
  GST_OBJECT_LOCK (self);
  gst_siamban_settings_copy (&self->settings, settings);
  GST_OBJECT_UNLOCK (self);
}

static gboolean
gst_siamban_track_start (GstBaseTransform *trans)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);
  g_auto (GstSiambanSettings) settings = {0};
  SiambanModel *model;
  gboolean started;

  take_settings (self, &settings);
  model = gst_siamban_load (GST_ELEMENT (self), &settings);
  if (!model)
    return FALSE;
  gst_siamban_meta_check_kind (GST_ELEMENT (self), settings.meta);
  started = gst_siamban_tracker_start (&self->tracker, model, &settings);
  siamban_model_unref (model);
  if (started && settings.async)
    self->worker = gst_siamban_worker_new (&self->tracker);
  return started;
}

static gboolean
gst_siamban_track_stop (GstBaseTransform *trans)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);
  g_auto (GstSiambanSettings) settings = {0};

  take_settings (self, &settings);
  g_clear_pointer (&self->worker, gst_siamban_worker_free);
  gst_siamban_tracker_stop (&self->tracker, settings.label);
  gst_siamban_loader_stop (&self->loader);
  GST_OBJECT_LOCK (self);
  self->pointer = (GstSiambanPointer){0};
  self->stats = (GstSiambanStats){0};
  self->pace = (GstSiambanPace){0};
  GST_OBJECT_UNLOCK (self);
  gst_siamban_painter_clear (&self->painter);
  gst_video_info_init (&self->info);
  g_clear_pointer (&self->stream_id, g_free);
  self->troubles = 0;
  return TRUE;
}

static GstCaps *
gst_siamban_track_transform_caps (GstBaseTransform *trans,
    GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);
  gboolean draw;

  GST_OBJECT_LOCK (self);
  draw = self->settings.overlay.draw || self->settings.mouse_select;
  GST_OBJECT_UNLOCK (self);
  return gst_siamban_attach_transform_caps (
      trans, direction, caps, filter, draw);
}

static gboolean
gst_siamban_track_set_caps (
    GstBaseTransform *trans, GstCaps *incaps, GstCaps *outcaps)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);
  GstVideoInfo info;

  GST_INFO_OBJECT (self, "caps %" GST_PTR_FORMAT, (gpointer)incaps);
  if (!gst_video_info_from_caps (&info, incaps))
    return FALSE;
  if (!gst_siamban_frame_is_one_view (&info)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
        ("Frames of several views cannot be followed"),
        ("multiview-mode in %" GST_PTR_FORMAT, (gpointer)incaps));
    return FALSE;
  }
  self->info = info;
  self->painter.attach = gst_siamban_attach_is_in_caps (outcaps);
  return TRUE;
}

static void
track_cut (GstSiambanTrack *self, GstSiambanCut kind)
{
  g_auto (GstSiambanSettings) settings = {0};

  if (self->worker)
    gst_siamban_worker_wait (self->worker);
  take_settings (self, &settings);
  gst_siamban_tracker_cut (
      &self->tracker, kind, settings.reset_on_flush, settings.label);
}

static void
begin_stream (GstSiambanTrack *self, GstEvent *event)
{
  const gchar *id;

  gst_event_parse_stream_start (event, &id);
  if (self->stream_id && g_strcmp0 (self->stream_id, id) != 0)
    track_cut (self, GST_SIAMBAN_CUT_STREAM);
  g_free (self->stream_id);
  self->stream_id = g_strdup (id);
}

static gboolean
gst_siamban_track_sink_event (GstBaseTransform *trans, GstEvent *event)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_FLUSH_STOP:
      track_cut (self, GST_SIAMBAN_CUT_FLUSH);
      break;
    case GST_EVENT_STREAM_START:
      begin_stream (self, event);
      break;
    case GST_EVENT_EOS:
      if (self->worker)
        gst_siamban_worker_wait (self->worker);
      break;
    default:
      if (gst_siamban_events_take (&self->tracker, event)) {
        gst_event_unref (event);
        return TRUE;
      }
  }
  return GST_BASE_TRANSFORM_CLASS (gst_siamban_track_parent_class)
      ->sink_event (trans, event);
}

static gboolean
take_navigation (GstSiambanTrack *self, GstEvent *event)
{
  GstClockTime found_at;
  g_autoptr (GArray) results =
      gst_siamban_tracker_get_results (&self->tracker, &found_at);
  GstSiambanRequest request;
  gboolean taken, asks = FALSE;

  GST_OBJECT_LOCK (self);
  taken =
      self->settings.mouse_select && gst_siamban_pointer_take (&self->pointer,
                                         event, results, &request, &asks);
  GST_OBJECT_UNLOCK (self);
  if (asks)
    gst_siamban_tracker_request (&self->tracker, &request);
  return taken;
}

static gboolean
gst_siamban_track_src_event (GstBaseTransform *trans, GstEvent *event)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);

  if (GST_EVENT_TYPE (event) == GST_EVENT_LATENCY)
    gst_siamban_pace_allow (&self->pace, GST_ELEMENT (self), event);
  if ((GST_EVENT_TYPE (event) == GST_EVENT_NAVIGATION &&
          take_navigation (self, event)) ||
      gst_siamban_events_take (&self->tracker, event)) {
    gst_event_unref (event);
    return TRUE;
  }
  return GST_BASE_TRANSFORM_CLASS (gst_siamban_track_parent_class)
      ->src_event (trans, event);
}

static gboolean
gst_siamban_track_send_event (GstElement *element, GstEvent *event)
{
  if (gst_siamban_events_take (&GST_SIAMBAN_TRACK (element)->tracker, event)) {
    gst_event_unref (event);
    return TRUE;
  }
  return GST_ELEMENT_CLASS (gst_siamban_track_parent_class)
      ->send_event (element, event);
}

static gboolean
gst_siamban_track_query (
    GstBaseTransform *trans, GstPadDirection direction, GstQuery *query)
{
  const gboolean answered =
      GST_BASE_TRANSFORM_CLASS (gst_siamban_track_parent_class)
          ->query (trans, direction, query);

  if (answered && direction == GST_PAD_SRC &&
      GST_QUERY_TYPE (query) == GST_QUERY_LATENCY)
    gst_siamban_pace_answer (
        &GST_SIAMBAN_TRACK (trans)->pace, GST_ELEMENT (trans), query);
  return answered;
}

/* Buffers go through as they are, so what downstream can take is what upstream
 * may send; but for frames with a part to be cut off by others, which we could
 * not always read. */
static gboolean
gst_siamban_track_propose_allocation (
    GstBaseTransform *trans, GstQuery *decide_query, GstQuery *query)
{
  guint index;

  (void)decide_query;
  if (!gst_pad_peer_query (GST_BASE_TRANSFORM_SRC_PAD (trans), query))
    return FALSE;
  while (gst_query_find_allocation_meta (
      query, GST_VIDEO_CROP_META_API_TYPE, &index))
    gst_query_remove_nth_allocation_meta (query, index);
  return TRUE;
}

static void
gst_siamban_track_before_transform (GstBaseTransform *trans, GstBuffer *buffer)
{
  GstClockTime time = GST_CLOCK_TIME_NONE;

  if (trans->segment.format == GST_FORMAT_TIME)
    time = gst_segment_to_stream_time (
        &trans->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (GST_CLOCK_TIME_IS_VALID (time))
    gst_object_sync_values (GST_OBJECT (trans), time);
}

static void
gst_siamban_track_finalize (GObject *object)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (object);

  gst_siamban_loader_clear (&self->loader);
  gst_siamban_tracker_clear (&self->tracker);
  gst_siamban_settings_clear (&self->settings);
  g_free (self->stream_id);
  G_OBJECT_CLASS (gst_siamban_track_parent_class)->finalize (object);
}

static void
gst_siamban_track_init (GstSiambanTrack *self)
{
  GstBaseTransform *trans = GST_BASE_TRANSFORM (self);

  gst_siamban_settings_init (&self->settings);
  gst_siamban_tracker_init (&self->tracker, GST_ELEMENT (self));
  gst_siamban_loader_init (&self->loader, &self->tracker);
  gst_base_transform_set_in_place (trans, TRUE);
  gst_base_transform_set_gap_aware (trans, TRUE);
  /* Late buffers are somebody's recording: all of them pass. */
  gst_base_transform_set_qos_enabled (trans, FALSE);
}

static void
install_transform (GstBaseTransformClass *klass)
{
  klass->passthrough_on_same_caps = FALSE;
  klass->start = GST_DEBUG_FUNCPTR (gst_siamban_track_start);
  klass->stop = GST_DEBUG_FUNCPTR (gst_siamban_track_stop);
  klass->transform_caps = GST_DEBUG_FUNCPTR (gst_siamban_track_transform_caps);
  klass->set_caps = GST_DEBUG_FUNCPTR (gst_siamban_track_set_caps);
  klass->sink_event = GST_DEBUG_FUNCPTR (gst_siamban_track_sink_event);
  klass->src_event = GST_DEBUG_FUNCPTR (gst_siamban_track_src_event);
  klass->query = GST_DEBUG_FUNCPTR (gst_siamban_track_query);
  klass->propose_allocation =
      GST_DEBUG_FUNCPTR (gst_siamban_track_propose_allocation);
  klass->before_transform =
      GST_DEBUG_FUNCPTR (gst_siamban_track_before_transform);
  klass->transform_ip = GST_DEBUG_FUNCPTR (gst_siamban_track_transform_ip);
}

static void
gst_siamban_track_class_init (GstSiambanTrackClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      gst_siamban_track_debug, "siambantrack", 0, "SiamBAN object tracker");
  gst_siamban_track_meta_register ();

  object_class->set_property = gst_siamban_track_set_property;
  object_class->get_property = gst_siamban_track_get_property;
  object_class->dispatch_properties_changed = gst_siamban_track_notify;
  object_class->finalize = gst_siamban_track_finalize;
  gst_siamban_properties_install (object_class);
  gst_siamban_track_install_signals (object_class);

  gst_element_class_set_static_metadata (element_class,
      "SiamBAN object tracker", "Filter/Analyzer/Video",
      "Follows any object that a box points at with a Siamese network",
      "The siambantrack authors");
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  element_class->send_event = GST_DEBUG_FUNCPTR (gst_siamban_track_send_event);
  install_transform (GST_BASE_TRANSFORM_CLASS (klass));
}
