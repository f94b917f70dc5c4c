/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rig.h"

#include "gstsiambanframe.h"

static const gdouble start_box[] = {100, 80, 40, 40};
static const gchar *const formats[] = {"BGR", "RGB", "BGRx", "RGBx", "xBGR",
    "xRGB", "BGRA", "RGBA", "ABGR", "ARGB", "GRAY8", "NV12", "NV21", "I420",
    "YV12", "YUY2", "UYVY", "I420_10LE", "P010_10LE"};

static gchar *
bytes_of (GstBuffer *buffer, gsize *size)
{
  gpointer copy;

  gst_buffer_extract_dup (buffer, 0, gst_buffer_get_size (buffer), &copy, size);
  return copy;
}

static gboolean
same_bytes (GstBuffer *buffer, const gchar *wanted, gsize size)
{
  return gst_buffer_get_size (buffer) == size &&
         gst_buffer_memcmp (buffer, 0, wanted, size) == 0;
}

/* A buffer that another branch of a tee holds as well. */
static void
test_shared (gconstpointer data)
{
  const gboolean draw = GPOINTER_TO_INT (data);
  Rig *rig = rig_new (track_new (), "I420", 320, 240);

  track_set_box (rig->element, start_box);
  g_object_set (rig->element, "draw", draw, NULL);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *in = rig_frame (rig), *out;
    gsize size;
    gchar *before = bytes_of (in, &size);

    out = rig_push (rig, gst_buffer_ref (in));
    g_assert_true (in != out);
    g_assert_null (region_of (in));
    g_assert_nonnull (region_of (out));
    g_assert_true (same_bytes (in, before, size));
    g_assert_true (same_bytes (out, before, size) == !draw);
    g_assert_true ((gst_buffer_peek_memory (in, 0) ==
                       gst_buffer_peek_memory (out, 0)) == !draw);
    g_free (before);
    gst_buffer_unref (in);
    gst_buffer_unref (out);
  }
  rig_free (rig);
}

/* Nobody else holds it: the same buffer, drawn into or not. */
static void
test_own (void)
{
  for (guint draw = 0; draw < 2; draw++) {
    Rig *rig = rig_new (track_new (), "I420", 320, 240);
    GstBuffer *in, *out;
    GstMemory *memory;

    track_set_box (rig->element, start_box);
    g_object_set (rig->element, "draw", draw, NULL);
    in = rig_frame (rig);
    memory = gst_buffer_peek_memory (in, 0);
    out = rig_push (rig, in);
    g_assert_true (in == out);
    g_assert_true (memory == gst_buffer_peek_memory (out, 0));
    gst_buffer_unref (out);
    rig_free (rig);
  }
}

/* Not a byte differs where only reading is allowed. */
static void
test_read_only_memory (void)
{
  Rig *rig = rig_new (track_new (), "BGR", 320, 240);
  GstBuffer *source = rig_frame (rig);
  gsize size;
  gchar *bytes = bytes_of (source, &size);
  GstBuffer *in = gst_buffer_new_wrapped_full (
      GST_MEMORY_FLAG_READONLY, bytes, size, 0, size, NULL, NULL);
  GstMemory *memory = gst_buffer_peek_memory (in, 0);
  GstBuffer *out;

  track_set_box (rig->element, start_box);
  out = rig_push (rig, in);
  g_assert_nonnull (region_of (out));
  g_assert_true (memory == gst_buffer_peek_memory (out, 0));
  g_assert_true (same_bytes (source, bytes, size));
  gst_buffer_unref (out);
  gst_buffer_unref (source);
  rig_free (rig);
  g_free (bytes);
}

/* The same film in rows and planes further apart, described by video meta. */
static GstBuffer *
padded_frame (Rig *rig)
{
  GstVideoInfo wide = rig->info;
  GstVideoAlignment align;
  GstVideoFrame frame;
  GstBuffer *buffer;

  gst_video_alignment_reset (&align);
  align.padding_left = 6;
  align.padding_right = 10;
  align.padding_top = 4;
  align.padding_bottom = 2;
  g_assert_true (gst_video_info_align (&wide, &align));
  buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&wide), NULL);
  gst_buffer_memset (buffer, 0, 0xa5, GST_VIDEO_INFO_SIZE (&wide));
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
      GST_VIDEO_INFO_FORMAT (&wide), GST_VIDEO_INFO_WIDTH (&wide),
      GST_VIDEO_INFO_HEIGHT (&wide), GST_VIDEO_INFO_N_PLANES (&wide),
      wide.offset, wide.stride);
  g_assert_true (
      gst_video_frame_map (&frame, &rig->info, buffer, GST_MAP_WRITE));
  film_paint (&frame, rig->n++);
  gst_video_frame_unmap (&frame);
  return buffer;
}

