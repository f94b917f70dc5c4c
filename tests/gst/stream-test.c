/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/allocators/gstdmabuf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rig.h"

static const gdouble start_box[] = {100, 80, 40, 40};

static Rig *
rig_with_box (void)
{
  GstElement *element = track_new ();

  track_set_box (element, start_box);
  return rig_new (element, "BGR", 320, 240);
}

static void
test_new_size (void)
{
  Rig *rig = rig_with_box ();
  GstVideoRegionOfInterestMeta *region;
  RegionResult before, after;
  GstBuffer *buffer;

  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  buffer = rig_next (rig);
  region_result (region_of (buffer), &before);
  gst_buffer_unref (buffer);
  rig_event (rig, "added", 1);

  rig_set_caps (rig, "BGR", 640, 120);
  buffer = rig_next (rig);
  region = region_of (buffer);
  region_result (region, &after);
  g_assert_cmpint (region->id, ==, 1);
  g_assert_cmpfloat_with_epsilon (after.box.x, before.box.x * 2, 20);
  g_assert_cmpfloat_with_epsilon (after.box.y, before.box.y / 2, 20);
  g_assert_cmpfloat_with_epsilon (after.box.w, before.box.w * 2, 20);
  g_assert_cmpfloat_with_epsilon (after.box.h, before.box.h / 2, 20);
  gst_buffer_unref (buffer);
  rig_event (rig, "resized", 1);

  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

static void
test_new_size_tiny (void)
{
  Rig *rig = rig_with_box ();

  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_event (rig, "added", 1);
  rig_set_caps (rig, "BGR", 2, 2);
  gst_buffer_unref (rig_next (rig));
  rig_event (rig, "resized", 1);
  rig_no_message (rig, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
  rig_free (rig);
}

static void
test_new_format (void)
{
  static const gchar *const formats[] = {"I420", "GRAY8", "YUY2", "xRGB"};
  Rig *rig = rig_with_box ();

  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_event (rig, "added", 1);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    rig_set_caps (rig, formats[i], 320, 240);
    g_assert_cmpuint (rig_next_id (rig), ==, 1);
  }
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

/* What was followed is looked for; a box seeds again where it was given. */
static void
test_flush (void)
{
  Rig *rig = rig_with_box ();

  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_event (rig, "added", 1);
  rig_flush (rig);
  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_flush (rig);
  rig->n = 0;
  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_event (rig, "reseeded", 1);
  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

static void
test_flush_resets (void)
{
  Rig *rig = rig_with_box ();

  g_object_set (rig->element, "reset-on-flush", TRUE, NULL);
  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_event (rig, "added", 1);
  rig_flush (rig);
  rig_event (rig, "ended", 1);
  g_assert_cmpuint (rig_next_id (rig), ==, 0);
  rig_flush (rig);
  rig->n = 0;
  g_assert_cmpuint (rig_next_id (rig), ==, 2);
  rig_event (rig, "added", 2);

  track_set_box_text (rig->element, "<>");
  rig_flush (rig);
  rig_event (rig, "ended", 2);
  rig->n = 0;
  g_assert_cmpuint (rig_next_id (rig), ==, 0);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);
  rig_free (rig);
}

/* Another stream's frame at the same time is another frame. */
static void
test_stream_start (void)
{
  Rig *rig = rig_with_box ();

  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_event (rig, "added", 1);
  gst_harness_push_event (rig->harness, gst_event_new_stream_start ("other"));
  rig->n = 0;
  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_no_message (rig, GST_MESSAGE_ELEMENT);

  g_object_set (rig->element, "reset-on-flush", TRUE, NULL);
  gst_harness_push_event (rig->harness, gst_event_new_stream_start ("other"));
  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  gst_harness_push_event (rig->harness, gst_event_new_stream_start ("third"));
  rig_event (rig, "ended", 1);
  rig->n = 0;
  g_assert_cmpuint (rig_next_id (rig), ==, 0);
  rig_free (rig);
}

static void
test_eos (void)
{
  Rig *rig = rig_with_box ();
  gboolean eos = FALSE;
  GstEvent *event;

  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  g_assert_true (gst_harness_push_event (rig->harness, gst_event_new_eos ()));
  while ((event = gst_harness_try_pull_event (rig->harness))) {
    eos = eos || GST_EVENT_TYPE (event) == GST_EVENT_EOS;
    gst_event_unref (event);
  }
  g_assert_true (eos);
  rig_free (rig);
}

static void
test_gap_flag (void)
{
  GstElement *element = track_new ();
  Rig *rig;
  GstBuffer *buffer;

  track_set_box (element, start_box);
  rig = rig_new (element, "BGR", 320, 240);
  for (guint i = 0; i < 2; i++) {
    buffer = rig_frame (rig);
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
    buffer = rig_push (rig, buffer);
    g_assert_null (region_of (buffer));
    g_assert_true (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP));
    gst_buffer_unref (buffer);
    g_assert_cmpuint (rig_next_id (rig), ==, 1);
  }
  rig_free (rig);
}

static void
test_no_pts (void)
{
  Rig *rig = rig_with_box ();

  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer = rig_frame (rig);

    GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
    GST_BUFFER_DURATION (buffer) = GST_CLOCK_TIME_NONE;
    buffer = rig_push (rig, buffer);
    g_assert_cmpint (region_of (buffer)->id, ==, 1);
    g_assert_false (GST_BUFFER_PTS_IS_VALID (buffer));
    gst_buffer_unref (buffer);
  }
  rig_free (rig);
}

