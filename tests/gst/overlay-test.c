/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rig.h"

#include "gstsiambanpainter.h"

static const gchar *const formats[] = {"BGR", "RGB", "BGRx", "RGBx", "xBGR",
    "xRGB", "BGRA", "RGBA", "ABGR", "ARGB", "GRAY8", "NV12", "NV21", "I420",
    "YV12", "YUY2", "UYVY", "I420_10LE", "P010_10LE"};

/* A frame of the film, and a painter for it. */
typedef struct
{
  GstSiambanPainter painter;
  GstSiambanOverlay overlay;
  GstVideoInfo info;
  GstBuffer *buffer;
  guint8 *before, *after; /* four bytes a pixel, whatever the format */
} Easel;

static guint8 *
unpack (const Easel *easel)
{
  GstVideoFrame frame;
  guint8 *pixels;

  g_assert_true (
      gst_video_frame_map (&frame, &easel->info, easel->buffer, GST_MAP_READ));
  pixels = film_unpack (&frame);
  gst_video_frame_unmap (&frame);
  return pixels;
}

static Easel *
easel_new (const gchar *format, gint width, gint height)
{
  Easel *easel = g_new0 (Easel, 1);
  GstVideoFrame frame;

  g_assert_true (gst_video_info_set_format (&easel->info,
      gst_video_format_from_string (format), (guint)width, (guint)height));
  easel->buffer =
      gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&easel->info), NULL);
  gst_buffer_memset (easel->buffer, 0, 0, GST_VIDEO_INFO_SIZE (&easel->info));
  g_assert_true (
      gst_video_frame_map (&frame, &easel->info, easel->buffer, GST_MAP_WRITE));
  film_paint (&frame, 0);
  gst_video_frame_unmap (&frame);
  easel->before = unpack (easel);
  gst_siamban_overlay_init (&easel->overlay);
  easel->overlay.draw = TRUE;
  return easel;
}

static void
easel_free (Easel *easel)
{
  gst_siamban_painter_clear (&easel->painter);
  gst_buffer_unref (easel->buffer);
  g_free (easel->before);
  g_free (easel->after);
  g_free (easel);
}

static GstSiambanResult
result_at (SiambanBox box, SiambanStatus status)
{
  return (GstSiambanResult){
      .track = {.id = 12, .status = status, .box = box, .confidence = 0.98},
      .label = "object",
      .parent_id = -1};
}

static void
easel_paint (Easel *easel, const GstSiambanResult *result)
{
  const GstSiambanCanvas canvas = {
      &easel->info, easel->buffer, easel->info.width, easel->info.height};

  g_assert_true (gst_siamban_painter_paint (
      &easel->painter, &easel->overlay, &canvas, result, 1, NULL));
  g_free (easel->after);
  easel->after = unpack (easel);
}

static gboolean
changed (const Easel *easel, gint x, gint y)
{
  const gsize at = 4 * ((gsize)y * (gsize)easel->info.width + (gsize)x);

  return memcmp (easel->before + at, easel->after + at, 4) != 0;
}

static gboolean
is_within (const SiambanBox *box, gdouble margin, gint x, gint y)
{
  return x >= box->x - margin && x < box->x + box->w + margin &&
         y >= box->y - margin && y < box->y + box->h + margin;
}

/* Counts what changed near the outline of @box; nothing may have elsewhere, but
 * in a caption. */
static guint
count_near (const Easel *easel, const SiambanBox *box, gdouble margin)
{
  const gdouble caption = 40, text = 220;
  guint n = 0;

  for (gint y = 0; y < easel->info.height; y++) {
    for (gint x = 0; x < easel->info.width; x++) {
      const gboolean near =
          is_within (box, margin, x, y) && !is_within (box, -margin, x, y);
      const gboolean labelled =
          x >= MIN (box->x, easel->info.width - text) - margin &&
          x <= MAX (box->x, 0) + text && y >= box->y - caption &&
          y <= MAX (box->y, 0) + caption;

      if (!changed (easel, x, y))
        continue;
      g_assert_true (near || labelled);
      n += near;
    }
  }
  return n;
}

/* Cuts through shared chroma: boxes count from there, and only what they stand
 * for changes. */