static void
test_strides (gconstpointer format)
{
  static const gint sizes[][2] = {{320, 240}, {385, 289}};

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
    Rig *plain = rig_new (track_new (), format, sizes[s][0], sizes[s][1]);
    Rig *padded = rig_new (track_new (), format, sizes[s][0], sizes[s][1]);

    track_set_box (plain->element, start_box);
    track_set_box (padded->element, start_box);
    for (guint i = 0; i < 2; i++) {
      GstBuffer *a = rig_next (plain);
      GstBuffer *b = rig_push (padded, padded_frame (padded));
      RegionResult ra, rb;

      region_result (region_of (a), &ra);
      region_result (region_of (b), &rb);
      g_assert_cmpmem (&ra, sizeof ra, &rb, sizeof rb);
      gst_buffer_unref (a);
      gst_buffer_unref (b);
    }
    rig_free (plain);
    rig_free (padded);
  }
}

/* From seed to picture. */
static void
test_sizes (gconstpointer format)
{
  static const gint sizes[][2] = {{1, 1}, {3, 64}, {8192, 16}};
  static const gdouble box[] = {0, 0, 16, 16};

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
    Rig *rig = rig_new (track_new (), format, sizes[s][0], sizes[s][1]);

    g_object_set (rig->element, "draw", TRUE, NULL);
    track_set_box (rig->element, box);
    g_assert_cmpuint (rig_next_id (rig), ==, 1);
    g_assert_cmpuint (rig_next_id (rig), ==, 1);
    rig_free (rig);
  }
}

static void
test_view (void)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  SiambanFrame view;
  GstBuffer *buffer;

  g_assert_true (
      gst_video_info_set_format (&info, GST_VIDEO_FORMAT_YV12, 34, 18));
  g_assert_true (gst_video_colorimetry_from_string (
      &info.colorimetry, GST_VIDEO_COLORIMETRY_BT709));
  buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&info), NULL);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  g_assert_true (gst_siamban_frame_view (&frame, &view));
  g_assert_cmpint (view.format, ==, SIAMBAN_FORMAT_I420);
  g_assert_true (view.data[0] == frame.data[0]);
  g_assert_true (view.data[1] == frame.data[2]);
  g_assert_true (view.data[2] == frame.data[1]);
  g_assert_cmpfloat (view.kr, ==, 0.2126);
  g_assert_cmpfloat (view.kb, ==, 0.0722);
  g_assert_false (view.full_range);

  frame.info.colorimetry.range = GST_VIDEO_COLOR_RANGE_0_255;
  frame.info.colorimetry.matrix = GST_VIDEO_COLOR_MATRIX_UNKNOWN;
  g_assert_true (gst_siamban_frame_view (&frame, &view));
  g_assert_cmpfloat (view.kr, ==, 0.299);
  g_assert_cmpfloat (view.kb, ==, 0.114);
  g_assert_true (view.full_range);

  frame.info.finfo = gst_video_format_get_info (GST_VIDEO_FORMAT_AYUV64);
  g_assert_false (gst_siamban_frame_view (&frame, &view));
  gst_video_frame_unmap (&frame);
  gst_buffer_unref (buffer);
}

static void
add (const gchar *what, const gchar *format, GTestDataFunc test)
{
  gchar *name = g_strdup_printf ("/gst/pixels/%s/%s", what, format);

  g_test_add_data_func (name, format, test);
  g_free (name);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/gst/pixels/shared", GINT_TO_POINTER (0), test_shared);
  g_test_add_data_func (
      "/gst/pixels/shared-draw", GINT_TO_POINTER (1), test_shared);
  g_test_add_func ("/gst/pixels/own", test_own);
  g_test_add_func ("/gst/pixels/read-only", test_read_only_memory);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    add ("strides", formats[i], test_strides);
    add ("sizes", formats[i], test_sizes);
  }
  g_test_add_func ("/gst/pixels/view", test_view);
  return g_test_run ();
}
