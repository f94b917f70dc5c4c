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
 * frame. Its params hold a structure `siambantrack` with doubles `x`, `y`, `w`,
 * `h` (the box as found, in pixels), `score` (0 to 1) and `peak` (the highest
 * score anywhere in the search area). On the frame that seeds, the box is the
 * seed and both are 1. Elements that scale video or convert its format may drop
 * the params, or keep them as they were; `id` and the region's box stay right.
 * Built against GStreamer 1.24 or later, the element also adds an object
 * detection and a tracking entry, related, to the buffer's
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
#include "gstsiambandraw.h"
#include "gstsiambanframe.h"
#include "gstsiambanmeta.h"
#include "gstsiambanprecision.h"
#include "gstsiambantarget.h"

GST_DEBUG_CATEGORY_STATIC (siamban_track_debug);
#define GST_CAT_DEFAULT siamban_track_debug

#define DEFAULT_SEED_FROM_ROI TRUE
#define DEFAULT_LABEL         "object"
#define DEFAULT_DRAW          FALSE
#define DEFAULT_THREADS       0
#define DEFAULT_PRECISION     SIAMBAN_PRECISION_AUTO
#define MAX_THREADS           1024

enum
{
  PROP_0,
  PROP_MODEL,
  PROP_CONFIG,
  PROP_BOX,
  PROP_SEED_FROM_ROI,
  PROP_SEED_ROI_TYPE,
  PROP_LABEL,
  PROP_DRAW,
  PROP_THREADS,
  PROP_PRECISION,
  PROP_STATS,
};

enum
{
  SIGNAL_SEED,
  SIGNAL_RESET,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

typedef struct
{
  gboolean seed_from_roi;
  GQuark seed_roi_type;
  GQuark label;
  gboolean draw;
  guint threads;
} Settings;

/* What the application asked for since the last frame. */
typedef struct
{
  gboolean reset;
  gboolean seed;
  SiambanBox box;
  gchar *problem; /* with a box that was not accepted */
} Request;

typedef struct
{
  guint64 frames;
  guint64 tracked;
  gint64 total_us;
  gint64 last_us;
  guint id;
  gdouble score;
} Stats;

typedef enum
{
  TROUBLE_READ = 1 << 0,
  TROUBLE_WRITE = 1 << 1,
  TROUBLE_REGION = 1 << 2,
  TROUBLE_UPDATE = 1 << 3,
} Trouble;

struct _GstSiambanTrack
{
  GstBaseTransform parent;

  /* under the object lock */
  gchar *model_path;
  gchar *config_path;
  SiambanPrecision precision;
  gboolean has_box;
  SiambanBox box;
  Settings settings;
  gboolean running;
  Request request;
  Stats stats;

