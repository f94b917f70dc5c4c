/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-siambantrack
 * @title: siambantrack
 * @short_description: follows an object through video with a Siamese network
 *
 * Follows the one object that the #siambantrack:box property, the
 * #siambantrack::seed signal or a #GstVideoRegionOfInterestMeta from upstream
 * points at. Frames are worked on one by one, in the streaming thread, and none
 * is dropped or delayed beyond the time that takes.
 *
 * Every frame with a target leaves with a #GstVideoRegionOfInterestMeta: its
 * type is #siambantrack:label, its `id` the track number, its `parent_id` the
 * `id` of the region that seeded the track, its box whole pixels within the
 * frame. A custom meta `GstSiambanTrackMeta` holds the exact boxes and all else
 * that is known of every target; the header siamban/siambanmeta.h describes and
 * reads it. Built against GStreamer 1.24 or later, the element also adds an
 * object detection and a tracking entry, related, to the buffer's
 * GstAnalyticsRelationMeta. Pixels are touched only if #siambantrack:draw is
 * set.
 *
 * The track number is 1 for the first target and rises by one with each seed.
 * A region seeds only while there is no target, and never one that carries the
 * params of a `siambantrack`.
 *
 * - A new frame size keeps the track: its box is scaled, and the object is
 *   learned anew from the first frame of that size.
 * - A flush (a seek) forgets the target; #siambantrack:box, if set, seeds again
 *   on the next frame.
 * - Going to READY forgets everything, the numbers and statistics too.
 * - Buffers flagged GAP pass untouched. Interlaced frames are looked at as they
 *   lie in memory.
 *
 * On change, not on every frame, an element message `siambantrack` is posted:
 * `event` (string) is `seeded`, `resized` or `reset`; `id` (uint),
 * `running-time` (uint64, nanoseconds) and the box `x`, `y`, `w`, `h` (double)
 * are those of the target. A box that cannot be followed is reported by a
 * warning message, and what was followed before is followed on.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc pattern=ball num-buffers=40 ! \
 *   siambantrack box="<150,108,24,24>" draw=true ! \
 *   videoconvert ! autovideosink
 * ]| Follows the ball of the test picture and shows it in a box.
 * |[
 * gst-launch-1.0 -m videotestsrc pattern=ball num-buffers=40 ! tee name=t ! \
 *   queue ! siambantrack box="<150,108,24,24>" ! fakesink t. ! queue ! fakesink
 * ]| Prints the element's messages; the two branches share the same pixels.
 *
 * Since: 0.1
 */

#include "gstsiambantrack.h"

#include <gst/video/video.h>

#include "gstsiambanbox.h"
#include "gstsiambanframe.h"
#include "gstsiambanload.h"
#include "gstsiambanmessages.h"
#include "gstsiambanmeta.h"
#include "gstsiambanproperties.h"
#include "gstsiambanstats.h"
#include "gstsiambantarget.h"
#include "gstsiambantrackmeta.h"

GST_DEBUG_CATEGORY_STATIC (siamban_track_debug);
#define GST_CAT_DEFAULT siamban_track_debug

enum
{
  SIGNAL_SEED,
  SIGNAL_RESET,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What the application asked for since the last frame. */
typedef struct
{
  gboolean reset;
  gboolean seed;
  SiambanBox box;
  gchar *problem; /* with a box that was not accepted */
} Request;

struct _GstSiambanTrack
{
  GstBaseTransform parent;

  /* under the object lock */
  GstSiambanSettings settings;
  gboolean running;
  Request request;
  GstSiambanStats stats;

  /* the streaming thread's */
  GstVideoInfo info;
  SiambanModel *model;
  GstSiambanTarget target;
  guint troubles; /* kinds already warned of */
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE (GST_SIAMBAN_FORMATS)));

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE (GST_SIAMBAN_FORMATS)));

