/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rig.h"

#include "gstsiambandraw.h"

static const gchar *const formats[] = {"BGR", "RGB", "BGRx", "RGBx", "xBGR",
    "xRGB", "BGRA", "RGBA", "ABGR", "ARGB", "GRAY8", "NV12", "NV21", "I420",
    "YV12", "YUY2", "UYVY"};

/* Four bytes a pixel, whatever the format. */
static guint8 *
unpack (const GstVideoFrame *frame)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  const gsize row = 4 * (gsize)frame->info.width;
  guint8 *pixels = g_malloc (row * (gsize)frame->info.height + 64);

  for (gint y = 0; y < frame->info.height; y++)
    finfo->unpack_func (finfo, GST_VIDEO_PACK_FLAG_NONE,
        pixels + (gsize)y * row, frame->data, frame->info.stride, 0, y,
        frame->info.width);
  return pixels;
}

/* Changed pixels must lie near the outline or in the caption above or below its
 * upper edge; some must. */
static guint
assert_drawn_near (const GstVideoFrame *frame, const guint8 *before,
    const guint8 *after, const SiambanBox *box)
{
  const gdouble margin = 8, caption = 40, text = 190;
  guint changed = 0;

  for (gint y = 0; y < frame->info.height; y++) {
    for (gint x = 0; x < frame->info.width; x++) {
      const gsize at = 4 * ((gsize)y * (gsize)frame->info.width + (gsize)x);
      const gboolean around =
          x >= box->x - margin && x <= box->x + box->w + margin &&
          y >= box->y - margin && y <= box->y + box->h + margin;
      const gboolean within =
          x > box->x + margin && x < box->x + box->w - margin &&
          y > box->y + margin && y < box->y + box->h - margin;
      const gboolean labelled =
          x >= MIN (box->x, frame->info.width - text) - margin &&
          x <= MAX (box->x, 0) + text && y >= box->y - caption &&
          y <= MAX (box->y, 0) + caption;

      if (memcmp (before + at, after + at, 4) == 0)
        continue;
      changed++;
      g_assert_true (labelled || (around && !within));
    }
  }
  return changed;
}

static void
draw_once (const gchar *format, gint width, gint height, const SiambanBox *box)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  GstBuffer *buffer;
  guint8 *before, *after;

  g_assert_true (gst_video_info_set_format (
      &info, gst_video_format_from_string (format), width, height));
  buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&info), NULL);
  g_assert_true (
      gst_video_frame_map (&frame, &info, buffer, GST_MAP_READWRITE));
  film_paint (&frame, 0);
  before = unpack (&frame);
  gst_siamban_draw (&frame, box, 12, 0.9876);
  after = unpack (&frame);
  g_assert_cmpuint (assert_drawn_near (&frame, before, after, box), >, 0);
  g_free (before);
  g_free (after);
  gst_video_frame_unmap (&frame);
  gst_buffer_unref (buffer);
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
      draw_once (format, sizes[s][0], sizes[s][1], &boxes[b]);
  }
  for (gint side = 1; side < 12; side++) {
    draw_once (format, side, side, &tiny);
    draw_once (format, side, 12 - side, &tiny);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    gchar *name = g_strconcat ("/gst/draw/", formats[i], NULL);

    g_test_add_data_func (name, formats[i], test_format);
    g_free (name);
  }
  return g_test_run ();
}
