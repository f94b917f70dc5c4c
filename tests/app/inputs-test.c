/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What siamban-track ($SIAMBAN_TRACK) makes of files as cameras and data sets
 * have them: every frame, upright, in its colours, under its number. */

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <glib/gstdio.h>
#include <gst/gst.h>

#include "lines.h"
#include "media.h"
#include "program.h"

#define track(...) program_run ("SIAMBAN_TRACK", __VA_ARGS__)

/* A part of the demo clip, with the walker in it. */
#define FRAMES 8
#define WIDTH  240
#define HEIGHT 200
#define BOX    "95,46,55,153"

static const char *const containers[] = {
    "a.mp4", "a.mov", "a.mkv", "a.webm", "a.avi"};

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  (void)data;
  f->folder = g_dir_make_tmp ("siamban-inputs-XXXXXX", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  (void)data;
  program_remove_folder (f->folder);
  g_free (f->folder);
}

static char *
in_folder (const Fixture *f, const char *name)
{
  return g_build_filename (f->folder, name, NULL);
}

/* Frames of the clip, through the elements of @how, into @sink. */
static void
make_clip (const char *how, const char *sink)
{
  g_autofree char *description =
      g_strdup_printf ("filesrc location=\"%s/demo/walker.mp4\" ! decodebin ! "
                       "identity name=first ! videoconvert ! "
                       "videocrop left=280 top=376 right=248 ! "
                       "video/x-raw,format=I420,width=%d,height=%d ! %s ! %s",
          g_getenv ("SIAMBAN_DATA_DIR"), WIDTH, HEIGHT, how, sink);

  media_make_first (FRAMES, description);
}

/* As pictures, numbered from @first on. */
static void
make_pictures (const char *pattern, int first, const char *how)
{
  g_autofree char *sink = g_strdup_printf (
      "multifilesink index=%d location=\"%s\"", first, pattern);

  make_clip (how, sink);
}

static JsonArray *
track_lines (const char *input)
{
  return lines_of (track (input, "--box", BOX, "--json", "-", NULL));
}

/* @path holds @n frames of @width by @height. */
static void
assert_video (const char *path, guint n, int width, int height)
{
  gsize size;

  g_test_message ("%s", path);
  g_free (media_read (path, &size));
  g_assert_cmpuint (size, ==, (gsize)3 * (gsize)(width * height) * n);
}

/* Tracks @input into files of all kinds, each of which gets all frames. */
static void
assert_all_written (const Fixture *f, const char *input, guint n)
{
  for (gsize i = 0; i < G_N_ELEMENTS (containers); i++) {
    g_autofree char *out = in_folder (f, containers[i]);

    json_array_unref (lines_of (track (input, "--box", BOX, "-o", out, NULL)));
    assert_video (out, n, WIDTH, HEIGHT);
  }
}