G_DEFINE_TYPE (GstSiambanTrack, gst_siamban_track, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (
    siambantrack, "siambantrack", GST_RANK_NONE, GST_TYPE_SIAMBAN_TRACK)

static void gst_siamban_track_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec);
static void gst_siamban_track_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec);
static void gst_siamban_track_finalize (GObject *object);
static gboolean gst_siamban_track_start (GstBaseTransform *trans);
static gboolean gst_siamban_track_stop (GstBaseTransform *trans);
static gboolean gst_siamban_track_set_caps (
    GstBaseTransform *trans, GstCaps *incaps, GstCaps *outcaps);
static gboolean gst_siamban_track_sink_event (
    GstBaseTransform *trans, GstEvent *event);
static gboolean gst_siamban_track_propose_allocation (
    GstBaseTransform *trans, GstQuery *decide_query, GstQuery *query);
static GstFlowReturn gst_siamban_track_transform_ip (
    GstBaseTransform *trans, GstBuffer *buffer);
static gboolean gst_siamban_track_seed (
    GstSiambanTrack *self, gdouble x, gdouble y, gdouble w, gdouble h);
static void gst_siamban_track_reset (GstSiambanTrack *self);

static void
install_signals (GObjectClass *klass)
{
  const GSignalFlags flags = G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION;

  /**
   * siambantrack::seed:
   * @x: left edge, in pixels
   * @y: top edge, in pixels
   * @w: width, in pixels
   * @h: height, in pixels
   *
   * Follows what is in this box from the next frame on.
   *
   * Returns: %FALSE if a number is not finite, a side not above 0, or the
   *     element not PAUSED or PLAYING
   *
   * Since: 0.1
   */
  signals[SIGNAL_SEED] =
      g_signal_new_class_handler ("seed", G_TYPE_FROM_CLASS (klass), flags,
          G_CALLBACK (gst_siamban_track_seed), NULL, NULL, NULL, G_TYPE_BOOLEAN,
          4, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  /**
   * siambantrack::reset:
   *
   * Forgets the target. A region from upstream, #siambantrack::seed or setting
   * #siambantrack:box gives the next one.
   *
   * Since: 0.1
   */
  signals[SIGNAL_RESET] = g_signal_new_class_handler ("reset",
      G_TYPE_FROM_CLASS (klass), flags, G_CALLBACK (gst_siamban_track_reset),
      NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gst_siamban_track_class_init (GstSiambanTrackClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      siamban_track_debug, "siambantrack", 0, "SiamBAN object tracker");
  gst_siamban_track_meta_register ();

  object_class->set_property = gst_siamban_track_set_property;
  object_class->get_property = gst_siamban_track_get_property;
  object_class->finalize = gst_siamban_track_finalize;
  gst_siamban_properties_install (object_class);
  install_signals (object_class);

  gst_element_class_set_static_metadata (element_class,
      "SiamBAN object tracker", "Filter/Analyzer/Video",
      "Follows any object that a box points at with a Siamese network",
      "The siambantrack authors");
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);

  trans_class->passthrough_on_same_caps = FALSE;
  trans_class->start = GST_DEBUG_FUNCPTR (gst_siamban_track_start);
  trans_class->stop = GST_DEBUG_FUNCPTR (gst_siamban_track_stop);
  trans_class->set_caps = GST_DEBUG_FUNCPTR (gst_siamban_track_set_caps);
  trans_class->sink_event = GST_DEBUG_FUNCPTR (gst_siamban_track_sink_event);
  trans_class->propose_allocation =
      GST_DEBUG_FUNCPTR (gst_siamban_track_propose_allocation);
  trans_class->transform_ip =
      GST_DEBUG_FUNCPTR (gst_siamban_track_transform_ip);
}

static void
gst_siamban_track_init (GstSiambanTrack *self)
{
  GstBaseTransform *trans = GST_BASE_TRANSFORM (self);

  gst_siamban_settings_init (&self->settings);
  gst_base_transform_set_in_place (trans, TRUE);
  gst_base_transform_set_gap_aware (trans, TRUE);
  /* Late buffers are somebody's recording: all of them pass. */
  gst_base_transform_set_qos_enabled (trans, FALSE);
}

static void
gst_siamban_track_finalize (GObject *object)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (object);

  gst_siamban_settings_clear (&self->settings);
  g_free (self->request.problem);
  G_OBJECT_CLASS (gst_siamban_track_parent_class)->finalize (object);
}

