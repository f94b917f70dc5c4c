/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "rig.h"

#include "gstsiambancamera.h"
#include "gstsiambanmeta.h"
#include "gstsiambantrackmeta.h"
#include "siambanmeta.h"

#define WIDTH  640
#define HEIGHT 480
#define STEP   0.04 /* seconds a frame */

static const gchar *const formats[] = {"BGR", "RGB", "BGRx", "RGBx", "xBGR",
    "xRGB", "BGRA", "RGBA", "ABGR", "ARGB", "GRAY8", "NV12", "NV21", "I420",
    "YV12", "YUY2", "UYVY", "I420_10LE", "P010_10LE"};

static const GstSiambanCameraOptions usual = {
    .zoom = 1,
    .target_size = 0.4,
    .dead_zone = 0.1,
    .max_speed = 1,
    .max_acceleration = 2,
};
static const GstSiambanScene scene = {WIDTH, HEIGHT, 160, 120};

static SiambanBox
box_at (gdouble x, gdouble y)
{
  return (SiambanBox){x - 10, y - 15, 20, 30};
}

static gdouble
centre_x (const SiambanBox *box)
{
  return box->x + box->w / 2;
}

static gdouble
centre_y (const SiambanBox *box)
{
  return box->y + box->h / 2;
}

/* Looks at (100, 100), then follows a target that has jumped to @x, @y (or has
 * gone) for @n steps; speeds and accelerations stay below what @options say,
 * and the window within the frame. */
static SiambanBox
follow (GstSiambanCamera *camera, const GstSiambanCameraOptions *options,
    const SiambanBox *target, guint n)
{
  const SiambanBox start = box_at (100, 100);
  SiambanBox window, last;
  gdouble speed = 0;

  gst_siamban_camera_step (camera, options, &scene, &start, STEP, &last);
  for (guint i = 0; i < n; i++) {
    gdouble faster;

    gst_siamban_camera_step (camera, options, &scene, target, STEP, &window);
    g_assert_cmpfloat (window.x, >=, -1e-9);
    g_assert_cmpfloat (window.y, >=, -1e-9);
    g_assert_cmpfloat (window.x + window.w, <=, WIDTH + 1e-9);
    g_assert_cmpfloat (window.y + window.h, <=, HEIGHT + 1e-9);
    faster = (centre_x (&window) - centre_x (&last)) / STEP - speed;
    speed += faster;
    if (ABS (window.w - last.w) < 1e-9) {
      g_assert_cmpfloat (ABS (speed), <=, options->max_speed * window.w + 1e-6);
      g_assert_cmpfloat (
          ABS (faster), <=, options->max_acceleration * window.w * STEP + 1e-6);
    }
    last = window;
  }
  return window;
}

/* It comes to rest with the target at the edge of the dead zone, never having
 * shot past. */
static void
test_arrives (void)
{
  const SiambanBox target = box_at (500, 300);
  GstSiambanCamera camera = {0};
  gdouble furthest = 0;
  SiambanBox window = {0};

  for (guint n = 1; n <= 250; n++) {
    camera = (GstSiambanCamera){0};
    window = follow (&camera, &usual, &target, n);
    furthest = MAX (furthest, centre_x (&window));
  }
  g_assert_cmpfloat_with_epsilon (centre_x (&window), 500 - 8, 1e-3);
  g_assert_cmpfloat_with_epsilon (centre_y (&window), 300 - 6, 1e-3);
  g_assert_cmpfloat (furthest, <=, 500 - 8 + 1e-3);
  g_assert_cmpfloat_with_epsilon (window.w, 160, 1e-9);
  g_assert_cmpfloat_with_epsilon (window.h, 120, 1e-9);
}

static void
test_dead_zone (void)
{
  const SiambanBox near = box_at (107, 95), far = box_at (120, 100);
  GstSiambanCamera camera = {0};
  SiambanBox window = follow (&camera, &usual, &near, 10);

  g_assert_cmpfloat (centre_x (&window), ==, 100);
  g_assert_cmpfloat (centre_y (&window), ==, 100);
  camera = (GstSiambanCamera){0};
  window = follow (&camera, &usual, &far, 50);
  g_assert_cmpfloat_with_epsilon (centre_x (&window), 112, 1e-3);
}

