/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Prints the CPU time that a 1080p frame takes around the network, by format,
 * size of the object and part. The caches are emptied before every frame. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gst/video/video.h>

#include "gstsiambanframe.h"
#include "gstsiambanmeta.h"
#include "gstsiambanoutline.h"
#include "gstsiambansticker.h"
#include "gstsiambantrackmeta.h"
#include "image/crop.h"
#include "model/model-private.h"
#include "tracker/tracker.h"

#define WIDTH  1920
#define HEIGHT 1080
#define ROUNDS 25
#define CACHES (64 << 20)

enum
{
  CROP,
  DECODE,
  META,
  DRAW,
  N_PARTS
};

typedef struct
{
  const SiambanTrackParams *params;
  double *window;
  float *cls, *loc;
  SiambanCandidate *candidates;
  guint8 *crop, *cold;
} Rig;

static double
now_us (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static GstBuffer *
make_frame (const GstVideoInfo *info)
{
  GstBuffer *buffer = gst_buffer_new_and_alloc (info->size);
  GRand *random = g_rand_new_with_seed (1);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (gsize i = 0; i + 4 <= map.size; i += 4) {
    guint32 bits = g_rand_int (random);

    memcpy (map.data + i, &bits, 4);
  }
  gst_buffer_unmap (buffer, &map);
  g_rand_free (random);
  return buffer;
}

static void
time_crop (Rig *rig, GstBuffer *buffer, const GstVideoInfo *info,
    const SiambanTrackState *state)
{
  const double mean[3] = {128, 128, 128};
  GstVideoFrame frame;
  SiambanFrame view;
  double scale;

  gst_video_frame_map (&frame, info, buffer, GST_MAP_READ);
  gst_siamban_frame_view (&frame, &view);
  siamban_crop (&view, state->cx, state->cy,
      siamban_track_search_side (state, rig->params, &scale),
      rig->params->instance_size, mean, rig->crop);
  gst_video_frame_unmap (&frame);
}

static void
time_decode (Rig *rig, SiambanTrackState *state)
{
  double scale;

  siamban_track_search_side (state, rig->params, &scale);
  siamban_track_candidates (
      state, rig->params, scale, rig->cls, rig->loc, rig->candidates);
  siamban_track_commit (state, rig->params, scale,
      siamban_track_best (rig->params, rig->window, rig->candidates), WIDTH,
      HEIGHT);
}

static void
draw_box (GstVideoFrame *frame, const SiambanBox *box)
{
  const GstSiambanStroke stroke = {4, 0xff20ff40, 0};
  GPtrArray *rectangles = g_ptr_array_new_with_free_func (
      (GDestroyNotify)gst_video_overlay_rectangle_unref);

  gst_siamban_outline_place (rectangles, box, WIDTH, HEIGHT, &stroke);
  for (guint i = 0; i < rectangles->len; i++)
    gst_siamban_sticker_blend (frame, g_ptr_array_index (rectangles, i));
  g_ptr_array_unref (rectangles);
}

static void
time_draw (GstBuffer *buffer, const GstVideoInfo *info, const SiambanBox *box)
{
  GstVideoFrame frame;

  gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE);
  draw_box (&frame, box);
  gst_video_frame_unmap (&frame);
}

static void
time_frame (
    Rig *rig, GstBuffer *buffer, const GstVideoInfo *info, int side, double *us)
{
  const SiambanBox box = {(WIDTH - side) / 2, (HEIGHT - side) / 2, side, side};
  GstSiambanResult track = {
      .track = {.id = 1, .box = box}, .label = "object", .parent_id = -1};
  GstBuffer *tagged = gst_buffer_copy (buffer);
  SiambanTrackState state;
  double times[N_PARTS + 1];

  memset (rig->cold, 1, CACHES);
  siamban_track_init (&state, &box);

  times[CROP] = now_us ();
  time_crop (rig, buffer, info, &state);
  times[DECODE] = now_us ();
  time_decode (rig, &state);
  times[META] = now_us ();
  gst_siamban_meta_add (tagged, WIDTH, HEIGHT, &track, 1, GST_SIAMBAN_META_ROI);
  times[DRAW] = now_us ();
  gst_buffer_unref (tagged);
  time_draw (buffer, info, &box);
  times[N_PARTS] = now_us ();
  for (int i = 0; i < N_PARTS; i++)
    us[i] = times[i + 1] - times[i];
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static void
time_format (Rig *rig, GstVideoFormat format, int side)
{
  double us[N_PARTS][ROUNDS], sum = 0, least = 0;
  GstVideoInfo info;
  GstBuffer *buffer;

  gst_video_info_set_format (&info, format, WIDTH, HEIGHT);
  buffer = make_frame (&info);
  for (int round = 0; round < ROUNDS; round++) {
    double parts[N_PARTS];

    time_frame (rig, buffer, &info, side, parts);
    for (int i = 0; i < N_PARTS; i++)
      us[i][round] = parts[i];
  }
  printf ("%-7s %6d", gst_video_format_to_string (format), side);
  for (int i = 0; i < N_PARTS; i++) {
    qsort (us[i], ROUNDS, sizeof (double), compare_doubles);
    printf (" %8.0f", us[i][ROUNDS / 2]);
    sum += us[i][ROUNDS / 2];
    least += us[i][0];
  }
  printf (" %8.0f %8.0f\n", sum, least);
  gst_buffer_unref (buffer);
}

int
main (int argc, char **argv)
{
  const GstVideoFormat formats[] = {GST_VIDEO_FORMAT_NV12,
      GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_YUY2, GST_VIDEO_FORMAT_UYVY,
      GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_RGB, GST_VIDEO_FORMAT_GRAY8};
  const int sides[] = {40, 120, 250, 500, 1000};
  GError *error = NULL;
  SiambanModel *model =
      siamban_model_load (NULL, NULL, SIAMBAN_PRECISION_AUTO, &error);
  gsize points;
  Rig rig;

  gst_init (&argc, &argv);
  gst_siamban_track_meta_register ();
  if (!model) {
    g_printerr ("around: %s\n", error->message);
    return 1;
  }
  rig.params = siamban_model_track (model);
  points = (gsize)rig.params->score_size * rig.params->score_size;
  rig.window = siamban_track_window (rig.params->score_size);
  rig.cls = g_new0 (float, rig.params->cls_channels *points);
  rig.loc = g_new (float, 4 * points);
  for (gsize i = 0; i < 4 * points; i++)
    rig.loc[i] = 30;
  rig.candidates = g_new (SiambanCandidate, points);
  rig.crop =
      g_malloc_n (3 * rig.params->instance_size, rig.params->instance_size);
  rig.cold = g_malloc (CACHES);
  printf ("us a frame of 1080p, medians of %d and the sum of the least\n"
          "%-7s %6s %8s %8s %8s %8s %8s %8s\n",
      ROUNDS, "format", "object", "crop", "decode", "meta", "draw", "sum",
      "least");
  for (gsize s = 0; s < G_N_ELEMENTS (sides); s++)
    for (gsize f = 0; f < G_N_ELEMENTS (formats); f++)
      time_format (&rig, formats[f], sides[s]);
  siamban_model_unref (model);
  return 0;
}