static void
test_byte_segment (void)
{
  Rig *rig = rig_with_box ();
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  g_assert_true (
      gst_harness_push_event (rig->harness, gst_event_new_segment (&segment)));
  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_free (rig);
}

/* Running time counts from the segment's start. */
static void
test_running_time (void)
{
  Rig *rig = rig_with_box ();
  GstSegment segment;
  GstMessage *message;
  guint64 time;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 40 * GST_MSECOND;
  segment.base = GST_SECOND;
  g_assert_true (
      gst_harness_push_event (rig->harness, gst_event_new_segment (&segment)));
  rig->n = 2;
  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  message = rig_message (rig, GST_MESSAGE_ELEMENT);
  g_assert_true (gst_structure_get_uint64 (
      gst_message_get_structure (message), "running-time", &time));
  g_assert_cmpuint (time, ==, GST_SECOND + 40 * GST_MSECOND);
  gst_message_unref (message);
  rig_free (rig);
}

static void
test_late (void)
{
  Rig *rig = rig_with_box ();

  gst_harness_push_upstream_event (
      rig->harness, gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 9.0,
                        10 * GST_SECOND, GST_SECOND));
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (rig_next_id (rig), ==, 1);
  rig_free (rig);
}

static void
test_latency (void)
{
  Rig *rig = rig_with_box ();

  gst_harness_set_upstream_latency (rig->harness, 30 * GST_MSECOND);
  g_assert_cmpuint (
      gst_harness_query_latency (rig->harness), ==, 30 * GST_MSECOND);
  rig_free (rig);
}

/* What downstream takes, upstream may send, and no more than that. */
static void
test_allocation (void)
{
  for (guint able = 0; able < 2; able++) {
    Rig *rig = rig_with_box ();
    GstCaps *caps = gst_video_info_to_caps (&rig->info);
    GstQuery *query = gst_query_new_allocation (caps, TRUE);

    if (able)
      gst_harness_add_propose_allocation_meta (
          rig->harness, GST_VIDEO_META_API_TYPE, NULL);
    gst_harness_add_propose_allocation_meta (
        rig->harness, GST_VIDEO_CROP_META_API_TYPE, NULL);
    gst_buffer_unref (rig_next (rig));
    gst_pad_peer_query (rig->harness->srcpad, query);
    g_assert_cmpint (
        gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL),
        ==, able);
    g_assert_false (gst_query_find_allocation_meta (
        query, GST_VIDEO_CROP_META_API_TYPE, NULL));
    gst_query_unref (query);
    gst_caps_unref (caps);
    rig_free (rig);
  }
}