static void
test_unlimited (void)
{
  const SiambanBox target = box_at (500, 300);
  GstSiambanCameraOptions options = usual;
  GstSiambanCamera camera = {0};
  const SiambanBox start = box_at (100, 100);
  SiambanBox window;

  options.max_speed = options.max_acceleration = options.dead_zone = 0;
  gst_siamban_camera_step (&camera, &options, &scene, &start, STEP, &window);
  gst_siamban_camera_step (&camera, &options, &scene, &target, STEP, &window);
  g_assert_cmpfloat_with_epsilon (centre_x (&window), 500, 1e-9);
  g_assert_cmpfloat_with_epsilon (centre_y (&window), 300, 1e-9);
}

static void
test_lost (void)
{
  GstSiambanCameraOptions options = usual;
  GstSiambanCamera camera = {0};
  SiambanBox window = follow (&camera, &options, NULL, 100);

  g_assert_cmpfloat (centre_x (&window), ==, 100);
  g_assert_cmpfloat_with_epsilon (window.w, 160, 1e-9);

  options.when_lost = GST_SIAMBAN_WHEN_LOST_CENTRE;
  camera = (GstSiambanCamera){0};
  window = follow (&camera, &options, NULL, 200);
  g_assert_cmpfloat_with_epsilon (centre_x (&window), WIDTH / 2, 1e-3);
  g_assert_cmpfloat_with_epsilon (centre_y (&window), HEIGHT / 2, 1e-3);
  g_assert_cmpfloat_with_epsilon (window.w, 160, 1e-3);

  options.when_lost = GST_SIAMBAN_WHEN_LOST_ZOOM_OUT;
  options.zoom = 0;
  camera = (GstSiambanCamera){0};
  window = follow (&camera, &options, NULL, 300);
  g_assert_cmpfloat_with_epsilon (window.w, WIDTH, 1e-3);
  g_assert_cmpfloat_with_epsilon (window.h, HEIGHT, 1e-3);
}

/* By itself so that the target takes the part of the view that was asked for,
 * but for the dead zone. */
static void
test_zoom (void)
{
  const SiambanBox small = {300, 200, 20, 30}, large = {200, 100, 300, 360};
  GstSiambanCameraOptions options = usual;
  GstSiambanCamera camera = {0};
  SiambanBox window;

  options.zoom = 0;
  options.dead_zone = 0;
  window = follow (&camera, &options, &small, 300);
  g_assert_cmpfloat_with_epsilon (window.h, 30 / 0.4, 0.1);
  window = follow (&camera, &options, &large, 300);
  g_assert_cmpfloat_with_epsilon (window.h, HEIGHT, 0.1);
  options.zoom = 2;
  window = follow (&camera, &options, &large, 300);
  g_assert_cmpfloat_with_epsilon (window.w, 80, 0.1);
  options.zoom = 0.001;
  window = follow (&camera, &options, &large, 300);
  g_assert_cmpfloat_with_epsilon (window.w, WIDTH, 0.1);
}

static GstElement *
crop_new (void)
{
  GstElement *element = gst_element_factory_make ("siambancrop", NULL);

  g_assert_nonnull (element);
  return element;
}

static GstBuffer *
frame_with (Rig *rig, const SiambanBox *box, SiambanStatus status, guint64 id,
    const gchar *label)
{
  const GstSiambanResult result = {
      .track = {.id = id, .status = status, .box = *box},
      .label = label,
      .parent_id = 3};
  GstBuffer *buffer = rig_frame (rig);

  gst_siamban_meta_add (buffer, rig->info.width, rig->info.height, &result, 1,
      GST_SIAMBAN_META_ROI);
  return buffer;
}

static void
output_size (Rig *rig, gint *width, gint *height)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (rig->harness->sinkpad);

  g_assert_true (gst_structure_get (gst_caps_get_structure (caps, 0), "width",
      G_TYPE_INT, width, "height", G_TYPE_INT, height, NULL));
}

/* The place of the window, by what the meta of @buffer says of a box that was
 * at @before. */
static GstVideoRectangle
window_of (Rig *rig, GstBuffer *buffer, const SiambanBox *before)
{
  GstVideoRectangle window;
  SiambanTrack track;

  output_size (rig, &window.w, &window.h);
  siamban_meta_get_track (buffer, 0, &track);
  g_assert_cmpfloat_with_epsilon (track.box.w, before->w, 1e-9);
  window.x = (gint)lrint (before->x - track.box.x);
  window.y = (gint)lrint (before->y - track.box.y);
  return window;
}

