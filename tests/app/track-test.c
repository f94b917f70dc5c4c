/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs siamban-track ($SIAMBAN_TRACK) as a user would. */

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gst/gst.h>

#include "lines.h"
#include "media.h"
#include "program.h"

#define WALKER "375,422,55,153"
#define FRAMES 12

typedef struct
{
  char *folder;
  char *sequence; /* FRAMES images of 161 x 121, numbered from 1 */
} Fixture;

static char *
demo_clip (void)
{
  return g_build_filename (
      g_getenv ("SIAMBAN_DATA_DIR"), "demo", "walker.mp4", NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  char *line;

  (void)data;
  fixture->folder = g_dir_make_tmp ("siamban-track-XXXXXX", NULL);
  fixture->sequence = g_build_filename (fixture->folder, "%03d.png", NULL);
  line = g_strdup_printf ("videotestsrc pattern=ball num-buffers=%d ! "
                          "video/x-raw,format=RGB,width=161,height=121 ! "
                          "pngenc compression-level=1 "
                          "! multifilesink index=1 location=%s",
      FRAMES, fixture->sequence);
  media_make (line);
  g_free (line);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  (void)data;
  program_remove_folder (fixture->folder);
  g_free (fixture->sequence);
  g_free (fixture->folder);
}

#define track(...) program_run ("SIAMBAN_TRACK", __VA_ARGS__)

static void
assert_fails (Outcome outcome, int status, const char *message)
{
  program_assert_fails (outcome, "siamban-track: ", status, message);
}

static void
assert_times (JsonArray *lines, guint n, double fps)
{
  g_assert_cmpuint (json_array_get_length (lines), ==, n);
  for (guint i = 0; i < n; i++) {
    JsonObject *line = json_array_get_object_element (lines, i);

    g_assert_cmpint (json_object_get_int_member (line, "frame"), ==, i);
    g_assert_cmpfloat_with_epsilon (
        (double)json_object_get_int_member (line, "pts"),
        (double)GST_SECOND * i / fps, 1);
  }
}

static void
test_walker (void)
{
  char *clip = demo_clip ();
  JsonArray *lines = lines_of (
      track (clip, "--box", WALKER, "--json", "-", "--threads", "2", NULL));

  assert_times (lines, 100, 10);
  g_assert_cmpfloat (overlap (target_of (lines, 0), 375, 422, 55, 153), ==, 1);
  g_assert_cmpfloat (
      json_object_get_double_member (target_of (lines, 0), "score"), ==, 1);
  for (guint i = 0; i < 100; i++) {
    const double score =
        json_object_get_double_member (target_of (lines, i), "score");

    g_assert_cmpint (
        json_object_get_int_member (target_of (lines, i), "id"), ==, 1);
    g_assert_cmpfloat (score, >, 0);
    g_assert_cmpfloat (score, <=, 1);
  }
  g_assert_cmpfloat (overlap (target_of (lines, 99), 57, 248, 37, 99), >, 0.5);
  json_array_unref (lines);
  g_free (clip);
}

/* Two objects, in both modes: the published tracker knows no other state. */
static void
test_several (gconstpointer mode)
{
  g_autofree char *clip = demo_clip ();
  g_autoptr (JsonArray) lines = lines_of (track (clip, "--box", WALKER, "--box",
      "458,335,70,150", "--mode", mode, "--json", "-", NULL));

  assert_times (lines, 100, 10);
  for (guint i = 0; i < 100; i++) {
    JsonArray *targets = json_object_get_array_member (
        json_array_get_object_element (lines, i), "targets");

    g_assert_cmpint (lines_int (lines, i, "version"), ==, 1);
    g_assert_cmpuint (json_array_get_length (targets), ==, 2);
    for (guint t = 0; t < 2; t++) {
      JsonObject *target = json_array_get_object_element (targets, t);
      double confidence = json_object_get_double_member (target, "confidence");

      g_assert_cmpint (json_object_get_int_member (target, "id"), ==, t + 1);
      g_assert_cmpstr (
          json_object_get_string_member (target, "status"), ==, "tracked");
      g_assert_cmpfloat (confidence, >, 0);
      g_assert_cmpfloat (confidence, <=, 1);
    }
  }
}

/* The picture goes black: robust mode says so, and keeps the target. */
static void
test_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonArray) lines = NULL;
  JsonObject *last;

  (void)data;
  media_makef (
      "videotestsrc pattern=black num-buffers=60 ! "
      "video/x-raw,format=RGB,width=161,height=121 ! "
      "pngenc compression-level=1 ! multifilesink index=%d location=%s",
      FRAMES + 1, fixture->sequence);
  lines = lines_of (
      track (fixture->sequence, "--box", "60,40,30,30", "--json", "-", NULL));
  last = target_of (lines, json_array_get_length (lines) - 1);
  g_assert_cmpstr (json_object_get_string_member (last, "status"), ==, "lost");
  g_assert_cmpfloat (
      json_object_get_double_member (last, "confidence"), <, 0.5);
}