static void
test_odd_cut (gconstpointer data)
{
  const SiambanBox box = {100, 80, 40, 40}, inner = {100 - 41, 80 - 31, 40, 40};
  const GstSiambanResult result = result_at (inner, SIAMBAN_STATUS_TRACKED);

  for (guint blur = 0; blur < 2; blur++) {
    Easel *easel = easel_new (data, 400, 300);
    const GstSiambanCanvas canvas = {&easel->info, easel->buffer, 320, 240};
    GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta (easel->buffer);
    guint n;

    *crop = (GstVideoCropMeta){crop->meta, 41, 31, 320, 240};
    easel->overlay.draw = !blur;
    easel->overlay.items = GST_SIAMBAN_DRAW_BOX;
    easel->overlay.blur =
        blur ? GST_SIAMBAN_BLUR_TARGETS : GST_SIAMBAN_BLUR_NONE;
    g_assert_true (gst_siamban_painter_paint (
        &easel->painter, &easel->overlay, &canvas, &result, 1, NULL));
    easel->after = unpack (easel);
    for (gint y = 0; y < 300; y++)
      for (gint x = 0; x < 400; x++)
        if (changed (easel, x, y))
          g_assert_true (is_within (&box, 8, x, y) &&
                         (blur || !is_within (&box, -4, x, y)));
    n = 0;
    for (gint y = 76; y < 124; y++)
      n += changed (easel, 98, y) + changed (easel, 99, y);
    g_assert_cmpuint (n, >, 80);
    easel_free (easel);
  }
}

static void
draw_once (const gchar *format, gint width, gint height, SiambanBox box)
{
  const GstSiambanResult result = result_at (box, SIAMBAN_STATUS_TRACKED);
  Easel *easel = easel_new (format, width, height);

  easel_paint (easel, &result);
  g_assert_cmpuint (count_near (easel, &box, 8), >, 0);
  easel_free (easel);
}

static void
test_format (gconstpointer format)
{
  static const gint sizes[][2] = {{384, 288}, {385, 289}, {385, 288}};
  static const SiambanBox boxes[] = {{100, 80, 40, 40}, {101.4, 81.7, 43, 57},
      {-20, -20, 60, 60}, {350, 260, 60, 60}, {30, 3, 90, 200}};
  static const SiambanBox tiny = {0, 0, 1, 1};

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
    for (guint b = 0; b < G_N_ELEMENTS (boxes); b++)
      draw_once (format, sizes[s][0], sizes[s][1], boxes[b]);
  }
  for (gint side = 1; side < 12; side++) {
    draw_once (format, side, side, tiny);
    draw_once (format, side, 12 - side, tiny);
  }
}

/* The line is what the property says, in and out of every format: bytes of
 * R, G, B or Y, U, V, which the library makes by BT.709. */
static void
test_color (gconstpointer format)
{
  static const guint8 rgb[] = {255, 0, 0}, yuv[] = {62, 102, 240};
  const SiambanBox box = {100, 80, 60, 60};
  const GstSiambanResult result = result_at (box, SIAMBAN_STATUS_UNCERTAIN);
  Easel *easel = easel_new (format, 384, 288);
  const gboolean gray = GST_VIDEO_INFO_IS_GRAY (&easel->info);
  const guint8 *wanted = GST_VIDEO_INFO_IS_RGB (&easel->info) ? rgb : yuv;
  const guint8 *pixel;

  easel->overlay.items = GST_SIAMBAN_DRAW_BOX;
  easel->overlay.colors[SIAMBAN_STATUS_UNCERTAIN] = 0xffff0000;
  easel_paint (easel, &result);
  pixel = easel->after + 4 * (110 * 384 + 98);
  for (guint c = 0; c < (gray ? 1 : 3); c++)
    g_assert_cmpint (ABS (pixel[c + 1] - wanted[c]), <=, 3);
  easel_free (easel);
}

/* Of a lost one, gaps stay between dashes. */
static void
test_lost (void)
{
  const SiambanBox box = {60, 60, 200, 120};
  const GstSiambanResult seen = result_at (box, SIAMBAN_STATUS_TRACKED);
  const GstSiambanResult lost = result_at (box, SIAMBAN_STATUS_LOST);
  Easel *whole = easel_new ("BGRx", 384, 288);
  Easel *dashed = easel_new ("BGRx", 384, 288);
  guint n, n_dashed;

  whole->overlay.items = dashed->overlay.items = GST_SIAMBAN_DRAW_BOX;
  easel_paint (whole, &seen);
  easel_paint (dashed, &lost);
  n = count_near (whole, &box, 6);
  n_dashed = count_near (dashed, &box, 6);
  g_assert_cmpuint (n_dashed, >, n / 3);
  g_assert_cmpuint (n_dashed, <, n * 2 / 3);
  easel_free (whole);
  easel_free (dashed);
}