/* Copies @part to (x, y) of @buffer. */
static void
frame_paste (const GstVideoFrame *part, const GstVideoInfo *whole,
    GstBuffer *buffer, guint x, guint y)
{
  GstVideoFrame to;

  g_assert_true (gst_video_frame_map (&to, whole, buffer, GST_MAP_WRITE));
  for (guint p = 0; p < GST_VIDEO_FRAME_N_PLANES (&to); p++) {
    gint c[GST_VIDEO_MAX_COMPONENTS];
    gint pstride, rows, bytes;
    guint8 *out = GST_VIDEO_FRAME_PLANE_DATA (&to, p);
    const guint8 *in = GST_VIDEO_FRAME_PLANE_DATA (part, p);

    gst_video_format_info_component (whole->finfo, p, c);
    pstride = GST_VIDEO_FRAME_COMP_PSTRIDE (part, c[0]);
    rows = GST_VIDEO_FRAME_COMP_HEIGHT (part, c[0]);
    bytes = GST_VIDEO_FRAME_COMP_WIDTH (part, c[0]) * pstride;
    out += (gint)(y >> whole->finfo->h_sub[c[0]]) *
               GST_VIDEO_FRAME_PLANE_STRIDE (&to, p) +
           (gint)(x >> whole->finfo->w_sub[c[0]]) * pstride;
    for (gint i = 0; i < rows; i++)
      memcpy (out + i * GST_VIDEO_FRAME_PLANE_STRIDE (&to, p),
          in + i * GST_VIDEO_FRAME_PLANE_STRIDE (part, p), (gsize)bytes);
  }
  gst_video_frame_unmap (&to);
}

/* A frame whose borders the crop meta cuts off, painted with frame 0 inside. */
static GstBuffer *
frame_to_crop (GstVideoFormat format, guint x, guint y)
{
  GstVideoInfo whole, part;
  GstVideoFrame frame;
  GstVideoCropMeta *crop;
  GstBuffer *buffer, *inner;

  gst_video_info_set_format (&whole, format, 400, 300);
  gst_video_info_set_format (&part, format, 320, 240);
  buffer = gst_buffer_new_allocate (NULL, whole.size, NULL);
  gst_buffer_memset (buffer, 0, 99, whole.size);
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, format,
      400, 300, whole.finfo->n_planes, whole.offset, whole.stride);
  inner = gst_buffer_new_allocate (NULL, part.size, NULL);
  g_assert_true (gst_video_frame_map (&frame, &part, inner, GST_MAP_WRITE));
  film_paint (&frame, 0);
  frame_paste (&frame, &whole, buffer, x, y);
  gst_video_frame_unmap (&frame);
  gst_buffer_unref (inner);
  crop = gst_buffer_add_video_crop_meta (buffer);
  crop->x = x;
  crop->y = y;
  crop->width = 320;
  crop->height = 240;
  GST_BUFFER_PTS (buffer) = 0;
  return buffer;
}

/* Coordinates are those of the picture, and so are the pixels: what follows,
 * whole frames, finds it in the same place. */
static void
test_crop_meta (void)
{
  static const gchar *const formats[] = {"BGR", "I420", "NV12", "YUY2"};

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    GstElement *element = track_new ();
    GstVideoRegionOfInterestMeta *region;
    RegionResult result;
    GstBuffer *buffer;
    Rig *rig;

    track_set_box (element, start_box);
    rig = rig_new (element, formats[i], 320, 240);
    buffer = rig_push (
        rig, frame_to_crop (GST_VIDEO_INFO_FORMAT (&rig->info), 40, 30));
    region = region_of (buffer);
    g_assert_cmpuint (region->x, ==, 100);
    g_assert_cmpuint (region->y, ==, 80);
    gst_buffer_unref (buffer);
    rig->n = 1;
    buffer = rig_next (rig);
    region_result (region_of (buffer), &result);
    g_assert_cmpfloat_with_epsilon (result.box.x, film_box (1).x, 6);
    g_assert_cmpfloat_with_epsilon (result.box.y, film_box (1).y, 6);
    g_assert_cmpfloat (result.score, >, 0.5);
    gst_buffer_unref (buffer);
    rig_no_message (rig, GST_MESSAGE_WARNING);
    rig_free (rig);
  }
}

/* Frame @n of a larger film, and whether the crop meta cuts off (41, 31). */
static GstBuffer *
frame_around (GstVideoFormat format, guint n, gboolean cut)
{
  GstVideoCropMeta *crop;
  GstVideoInfo info;
  GstVideoFrame frame;
  GstBuffer *buffer;

  gst_video_info_set_format (&info, format, 400, 300);
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE));
  film_paint (&frame, n);
  gst_video_frame_unmap (&frame);
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, format,
      400, 300, info.finfo->n_planes, info.offset, info.stride);
  GST_BUFFER_PTS (buffer) = n * 40 * GST_MSECOND;
  if (!cut)
    return buffer;
  crop = gst_buffer_add_video_crop_meta (buffer);
  crop->x = 41;
  crop->y = 31;
  crop->width = 320;
  crop->height = 240;
  return buffer;
}

