/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "clips.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "image/crop.h"
#include "tools/source/element.h"
#include "tracker/tracker.h"

#define FRAMES_APART 5 /* from one search crop to the next */
#define PATIENCE_MS  200
#define SEED         20

typedef struct
{
  const SiambanTrackParams *track;
  GRand *random;
  SiambanTrackState target; /* made up */
  double mean[3];           /* of the frame that it was made up in */
  guint8 *z;                /* of the target, until it is paired */
  guint wanted;
  GArray *pairs;
} Reader;

static SiambanTrackState
make_target (GRand *random, const SiambanFrame *frame)
{
  double side = MIN (frame->width, frame->height);
  SiambanTrackState target = {
      .cx = g_rand_double_range (random, 0.2, 0.8) * frame->width,
      .cy = g_rand_double_range (random, 0.2, 0.8) * frame->height,
      .w = g_rand_double_range (random, 0.08, 0.45) * side,
      .h = g_rand_double_range (random, 0.08, 0.45) * side,
  };

  return target;
}

/* As a target has it: of the sizes that the tracker cuts out, and filled with
 * the mean of the frame that the template is from. */
static guint8 *
clips_crop (const Reader *reader, const SiambanFrame *frame, double cx,
    double cy, double side, int size)
{
  guint8 *out = g_malloc ((gsize)3 * size * size);

  siamban_crop (frame, cx, cy, MAX (side, 1), size, reader->mean, out);
  return out;
}

static void
take_pair (Reader *reader, const SiambanFrame *frame)
{
  const SiambanTrackParams *track = reader->track;
  const SiambanTrackState *target = &reader->target;
  double scale, side = siamban_track_search_side (target, track, &scale);
  double reach = track->exemplar_size / scale / 2;
  double shift = g_rand_double_range (reader->random, -reach, reach);
  Pair pair = {
      reader->z,
      clips_crop (reader, frame, target->cx + shift, target->cy - shift, side,
          track->instance_size),
  };

  g_array_append_val (reader->pairs, pair);
  reader->wanted--;
}

/* The first frame gives a template, each later one the search region of the
 * last template and a template in turn. */
static void
take_frame (Reader *reader, const SiambanFrame *frame)
{
  const SiambanTrackParams *track = reader->track;

  if (reader->z)
    take_pair (reader, frame);
  reader->target = make_target (reader->random, frame);
  siamban_frame_mean (frame, reader->mean);
  reader->z = clips_crop (reader, frame, reader->target.cx, reader->target.cy,
      siamban_track_template_side (&reader->target, track),
      track->exemplar_size);
}

static gboolean
take_sample (Reader *reader, GstSample *sample)
{
  GstVideoFrame map;
  GstVideoInfo info;
  SiambanFrame frame = {.format = SIAMBAN_FORMAT_BGR};

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample)) ||
      !gst_video_frame_map (
          &map, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return FALSE;
  frame.width = GST_VIDEO_FRAME_WIDTH (&map);
  frame.height = GST_VIDEO_FRAME_HEIGHT (&map);
  frame.data[0] = GST_VIDEO_FRAME_PLANE_DATA (&map, 0);
  frame.stride[0] = GST_VIDEO_FRAME_PLANE_STRIDE (&map, 0);
  take_frame (reader, &frame);
  gst_video_frame_unmap (&map);
  return TRUE;
}

/* An error that the pipeline has posted. */
static gboolean
find_error (GstElement *pipeline, const char *path, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  if (!message)
    return FALSE;
  gst_message_parse_error (message, error, NULL);
  g_prefix_error (error, "%s: ", path);
  return TRUE;
}

static gboolean
read_samples (Reader *reader, GstElement *pipeline, GstAppSink *sink,
    const char *path, GError **error)
{
  guint i = 0;

  while (reader->wanted > 0 && !gst_app_sink_is_eos (sink)) {
    GstSample *sample =
        gst_app_sink_try_pull_sample (sink, PATIENCE_MS * GST_MSECOND);

    if (sample && i++ % FRAMES_APART == 0)
      take_sample (reader, sample);
    g_clear_pointer (&sample, gst_sample_unref);
    if (find_error (pipeline, path, error))
      return FALSE;
  }
  return TRUE;
}

static GstElement *
make_pipeline (const TrackSource *clip, GError **error)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *sink = track_element_add (GST_BIN (pipeline),
      "videoconvert ! video/x-raw,format=BGR ! "
      "appsink name=sink sync=false max-buffers=4",
      error);

  if (!sink || !track_source_add (GST_BIN (pipeline), clip, sink, error))
    g_clear_pointer (&pipeline, gst_object_unref);
  return pipeline;
}

gboolean
quantize_clip_read (const TrackSource *clip, const SiambanTrackParams *track,
    guint n, GArray *pairs, GError **error)
{
  GstElement *pipeline = make_pipeline (clip, error);
  Reader reader = {.track = track, .wanted = n, .pairs = pairs};
  GstElement *sink;
  gboolean ok;

  if (!pipeline)
    return FALSE;
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  reader.random = g_rand_new_with_seed (SEED);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  ok =
      read_samples (&reader, pipeline, GST_APP_SINK (sink), clip->input, error);
  if (ok && reader.wanted == n) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "%s: has too few frames, expected a video of more than %d", clip->input,
        FRAMES_APART);
    ok = FALSE;
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  g_rand_free (reader.random);
  g_free (reader.z);
  return ok;
}

void
quantize_pair_clear (Pair *pair)
{
  g_free (pair->z);
  g_free (pair->x);
}
