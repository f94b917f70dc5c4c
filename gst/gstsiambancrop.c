/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-siambancrop
 * @title: siambancrop
 * @short_description: keeps a target in view, as a camera that turns would
 *
 * Shows a part of the picture of fixed size, and moves it smoothly after a
 * target that #siambantrack follows upstream, as a camera with pan, tilt and
 * zoom would. Where it is comes from the buffers' `GstSiambanTrackMeta`.
 *
 * The size of the output is that of #siambancrop:width and
 * #siambancrop:height, or of the caps downstream, or half the input's. With
 * #siambancrop:zoom 1 the output has the very pixels of the input; with other
 * values they are scaled. With 0 it zooms by itself, so that the target takes
 * #siambancrop:target-size of the view.
 *
 * Metas move along: track meta, regions of interest and analytics of the
 * output are in its pixels.
 *
 * If #siambancrop:ptz-interval is set, element messages `siambancrop` tell a
 * real camera where to turn: `event` (string) is `ptz`, `id` (uint64) that of
 * the target, `status` (string) as in the meta, `x` and `y` (double) how far
 * its centre is right of and below that of the input, in halves of its width
 * and height, -1 to 1 within it; `size` (double) its height in that of the
 * input; `running-time` (uint64). Of a target that is not in sight, and within
 * the dead zone around the centre, x and y are 0.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc pattern=ball num-buffers=40 ! \
 *   siambantrack box="<150,108,24,24>" ! siambancrop width=160 height=120 ! \
 *   videoconvert ! autovideosink
 * ]| Keeps the ball of the test picture in a small view.
 *
 * Since: 0.1
 */

#include "gstsiambancrop.h"

#include "gstsiambancropsettings.h"
#include "gstsiambanframe.h"
#include "gstsiambanlens.h"
#include "gstsiambanmove.h"
#include "gstsiambantrackmeta.h"
#include "siambanmeta.h"

GST_DEBUG_CATEGORY_STATIC (siamban_crop_debug);
#define GST_CAT_DEFAULT siamban_crop_debug

#define MAX_STEP   0.5 /* seconds; more is a gap */
#define USUAL_STEP 0.04

struct _GstSiambanCrop
{
  GstVideoFilter parent;

  GstSiambanCropSettings settings; /* under the object lock */

  /* the streaming thread's */
  GstSiambanCamera camera;
  GstSiambanLens lens;
  guint64 following;    /* id of the target followed last */
  GstClockTime last;    /* running times, of the last frame */
  GstClockTime message; /* and of the last ptz message */
};

#define CAPS GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE (GST_SIAMBAN_FORMATS))

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, CAPS);

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, CAPS);

G_DEFINE_TYPE (GstSiambanCrop, gst_siamban_crop, GST_TYPE_VIDEO_FILTER)
GST_ELEMENT_REGISTER_DEFINE (
    siambancrop, "siambancrop", GST_RANK_NONE, GST_TYPE_SIAMBAN_CROP)