/* Where the square of @frames frames is followed to. */
static SiambanBox
follow_around (const gchar *format, gboolean cut, guint frames)
{
  static const gdouble in_part[] = {59, 49, 40, 40};
  static const gdouble in_whole[] = {100, 80, 40, 40};
  GstElement *element = track_new ();
  RegionResult result = {0};
  Rig *rig;

  track_set_box (element, cut ? in_part : in_whole);
  rig = rig_new (element, format, cut ? 320 : 400, cut ? 240 : 300);
  for (guint n = 0; n < frames; n++) {
    GstBuffer *buffer = rig_push (
        rig, frame_around (GST_VIDEO_INFO_FORMAT (&rig->info), n, cut));

    region_result (region_of (buffer), &result);
    gst_buffer_unref (buffer);
  }
  rig_no_message (rig, GST_MESSAGE_WARNING);
  rig_free (rig);
  return result.box;
}

/* Into the middle of what shares its chroma. */
static void
test_odd_crop_meta (void)
{
  static const gchar *const formats[] = {
      "I420", "YV12", "NV12", "NV21", "YUY2", "UYVY", "I420_10LE", "P010_10LE"};

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    const SiambanBox part = follow_around (formats[i], TRUE, 5);
    const SiambanBox whole = follow_around (formats[i], FALSE, 5);

    g_test_message ("%s: %g,%g %gx%g, %g,%g %gx%g", formats[i], part.x, part.y,
        part.w, part.h, whole.x, whole.y, whole.w, whole.h);
    g_assert_cmpfloat_with_epsilon (part.x + 41, whole.x, 1);
    g_assert_cmpfloat_with_epsilon (part.y + 31, whole.y, 1);
    g_assert_cmpfloat_with_epsilon (part.w, whole.w, 1);
    g_assert_cmpfloat_with_epsilon (part.h, whole.h, 1);
  }
}

/* Out of the frame. */
static void
test_bad_crop_meta (void)
{
  for (guint i = 0; i < 2; i++) {
    GstElement *element = track_new ();
    GstBuffer *buffer;
    Rig *rig;

    track_set_box (element, start_box);
    rig = rig_new (element, "I420", 320, 240);
    for (guint j = 0; j < 2; j++) {
      buffer = frame_to_crop (GST_VIDEO_FORMAT_I420, 40, 30);
      gst_buffer_get_video_crop_meta (buffer)->x = i ? 100 : 81;
      buffer = rig_push (rig, buffer);
      g_assert_null (region_of (buffer));
      gst_buffer_unref (buffer);
    }
    gst_message_unref (rig_message (rig, GST_MESSAGE_WARNING));
    rig_no_message (rig, GST_MESSAGE_WARNING);
    rig_free (rig);
  }
}

static void
test_multiview (void)
{
  static const struct
  {
    const gchar *mode;
    gboolean taken;
  } cases[] = {{"mono", TRUE}, {"left", TRUE}, {"side-by-side", FALSE},
      {"separated", FALSE}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Rig *rig = rig_with_box ();
    GstCaps *caps = gst_video_info_to_caps (&rig->info);

    gst_caps_set_simple (
        caps, "multiview-mode", G_TYPE_STRING, cases[i].mode, NULL);
    gst_harness_push_event (rig->harness, gst_event_new_caps (caps));
    g_assert_cmpint (gst_harness_push (rig->harness, rig_frame (rig)), ==,
        cases[i].taken ? GST_FLOW_OK : GST_FLOW_NOT_NEGOTIATED);
    if (cases[i].taken)
      rig_no_message (rig, GST_MESSAGE_ERROR);
    else
      gst_message_unref (rig_message (rig, GST_MESSAGE_ERROR));
    gst_caps_unref (caps);
    rig_free (rig);
  }
}