  /* the streaming thread's */
  GstVideoInfo info;
  SiambanModel *model;
  GstSiambanTarget target;
  guint troubles; /* kinds of Trouble already warned of */
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
install_properties (GObjectClass *klass)
{
  const GParamFlags ready =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  const GParamFlags playing =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  /**
   * siambantrack:model:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_MODEL,
      g_param_spec_string ("model", "Model",
          "Path of the checkpoint, .pth or .safetensors (NULL = the built-in "
          "model)",
          NULL, ready));
  /**
   * siambantrack:config:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_CONFIG,
      g_param_spec_string ("config", "Config",
          "Path of the config.yaml published beside the checkpoint (NULL = as "
          "published for the architecture that the checkpoint shows)",
          NULL, ready));
  /**
   * siambantrack:box:
   *
   * Seeds the first frame, or the next one when set while running. An empty
   * array is no box, and does not stop what is being followed.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_BOX,
      gst_param_spec_array ("box", "Box",
          "Object to follow as <x, y, width, height> in pixels, from the next "
          "frame on; numbers of any type, (x, y) the top-left corner (empty = "
          "none)",
          NULL, playing));
  /**
   * siambantrack:seed-from-roi:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SEED_FROM_ROI,
      g_param_spec_boolean ("seed-from-roi", "Seed from ROI",
          "While there is no target, take the first upstream region of "
          "interest as one",
          DEFAULT_SEED_FROM_ROI, playing));
  /**
   * siambantrack:seed-roi-type:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SEED_ROI_TYPE,
      g_param_spec_string ("seed-roi-type", "Seed ROI type",
          "Type that an upstream region of interest must have to become the "
          "target (NULL = any)",
          NULL, playing));
  /**
   * siambantrack:label:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_LABEL,
      g_param_spec_string ("label", "Label",
          "Type of the regions of interest put on buffers (NULL = \"object\")",
          DEFAULT_LABEL, playing));
  /**
   * siambantrack:draw:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_DRAW,
      g_param_spec_boolean ("draw", "Draw",
          "Draw the box, the track number and the score into the frames; "
          "without, pixels are never copied or changed",
          DEFAULT_DRAW, playing));
  /**
   * siambantrack:threads:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_THREADS,
      g_param_spec_uint ("threads", "Threads",
          "Most threads to use for one frame (0 = one per CPU that the "
          "process may run on)",
          0, MAX_THREADS, DEFAULT_THREADS, playing));
  /**
   * siambantrack:precision:
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_PRECISION,
      g_param_spec_enum ("precision", "Precision",
          "What to compute in; int8 needs a file made by siamban-quantize",
          GST_TYPE_SIAMBAN_PRECISION, DEFAULT_PRECISION, ready));
  /**
   * siambantrack:stats:
   *
   * Structure `siambantrack-stats`: `frames` and `tracked-frames` (uint64: all
   * that passed since READY, and those that got a region), `mean-ms` and
   * `last-ms` (double: milliseconds spent on a tracked frame), `id` (uint:
   * track number, 0 without a target) and `score` (double: of the last frame).
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "frames, tracked-frames, mean-ms and last-ms (milliseconds a tracked "
          "frame), id (track number, 0 = no target), score (0 to 1)",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

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

  object_class->set_property = gst_siamban_track_set_property;
  object_class->get_property = gst_siamban_track_get_property;
  object_class->finalize = gst_siamban_track_finalize;
  install_properties (object_class);
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

  self->settings = (Settings){
      .seed_from_roi = DEFAULT_SEED_FROM_ROI,
      .label = g_quark_from_static_string (DEFAULT_LABEL),
      .draw = DEFAULT_DRAW,
      .threads = DEFAULT_THREADS,
  };
  gst_base_transform_set_in_place (trans, TRUE);
  gst_base_transform_set_gap_aware (trans, TRUE);
  /* Late buffers are somebody's recording: all of them pass. */
  gst_base_transform_set_qos_enabled (trans, FALSE);
}

static void
gst_siamban_track_finalize (GObject *object)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (object);

