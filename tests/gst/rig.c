/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rig.h"

#include <math.h>

#define SIDE 40

SiambanBox
film_box (guint n)
{
  return (SiambanBox){100 + 2.0 * (n % 50), 80 + 1.0 * (n % 50), SIDE, SIDE};
}

/* A, Y, U, V. */
static void
film_pixel (const SiambanBox *box, gint x, gint y, guint8 *pixel)
{
  const gint dx = x - (gint)box->x, dy = y - (gint)box->y;
  const gboolean inside = dx >= 0 && dx < SIDE && dy >= 0 && dy < SIDE;

  pixel[0] = 255;
  pixel[1] = inside ? ((dx / 8 + dy / 8) & 1 ? 230 : 40) : 90 + x * y % 29;
  pixel[2] = 128 + (inside ? dx / 2 : 0);
  pixel[3] = 128 - (inside ? dy / 2 : 0);
}

/* Formats of more than 8 bits are packed from 16. */
static void
widen (guint8 *line, gint n)
{
  for (gint i = n; i > 0; i--) {
    line[2 * i - 1] = line[i - 1];
    line[2 * i - 2] = 0;
  }
}

void
film_paint (GstVideoFrame *frame, guint n)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  const GstVideoFormatInfo *packed =
      gst_video_format_get_info (finfo->unpack_format);
  const gint width = GST_VIDEO_FRAME_WIDTH (frame);
  const SiambanBox box = film_box (n);
  guint8 *line = g_malloc (8 * (gsize)width + 64);

  for (gint y = 0; y < GST_VIDEO_FRAME_HEIGHT (frame); y++) {
    for (gint x = 0; x < width; x++)
      film_pixel (&box, x, y, line + 4 * x);
    if (packed->bits == 16)
      widen (line, 4 * width);
    finfo->pack_func (finfo, GST_VIDEO_PACK_FLAG_NONE, line, 0, frame->data,
        frame->info.stride, GST_VIDEO_CHROMA_SITE_UNKNOWN, y, width);
  }
  g_free (line);
}

guint8 *
film_unpack (const GstVideoFrame *frame)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  const gboolean wide =
      gst_video_format_get_info (finfo->unpack_format)->bits == 16;
  const gsize row = 4 * (gsize)frame->info.width;
  guint8 *pixels = g_malloc (row * (gsize)frame->info.height);
  guint8 *line = g_malloc (2 * row + 64);

  for (gint y = 0; y < frame->info.height; y++) {
    finfo->unpack_func (finfo, GST_VIDEO_PACK_FLAG_NONE, line, frame->data,
        frame->info.stride, 0, y, frame->info.width);
    for (gsize i = 0; i < row; i++)
      pixels[(gsize)y * row + i] = wide ? line[2 * i + 1] : line[i];
  }
  g_free (line);
  return pixels;
}

GstElement *
track_new (void)
{
  GstElement *element = gst_element_factory_make ("siambantrack", NULL);

  g_assert_nonnull (element);
  g_object_set (element, "id-base", (guint64)1, NULL);
  return element;
}

/* A copy: GStreamer 1.22 writes into what it parses. */
void
track_set_box_text (GstElement *element, const gchar *text)
{
  gchar *copy = g_strdup (text);

  gst_util_set_object_arg (G_OBJECT (element), "box", copy);
  g_free (copy);
}

void
track_set_box (GstElement *element, const gdouble *box)
{
  gchar *text = g_strdup_printf (
      "<(double)%.17g, (double)%.17g, (double)%.17g, (double)%.17g>", box[0],
      box[1], box[2], box[3]);

  track_set_box_text (element, text);
  g_free (text);
}

Rig *
rig_new (GstElement *element, const gchar *format, gint width, gint height)
{
  Rig *rig = g_new0 (Rig, 1);

  rig->bus = gst_bus_new ();
  gst_element_set_bus (element, rig->bus);
  rig->element = element;
  rig->harness = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  rig_set_caps (rig, format, width, height);
  return rig;
}

void
rig_free (Rig *rig)
{
  gst_element_set_bus (rig->element, NULL);
  gst_harness_teardown (rig->harness);
  gst_object_unref (rig->bus);
  g_free (rig);
}

void
rig_set_caps (Rig *rig, const gchar *format, gint width, gint height)
{
  GstCaps *caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING,
      format, "width", G_TYPE_INT, width, "height", G_TYPE_INT, height,
      "framerate", GST_TYPE_FRACTION, 25, 1, NULL);

  g_assert_true (gst_video_info_from_caps (&rig->info, caps));
  gst_harness_set_src_caps (rig->harness, caps);
}

GstBuffer *
rig_frame (Rig *rig)
{
  GstBuffer *buffer =
      gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&rig->info), NULL);
  GstVideoFrame frame;

  gst_buffer_memset (buffer, 0, 0, GST_VIDEO_INFO_SIZE (&rig->info));
  g_assert_true (
      gst_video_frame_map (&frame, &rig->info, buffer, GST_MAP_WRITE));
  film_paint (&frame, rig->n);
  gst_video_frame_unmap (&frame);
  GST_BUFFER_PTS (buffer) = rig->n++ * 40 * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = 40 * GST_MSECOND;
  return buffer;
}