/* Loss of a second and more is no motion; the target is still followed. */
static void
test_discont (void)
{
  Rig *rig = rig_with_box ();
  GstBuffer *buffer;

  g_assert_cmpuint (rig_next_id (rig), ==, 1);
  buffer = rig_frame (rig);
  GST_BUFFER_PTS (buffer) = 10 * GST_SECOND;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  buffer = rig_push (rig, buffer);
  g_assert_cmpint (region_of (buffer)->id, ==, 1);
  gst_buffer_unref (buffer);
  rig_free (rig);
}

/* Memory that a driver might have made: a file's, here. */
static GstBuffer *
buffer_of_device (GstAllocator *allocator, gsize size)
{
  GstBuffer *buffer = gst_buffer_new ();
  gint fd = memfd_create ("frame", 0);

  g_assert_cmpint (ftruncate (fd, (off_t)size), ==, 0);
  gst_buffer_append_memory (
      buffer, gst_dmabuf_allocator_alloc (allocator, fd, size));
  return buffer;
}

static void
test_device_memory (void)
{
  g_autoptr (GstAllocator) allocator = gst_dmabuf_allocator_new ();
  Rig *rig = rig_with_box ();
  GstCaps *caps = gst_video_info_to_caps (&rig->info);
  GstVideoFrame frame;

  gst_caps_set_features (
      caps, 0, gst_caps_features_new ("memory:DMABuf", NULL));
  gst_harness_set_src_caps (rig->harness, caps);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer = buffer_of_device (allocator, rig->info.size);
    GstMemory *memory = gst_buffer_peek_memory (buffer, 0);

    g_assert_true (
        gst_video_frame_map (&frame, &rig->info, buffer, GST_MAP_WRITE));
    film_paint (&frame, i);
    gst_video_frame_unmap (&frame);
    GST_BUFFER_PTS (buffer) = i * 40 * GST_MSECOND;
    buffer = rig_push (rig, buffer);
    g_assert_cmpint (region_of (buffer)->id, ==, 1);
    g_assert_true (memory == gst_buffer_peek_memory (buffer, 0));
    gst_buffer_unref (buffer);
  }
  rig_no_message (rig, GST_MESSAGE_WARNING);
  rig_free (rig);
}

static void
test_wrong_caps (void)
{
  static const gchar *const refused[] = {
      "video/x-raw,format=GRAY16_LE,width=16,height=16",
      "video/x-raw(memory:NVMM),format=NV12,width=16,height=16",
      "video/x-raw,format=BGR,width=0,height=16", "audio/x-raw"};
  GstElement *element = track_new ();
  GstPad *pad = gst_element_get_static_pad (element, "sink");

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    GstCaps *caps = gst_caps_from_string (refused[i]);

    g_assert_false (gst_pad_query_accept_caps (pad, caps));
    gst_caps_unref (caps);
  }
  gst_object_unref (pad);
  gst_object_unref (element);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/stream/new-size", test_new_size);
  g_test_add_func ("/gst/stream/new-size-tiny", test_new_size_tiny);
  g_test_add_func ("/gst/stream/new-format", test_new_format);
  g_test_add_func ("/gst/stream/flush", test_flush);
  g_test_add_func ("/gst/stream/flush-resets", test_flush_resets);
  g_test_add_func ("/gst/stream/stream-start", test_stream_start);
  g_test_add_func ("/gst/stream/eos", test_eos);
  g_test_add_func ("/gst/stream/gap-flag", test_gap_flag);
  g_test_add_func ("/gst/stream/no-pts", test_no_pts);
  g_test_add_func ("/gst/stream/byte-segment", test_byte_segment);
  g_test_add_func ("/gst/stream/running-time", test_running_time);
  g_test_add_func ("/gst/stream/late", test_late);
  g_test_add_func ("/gst/stream/latency", test_latency);
  g_test_add_func ("/gst/stream/allocation", test_allocation);
  g_test_add_func ("/gst/stream/crop-meta", test_crop_meta);
  g_test_add_func ("/gst/stream/odd-crop-meta", test_odd_crop_meta);
  g_test_add_func ("/gst/stream/bad-crop-meta", test_bad_crop_meta);
  g_test_add_func ("/gst/stream/multiview", test_multiview);
  g_test_add_func ("/gst/stream/discont", test_discont);
  g_test_add_func ("/gst/stream/device-memory", test_device_memory);
  g_test_add_func ("/gst/stream/wrong-caps", test_wrong_caps);
  return g_test_run ();
}