  g_free (self->model_path);
  g_free (self->config_path);
  g_free (self->request.problem);
  G_OBJECT_CLASS (gst_siamban_track_parent_class)->finalize (object);
}

/* with the object lock */
static void
set_box (GstSiambanTrack *self, const GValue *value)
{
  SiambanBox box;

  if (gst_value_array_get_size (value) == 0) {
    self->has_box = FALSE;
    self->request.seed = FALSE;
  } else if (gst_siamban_box_from_array (value, &box)) {
    self->has_box = TRUE;
    self->box = box;
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

static GQuark
quark_of (const GValue *value, const gchar *fallback)
{
  const gchar *string = g_value_get_string (value);

  return g_quark_from_string (string ? string : fallback);
}

static void
gst_siamban_track_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_MODEL:
      g_free (self->model_path);
      self->model_path = g_value_dup_string (value);
      break;
    case PROP_CONFIG:
      g_free (self->config_path);
      self->config_path = g_value_dup_string (value);
      break;
    case PROP_BOX:
      set_box (self, value);
      break;
    case PROP_SEED_FROM_ROI:
      self->settings.seed_from_roi = g_value_get_boolean (value);
      break;
    case PROP_SEED_ROI_TYPE:
      self->settings.seed_roi_type = quark_of (value, NULL);
      break;
    case PROP_LABEL:
      self->settings.label = quark_of (value, DEFAULT_LABEL);
      break;
    case PROP_DRAW:
      self->settings.draw = g_value_get_boolean (value);
      break;
    case PROP_THREADS:
      self->settings.threads = g_value_get_uint (value);
      break;
    case PROP_PRECISION:
      self->precision = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
stats_structure (const Stats *stats)
{
  const gdouble total = (gdouble)stats->total_us / 1000;

  return gst_structure_new ("siambantrack-stats", "frames", G_TYPE_UINT64,
      stats->frames, "tracked-frames", G_TYPE_UINT64, stats->tracked, "mean-ms",
      G_TYPE_DOUBLE, total / (gdouble)MAX (stats->tracked, 1), "last-ms",
      G_TYPE_DOUBLE, (gdouble)stats->last_us / 1000, "id", G_TYPE_UINT,
      stats->id, "score", G_TYPE_DOUBLE, stats->score, NULL);
}

static void
gst_siamban_track_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (object);
  const Settings *settings = &self->settings;

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_MODEL:
      g_value_set_string (value, self->model_path);
      break;
    case PROP_CONFIG:
      g_value_set_string (value, self->config_path);
      break;
    case PROP_BOX:
      if (self->has_box)
        gst_siamban_box_to_array (&self->box, value);
      break;
    case PROP_SEED_FROM_ROI:
      g_value_set_boolean (value, settings->seed_from_roi);
      break;
    case PROP_SEED_ROI_TYPE:
      g_value_set_string (value, g_quark_to_string (settings->seed_roi_type));
      break;
    case PROP_LABEL:
      g_value_set_string (value, g_quark_to_string (settings->label));
      break;
    case PROP_DRAW:
      g_value_set_boolean (value, settings->draw);
      break;
    case PROP_THREADS:
      g_value_set_uint (value, settings->threads);
      break;
    case PROP_PRECISION:
      g_value_set_enum (value, self->precision);
      break;
    case PROP_STATS:
      g_value_take_boxed (value, stats_structure (&self->stats));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
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

static gboolean
is_missing (const gchar *path)
{
  return path && !g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
post_load_error (GstSiambanTrack *self, const gchar *model, const gchar *config,
    const GError *error)
{
#define POST(domain, code)                                                     \
  GST_ELEMENT_ERROR (self, domain, code, ("%s", error->message),               \
      ("model %s, config %s", model ? model : "(built-in)",                    \
          config ? config : "(none given)"))

  if (error->code == SIAMBAN_ERROR_IO) {
    if (is_missing (model) || is_missing (config))
      POST (RESOURCE, NOT_FOUND);
    else
      POST (RESOURCE, READ);
  } else if (error->code == SIAMBAN_ERROR_CONFIG) {
    POST (LIBRARY, SETTINGS);
  } else {
    POST (LIBRARY, INIT);
  }
#undef POST
}

/* With the object lock. The start of a stream and a flush alike: @box seeds. */
static void
rewind_request (GstSiambanTrack *self)
{
  self->request.reset = FALSE;
  self->request.seed = self->has_box;
  self->request.box = self->box;
}

static gboolean
gst_siamban_track_start (GstBaseTransform *trans)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);
  GError *error = NULL;
  SiambanPrecision precision;
  gchar *model, *config;

  GST_OBJECT_LOCK (self);
  precision = self->precision;
  model = g_strdup (self->model_path);
  config = g_strdup (self->config_path);
  GST_OBJECT_UNLOCK (self);

  self->model = siamban_model_load (model, config, precision, &error);
  if (self->model) {
    GST_OBJECT_LOCK (self);
    rewind_request (self);
    self->running = TRUE;
    GST_OBJECT_UNLOCK (self);
  } else {
    post_load_error (self, model, config, error);
  }
  g_clear_error (&error);
  g_free (model);
  g_free (config);
  return self->model != NULL;
}

static gboolean
gst_siamban_track_stop (GstBaseTransform *trans)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);

  GST_OBJECT_LOCK (self);
  self->running = FALSE;
  self->stats = (Stats){0};
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
  const SiambanBox *box = &self->target.track.result.box;

  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self),
          gst_structure_new ("siambantrack", "event", G_TYPE_STRING, event,
              "id", G_TYPE_UINT, self->target.track.id, "running-time",
              G_TYPE_UINT64, self->target.track.last_seen, "x", G_TYPE_DOUBLE,
              box->x, "y", G_TYPE_DOUBLE, box->y, "w", G_TYPE_DOUBLE, box->w,
              "h", G_TYPE_DOUBLE, box->h, NULL)));
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
warn_once (GstSiambanTrack *self, Trouble kind, const gchar *what)
{
  GST_CAT_LEVEL_LOG (GST_CAT_DEFAULT,
      self->troubles & kind ? GST_LEVEL_LOG : GST_LEVEL_WARNING, self, "%s",
      what);
  self->troubles |= kind;
}