static void
test_sequence (Fixture *fixture, gconstpointer data)
{
  JsonArray *lines;

  (void)data;
  lines = lines_of (
      track (fixture->sequence, "--box", "60,40,30,30", "--json", "-", NULL));
  assert_times (lines, FRAMES, 30);
  json_array_unref (lines);

  lines = lines_of (track (fixture->sequence, "--box", "60,40,30,30", "--json",
      "-", "--start-index", "5", "--fps", "12.5", NULL));
  assert_times (lines, FRAMES - 4, 12.5);
  json_array_unref (lines);
}

static void
test_outputs (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
      "a.mp4", "a.mov", "a.mkv", "a.webm", "a.AVI"};

  (void)data;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    char *out = g_build_filename (fixture->folder, names[i], NULL);
    JsonArray *lines;

    lines = lines_of (
        track (fixture->sequence, "--box", "60,40,30,30", "-o", out, NULL));
    g_assert_cmpuint (json_array_get_length (lines), ==, 0);
    json_array_unref (lines);

    g_test_message ("%s", names[i]);
    lines = lines_of (track (out, "--box", "60,40,30,30", "--json", "-", NULL));
    g_assert_cmpuint (json_array_get_length (lines), ==, FRAMES);
    json_array_unref (lines);
    g_free (out);
  }
}

/* A still picture, thousands of times. */
static void
make_long (const Fixture *fixture)
{
  char *first = g_strdup_printf ("%s/001.png", fixture->folder);

  for (int i = FRAMES + 1; i < 1000; i++) {
    char *name = g_strdup_printf ("%s/%03d.png", fixture->folder, i);

    g_assert_cmpint (link (first, name), ==, 0);
    g_free (name);
  }
  g_free (first);
}

static void
test_interrupt (Fixture *fixture, gconstpointer data)
{
  char *out = g_build_filename (fixture->folder, "a.mp4", NULL);
  char *args[] = {fixture->sequence, (char *)"--box", (char *)"60,40,30,30",
      (char *)"--json", (char *)"-", (char *)"-o", out, NULL};
  GDataInputStream *stream;
  GSubprocess *process;
  guint n = 0;
  char *line;
  JsonArray *lines;

  make_long (fixture);
  process = program_start ("SIAMBAN_TRACK", args);
  stream = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  while ((line = g_data_input_stream_read_line (stream, NULL, NULL, NULL))) {
    if (n++ == 0)
      g_subprocess_send_signal (process, GPOINTER_TO_INT (data));
    g_free (line);
  }
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
  g_assert_cmpuint (n, <, 999);

  lines = lines_of (track (out, "--box", "60,40,30,30", "--json", "-", NULL));
  g_assert_cmpuint (json_array_get_length (lines), ==, n);
  json_array_unref (lines);
  g_object_unref (stream);
  g_object_unref (process);
  g_free (out);
}

static void
test_usage (void)
{
  char *clip = demo_clip ();

  assert_fails (track (NULL, NULL), 2, "no input");
  assert_fails (track ("--nonsense", NULL), 2, "--nonsense");
  assert_fails (track (clip, "--json", "-", NULL), 2, "--box");
  assert_fails (track (clip, "--box", WALKER, NULL), 2, "nothing to do");
  assert_fails (track (clip, "--select", "--box", WALKER, "--json", "-", NULL),
      2, "--select");
  assert_fails (
      track (clip, "b.mp4", "--box", WALKER, "--json", "-", NULL), 2, "more");
  for (const char *const *box = (const char *const[]){"", "1,2,3", "1,2,3,4,5",
           "1,2,0,4", "1,2,3,-4", "nan,2,3,4", "1,2,inf,4", "a,b,c,d", NULL};
       *box; box++) {
    char *shown = g_strdup_printf ("\"%s\"", *box);
    char *option = g_strdup_printf ("--box=%s", *box);

    assert_fails (track (clip, option, "--json", "-", NULL), 2, shown);
    g_free (option);
    g_free (shown);
  }
  assert_fails (
      track (clip, "--box", WALKER, "-o", "a.gif", NULL), 2, "a.gif: expected");
  assert_fails (
      track (clip, "--box", WALKER, "-o", clip, NULL), 2, "overwritten");
  assert_fails (
      track (clip, "--box", WALKER, "--json", "-", "--fps", "9", NULL), 2,
      "image sequences");
  assert_fails (
      track (clip, "--box", WALKER, "--json", "-", "--threads", "-1", NULL), 2,
      "--threads");
  g_free (clip);
}

