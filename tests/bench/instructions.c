/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What instructions.py counts the instructions of:
 *
 *     instructions compiler
 *     instructions search PRECISION [MODEL CONFIG]
 *     instructions crop FORMAT
 *     instructions draw FORMAT
 */

#include <stdio.h>
#include <string.h>

#include <gst/video/video.h>
#include <valgrind/callgrind.h>

#include "gstsiambanframe.h"
#include "gstsiambanoutline.h"
#include "gstsiambansticker.h"
#include "image/crop.h"
#include "model/model-private.h"

#define WIDTH  1920
#define HEIGHT 1080
#define SIDE   480 /* of what is cropped */
#define SIZE   255 /* of the crop */

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

typedef void (*Work) (void *data);

static void
run (Work work, void *data)
{
  CALLGRIND_START_INSTRUMENTATION;
  work (data);
  CALLGRIND_STOP_INSTRUMENTATION;
}

typedef struct
{
  SiambanModel *model;
  SiambanTemplate *tmpl;
  guint8 *pixels;
  float *out;
} Search;

static void
search (void *data)
{
  Search *s = data;
  const guint8 *x = s->pixels;
  SiambanModelInfo info;
  gsize grid;

  siamban_model_get_info (s->model, &info);
  grid = (gsize)info.score_size * info.score_size;
  siamban_model_search_pixels (
      s->model, 1, &s->tmpl, &x, s->out, s->out + info.cls_channels * grid, 1);
}

static gboolean
count_search (const char *name, const char *model, const char *config)
{
  GError *error = NULL;
  SiambanPrecision precision = SIAMBAN_PRECISION_AUTO;
  SiambanModelInfo info;
  Search s = {0};

  if (siamban_precision_from_name (name, &precision))
    s.model = siamban_model_load (model, config, precision, &error);
  if (!s.model) {
    g_printerr ("instructions: %s\n", error ? error->message : name);
    return FALSE;
  }
  siamban_model_get_info (s.model, &info);
  s.pixels = g_malloc_n (3 * info.search_size, info.search_size);
  for (int i = 0; i < 3 * info.search_size * info.search_size; i++)
    s.pixels[i] = (guint8)(i * 2654435761u >> 24);
  s.out = g_new (float,
      (gsize)(info.cls_channels + 4) * info.score_size * info.score_size);
  s.tmpl = siamban_model_embed_pixels (s.model, s.pixels, 1);
  run (search, &s);
  siamban_template_free (s.tmpl);
  siamban_model_unref (s.model);
  g_free (s.pixels);
  g_free (s.out);
  return TRUE;
}

static void
crop (void *data)
{
  static guint8 out[3 * SIZE * SIZE];
  const double mean[3] = {128, 128, 128};
  SiambanFrame view;

  gst_siamban_frame_view (data, &view);
  siamban_crop (&view, WIDTH / 2, HEIGHT / 2, SIDE, SIZE, mean, out);
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
draw (void *data)
{
  const SiambanBox box = {WIDTH / 2, HEIGHT / 2, SIDE / 4, SIDE / 4};

  draw_box (data, &box);
}

static gboolean
count_frame (Work work, const char *format)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  GstBuffer *buffer;

  if (!gst_video_info_set_format (
          &info, gst_video_format_from_string (format), WIDTH, HEIGHT))
    return FALSE;
  buffer = gst_buffer_new_and_alloc (info.size);
  gst_buffer_memset (buffer, 0, 100, info.size);
  gst_video_frame_map (&frame, &info, buffer, GST_MAP_READWRITE);
  work (&frame); /* GStreamer writes code for itself the first time */
  run (work, &frame);
  gst_video_frame_unmap (&frame);
  gst_buffer_unref (buffer);
  return TRUE;
}

int
main (int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "";
  gboolean ok = FALSE;

  gst_init (NULL, NULL);
  if (g_str_equal (what, "compiler")) {
    ok = puts (COMPILER) >= 0;
  } else if (g_str_equal (what, "search") && argc > 2) {
    ok = count_search (
        argv[2], argc > 3 ? argv[3] : NULL, argc > 4 ? argv[4] : NULL);
  } else if (argc > 2) {
    ok = count_frame (g_str_equal (what, "crop") ? crop : draw, argv[2]);
  }
  return ok ? 0 : 1;
}