static void
assert_numbers (JsonArray *lines, const int *numbers, guint n)
{
  g_assert_cmpuint (json_array_get_length (lines), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (lines_int (lines, i, "frame"), ==, numbers[i]);
}

/* The result of a run that said what was lost. */
static JsonArray *
lines_of_loss (Outcome outcome, const char *file, const char *problem)
{
  JsonArray *lines = lines_parse (outcome.out);

  g_test_message ("%s", outcome.err);
  g_assert_cmpint (outcome.status, ==, 1);
  g_assert_nonnull (strstr (outcome.err, file));
  g_assert_nonnull (strstr (outcome.err, problem));
  program_clear (&outcome);
  return lines;
}

static void
test_wide_numbers (Fixture *f, gconstpointer data)
{
  g_autofree char *wide = in_folder (f, "%010d.jpg");
  g_autofree char *folder = in_folder (f, "100%_%d of %04d");
  g_autofree char *odd = g_build_filename (folder, "5%_%d.jpg", NULL);
  g_autofree char *literal = g_build_filename (folder, "5%%_%d.jpg", NULL);

  (void)data;
  make_pictures (wide, 0, "jpegenc");
  json_array_unref (track_lines (wide));
  g_mkdir (folder, 0755);
  for (int i = 0; i < FRAMES; i++) {
    g_autofree char *name = g_strdup_printf ("%010d.jpg", i);
    g_autofree char *new_name = g_strdup_printf ("5%%_%d.jpg", i + 1);
    g_autofree char *from = in_folder (f, name);
    g_autofree char *to = g_build_filename (folder, new_name, NULL);

    g_assert_cmpint (g_rename (from, to), ==, 0);
  }
  json_array_unref (track_lines (odd));
  program_assert_fails (track (literal, "--box", BOX, "--json", "-", NULL),
      "siamban-track: ", 1, literal);
}

static void
test_gap (Fixture *f, gconstpointer data)
{
  static const int numbers[] = {0, 1, 2, 4, 5, 6, 7};
  g_autofree char *pattern = in_folder (f, "%d.jpg");
  g_autofree char *missing = in_folder (f, "4.jpg");
  g_autofree char *out = in_folder (f, "a.mp4");
  JsonArray *lines;

  (void)data;
  make_pictures (pattern, 1, "jpegenc");
  g_unlink (missing);
  lines = lines_of_loss (
      track (pattern, "--box", BOX, "--json", "-", "-o", out, NULL), missing,
      "missing");
  assert_numbers (lines, numbers, G_N_ELEMENTS (numbers));
  json_array_unref (lines);
  assert_video (out, G_N_ELEMENTS (numbers), WIDTH, HEIGHT);

  lines = lines_of (track (
      pattern, "--box", BOX, "--json", "-", "--fps", "10", "--gaps", NULL));
  assert_numbers (lines, numbers, G_N_ELEMENTS (numbers));
  g_assert_cmpint (lines_int (lines, 6, "pts"), ==, 700 * GST_MSECOND);
  json_array_unref (lines);
}

static void
test_bad_pictures (Fixture *f, gconstpointer data)
{
  static const int numbers[] = {0, 1, 3, 5, 6};
  static const char broken[] = "\xff\xd8\xff\xe0 and no more";
  g_autofree char *pattern = in_folder (f, "%02d.jpg");
  g_autofree char *empty = in_folder (f, "02.jpg");
  g_autofree char *text = in_folder (f, "04.jpg");
  g_autofree char *cut = in_folder (f, "07.jpg");
  g_autofree char *first = in_folder (f, "00.jpg");

  (void)data;
  make_pictures (pattern, 0, "jpegenc");
  g_file_set_contents (empty, "", 0, NULL);
  g_file_set_contents (text, "Not found", -1, NULL);
  g_file_set_contents (cut, broken, sizeof broken, NULL);
  for (gsize i = 0; i < 3; i++) {
    const char *files[] = {empty, text, cut};
    JsonArray *lines =
        lines_of_loss (track (pattern, "--box", BOX, "--json", "-", NULL),
            files[i], "3 pictures lost");

    assert_numbers (lines, numbers, G_N_ELEMENTS (numbers));
    json_array_unref (lines);
  }
  /* The box is for a picture that is not there. */
  g_file_set_contents (first, "", 0, NULL);
  json_array_unref (
      lines_of_loss (track (pattern, "--box", BOX, "--json", "-", NULL), first,
          "the box is for it"));
}

static const char *const turns[][2] = {{"identity", "rotate-0"},
    {"horiz", "flip-rotate-0"}, {"180", "rotate-180"},
    {"vert", "flip-rotate-180"}, {"ul-lr", "flip-rotate-270"},
    {"90l", "rotate-90"}, {"ur-ll", "flip-rotate-90"}, {"90r", "rotate-270"}};

static void
assert_same_end (JsonArray *lines, JsonArray *expected)
{
  const guint last = json_array_get_length (expected) - 1;

  g_assert_cmpuint (json_array_get_length (lines), ==, last + 1);
  g_assert_cmpint (lines_int (lines, last, "width"), ==, WIDTH);
  g_assert_cmpint (lines_int (lines, last, "height"), ==, HEIGHT);
  g_assert_cmpfloat (
      overlap_of (target_of (lines, last), target_of (expected, last)), >, 0.7);
}

/* One after the other, and each one of another kind. */
static void
test_orientations (Fixture *f, gconstpointer data)
{
  g_autofree char *mixed = in_folder (f, "mixed-%d.jpg");
  JsonArray *upright = NULL, *lines;

  (void)data;
  for (gsize i = 0; i < G_N_ELEMENTS (turns); i++) {
    g_autofree char *name = g_strdup_printf ("turned%zu-%%d.jpg", i);
    g_autofree char *pattern = in_folder (f, name);
    g_autofree char *how =
        g_strdup_printf ("videoflip video-direction=%s ! jpegenc ! "
                         "taginject tags="
                         "image-orientation=%s ! jifmux",
            turns[i][0], turns[i][1]);
    g_autofree char *from = NULL, *to = NULL;

    g_test_message ("%s", turns[i][1]);
    make_pictures (pattern, 0, how);
    lines = track_lines (pattern);
    if (!upright)
      upright = json_array_ref (lines);
    assert_same_end (lines, upright);
    json_array_unref (lines);
    from = g_strdup_printf ("%s/turned%zu-%zu.jpg", f->folder, i, i);
    to = g_strdup_printf ("%s/mixed-%zu.jpg", f->folder, i);
    g_assert_cmpint (g_rename (from, to), ==, 0);
  }
  lines = track_lines (mixed);
  assert_same_end (lines, upright);
  json_array_unref (lines);
  json_array_unref (upright);
}

static void
test_turned_avi (Fixture *f, gconstpointer data)
{
  g_autofree char *plain = in_folder (f, "plain.avi");
  g_autofree char *turned = in_folder (f, "turned.avi");
  g_autofree char *sink =
      g_strdup_printf ("avimux ! filesink location=\"%s\"", plain);
  g_autofree char *turned_sink =
      g_strdup_printf ("avimux ! filesink location=\"%s\"", turned);
  JsonArray *lines, *expected;

  (void)data;
  make_clip ("jpegenc", sink);
  make_clip ("videoflip video-direction=90l ! jpegenc ! "
             "taginject tags=image-orientation=rotate-90 ! jifmux",
      turned_sink);
  expected = track_lines (plain);
  lines = track_lines (turned);
  assert_same_end (lines, expected);
  json_array_unref (lines);
  json_array_unref (expected);
}

static void
test_raw_mjpeg (Fixture *f, gconstpointer data)
{
  g_autofree char *path = in_folder (f, "stream.mjpeg");
  g_autofree char *sink = g_strdup_printf ("filesink location=\"%s\"", path);
  JsonArray *lines;

  (void)data;
  make_clip ("jpegenc", sink);
  lines = track_lines (path);
  g_assert_cmpuint (json_array_get_length (lines), ==, FRAMES);
  g_assert_cmpint (lines_int (lines, 7, "pts"), ==, 280 * GST_MSECOND);
  json_array_unref (lines);
  lines =
      lines_of (track (path, "--box", BOX, "--json", "-", "--fps", "10", NULL));
  g_assert_cmpint (lines_int (lines, 7, "pts"), ==, 700 * GST_MSECOND);
  json_array_unref (lines);
  assert_all_written (f, path, FRAMES);
}

/* What the muxer writes, and a file with nothing but types between pictures. */
static void
test_multipart (Fixture *f, gconstpointer data)
{
  g_autofree char *path = in_folder (f, "stream.multipart");
  g_autofree char *picture = in_folder (f, "0.jpg");
  g_autofree char *pattern = in_folder (f, "%d.jpg");
  g_autofree char *sink =
      g_strdup_printf ("multipartmux ! filesink location=\"%s\"", path);
  g_autofree char *head = in_folder (f, "head");

  (void)data;
  make_clip ("jpegenc", sink);
  assert_all_written (f, path, FRAMES);

  make_pictures (pattern, 0, "jpegenc");
  g_file_set_contents (head, "\n--x\nContent-Type: image/jpg\n\n", -1, NULL);
  media_join (path, head, picture, head, picture, head, picture, NULL);
  json_array_unref (track_lines (path));
  assert_all_written (f, path, 3);
}

static void
make_half (const char *path, int width, int height)
{
  media_makef ("videotestsrc pattern=ball num-buffers=%d ! "
               "video/x-raw,format=I420,width=%d,height=%d,framerate=25/1 ! "
               "x264enc tune=zerolatency ! mpegtsmux ! "
               "filesink location=\"%s\"",
      FRAMES, width, height, path);
}

static void
test_new_size (Fixture *f, gconstpointer data)
{
  g_autofree char *small = in_folder (f, "small.ts");
  g_autofree char *large = in_folder (f, "large.ts");
  g_autofree char *path = in_folder (f, "both.ts");
  JsonArray *lines;

  (void)data;
  make_half (small, WIDTH, HEIGHT);
  make_half (large, 2 * WIDTH, 2 * HEIGHT);
  media_join (path, small, large, NULL);
  lines = track_lines (path);
  g_assert_cmpuint (json_array_get_length (lines), ==, 2 * FRAMES);
  g_assert_cmpint (lines_int (lines, FRAMES - 1, "width"), ==, WIDTH);
  g_assert_cmpint (lines_int (lines, FRAMES, "width"), ==, 2 * WIDTH);
  g_assert_cmpint (lines_int (lines, FRAMES, "height"), ==, 2 * HEIGHT);
  json_array_unref (lines);
  assert_all_written (f, path, 2 * FRAMES);
}

static void
test_alternating_sizes (Fixture *f, gconstpointer data)
{
  g_autofree char *small = in_folder (f, "%d.png");
  g_autofree char *large = in_folder (f, "l%d.png");

  (void)data;
  make_pictures (small, 0, "videoconvert ! pngenc");
  make_pictures (large, 0,
      "videoscale ! video/x-raw,width=480,height=400 ! videoconvert ! pngenc");
  for (int i = 1; i < FRAMES; i += 2) {
    g_autofree char *from = g_strdup_printf ("%s/l%d.png", f->folder, i);
    g_autofree char *to = g_strdup_printf ("%s/%d.png", f->folder, i);

    g_assert_cmpint (g_rename (from, to), ==, 0);
  }
  assert_all_written (f, small, FRAMES);
}

/* The mean of a channel over the lowest quarter of the first frame, where no
 * box is. */
static double
mean_below (const char *path, int channel)
{
  gsize size;
  g_autofree guint8 *pixels = media_read (path, &size);
  const guint from = WIDTH * HEIGHT * 3 / 4, to = WIDTH * HEIGHT;
  double sum = 0;

  for (guint i = from; i < to; i++)
    sum += pixels[3 * i + (guint)channel];
  return sum / (to - from);
}

/* @input: pictures of one colour. */
static void
assert_colour_kept (const Fixture *f, const char *input, const int colour[3])
{
  for (gsize i = 0; i < G_N_ELEMENTS (containers); i++) {
    g_autofree char *out = in_folder (f, containers[i]);

    json_array_unref (
        lines_of (track (input, "--box", "20,20,60,60", "-o", out, NULL)));
    for (int c = 0; c < 3; c++) {
      const double mean = mean_below (out, c);

      g_test_message ("%s: channel %d is %.1f", containers[i], c, mean);
      g_assert_cmpfloat_with_epsilon (mean, colour[c], 10);
    }
  }
}

static void
make_colour (const char *path, const int colour[3], const char *caps,
    const char *encoder)
{
  media_makef ("videotestsrc pattern=solid-color foreground-color=0xff%02x%02x"
               "%02x num-buffers=4 ! video/x-raw,format=RGB,width=%d,height=%d,"
               "framerate=25/1 ! videoconvert ! %s ! %s ! "
               "filesink location=\"%s\"",
      (guint)colour[0], (guint)colour[1], (guint)colour[2], WIDTH, HEIGHT, caps,
      encoder, path);
}

/* The full range of JPEG, the matrix of HD, and no matrix at all. */
static void
test_colours (Fixture *f, gconstpointer data)
{
  static const int bright[] = {250, 220, 200}, red[] = {224, 32, 16},
                   light[] = {230, 230, 230};
  g_autofree char *jpeg = in_folder (f, "in.mjpeg");
  g_autofree char *grey = in_folder (f, "in-grey.mkv");
  g_autofree char *hd = in_folder (f, "in-709.mkv");

  (void)data;
  make_colour (jpeg, bright, "video/x-raw,format=RGB", "jpegenc quality=99");
  assert_colour_kept (f, jpeg, bright);
  make_colour (hd, red, "video/x-raw,format=I420,colorimetry=bt709",
      "x264enc quantizer=10 pass=qual ! matroskamux");
  assert_colour_kept (f, hd, red);
  make_colour (
      grey, light, "video/x-raw,format=GRAY8", "avenc_ffv1 ! matroskamux");
  assert_colour_kept (f, grey, light);
}

static void
test_reader_gone (Fixture *f, gconstpointer data)
{
  g_autofree char *out = in_folder (f, "a.mp4");
  g_autofree char *path = in_folder (f, "in.mkv");
  g_autofree char *sink =
      g_strdup_printf ("matroskamux ! filesink location=\"%s\"", path);
  g_autofree char *command = NULL;
  g_autofree char *error = NULL;
  int status;

  (void)data;
  make_clip ("x264enc tune=zerolatency", sink);
  command = g_strdup_printf ("bash -c '\"%s\" \"%s\" --box %s --json - -o "
                             "\"%s\" | true; exit ${PIPESTATUS[0]}'",
      g_getenv ("SIAMBAN_TRACK"), path, BOX, out);
  g_assert_true (
      g_spawn_command_line_sync (command, NULL, &error, &status, NULL));
  g_test_message ("%s", error);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
  g_assert_nonnull (strstr (error, "standard output: "));
  assert_video (out, FRAMES, WIDTH, HEIGHT);
}

static void
test_start (Fixture *f, gconstpointer data)
{
  g_autofree char *clip = g_build_filename (
      g_getenv ("SIAMBAN_DATA_DIR"), "demo", "walker.mp4", NULL);
  g_autofree char *pattern = in_folder (f, "%d.png");
  JsonArray *lines;

  (void)data;
  lines = lines_of (
      track (clip, "--box", BOX, "--start", "97", "--json", "-", NULL));
  assert_numbers (lines, (const int[]){97, 98, 99}, 3);
  json_array_unref (lines);
  lines = lines_of (
      track (clip, "--box", BOX, "--start", "0:09.75", "--json", "-", NULL));
  assert_numbers (lines, (const int[]){98, 99}, 2);
  json_array_unref (lines);
  program_assert_fails (
      track (clip, "--box", BOX, "--start", "100", "--json", "-", NULL),
      "siamban-track: ", 1, "after the start");
  program_assert_fails (
      track (clip, "--box", BOX, "--start", "soon", "--json", "-", NULL),
      "siamban-track: ", 2, "soon");

  make_pictures (pattern, 1, "videoconvert ! pngenc");
  lines = lines_of (
      track (pattern, "--box", BOX, "--start", "0.2s", "--json", "-", NULL));
  assert_numbers (lines, (const int[]){6, 7}, 2);
  json_array_unref (lines);
}

static void
assert_first_box (JsonArray *lines, double x, double y, double w, double h)
{
  g_assert_cmpfloat (overlap (target_of (lines, 0), x, y, w, h), ==, 1);
  json_array_unref (lines);
}

static void
test_boxes (Fixture *f, gconstpointer data)
{
  static const char *const texts[] = {"95 46 55 153", " 95\t46\t55\t153 ",
      "95, 46,55 ,153", "95;46;55;153", "95,46,150,46,150,199,95,199",
      "122.5 46 150 120 120 199 95 120"};
  g_autofree char *pattern = in_folder (f, "%d.png");
  g_autofree char *file = in_folder (f, "groundtruth_rect.txt");

  (void)data;
  make_pictures (pattern, 1, "videoconvert ! pngenc");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_first_box (
        lines_of (track (pattern, "--box", texts[i], "--json", "-", NULL)), 95,
        46, 55, 153);
  g_file_set_contents (file,
      "\xef\xbb\xbf"
      "95\t46\t55\t153\r\nNaN,NaN,NaN,NaN\r\n90,40,50,150\r\n",
      -1, NULL);
  assert_first_box (
      lines_of (track (pattern, "--box-file", file, "--json", "-", NULL)), 95,
      46, 55, 153);
  assert_first_box (lines_of (track (pattern, "--box-file", file, "--start",
                        "2", "--json", "-", NULL)),
      90, 40, 50, 150);
  program_assert_fails (
      track (pattern, "--box-file", file, "--start", "1", "--json", "-", NULL),
      "siamban-track: ", 1, "line 2");
  program_assert_fails (
      track (pattern, "--box-file", file, "--start", "5", "--json", "-", NULL),
      "siamban-track: ", 1, "3 lines");
}

/* The files that users have reported. */
static char *
shared (const char *name)
{
  g_autofree char *folder = g_path_get_dirname (name);
  char *path = g_build_filename (g_getenv ("SIAMBAN_SHARED"), name, NULL);
  g_autofree char *there =
      g_build_filename (g_getenv ("SIAMBAN_SHARED"), folder, NULL);

  if (g_file_test (there, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  g_test_skip ("there is no ../shared");
  return NULL;
}

static void
test_odd_grey (void)
{
  g_autofree char *pattern = shared ("seq/Jumping/img/%04d.jpg");
  JsonArray *lines;

  if (!pattern)
    return;
  lines = lines_of (track (pattern, "--box", "147,110,34,33", "--start", "303",
      "--json", "-", NULL));
  g_assert_cmpuint (json_array_get_length (lines), ==, 10);
  json_array_unref (lines);
}

static void
test_reported (void)
{
  static const struct
  {
    const char *name;
    guint frames;
  } cases[] = {{"cases/stream.mjpeg", 12}, {"cases/res.ts", 30},
      {"cases/fastres.h264", 16}, {"cases/mixed/%04d.jpg", 6},
      {"cases/exif/%04d.jpg", 6}, {"cases/gray_ffv1.mkv", 12},
      {"cases/kitti/%010d.jpg", 6}, {"cases/rot270.mp4", 30}};

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = shared (cases[i].name);
    JsonArray *lines;

    if (!path)
      return;
    g_test_message ("%s", path);
    lines =
        lines_of (track (path, "--box", "40,60,48,60", "--json", "-", NULL));
    g_assert_cmpuint (json_array_get_length (lines), ==, cases[i].frames);
    json_array_unref (lines);
  }
}

static gboolean
has_elements (void)
{
  static const char *const names[] = {"siambantrack", "avdec_h264", "jpegenc",
      "jpegdec", "jifmux", "taginject", "multifilesink", "avimux",
      "avdec_mjpeg", "multipartmux", "x264enc", "mpegtsmux", "tsdemux",
      "pngenc", "matroskamux", "avenc_ffv1", "vp8enc", "videocrop", NULL};

  for (const char *const *name = names; *name; name++) {
    GstElementFactory *factory = gst_element_factory_find (*name);

    if (!factory) {
      printf ("1..0 # SKIP GStreamer has no %s here\n", *name);
      return FALSE;
    }
    gst_object_unref (factory);
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (!has_elements ())
    return 0;
#define ADD(path, test)                                                        \
  g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/inputs/wide-numbers", test_wide_numbers);
  ADD ("/inputs/gap", test_gap);
  ADD ("/inputs/bad-pictures", test_bad_pictures);
  ADD ("/inputs/orientations", test_orientations);
  ADD ("/inputs/turned-avi", test_turned_avi);
  ADD ("/inputs/raw-mjpeg", test_raw_mjpeg);
  ADD ("/inputs/multipart", test_multipart);
  ADD ("/inputs/new-size", test_new_size);
  ADD ("/inputs/alternating-sizes", test_alternating_sizes);
  ADD ("/inputs/colours", test_colours);
  ADD ("/inputs/reader-gone", test_reader_gone);
  ADD ("/inputs/start", test_start);
  ADD ("/inputs/boxes", test_boxes);
#undef ADD
  g_test_add_func ("/inputs/odd-grey", test_odd_grey);
  g_test_add_func ("/inputs/reported", test_reported);
  return g_test_run ();
}