/* with the object lock */
static void
set_box (GstSiambanTrack *self, const GValue *value)
{
  SiambanBox box;

  if (gst_value_array_get_size (value) == 0) {
    self->settings.has_box = FALSE;
    self->request.seed = FALSE;
  } else if (gst_siamban_box_from_array (value, &box)) {
    self->settings.has_box = TRUE;
    self->settings.box = box;
    self->request.seed = TRUE;
    self->request.box = box;
  } else {
    gchar *given = gst_value_serialize (value);

    g_free (self->request.problem);
    self->request.problem = g_strdup_printf (
        "box is %s, expected <x, y, width, height>: four finite numbers in "
        "pixels, width and height above 0",
        given);
    g_free (given);
  }
}

static void
gst_siamban_track_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (object);

  GST_OBJECT_LOCK (self);
  if (id == GST_SIAMBAN_PROP_BOX)
    set_box (self, value);
  else if (!gst_siamban_properties_set (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_siamban_track_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (object);

  GST_OBJECT_LOCK (self);
  if (id == GST_SIAMBAN_PROP_STATS)
    g_value_take_boxed (value, gst_siamban_stats_to_structure (&self->stats));
  else if (id == GST_SIAMBAN_PROP_BOX && self->settings.has_box)
    gst_siamban_box_to_array (&self->settings.box, value);
  else if (id != GST_SIAMBAN_PROP_BOX &&
           !gst_siamban_properties_get (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static gboolean
gst_siamban_track_seed (
    GstSiambanTrack *self, gdouble x, gdouble y, gdouble w, gdouble h)
{
  const SiambanBox box = {x, y, w, h};
  gboolean accepted;

  GST_OBJECT_LOCK (self);
  accepted = self->running && gst_siamban_box_is_sane (&box);
  if (accepted) {
    self->request.seed = TRUE;
    self->request.box = box;
  }
  GST_OBJECT_UNLOCK (self);
  return accepted;
}

static void
gst_siamban_track_reset (GstSiambanTrack *self)
{
  GST_OBJECT_LOCK (self);
  self->request.reset = self->running;
  self->request.seed = FALSE;
  GST_OBJECT_UNLOCK (self);
}

/* With the object lock. The start of a stream and a flush alike: @box seeds. */
static void
rewind_request (GstSiambanTrack *self)
{
  self->request.reset = FALSE;
  self->request.seed = self->settings.has_box;
  self->request.box = self->settings.box;
}

static gboolean
gst_siamban_track_start (GstBaseTransform *trans)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);
  g_auto (GstSiambanSettings) settings = {0};

  GST_OBJECT_LOCK (self);
  gst_siamban_settings_copy (&self->settings, &settings);
  GST_OBJECT_UNLOCK (self);

  self->model = gst_siamban_load (GST_ELEMENT (self), &settings);
  if (!self->model)
    return FALSE;
  gst_siamban_meta_check_kind (GST_ELEMENT (self), settings.meta);
  GST_OBJECT_LOCK (self);
  rewind_request (self);
  self->running = TRUE;
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static gboolean
gst_siamban_track_stop (GstBaseTransform *trans)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);

  GST_OBJECT_LOCK (self);
  self->running = FALSE;
  self->stats = (GstSiambanStats){0};
  GST_OBJECT_UNLOCK (self);

  gst_siamban_target_forget (&self->target);
  self->target = (GstSiambanTarget){0};
  g_clear_pointer (&self->model, siamban_model_unref);
  gst_video_info_init (&self->info);
  self->troubles = 0;
  return TRUE;
}

static gboolean
gst_siamban_track_set_caps (
    GstBaseTransform *trans, GstCaps *incaps, GstCaps *outcaps)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);
  GstVideoInfo info;

  (void)outcaps;
  if (!gst_video_info_from_caps (&info, incaps))
    return FALSE;
  if (info.width != self->info.width || info.height != self->info.height)
    gst_siamban_target_scale (&self->target,
        (gdouble)info.width / self->info.width,
        (gdouble)info.height / self->info.height);
  self->info = info;
  return TRUE;
}