static void
gst_siamban_crop_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstSiambanCrop *self = GST_SIAMBAN_CROP (object);

  GST_OBJECT_LOCK (self);
  if (!gst_siamban_crop_settings_set (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
  if (gst_siamban_crop_settings_is_size (id))
    gst_base_transform_reconfigure_src (GST_BASE_TRANSFORM (self));
}

static void
gst_siamban_crop_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstSiambanCrop *self = GST_SIAMBAN_CROP (object);

  GST_OBJECT_LOCK (self);
  if (!gst_siamban_crop_settings_get (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_siamban_crop_finalize (GObject *object)
{
  GstSiambanCrop *self = GST_SIAMBAN_CROP (object);

  g_free (self->settings.label);
  gst_siamban_lens_clear (&self->lens);
  G_OBJECT_CLASS (gst_siamban_crop_parent_class)->finalize (object);
}

static void
crop_forget (GstSiambanCrop *self)
{
  self->camera = (GstSiambanCamera){0};
  self->following = 0;
  self->last = self->message = GST_CLOCK_TIME_NONE;
}

static gboolean
gst_siamban_crop_stop (GstBaseTransform *trans)
{
  GstSiambanCrop *self = GST_SIAMBAN_CROP (trans);

  crop_forget (self);
  gst_siamban_lens_clear (&self->lens);
  return TRUE;
}

static gboolean
gst_siamban_crop_sink_event (GstBaseTransform *trans, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    crop_forget (GST_SIAMBAN_CROP (trans));
  return GST_BASE_TRANSFORM_CLASS (gst_siamban_crop_parent_class)
      ->sink_event (trans, event);
}

/* Any size goes with any other, but for those that the properties fix. */
static GstCaps *
gst_siamban_crop_transform_caps (GstBaseTransform *trans,
    GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GstSiambanCrop *self = GST_SIAMBAN_CROP (trans);
  g_autoptr (GstCaps) all = gst_caps_copy (caps);
  gint width, height;

  GST_OBJECT_LOCK (self);
  width = direction == GST_PAD_SINK ? self->settings.width : 0;
  height = direction == GST_PAD_SINK ? self->settings.height : 0;
  GST_OBJECT_UNLOCK (self);
  gst_caps_set_simple (all, "width", GST_TYPE_INT_RANGE, 1, G_MAXINT, "height",
      GST_TYPE_INT_RANGE, 1, G_MAXINT, NULL);
  if (width)
    gst_caps_set_simple (all, "width", G_TYPE_INT, width, NULL);
  if (height)
    gst_caps_set_simple (all, "height", G_TYPE_INT, height, NULL);
  if (filter)
    return gst_caps_intersect_full (filter, all, GST_CAPS_INTERSECT_FIRST);
  return g_steal_pointer (&all);
}

/* GstBaseTransform tells sources that can make any size to make that of the
 * output, with which there is nothing to crop. */
static void
answer_any_size (GstQuery *query)
{
  g_autoptr (GstCaps) all = NULL;
  GstCaps *filter, *said;

  gst_query_parse_caps (query, &filter);
  gst_query_parse_caps_result (query, &said);
  all = gst_caps_copy (said);
  gst_caps_set_simple (all, "width", GST_TYPE_INT_RANGE, 1, G_MAXINT, "height",
      GST_TYPE_INT_RANGE, 1, G_MAXINT, NULL);
  if (filter) {
    GstCaps *kept =
        gst_caps_intersect_full (filter, all, GST_CAPS_INTERSECT_FIRST);

    gst_caps_take (&all, kept);
  }
  all = gst_caps_simplify (all);
  gst_query_set_caps_result (query, all);
}

static gboolean
gst_siamban_crop_query (
    GstBaseTransform *trans, GstPadDirection direction, GstQuery *query)
{
  const gboolean answered =
      GST_BASE_TRANSFORM_CLASS (gst_siamban_crop_parent_class)
          ->query (trans, direction, query);

  if (answered && direction == GST_PAD_SINK &&
      GST_QUERY_TYPE (query) == GST_QUERY_CAPS)
    answer_any_size (query);
  return answered;
}

static GstCaps *
gst_siamban_crop_fixate_caps (GstBaseTransform *trans,
    GstPadDirection direction, GstCaps *caps, GstCaps *othercaps)
{
  const GstStructure *from = gst_caps_get_structure (caps, 0);
  GstStructure *to;
  gint width, height, wanted;

  othercaps = gst_caps_make_writable (gst_caps_truncate (othercaps));
  to = gst_caps_get_structure (othercaps, 0);
  if (direction == GST_PAD_SINK &&
      gst_structure_get (from, "width", G_TYPE_INT, &width, "height",
          G_TYPE_INT, &height, NULL)) {
    if (!gst_structure_get_int (to, "width", &wanted)) {
      wanted =
          gst_structure_get_int (to, "height", &wanted)
              ? (gint)gst_util_uint64_scale_int ((guint64)wanted, width, height)
              : width / 2;
      gst_structure_fixate_field_nearest_int (
          to, "width", MAX (wanted & ~1, 1));
      gst_structure_get_int (to, "width", &wanted);
    }
    gst_structure_fixate_field_nearest_int (to, "height",
        MAX ((gint)gst_util_uint64_scale_int ((guint64)wanted, height, width) &
                 ~1,
            1));
  }
  return GST_BASE_TRANSFORM_CLASS (gst_siamban_crop_parent_class)
      ->fixate_caps (trans, direction, caps, othercaps);
}

static gboolean
gst_siamban_crop_set_info (GstVideoFilter *filter, GstCaps *incaps,
    GstVideoInfo *in, GstCaps *outcaps, GstVideoInfo *out)
{
  GstSiambanCrop *self = GST_SIAMBAN_CROP (filter);

  (void)outcaps;
  GST_INFO_OBJECT (self, "%dx%d of %" GST_PTR_FORMAT, out->width, out->height,
      (gpointer)incaps);
  if (in->width != filter->in_info.width ||
      in->height != filter->in_info.height)
    crop_forget (self);
  gst_siamban_lens_clear (&self->lens);
  return TRUE;
}

/* What says where something is gets moved with the picture. */
static gboolean
gst_siamban_crop_transform_meta (
    GstBaseTransform *trans, GstBuffer *outbuf, GstMeta *meta, GstBuffer *inbuf)
{
  return !gst_siamban_move_concerns (meta->info) &&
         GST_BASE_TRANSFORM_CLASS (gst_siamban_crop_parent_class)
             ->transform_meta (trans, outbuf, meta, inbuf);
}

static gboolean
is_wanted (const GstStructure *s, const SiambanTrack *track,
    const GstSiambanCropSettings *settings)
{
  if (settings->id && track->id != settings->id)
    return FALSE;
  return !settings->label || g_strcmp0 (settings->label,
                                 gst_structure_get_string (s, "label")) == 0;
}

/* The one followed before, if it is still there, else the first. Returns FALSE
 * if there is none at all. */
static gboolean
find_target (GstSiambanCrop *self, GstBuffer *buffer,
    const GstSiambanCropSettings *settings, SiambanTrack *found)
{
  const guint n = siamban_meta_n_tracks (buffer);
  gboolean any = FALSE;

  for (guint i = 0; i < n; i++) {
    SiambanTrack track;

    siamban_meta_get_track (buffer, i, &track);
    if (!is_wanted (
            siamban_meta_get_track_structure (buffer, i), &track, settings))
      continue;
    if (!any || track.id == self->following)
      *found = track;
    any = TRUE;
  }
  self->following = any ? found->id : 0;
  return any;
}

static GstClockTime
running_time (GstSiambanCrop *self, GstBuffer *buffer)
{
  const GstSegment *segment = &GST_BASE_TRANSFORM (self)->segment;

  if (segment->format != GST_FORMAT_TIME)
    return GST_CLOCK_TIME_NONE;
  return gst_segment_to_running_time (
      segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
}

/* Seconds since the last frame. */
static gdouble
step_to (GstSiambanCrop *self, GstClockTime now)
{
  const GstVideoInfo *info = &GST_VIDEO_FILTER (self)->in_info;
  gdouble step =
      info->fps_n > 0 ? (gdouble)info->fps_d / info->fps_n : USUAL_STEP;

  if (GST_CLOCK_TIME_IS_VALID (now) && GST_CLOCK_TIME_IS_VALID (self->last))
    step = now > self->last ? (gdouble)(now - self->last) / GST_SECOND : 0;
  self->last = now;
  return MIN (step, MAX_STEP);
}

/* Off the centre, in halves; nothing within the dead zone. */
static gdouble
crop_offset (gdouble centre, gint length, gdouble dead_zone)
{
  const gdouble off = 2 * centre / length - 1;

  return ABS (off) <= dead_zone ? 0 : off;
}

static void
post_ptz (GstSiambanCrop *self, const SiambanTrack *track, gboolean in_sight,
    const GstSiambanCropSettings *settings, GstClockTime now)
{
  const GstVideoInfo *info = &GST_VIDEO_FILTER (self)->in_info;
  const SiambanBox *box = &track->box;
  const gdouble dead = settings->camera.dead_zone;
  const gdouble x = crop_offset (box->x + box->w / 2, info->width, dead);
  const gdouble y = crop_offset (box->y + box->h / 2, info->height, dead);

  if (settings->ptz_interval == 0 ||
      (GST_CLOCK_TIME_IS_VALID (now) &&
          GST_CLOCK_TIME_IS_VALID (self->message) &&
          now < self->message + settings->ptz_interval))
    return;
  self->message = now;
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self),
          gst_structure_new ("siambancrop", "event", G_TYPE_STRING, "ptz", "id",
              G_TYPE_UINT64, track->id, "status", G_TYPE_STRING,
              siamban_status_name (track->status), "x", G_TYPE_DOUBLE,
              in_sight ? x : 0, "y", G_TYPE_DOUBLE, in_sight ? y : 0, "size",
              G_TYPE_DOUBLE, box->h / info->height, "running-time",
              G_TYPE_UINT64, now, NULL)));
}

/* What to show of the frame in @buffer. */
static GstVideoRectangle
crop_aim (GstSiambanCrop *self, GstBuffer *buffer,
    const GstSiambanCropSettings *settings)
{
  const GstVideoInfo *in = &GST_VIDEO_FILTER (self)->in_info;
  const GstVideoInfo *out = &GST_VIDEO_FILTER (self)->out_info;
  const GstSiambanScene scene = {
      in->width, in->height, out->width, out->height};
  const GstClockTime now = running_time (self, buffer);
  SiambanTrack track;
  const gboolean found = find_target (self, buffer, settings, &track);
  const gboolean in_sight = found && track.status != SIAMBAN_STATUS_LOST;
  SiambanBox window;

  gst_siamban_camera_step (&self->camera, &settings->camera, &scene,
      in_sight ? &track.box : NULL, step_to (self, now), &window);
  if (found)
    post_ptz (self, &track, in_sight, settings, now);
  return gst_siamban_lens_round (&window, in, out);
}

static void
take_settings (GstSiambanCrop *self, GstSiambanCropSettings *settings)
{
  GST_OBJECT_LOCK (self);
  *settings = self->settings;
  settings->label = g_strdup (settings->label);
  GST_OBJECT_UNLOCK (self);
}

static GstFlowReturn
gst_siamban_crop_transform_frame (
    GstVideoFilter *filter, GstVideoFrame *in, GstVideoFrame *out)
{
  GstSiambanCrop *self = GST_SIAMBAN_CROP (filter);
  GstVideoRectangle window;
  GstSiambanWarp warp;
  GstSiambanCropSettings settings;

  take_settings (self, &settings);
  window = crop_aim (self, in->buffer, &settings);
  g_free (settings.label);
  GST_LOG_OBJECT (
      self, "shows %dx%d+%d+%d", window.w, window.h, window.x, window.y);
  gst_siamban_lens_show (&self->lens, in, &window, out);
  gst_siamban_warp_init_crop (&warp,
      &(SiambanBox){window.x, window.y, window.w, window.h}, out->info.width,
      out->info.height);
  gst_siamban_move_metas (in->buffer, out->buffer, &warp);
  return GST_FLOW_OK;
}

static void
gst_siamban_crop_class_init (GstSiambanCropClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);
  GstVideoFilterClass *filter_class = GST_VIDEO_FILTER_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      siamban_crop_debug, "siambancrop", 0, "view that follows a target");
  gst_siamban_track_meta_register ();

  object_class->set_property = gst_siamban_crop_set_property;
  object_class->get_property = gst_siamban_crop_get_property;
  object_class->finalize = gst_siamban_crop_finalize;
  gst_siamban_crop_settings_install (object_class);

  gst_element_class_set_static_metadata (element_class,
      "View that follows a target", "Filter/Effect/Video",
      "Crops video smoothly around a target of siambantrack",
      "The siambantrack authors");
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);

  trans_class->passthrough_on_same_caps = FALSE;
  trans_class->stop = GST_DEBUG_FUNCPTR (gst_siamban_crop_stop);
  trans_class->sink_event = GST_DEBUG_FUNCPTR (gst_siamban_crop_sink_event);
  trans_class->transform_caps =
      GST_DEBUG_FUNCPTR (gst_siamban_crop_transform_caps);
  trans_class->query = GST_DEBUG_FUNCPTR (gst_siamban_crop_query);
  trans_class->fixate_caps = GST_DEBUG_FUNCPTR (gst_siamban_crop_fixate_caps);
  trans_class->transform_meta =
      GST_DEBUG_FUNCPTR (gst_siamban_crop_transform_meta);
  filter_class->set_info = GST_DEBUG_FUNCPTR (gst_siamban_crop_set_info);
  filter_class->transform_frame =
      GST_DEBUG_FUNCPTR (gst_siamban_crop_transform_frame);
}

static void
gst_siamban_crop_init (GstSiambanCrop *self)
{
  gst_siamban_crop_settings_init (&self->settings);
  crop_forget (self);
  gst_base_transform_set_qos_enabled (GST_BASE_TRANSFORM (self), FALSE);
}