static guint8 *
unpack (GstBuffer *buffer, const GstVideoInfo *info)
{
  GstVideoFrame frame;
  guint8 *pixels;

  g_assert_true (gst_video_frame_map (&frame, info, buffer, GST_MAP_READ));
  pixels = film_unpack (&frame);
  gst_video_frame_unmap (&frame);
  return pixels;
}

static void
assert_exact (
    Rig *rig, GstBuffer *in, GstBuffer *out, const GstVideoRectangle *window)
{
  GstVideoInfo info;
  g_autofree guint8 *before = unpack (in, &rig->info);
  g_autofree guint8 *after = NULL;

  g_assert_true (gst_video_info_set_format (&info,
      GST_VIDEO_INFO_FORMAT (&rig->info), (guint)window->w, (guint)window->h));
  after = unpack (out, &info);
  for (gint y = 0; y < window->h; y++) {
    const guint8 *wanted =
        before + 4 * ((window->y + y) * rig->info.width + window->x);

    g_assert_cmpmem (after + 4 * y * window->w, (gsize)(4 * window->w), wanted,
        (gsize)(4 * window->w));
  }
}

static void
test_exact (gconstpointer format)
{
  static const gint sizes[][4] = {
      {320, 240, 96, 80}, {321, 241, 97, 81}, {320, 240, 320, 240}};
  static const SiambanBox boxes[] = {
      {100.3, 80.6, 40, 40}, {0, 0, 20, 20}, {310, 230, 20, 20}};

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
    for (guint b = 0; b < G_N_ELEMENTS (boxes); b++) {
      Rig *rig = NULL;
      GstElement *element = crop_new ();
      g_autoptr (GstBuffer) in = NULL;
      g_autoptr (GstBuffer) out = NULL;
      GstVideoRectangle window;

      g_object_set (element, "width", sizes[s][2], "height", sizes[s][3], NULL);
      rig = rig_new (element, format, sizes[s][0], sizes[s][1]);
      in = frame_with (rig, &boxes[b], SIAMBAN_STATUS_TRACKED, 1, "object");
      out = rig_push (rig, gst_buffer_ref (in));
      window = window_of (rig, out, &boxes[b]);
      g_assert_cmpint (window.w, ==, sizes[s][2]);
      g_assert_cmpint (window.h, ==, sizes[s][3]);
      assert_exact (rig, in, out, &window);
      rig_free (rig);
    }
  }
}

/* Scaled, the square of the film is where the meta says. */
static void
test_scaled (gconstpointer format)
{
  GstElement *element = crop_new ();
  const SiambanBox box = film_box (0);
  Rig *rig;
  GstVideoInfo info;
  SiambanTrack track;
  GstBuffer *out;
  guint8 *pixels;
  gint width, height, x, y;

  g_object_set (element, "width", 200, "height", 150, "zoom", 2., NULL);
  rig = rig_new (element, format, 320, 240);
  out = rig_push (
      rig, frame_with (rig, &box, SIAMBAN_STATUS_TRACKED, 1, "object"));
  output_size (rig, &width, &height);
  g_assert_cmpint (width, ==, 200);
  g_assert_cmpint (height, ==, 150);
  siamban_meta_get_track (out, 0, &track);
  g_assert_cmpfloat_with_epsilon (track.box.w, 80, 2);
  g_assert_true (gst_video_info_set_format (
      &info, GST_VIDEO_INFO_FORMAT (&rig->info), 200, 150));
  pixels = unpack (out, &info);
  /* its field at (8, 0) is bright, and that at (0, 0) dark */
  x = (gint)(track.box.x + 0.3 * track.box.w);
  y = (gint)(track.box.y + 0.1 * track.box.h);
  g_assert_cmpint (pixels[4 * (y * 200 + x) + 1], >, 180);
  x = (gint)(track.box.x + 0.1 * track.box.w);
  g_assert_cmpint (pixels[4 * (y * 200 + x) + 1], <, 90);
  g_free (pixels);
  gst_buffer_unref (out);
  rig_free (rig);
}