static void
post_change (GstSiambanTrack *self, const gchar *event)
{
  gst_siamban_post_change (GST_ELEMENT (self), event, &self->target.result);
}

static void
forget_target (GstSiambanTrack *self)
{
  if (gst_siamban_target_forget (&self->target))
    post_change (self, "reset");
}

static gboolean
gst_siamban_track_sink_event (GstBaseTransform *trans, GstEvent *event)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    forget_target (self);
    GST_OBJECT_LOCK (self);
    rewind_request (self);
    self->stats.id = 0;
    self->stats.score = 0;
    GST_OBJECT_UNLOCK (self);
  }
  return GST_BASE_TRANSFORM_CLASS (gst_siamban_track_parent_class)
      ->sink_event (trans, event);
}

/* Buffers go through as they are, so what downstream can take is what upstream
 * may send. */
static gboolean
gst_siamban_track_propose_allocation (
    GstBaseTransform *trans, GstQuery *decide_query, GstQuery *query)
{
  (void)decide_query;
  return gst_pad_peer_query (GST_BASE_TRANSFORM_SRC_PAD (trans), query);
}

static void
warn_once (GstSiambanTrack *self, GstSiambanTrouble kind, const gchar *reason)
{
  gst_siamban_warn_once (GST_ELEMENT (self), &self->troubles, kind, reason);
}

/* Returns FALSE while the element is not started: where it is linked into a
 * stream that flows, frames come before the model is loaded. */
static gboolean
take_request (
    GstSiambanTrack *self, Request *request, GstSiambanSettings *settings)
{
  gboolean running;

  GST_OBJECT_LOCK (self);
  running = self->running;
  if (running) {
    *request = self->request;
    self->request = (Request){0};
    gst_siamban_settings_copy (&self->settings, settings);
  }
  GST_OBJECT_UNLOCK (self);
  return running;
}