static void
test_search (void)
{
  const SiambanBox search = {20, 20, 300, 240};
  GstSiambanResult result =
      result_at ((SiambanBox){100, 80, 40, 40}, SIAMBAN_STATUS_TRACKED);
  Easel *easel = easel_new ("NV12", 384, 288);

  easel->overlay.items = GST_SIAMBAN_DRAW_SEARCH;
  easel_paint (easel, &result);
  g_assert_cmpmem (easel->after, 4 * 384 * 288, easel->before, 4 * 384 * 288);
  result.track.search = search;
  easel_paint (easel, &result);
  g_assert_cmpuint (count_near (easel, &search, 6), >, 100);
  easel_free (easel);
}

#ifdef HAVE_PANGO
static guint
count_changed (const Easel *easel, const SiambanBox *box)
{
  guint n = 0;

  for (gint y = 0; y < easel->info.height; y++) {
    for (gint x = 0; x < easel->info.width; x++)
      n += is_within (box, 0, x, y) && changed (easel, x, y);
  }
  return n;
}

/* It leads from the first place to the last, and no further than the property
 * says. */
static void
test_trail (void)
{
  const SiambanBox first = {40, 130, 20, 20}, middle = {150, 130, 20, 20};
  const SiambanBox end = {240, 130, 20, 20};
  Easel *easel = easel_new ("BGRx", 384, 288);

  easel->overlay.items = GST_SIAMBAN_DRAW_TRAIL;
  for (guint i = 0; i <= 20; i++) {
    const GstSiambanResult result = result_at (
        (SiambanBox){40 + 10. * i, 130, 20, 20}, SIAMBAN_STATUS_TRACKED);

    easel_paint (easel, &result);
  }
  g_assert_cmpuint (count_changed (easel, &first), >, 0);
  g_assert_cmpuint (count_changed (easel, &middle), >, 0);
  g_assert_cmpuint (count_changed (easel, &end), >, 0);
  easel_free (easel);

  easel = easel_new ("BGRx", 384, 288);
  easel->overlay.items = GST_SIAMBAN_DRAW_TRAIL;
  easel->overlay.trail_length = 5;
  easel->painter.attach = TRUE;
  for (guint i = 0; i < 20; i++) {
    const GstSiambanResult result = result_at (
        (SiambanBox){40 + 10. * i, 130, 20, 20}, SIAMBAN_STATUS_TRACKED);

    easel_paint (easel, &result);
  }
  easel->painter.attach = FALSE;
  easel_paint (easel,
      &(GstSiambanResult){
          .track = {.id = 12, .status = SIAMBAN_STATUS_TRACKED, .box = end},
          .label = "object"});
  g_assert_cmpuint (count_changed (easel, &first), ==, 0);
  g_assert_cmpuint (count_changed (easel, &middle), ==, 0);
  g_assert_cmpuint (count_changed (easel, &end), >, 0);
  easel_free (easel);
}

/* A caption is drawn for whatever text, and stays in the frame. */
static void
test_caption (void)
{
  static const SiambanBox boxes[] = {{100, 80, 40, 40}, {-500, -500, 9, 9},
      {380, 285, 40, 40}, {5000, 9000, 9, 9}};
  static const gchar *const labels[] = {
      "", "\xff\xfe not UTF-8", "<b>&", "line\nbreak", "汉字 עברית"};

  for (guint b = 0; b < G_N_ELEMENTS (boxes); b++) {
    for (guint l = 0; l < G_N_ELEMENTS (labels); l++) {
      const SiambanBox whole = {0, 0, 384, 288};
      GstSiambanResult result = result_at (boxes[b], SIAMBAN_STATUS_TRACKED);
      Easel *easel = easel_new ("NV12", 384, 288);

      result.label = labels[l];
      easel->overlay.items = GST_SIAMBAN_DRAW_LABEL | GST_SIAMBAN_DRAW_ID;
      easel_paint (easel, &result);
      g_assert_cmpuint (count_changed (easel, &whole), >, 0);
      easel_free (easel);
    }
  }
}