static void
test_sizes (void)
{
  static const struct
  {
    gint width, height, wanted_width, wanted_height;
  } cases[] = {{0, 0, 320, 240}, {100, 0, 100, 74}, {0, 120, 160, 120},
      {33, 77, 33, 77}, {2000, 1000, 2000, 1000}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstElement *element = crop_new ();
    Rig *rig;
    gint width, height;

    g_object_set (
        element, "width", cases[i].width, "height", cases[i].height, NULL);
    rig = rig_new (element, "I420", WIDTH, HEIGHT);
    gst_buffer_unref (rig_next (rig));
    output_size (rig, &width, &height);
    g_assert_cmpint (width, ==, cases[i].wanted_width);
    g_assert_cmpint (height, ==, cases[i].wanted_height);
    rig_set_caps (rig, "NV12", 1, 1);
    gst_buffer_unref (rig_next (rig));
    rig_free (rig);
  }
}

/* Downstream decides where the properties do not. */
static void
test_downstream (void)
{
  GstElement *element = crop_new ();
  Rig *rig = rig_new (element, "I420", WIDTH, HEIGHT);
  gint width, height;

  gst_harness_set_sink_caps_str (
      rig->harness, "video/x-raw,width=200,height=[100,300]");
  gst_buffer_unref (rig_next (rig));
  output_size (rig, &width, &height);
  g_assert_cmpint (width, ==, 200);
  g_assert_cmpint (height, ==, 150);
  rig_free (rig);
}