static GstClockTime
running_time (GstSiambanTrack *self, GstBuffer *buffer)
{
  const GstSegment *segment = &GST_BASE_TRANSFORM (self)->segment;

  if (segment->format != GST_FORMAT_TIME)
    return GST_CLOCK_TIME_NONE;
  return gst_segment_to_running_time (
      segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
}

/* Returns the reason if it could not, NULL if it did. */
static GError *
seed (GstSiambanTrack *self, const SiambanFrame *view, const SiambanBox *box,
    gint parent_id, guint threads)
{
  GError *error = NULL;

  if (gst_siamban_target_seed (
          &self->target, self->model, view, box, parent_id, threads, &error))
    post_change (self, "seeded");
  return error;
}

static gboolean
seed_from_request (GstSiambanTrack *self, const SiambanFrame *view,
    const SiambanBox *box, guint threads)
{
  GError *error = seed (self, view, box, -1, threads);

  if (!error)
    return TRUE;
  gst_siamban_warn_of_box (GST_ELEMENT (self), error->message);
  g_error_free (error);
  return FALSE;
}

static gboolean
seed_from_region (GstSiambanTrack *self, GstBuffer *buffer,
    const SiambanFrame *view, const GstSiambanSettings *settings)
{
  GError *error;
  SiambanBox box;
  gint id;

  if (!settings->seed_from_roi ||
      !gst_siamban_meta_find_seed (buffer, view->width, view->height,
          settings->seed_roi_type, &box, &id))
    return FALSE;
  error = seed (self, view, &box, id, settings->threads);
  if (!error)
    return TRUE;
  warn_once (self, GST_SIAMBAN_TROUBLE_REGION, error->message);
  g_error_free (error);
  return FALSE;
}

static gboolean
relearn (GstSiambanTrack *self, const SiambanFrame *view, guint threads)
{
  GError *error = NULL;

  if (gst_siamban_target_relearn (
          &self->target, self->model, view, threads, &error)) {
    post_change (self, "resized");
    return TRUE;
  }
  gst_siamban_warn_of_box (GST_ELEMENT (self), error->message);
  g_error_free (error);
  forget_target (self);
  return FALSE;
}

static gboolean
update (GstSiambanTrack *self, const SiambanFrame *view, guint threads)
{
  GError *error = NULL;

  if (gst_siamban_target_update (&self->target, view, threads, &error))
    return TRUE;
  warn_once (self, GST_SIAMBAN_TROUBLE_UPDATE, error->message);
  g_error_free (error);
  return FALSE;
}

static gboolean
follow (GstSiambanTrack *self, GstBuffer *buffer, const SiambanFrame *view,
    const Request *request, const GstSiambanSettings *settings)
{
  if (request->seed &&
      seed_from_request (self, view, &request->box, settings->threads))
    return TRUE;
  if (!self->target.target)
    return seed_from_region (self, buffer, view, settings);
  if (self->target.resized)
    return relearn (self, view, settings->threads);
  return update (self, view, settings->threads);
}

static void
count (GstSiambanTrack *self, gboolean found, gint64 spent_us)
{
  GstSiambanStats *stats = &self->stats;

  GST_OBJECT_LOCK (self);
  stats->frames++;
  stats->id = self->target.target ? (guint)self->target.result.track.id : 0;
  stats->score = found ? self->target.result.track.score : 0;
  if (found) {
    stats->tracked++;
    stats->total_us += spent_us;
    stats->last_us = spent_us;
  }
  GST_OBJECT_UNLOCK (self);
}

/* Returns whether there is a target on the frame. */
static gboolean
look (GstSiambanTrack *self, GstBuffer *buffer, const GstVideoFrame *frame,
    GstSiambanSettings *settings)
{
  const gint64 start = g_get_monotonic_time ();
  SiambanFrame view;
  Request request;
  gboolean found;

  if (!gst_siamban_frame_view (frame, &view)) {
    warn_once (self, GST_SIAMBAN_TROUBLE_FORMAT,
        "a frame's video meta has another format");
    return FALSE;
  }
  if (!take_request (self, &request, settings))
    return FALSE;
  if (request.problem)
    gst_siamban_warn_of_box (GST_ELEMENT (self), request.problem);
  g_free (request.problem);
  if (request.reset)
    forget_target (self);

  self->target.result.label = settings->label;
  self->target.result.track.last_seen = running_time (self, buffer);
  found = follow (self, buffer, &view, &request, settings);
  count (self, found, g_get_monotonic_time () - start);
  return found;
}

static void
hand_out (GstSiambanTrack *self, GstBuffer *buffer, const GstVideoFrame *frame,
    const GstSiambanSettings *settings)
{
  const GstSiambanResult *result = &self->target.result;

  if (!gst_siamban_overlay_draw (
          &settings->overlay, &self->info, buffer, result, 1))
    warn_once (
        self, GST_SIAMBAN_TROUBLE_DRAW, "it cannot be mapped to draw into it");
  gst_siamban_meta_add (buffer, GST_VIDEO_FRAME_WIDTH (frame),
      GST_VIDEO_FRAME_HEIGHT (frame), result, 1, settings->meta);
}

static GstFlowReturn
gst_siamban_track_transform_ip (GstBaseTransform *trans, GstBuffer *buffer)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);
  g_auto (GstSiambanSettings) settings = {0};
  GstVideoFrame frame;
  gboolean found;

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP))
    return GST_FLOW_OK;
  if (!gst_video_frame_map (&frame, &self->info, buffer,
          GST_MAP_READ | GST_VIDEO_FRAME_MAP_FLAG_NO_REF)) {
    warn_once (
        self, GST_SIAMBAN_TROUBLE_MAP, "it cannot be mapped, is it too small?");
    return GST_FLOW_OK;
  }
  found = look (self, buffer, &frame, &settings);
  gst_video_frame_unmap (&frame);
  if (found)
    hand_out (self, buffer, &frame, &settings);
  return GST_FLOW_OK;
}