/* Without flags for text, none. */
static void
test_no_caption (void)
{
  const GstSiambanResult result =
      result_at ((SiambanBox){100, 80, 40, 40}, SIAMBAN_STATUS_LOST);
  Easel *easel = easel_new ("NV12", 384, 288);

  easel->overlay.items = 0;
  easel_paint (easel, &result);
  g_assert_cmpmem (easel->after, 4 * 384 * 288, easel->before, 4 * 384 * 288);
  easel_free (easel);
}
#endif

/* Not a pixel changes, and what comes later is added to what is there. */
static void
test_attach (void)
{
  const GstSiambanResult result =
      result_at ((SiambanBox){100, 80, 40, 40}, SIAMBAN_STATUS_TRACKED);
  Easel *easel = easel_new ("NV12", 384, 288);
  guint n;

  easel->painter.attach = TRUE;
  easel_paint (easel, &result);
  g_assert_cmpmem (easel->after, 4 * 384 * 288, easel->before, 4 * 384 * 288);
  n = gst_video_overlay_composition_n_rectangles (
      gst_buffer_get_video_overlay_composition_meta (easel->buffer)->overlay);
  g_assert_cmpuint (n, >=, 4);
  easel_paint (easel, &result);
  g_assert_cmpuint (
      gst_video_overlay_composition_n_rectangles (
          gst_buffer_get_video_overlay_composition_meta (easel->buffer)
              ->overlay),
      ==, 2 * n);
  easel_free (easel);
}

/* How much neighbouring pixels differ in @box. */
static guint
detail (const Easel *easel, const guint8 *pixels, const SiambanBox *box)
{
  guint sum = 0;

  for (gint y = (gint)box->y; y < box->y + box->h; y++) {
    for (gint x = (gint)box->x; x < box->x + box->w - 1; x++) {
      const guint8 *p = pixels + 4 * (y * easel->info.width + x);

      sum += (guint)ABS (p[1] - p[5]);
    }
  }
  return sum;
}