GstBuffer *
rig_push (Rig *rig, GstBuffer *buffer)
{
  GstBuffer *out;

  g_assert_cmpint (gst_harness_push (rig->harness, buffer), ==, GST_FLOW_OK);
  out = gst_harness_try_pull (rig->harness);
  g_assert_nonnull (out);
  return out;
}

GstBuffer *
rig_next (Rig *rig)
{
  return rig_push (rig, rig_frame (rig));
}

GstVideoRegionOfInterestMeta *
region_of (GstBuffer *buffer)
{
  GstVideoRegionOfInterestMeta *found = NULL;
  GstMeta *meta;
  gpointer state = NULL;

  while ((meta = gst_buffer_iterate_meta_filtered (
              buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
    GstVideoRegionOfInterestMeta *region = (GstVideoRegionOfInterestMeta *)meta;

    if (gst_video_region_of_interest_meta_get_param (region, "siambantrack")) {
      g_assert_null (found);
      found = region;
    }
  }
  return found;
}

void
region_result (GstVideoRegionOfInterestMeta *region, RegionResult *result)
{
  const GstStructure *params =
      gst_video_region_of_interest_meta_get_param (region, "siambantrack");
  SiambanBox *box = &result->box;

  g_assert_true (gst_structure_get (params, "x", G_TYPE_DOUBLE, &box->x, "y",
      G_TYPE_DOUBLE, &box->y, "w", G_TYPE_DOUBLE, &box->w, "h", G_TYPE_DOUBLE,
      &box->h, "score", G_TYPE_DOUBLE, &result->score, "peak", G_TYPE_DOUBLE,
      &result->peak, NULL));
  g_assert_true (isfinite (box->x) && isfinite (box->y) && isfinite (box->w) &&
                 isfinite (box->h));
  g_assert_true (result->score >= 0 && result->score <= result->peak);
  g_assert_cmpfloat (result->peak, <=, 1);
}

guint
rig_next_id (Rig *rig)
{
  GstBuffer *buffer = rig_next (rig);
  GstVideoRegionOfInterestMeta *region = region_of (buffer);
  const guint id = region ? (guint)region->id : 0;

  gst_buffer_unref (buffer);
  return id;
}

void
rig_flush (Rig *rig)
{
  GstSegment segment;

  g_assert_true (
      gst_harness_push_event (rig->harness, gst_event_new_flush_start ()));
  g_assert_true (
      gst_harness_push_event (rig->harness, gst_event_new_flush_stop (TRUE)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_assert_true (
      gst_harness_push_event (rig->harness, gst_event_new_segment (&segment)));
}

static gboolean
is_ours (GstMeta *meta)
{
  return gst_video_region_of_interest_meta_get_param (
             (GstVideoRegionOfInterestMeta *)meta, "siambantrack") != NULL;
}

guint
rig_ids (GstBuffer *buffer, const gchar *ids)
{
  g_autoptr (GString) got = g_string_new (NULL);
  gpointer state = NULL;
  GstMeta *meta;
  guint n = 0;

  while ((meta = gst_buffer_iterate_meta_filtered (
              buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
    if (!is_ours (meta))
      continue;
    g_string_append_printf (got, n++ > 0 ? " %d" : "%d",
        ((GstVideoRegionOfInterestMeta *)meta)->id);
  }
  gst_buffer_unref (buffer);
  g_assert_cmpstr (got->str, ==, ids);
  return n;
}

void
rig_next_ids (Rig *rig, const gchar *ids)
{
  rig_ids (rig_next (rig), ids);
}

GstMessage *
rig_message (Rig *rig, GstMessageType type)
{
  GstMessage *message = gst_bus_pop_filtered (rig->bus, type);

  g_assert_nonnull (message);
  return message;
}

void
rig_no_message (Rig *rig, GstMessageType type)
{
  g_assert_null (gst_bus_pop_filtered (rig->bus, type));
}

void
rig_event (Rig *rig, const gchar *event, guint id)
{
  GstMessage *message = rig_message (rig, GST_MESSAGE_ELEMENT);
  const GstStructure *s = gst_message_get_structure (message);
  guint64 got;

  g_assert_cmpstr (gst_structure_get_name (s), ==, "siambantrack");
  g_assert_cmpstr (gst_structure_get_string (s, "event"), ==, event);
  g_assert_true (gst_structure_get_uint64 (s, "id", &got));
  g_assert_cmpuint (got, ==, id);
  g_assert_true (
      gst_structure_has_field_typed (s, "running-time", G_TYPE_UINT64));
  for (const gchar *field = "xywh"; *field; field++) {
    const gchar name[] = {*field, 0};

    g_assert_true (gst_structure_has_field_typed (s, name, G_TYPE_DOUBLE));
  }
  gst_message_unref (message);
}