static void
assert_content (const char *path, const char *content)
{
  char *found;

  g_assert_true (g_file_get_contents (path, &found, NULL, NULL));
  g_assert_cmpstr (found, ==, content);
  g_free (found);
}

static void
test_bad_files (Fixture *fixture, gconstpointer data)
{
  char *kept = g_build_filename (fixture->folder, "kept.mp4", NULL);
  char *wave = g_build_filename (fixture->folder, "a.wav", NULL);
  char *line = g_strdup_printf (
      "audiotestsrc num-buffers=9 ! wavenc ! filesink location=%s", wave);

  (void)data;
  g_file_set_contents (kept, "before", -1, NULL);
  assert_fails (track ("no/such.mp4", "--box", WALKER, "-o", kept, NULL), 1,
      "no/such.mp4: ");
  assert_fails (track (fixture->folder, "--box", WALKER, "-o", kept, NULL), 1,
      "is a directory");
  assert_fails (track ("no/%03d.png", "--box", WALKER, "-o", kept, NULL), 1,
      "no/%03d.png: ");
  assert_fails (track (fixture->sequence, "--start-index", "77", "--box",
                    WALKER, "-o", kept, NULL),
      1, "number 77");
  assert_fails (track (fixture->sequence, "--box", "1,1,9,9", "-o", kept,
                    "--model", "no/such.pth", NULL),
      1, "no/such.pth");
  assert_content (kept, "before");
  assert_fails (track (kept, "--box", WALKER, "--json", "-", NULL), 1, kept);

  media_make (line);
  assert_fails (track (wave, "--box", WALKER, "--json", "-", NULL), 1,
      "a.wav: there is no video");
  assert_fails (
      track (fixture->sequence, "--box", "1,1,9,9", "-o", "no/such.mp4", NULL),
      1, "no/such.mp4: ");
  assert_fails (track (fixture->sequence, "--box", "1,1,9,9", "--json",
                    "no/such.jsonl", NULL),
      1, "no/such.jsonl: ");
  assert_fails (track (fixture->sequence, "--box", "1,1,9,9", "--json",
                    "/dev/full", NULL),
      1, "/dev/full: ");
  g_free (line);
  g_free (wave);
  g_free (kept);
}

/* What was seen before the box turned out to be useless is in @outcome.out. */
static void
test_box_outside (Fixture *fixture, gconstpointer data)
{
  (void)data;
  assert_fails (
      track (fixture->sequence, "--box", "900,900,9,9", "--json", "-", NULL), 1,
      "follow");
}

static gboolean
has_elements (void)
{
  for (const char *const *name =
           (const char *const[]){"siambantrack", "videotestsrc", "audiotestsrc",
               "pngenc", "pngdec", "multifilesink", "imagesequencesrc",
               "x264enc", "avdec_h264", "vp8enc", "wavenc", NULL};
       *name; name++) {
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
  g_test_add_func ("/track/walker", test_walker);
  g_test_add_func ("/track/usage", test_usage);
  g_test_add_data_func ("/track/several/robust", "robust", test_several);
  g_test_add_data_func ("/track/several/reference", "reference", test_several);
#define ADD(path, data, test)                                                  \
  g_test_add (path, Fixture, data, set_up, test, tear_down)
  ADD ("/track/sequence", NULL, test_sequence);
  ADD ("/track/lost", NULL, test_lost);
  ADD ("/track/outputs", NULL, test_outputs);
  ADD ("/track/interrupt", GINT_TO_POINTER (SIGINT), test_interrupt);
  ADD ("/track/terminate", GINT_TO_POINTER (SIGTERM), test_interrupt);
  ADD ("/track/bad-files", NULL, test_bad_files);
  ADD ("/track/box-outside", NULL, test_box_outside);
#undef ADD
  return g_test_run ();
}