/* What the mosaic writes has no bits set that the format has no use for. */
static void
test_blur_low_bits (void)
{
  const GstSiambanResult result =
      result_at ((SiambanBox){100, 80, 40, 40}, SIAMBAN_STATUS_TRACKED);
  Easel *easel = easel_new ("P010_10LE", 384, 288);
  GstMapInfo map;

  easel->overlay.draw = FALSE;
  easel->overlay.blur = GST_SIAMBAN_BLUR_BACKGROUND;
  easel_paint (easel, &result);
  g_assert_true (gst_buffer_map (easel->buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size; i += 2)
    g_assert_cmpint (map.data[i] & 0x3f, ==, 0);
  gst_buffer_unmap (easel->buffer, &map);
  easel_free (easel);
}

static void
test_blur (gconstpointer format)
{
  const SiambanBox box = {100, 80, 40, 40}, ground = {200, 150, 100, 100};
  const GstSiambanResult result = result_at (box, SIAMBAN_STATUS_TRACKED);
  Easel *easel = easel_new (format, 385, 289);

  easel->overlay.draw = FALSE;
  easel->overlay.blur = GST_SIAMBAN_BLUR_TARGETS;
  easel_paint (easel, &result);
  g_assert_cmpuint (detail (easel, easel->after, &box) * 4, <,
      detail (easel, easel->before, &box));
  g_assert_cmpuint (detail (easel, easel->after, &ground), ==,
      detail (easel, easel->before, &ground));
  easel_free (easel);

  easel = easel_new (format, 385, 289);
  easel->overlay.draw = FALSE;
  easel->overlay.blur = GST_SIAMBAN_BLUR_BACKGROUND;
  easel_paint (easel, &result);
  g_assert_cmpuint (detail (easel, easel->after, &ground) * 4, <,
      detail (easel, easel->before, &ground));
  g_assert_cmpuint (detail (easel, easel->after, &box), ==,
      detail (easel, easel->before, &box));
  easel_free (easel);
}

/* Where a target may be is hidden as well, and a lost one leaves no hole. */
static void
test_blur_unsure (void)
{
  const SiambanBox box = {100, 80, 40, 40}, near = {160, 80, 60, 60};
  GstSiambanResult result = result_at (box, SIAMBAN_STATUS_UNCERTAIN);
  Easel *easel = easel_new ("I420", 384, 288);

  result.track.search = (SiambanBox){80, 60, 160, 160};
  easel->overlay.draw = FALSE;
  easel->overlay.blur = GST_SIAMBAN_BLUR_TARGETS;
  easel_paint (easel, &result);
  g_assert_cmpuint (detail (easel, easel->after, &near) * 4, <,
      detail (easel, easel->before, &near));
  easel_free (easel);

  easel = easel_new ("I420", 384, 288);
  easel->overlay.draw = FALSE;
  easel->overlay.blur = GST_SIAMBAN_BLUR_BACKGROUND;
  result.track.status = SIAMBAN_STATUS_LOST;
  easel_paint (easel, &result);
  g_assert_cmpuint (detail (easel, easel->after, &box) * 4, <,
      detail (easel, easel->before, &box));
  easel_free (easel);
}

static gboolean
has_composition (GstBuffer *buffer)
{
  return gst_buffer_get_video_overlay_composition_meta (buffer) != NULL;
}

/* Whether @buffer, of frame @n of the film, shows more than that. */
static gboolean
is_painted (Rig *rig, GstBuffer *buffer, guint n)
{
  g_autoptr (GstBuffer) plain = NULL;
  GstMapInfo map;
  gboolean painted;

  rig->n = n;
  plain = rig_frame (rig);
  g_assert_true (gst_buffer_map (plain, &map, GST_MAP_READ));
  painted = gst_buffer_memcmp (buffer, 0, map.data, map.size) != 0;
  gst_buffer_unmap (plain, &map);
  return painted;
}

/* Pixels are touched only where downstream does nothing with the meta, and that
 * may be asked for and called off at any time. */
static void
test_negotiated (gconstpointer data)
{
  static const gdouble box[] = {100, 80, 40, 40};
  const gboolean handled = GPOINTER_TO_INT (data);
  Rig *rig = rig_new (track_new (), "NV12", 320, 240);

  if (handled)
    gst_harness_add_propose_allocation_meta (
        rig->harness, GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, NULL);
  track_set_box (rig->element, box);
  for (guint i = 0; i < 6; i++) {
    const gboolean draw = i % 3 == 1;
    g_autoptr (GstCaps) caps = NULL;
    GstBuffer *buffer;

    g_object_set (rig->element, "draw", draw, NULL);
    buffer = rig_next (rig);
    caps = gst_pad_get_current_caps (rig->harness->sinkpad);
    g_assert_true (has_composition (buffer) == (draw && handled));
    g_assert_true (is_painted (rig, buffer, i) == (draw && !handled));
    g_assert_true (gst_caps_features_contains (gst_caps_get_features (caps, 0),
                       GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION) ==
                   (draw && handled));
    gst_buffer_unref (buffer);
  }
  rig_free (rig);
}

static void
add (const gchar *what, const gchar *format, GTestDataFunc test)
{
  g_autofree gchar *name = g_strdup_printf ("/gst/overlay/%s/%s", what, format);

  g_test_add_data_func (name, format, test);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    add ("format", formats[i], test_format);
    add ("color", formats[i], test_color);
    add ("blur", formats[i], test_blur);
    add ("odd-cut", formats[i], test_odd_cut);
  }
  g_test_add_func ("/gst/overlay/lost", test_lost);
  g_test_add_func ("/gst/overlay/search", test_search);
#ifdef HAVE_PANGO
  g_test_add_func ("/gst/overlay/trail", test_trail);
  g_test_add_func ("/gst/overlay/caption", test_caption);
  g_test_add_func ("/gst/overlay/no-caption", test_no_caption);
#endif
  g_test_add_func ("/gst/overlay/attach", test_attach);
  g_test_add_data_func ("/gst/overlay/negotiated/attached",
      GINT_TO_POINTER (TRUE), test_negotiated);
  g_test_add_data_func ("/gst/overlay/negotiated/painted",
      GINT_TO_POINTER (FALSE), test_negotiated);
  g_test_add_func ("/gst/overlay/blur-unsure", test_blur_unsure);
  g_test_add_func ("/gst/overlay/blur-low-bits", test_blur_low_bits);
  return g_test_run ();
}