/* Returns FALSE while the element is not started: where it is linked into a
 * stream that flows, frames come before the model is loaded. */
static gboolean
take_request (GstSiambanTrack *self, Request *request, Settings *settings)
{
  gboolean running;

  GST_OBJECT_LOCK (self);
  running = self->running;
  if (running) {
    *request = self->request;
    self->request = (Request){0};
    *settings = self->settings;
  }
  GST_OBJECT_UNLOCK (self);
  return running;
}

static void
warn_of_box (GstSiambanTrack *self, const gchar *reason)
{
  GST_ELEMENT_WARNING (
      self, LIBRARY, SETTINGS, ("Cannot follow this box: %s", reason), (NULL));
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
  warn_of_box (self, error->message);
  g_error_free (error);
  return FALSE;
}

static gboolean
seed_from_region (GstSiambanTrack *self, GstBuffer *buffer,
    const SiambanFrame *view, const Settings *settings)
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
  warn_once (self, TROUBLE_REGION, error->message);
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
  warn_of_box (self, error->message);
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
  warn_once (self, TROUBLE_UPDATE, error->message);
  g_error_free (error);
  return FALSE;
}

static gboolean
follow (GstSiambanTrack *self, GstBuffer *buffer, const SiambanFrame *view,
    const Request *request, const Settings *settings)
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
  Stats *stats = &self->stats;

  GST_OBJECT_LOCK (self);
  stats->frames++;
  stats->id = self->target.target ? self->target.track.id : 0;
  stats->score = found ? self->target.track.result.score : 0;
  if (found) {
    stats->tracked++;
    stats->total_us += spent_us;
    stats->last_us = spent_us;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
draw (GstSiambanTrack *self, GstBuffer *buffer)
{
  const GstSiambanTrackState *track = &self->target.track;
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, &self->info, buffer,
          GST_MAP_READWRITE | GST_VIDEO_FRAME_MAP_FLAG_NO_REF)) {
    warn_once (self, TROUBLE_WRITE, "cannot map a frame to draw into it");
    return;
  }
  gst_siamban_draw (&frame, &track->result.box, track->id, track->result.score);
  gst_video_frame_unmap (&frame);
}

static gboolean
look (GstSiambanTrack *self, GstBuffer *buffer, const GstVideoFrame *frame,
    gboolean *drawing)
{
  const gint64 start = g_get_monotonic_time ();
  SiambanFrame view;
  Settings settings;
  Request request;
  gboolean found;

  if (!gst_siamban_frame_view (frame, &view)) {
    warn_once (self, TROUBLE_READ, "a frame's video meta has another format");
    return FALSE;
  }
  if (!take_request (self, &request, &settings))
    return FALSE;
  if (request.problem)
    warn_of_box (self, request.problem);
  g_free (request.problem);
  if (request.reset)
    forget_target (self);

  self->target.track.label = settings.label;
  self->target.track.last_seen = running_time (self, buffer);
  found = follow (self, buffer, &view, &request, &settings);
  count (self, found, g_get_monotonic_time () - start);
  *drawing = settings.draw;
  return found;
}

static GstFlowReturn
gst_siamban_track_transform_ip (GstBaseTransform *trans, GstBuffer *buffer)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (trans);
  GstVideoFrame frame;
  gboolean found, drawing;

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP))
    return GST_FLOW_OK;
  if (!gst_video_frame_map (&frame, &self->info, buffer,
          GST_MAP_READ | GST_VIDEO_FRAME_MAP_FLAG_NO_REF)) {
    warn_once (self, TROUBLE_READ, "cannot map a frame, is it too small?");
    return GST_FLOW_OK;
  }
  found = look (self, buffer, &frame, &drawing);
  gst_video_frame_unmap (&frame);

  if (found && drawing)
    draw (self, buffer);
  if (found)
    gst_siamban_meta_add (buffer, GST_VIDEO_FRAME_WIDTH (&frame),
        GST_VIDEO_FRAME_HEIGHT (&frame), &self->target.track);
  return GST_FLOW_OK;
}