/* Beside ours only that which lies half in the window is left. */
static void
assert_half (GstBuffer *buffer)
{
  guint n = 0, halves = 0;
  gpointer state = NULL;
  GstMeta *meta;

  while ((meta = gst_buffer_iterate_meta_filtered (
              buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
    const GstVideoRegionOfInterestMeta *roi =
        (GstVideoRegionOfInterestMeta *)meta;

    n++;
    if (g_strcmp0 (g_quark_to_string (roi->roi_type), "half") == 0) {
      halves++;
      g_assert_cmpuint (roi->x, ==, 0);
      g_assert_cmpuint (roi->w, ==, 10);
    }
  }
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (halves, ==, 1);
}

/* A source that can make any size is left to make what it likes. */
static void
test_upstream (void)
{
  GstElement *element = crop_new ();
  g_autoptr (GstCaps) caps = NULL;
  Rig *rig;
  gint width;

  g_object_set (element, "width", 96, "height", 80, NULL);
  rig = rig_new (element, "I420", WIDTH, HEIGHT);
  caps = gst_pad_peer_query_caps (rig->harness->srcpad, NULL);
  g_assert_false (gst_caps_is_empty (caps));
  for (guint i = 0; i < gst_caps_get_size (caps); i++)
    g_assert_false (gst_structure_get_int (
        gst_caps_get_structure (caps, i), "width", &width));
  rig_free (rig);
}

static void
test_metas (void)
{
  const SiambanBox box = {300, 220, 40, 40};
  GstElement *element = crop_new ();
  GstVideoRegionOfInterestMeta *region;
  GstBuffer *in, *out;
  RegionResult result;
  Rig *rig;

  g_object_set (element, "width", 160, "height", 120, NULL);
  rig = rig_new (element, "I420", WIDTH, HEIGHT);
  in = frame_with (rig, &box, SIAMBAN_STATUS_TRACKED, 9, "bag");
  gst_buffer_add_video_region_of_interest_meta (in, "outside", 0, 0, 50, 50);
  gst_buffer_add_video_region_of_interest_meta (in, "half", 230, 200, 20, 10);
  out = rig_push (rig, in);

  region = region_of (out);
  g_assert_cmpint (region->id, ==, 9);
  g_assert_cmpint (region->parent_id, ==, 3);
  g_assert_cmpuint (region->x, ==, 60);
  g_assert_cmpuint (region->y, ==, 40);
  region_result (region, &result);
  g_assert_cmpfloat (result.box.x, ==, 60);
  g_assert_cmpfloat (result.box.h, ==, 40);
  assert_half (out);
  gst_buffer_unref (out);
  rig_free (rig);
}

/* Of several targets the one that is asked for. */
static void
test_choice (void)
{
  static const SiambanBox first = {100, 100, 20, 20},
                          second = {500, 300, 20, 20};
  static const struct
  {
    guint64 id;
    const gchar *label;
    gint x;
  } cases[] = {{0, NULL, 110}, {5, NULL, 510}, {0, "cup", 510}, {7, NULL, 320}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const GstSiambanResult other = {
        .track = {.id = 5, .box = second}, .label = "cup", .parent_id = -1};
    GstElement *element = crop_new ();
    GstVideoRectangle window;
    GstBuffer *in, *out;
    Rig *rig;

    g_object_set (element, "width", 160, "height", 120, "track-id", cases[i].id,
        "label", cases[i].label, NULL);
    rig = rig_new (element, "RGB", WIDTH, HEIGHT);
    in = frame_with (rig, &first, SIAMBAN_STATUS_TRACKED, 1, "object");
    gst_siamban_meta_add (in, WIDTH, HEIGHT, &other, 1, GST_SIAMBAN_META_ROI);
    out = rig_push (rig, in);
    window = window_of (rig, out, &first);
    g_assert_cmpint (window.x, ==, cases[i].x - 80);
    gst_buffer_unref (out);
    rig_free (rig);
  }
}

/* The next ptz message, after which there is none. */
static void
assert_ptz (Rig *rig, const gchar *status, gdouble x, gdouble y)
{
  GstMessage *message = rig_message (rig, GST_MESSAGE_ELEMENT);
  const GstStructure *s = gst_message_get_structure (message);
  gdouble got_x, got_y, size;
  guint64 id, time;

  g_assert_cmpstr (gst_structure_get_name (s), ==, "siambancrop");
  g_assert_cmpstr (gst_structure_get_string (s, "event"), ==, "ptz");
  g_assert_cmpstr (gst_structure_get_string (s, "status"), ==, status);
  g_assert_true (gst_structure_get (s, "id", G_TYPE_UINT64, &id, "x",
      G_TYPE_DOUBLE, &got_x, "y", G_TYPE_DOUBLE, &got_y, "size", G_TYPE_DOUBLE,
      &size, "running-time", G_TYPE_UINT64, &time, NULL));
  g_assert_cmpuint (id, ==, 4);
  g_assert_cmpfloat_with_epsilon (got_x, x, 1e-9);
  g_assert_cmpfloat_with_epsilon (got_y, y, 1e-9);
  g_assert_cmpfloat_with_epsilon (size, 48. / HEIGHT, 1e-9);
  gst_message_unref (message);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
}

static void
push_at (Rig *rig, gdouble x, gdouble y, SiambanStatus status)
{
  const SiambanBox box = {x - 10, y - 24, 20, 48};

  gst_buffer_unref (
      rig_push (rig, frame_with (rig, &box, status, 4, "object")));
}

static void
test_ptz (void)
{
  GstElement *element = crop_new ();
  Rig *rig;

  g_object_set (element, "ptz-interval", 100 * GST_MSECOND, NULL);
  rig = rig_new (element, "I420", WIDTH, HEIGHT);
  push_at (rig, 480, 120, SIAMBAN_STATUS_TRACKED);
  assert_ptz (rig, "tracked", 0.5, -0.5);
  push_at (rig, 470, 120, SIAMBAN_STATUS_TRACKED);
  push_at (rig, 460, 120, SIAMBAN_STATUS_TRACKED);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  push_at (rig, 330, 480, SIAMBAN_STATUS_UNCERTAIN);
  assert_ptz (rig, "uncertain", 0, 1);
  rig->n += 3;
  push_at (rig, 330, 480, SIAMBAN_STATUS_LOST);
  assert_ptz (rig, "lost", 0, 0);
  rig_free (rig);

  element = crop_new ();
  rig = rig_new (element, "I420", WIDTH, HEIGHT);
  push_at (rig, 480, 120, SIAMBAN_STATUS_TRACKED);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

static void
add (const gchar *what, const gchar *format, GTestDataFunc test)
{
  g_autofree gchar *name = g_strdup_printf ("/gst/crop/%s/%s", what, format);

  g_test_add_data_func (name, format, test);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  gst_siamban_track_meta_register ();
  g_test_add_func ("/gst/crop/arrives", test_arrives);
  g_test_add_func ("/gst/crop/dead-zone", test_dead_zone);
  g_test_add_func ("/gst/crop/unlimited", test_unlimited);
  g_test_add_func ("/gst/crop/lost", test_lost);
  g_test_add_func ("/gst/crop/zoom", test_zoom);
  g_test_add_func ("/gst/crop/sizes", test_sizes);
  g_test_add_func ("/gst/crop/downstream", test_downstream);
  g_test_add_func ("/gst/crop/upstream", test_upstream);
  g_test_add_func ("/gst/crop/metas", test_metas);
  g_test_add_func ("/gst/crop/choice", test_choice);
  g_test_add_func ("/gst/crop/ptz", test_ptz);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    add ("exact", formats[i], test_exact);
    add ("scaled", formats[i], test_scaled);
  }
  return g_test_run ();
}
