/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs siamban-eval ($SIAMBAN_EVAL) as a user would. */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <png.h>
#include <string.h>

#include "folder.h"
#include "tests/app/program.h"

#define WIDTH  160
#define HEIGHT 120
#define SIDE   24
#define FRAMES 6

#define eval(...) program_run ("SIAMBAN_EVAL", __VA_ARGS__)

static void
assert_fails (Outcome outcome, int status, const char *message)
{
  program_assert_fails (outcome, "siamban-eval: ", status, message);
}

static void
assert_works (Outcome *outcome)
{
  g_assert_cmpstr (outcome->err, ==, "");
  g_assert_cmpint (outcome->status, ==, 0);
}

/* A chequered square on a plain ground. */
static void
write_picture (const char *path, int left, int top)
{
  png_image image = {.version = PNG_IMAGE_VERSION,
      .width = WIDTH,
      .height = HEIGHT,
      .format = PNG_FORMAT_GRAY};
  g_autofree guint8 *pixels = g_malloc (WIDTH * HEIGHT);

  memset (pixels, 90, WIDTH * HEIGHT);
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      pixels[(top + y) * WIDTH + left + x] = (x / 6 + y / 6) % 2 ? 230 : 20;
  g_assert_true (
      png_image_write_to_file (&image, path, 0, pixels, 0, NULL) != 0);
}

/* A square that moves by 2 pixels a frame; the truth counts from 1. */
static void
write_sequence (const char *folder, const char *name)
{
  g_autoptr (GString) truth = g_string_new (NULL);
  g_autofree char *file = g_build_filename (name, "groundtruth_rect.txt", NULL);

  for (int i = 0; i < FRAMES; i++)
    g_string_append_printf (truth, "%d,%d,%d,%d\n", 51 + 2 * i, 41, SIDE, SIDE);
  folder_write (folder, file, truth->str);
  for (int i = 0; i < FRAMES; i++) {
    g_autofree char *picture = g_strdup_printf ("%s/img/%04d.png", name, i + 1);
    g_autofree char *path = g_build_filename (folder, picture, NULL);

    folder_write (folder, picture, "");
    write_picture (path, 50 + 2 * i, 40);
  }
}

static char *
new_sequences (void)
{
  char *folder = folder_new ();

  write_sequence (folder, "one");
  write_sequence (folder, "two");
  return folder;
}

static void
test_usage (void)
{
  char *folder = folder_new ();

  assert_fails (eval (NULL), 2, "expected a folder of sequences");
  assert_fails (eval ("--nonsense", NULL), 2, "--nonsense");
  assert_fails (eval ("--starts", "0", folder, NULL), 2, "--starts");
  assert_fails (eval ("--jobs", "-1", folder, NULL), 2, "--jobs");
  assert_fails (eval ("--precision", "fp8", folder, NULL), 2, "fp8");
  assert_fails (eval ("--mode", "bold", folder, NULL), 2, "bold");
  assert_fails (eval ("--set", "fusion", folder, NULL), 2, "fusion");
  assert_fails (eval ("--set", "fusion=x", folder, NULL), 2, "fusion=x");
  assert_fails (eval ("--set", "interval=1.5", folder, NULL), 2, "interval");
  assert_fails (eval ("--set", "fission=1", folder, NULL), 2, "one of");
  assert_fails (eval ("--compare", "a.json", NULL), 2, "expected 2 to 8 files");
  assert_fails (eval (folder, NULL), 1, "groundtruth");
  assert_fails (eval ("no/such", NULL), 1, "no/such");
  folder_remove (folder);
}

static JsonObject *
load (JsonParser *parser, const char *path)
{
  GError *error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

static void
check_json (const char *path)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *top = load (parser, path);
  JsonArray *sequences = json_object_get_array_member (top, "sequences");
  JsonObject *first = json_array_get_object_element (sequences, 0);
  JsonArray *runs = json_object_get_array_member (first, "runs");
  JsonObject *run = json_array_get_object_element (runs, 1);
  JsonObject *curves = json_object_get_object_member (top, "curves");
  JsonArray *success = json_object_get_array_member (curves, "success");

  g_assert_cmpuint (json_array_get_length (sequences), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (first, "name"), ==, "one");
  g_assert_cmpuint (json_array_get_length (runs), ==, 2);
  g_assert_cmpfloat (json_object_get_double_member (run, "start"), ==, 3);
  g_assert_cmpfloat (json_object_get_double_member (run, "auc"), >, 0.7);
  g_assert_cmpfloat (json_object_get_double_member (run, "precision"), ==, 1);
  g_assert_cmpfloat (json_object_get_double_member (run, "cpu_ms"), >, 0);
  g_assert_true (json_object_get_null_member (run, "absent_told"));
  g_assert_cmpuint (json_array_get_length (success), ==, 21);
  g_assert_cmpfloat (json_array_get_double_element (success, 0), ==, 1);
}

static void
check_csv (const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 3 * 2 + 1 + 1);
  g_assert_true (g_str_has_prefix (lines[0], "sequence,start,frames,auc,"));
  g_assert_true (g_str_has_prefix (lines[1], "\"one\",0,6,0."));
  g_assert_true (g_str_has_prefix (lines[2], "\"one\",3,3,0."));
  g_assert_true (g_str_has_prefix (lines[3], "\"one\",mean,6,0."));
}

/* The same figures for any number of jobs. */
static void
test_figures (void)
{
  char *folder = new_sequences ();
  g_autofree char *json = g_build_filename (folder, "a.json", NULL);
  g_autofree char *csv = g_build_filename (folder, "a.csv", NULL);
  g_autofree char *again = g_build_filename (folder, "b.json", NULL);
  Outcome outcome = eval (folder, "--starts", "2", "--jobs", "2", "--json",
      json, "--csv", csv, "--mode", "reference", NULL);

  assert_works (&outcome);
  g_assert_nonnull (strstr (outcome.out, "\nmean "));
  program_clear (&outcome);
  check_json (json);
  check_csv (csv);
  outcome = eval (folder, "--starts", "2", "--jobs", "1", "--json", again,
      "--mode", "reference", NULL);
  assert_works (&outcome);
  program_clear (&outcome);
  outcome = eval ("--compare", json, again, NULL);
  assert_works (&outcome);
  g_assert_nonnull (strstr (outcome.out, "4 runs: 0 won, 0 lost"));
  g_assert_nonnull (strstr (outcome.out, "+0.0000   +0.0000 to +0.0000"));
  program_clear (&outcome);
  folder_remove (folder);
}

static void
test_compare (void)
{
  static const char before[] =
      "{\"sequences\":[{\"name\":\"a\",\"runs\":[{\"start\":0,\"frames\":9,"
      "\"auc\":0.5,\"held\":1},{\"start\":3,\"frames\":6,\"auc\":0.4,\"held\":0"
      "}]},{\"name\":\"b\",\"runs\":[{\"start\":0,\"frames\":9,\"auc\":0.1,"
      "\"held\":0}]},{\"name\":\"c\",\"runs\":[{\"start\":0,\"frames\":9}]}]}";
  static const char after[] =
      "{\"sequences\":[{\"name\":\"b\",\"runs\":[{\"start\":0,\"frames\":9,"
      "\"auc\":0.7,\"held\":1}]},{\"name\":\"a\",\"runs\":[{\"start\":0,"
      "\"frames\":9,\"auc\":0.3,\"held\":0},{\"start\":3,\"frames\":5,\"auc\":1"
      ",\"held\":1}]},{\"name\":\"c\",\"runs\":[{\"start\":1,\"frames\":9}]}]}";
  char *folder = folder_new ();
  g_autofree char *a = g_build_filename (folder, "a.json", NULL);
  g_autofree char *b = g_build_filename (folder, "b.json", NULL);
  Outcome outcome;

  folder_write (folder, "a.json", before);
  folder_write (folder, "b.json", after);
  outcome = eval ("--compare", a, b, NULL);
  assert_works (&outcome);
  g_assert_nonnull (strstr (outcome.out, "2 runs: 1 won, 1 lost"));
  g_assert_nonnull (strstr (outcome.out, "0.500    0.300   -0.200"));
  g_assert_nonnull (strstr (outcome.out, "0.100    0.700   +0.600"));
  g_assert_nonnull (strstr (outcome.out, "+0.2000   -0.2000 to +0.6000"));
  program_clear (&outcome);
  folder_remove (folder);
}

static void
test_bad_compare (void)
{
  static const char *const texts[] = {"", "[1]", "{}", "{\"sequences\":[1]}",
      "{\"sequences\":[{\"name\":\"a\",\"runs\":[7]}]}",
      "{\"sequences\":[{\"name\":7,\"runs\":[{\"start\":\"x\"}]}]}"};
  char *folder = folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.json", NULL);

  assert_fails (eval ("--compare", path, path, NULL), 1, "a.json");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    folder_write (folder, "a.json", texts[i]);
    assert_fails (eval ("--compare", path, path, NULL), 1, "expected a");
  }
  folder_remove (folder);
}

static char *
contents (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;
  GError *error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
assert_lines (const char *folder, const char *name, guint n, const char *first)
{
  g_autofree char *text = contents (folder, name);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, n + 1);
  g_assert_cmpstr (lines[0], ==, first);
}

/* The same pictures in each layout, whose toolkits want other files. */
static void
test_results (void)
{
  char *folder = new_sequences ();
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  Outcome outcome;

  write_sequence (folder, "three");
  folder_write (folder, "two/absence.label", "0\n0\n1\n0\n0\n0\n");
  folder_move (folder, "two/groundtruth_rect.txt", "two/groundtruth.txt");
  folder_move (folder, "three/groundtruth_rect.txt", "three/groundtruth.txt");
  outcome = eval (folder, "--starts", "2", "--results", out, NULL);
  assert_works (&outcome);
  program_clear (&outcome);
  assert_lines (out, "one.txt", FRAMES, "51.0000,41.0000,24.0000,24.0000");
  assert_lines (
      out, "two/two_001.txt", FRAMES, "51.0000,41.0000,24.0000,24.0000");
  g_free (contents (out, "two/two_time.txt"));
  assert_lines (out, "three/three_001.txt", FRAMES, "1");
  assert_lines (out, "three/three_001_confidence.value", FRAMES, "nan");
  g_free (contents (out, "three/three_001_time.value"));
  assert_lines (out, "runs/one-3.csv", FRAMES - 3 + 1,
      "frame,x,y,w,h,status,score,confidence,cpu_ms,truth,overlap,width,height,"
      "picture");
  folder_remove (folder);
}

/* What was written is read back with the same figures, or not at all. */
static void
test_recorded (void)
{
  char *folder = new_sequences ();
  g_autofree char *data = g_build_filename (folder, "one", NULL);
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autofree char *a = g_build_filename (folder, "a.json", NULL);
  g_autofree char *b = g_build_filename (folder, "b.json", NULL);
  Outcome outcome =
      eval (data, "--starts", "1", "--results", out, "--json", a, NULL);

  assert_works (&outcome);
  program_clear (&outcome);
  outcome = eval (data, "--starts", "1", "--recorded", out, "--json", b, NULL);
  assert_works (&outcome);
  program_clear (&outcome);
  outcome = eval ("--compare", a, b, NULL);
  assert_works (&outcome);
  g_assert_nonnull (strstr (outcome.out, "1 runs: 0 won, 0 lost"));
  g_assert_nonnull (strstr (outcome.out, "+0.000     0     0\n"));
  program_clear (&outcome);
  assert_fails (eval (data, "--recorded", out, NULL), 1, "one-2.csv");
  folder_remove (folder);
}

static void
test_bad_recorded (void)
{
  static const struct
  {
    const char *text, *message;
  } cases[] = {
      {"", "expected a line with titles and 6 more, got 0 lines"},
      {"x,y,w\n1\n1\n1\n1\n1\n1\n", "expected a column \"h\""},
      {"x,y,w,h,status,score,confidence,cpu_ms,width,height\n"
       "1,2,3,4,gone,1,1,1,9,9\n\n\n\n\n.\n",
          "line 2: expected a status"},
      {"x,y,w,h,status,score,confidence,cpu_ms,width,height\n"
       "1,2,3,nan,lost,1,1,1,9,9\n\n\n\n\n.\n",
          "line 2: expected a number in column \"h\""},
      {"x,y,w,h,status,score,confidence,cpu_ms,width,height\n"
       "1,2,3,4,lost,1,1,1,9,9\n1,2\n\n\n\n.\n",
          "line 3: expected a number in column \"w\""},
  };
  char *folder = folder_new ();

  write_sequence (folder, "one");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    folder_write (folder, "runs/one-0.csv", cases[i].text);
    assert_fails (eval (folder, "--starts", "1", "--recorded", folder, NULL), 1,
        cases[i].message);
  }
  folder_remove (folder);
}

/* A picture in colours, of the size that it should have. */
static void
test_plot (void)
{
  char *folder = new_sequences ();
  g_autofree char *a = g_build_filename (folder, "a.json", NULL);
  g_autofree char *plot = g_build_filename (folder, "plot.png", NULL);
  png_image image = {.version = PNG_IMAGE_VERSION};
  Outcome outcome = eval (folder, "--json", a, "--plot", plot, NULL);

  assert_works (&outcome);
  program_clear (&outcome);
  g_assert_true (png_image_begin_read_from_file (&image, plot) != 0);
  g_assert_cmpuint (image.width, ==, 760);
  g_assert_cmpuint (image.height, ==, 640);
  png_image_free (&image);
  g_assert_cmpint (g_unlink (plot), ==, 0);
  outcome = eval ("--compare", a, a, a, "--plot", plot, NULL);
  assert_works (&outcome);
  program_clear (&outcome);
  g_assert_true (g_file_test (plot, G_FILE_TEST_EXISTS));
  assert_fails (
      eval ("--compare", a, a, "--plot", "no/such.png", NULL), 1, "no/such");
  folder_remove (folder);
}

/* The reference tracker does not find what has jumped out of its sight, and
 * the picture that it was to be found in has the target at the right place. */
static void
test_redetect (void)
{
  char *folder = folder_new ();
  g_autofree char *still = g_build_filename (folder, "a/img/0001.png", NULL);
  g_autofree char *json = g_build_filename (folder, "r.json", NULL);
  g_autofree char *text = NULL;
  Outcome outcome;

  write_sequence (folder, "a");
  outcome = eval ("--redetect", still, folder, "--box", "50,40,24,24",
      "--starts", "2", "--mode", "reference", "--json", json, "--results",
      folder, NULL);
  assert_works (&outcome);
  g_assert_nonnull (strstr (outcome.out, "never"));
  program_clear (&outcome);
  text = contents (folder, "r.json");
  g_assert_nonnull (strstr (text, "\"a@3\""));
  g_assert_nonnull (strstr (text, "\"found_within_40\" : 0"));
  assert_fails (eval ("--redetect", still, NULL), 1, "expected --box");
  assert_fails (eval ("--redetect", still, "--box", "1,2,3", NULL), 1, "--box");
  assert_fails (eval ("--redetect", still, "--box", "159,0,9,9", NULL), 1,
      "expected a box with at least a pixel in the picture, 160 x 120");
  folder_remove (folder);
}

static void
test_bad_pictures (void)
{
  char *folder = new_sequences ();

  folder_write (folder, "two/img/0004.png", "\x89PNG\r\n\x1a\nand no more");
  assert_fails (eval (folder, NULL), 1, "0004.png: expected a whole PNG");
  folder_write (folder, "two/img/0004.png", "");
  assert_fails (eval (folder, NULL), 1, "0004.png: expected a whole JPEG");
  folder_write (
      folder, "two/groundtruth_rect.txt", "NaN\nNaN\nNaN\nNaN\nNaN\nNaN\n");
  assert_fails (
      eval (folder, NULL), 1, "two: expected a frame that shows the target");
  folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/eval/usage", test_usage);
  g_test_add_func ("/eval/figures", test_figures);
  g_test_add_func ("/eval/compare", test_compare);
  g_test_add_func ("/eval/bad-compare", test_bad_compare);
  g_test_add_func ("/eval/results", test_results);
  g_test_add_func ("/eval/recorded", test_recorded);
  g_test_add_func ("/eval/bad-recorded", test_bad_recorded);
  g_test_add_func ("/eval/plot", test_plot);
  g_test_add_func ("/eval/redetect", test_redetect);
  g_test_add_func ("/eval/bad-pictures", test_bad_pictures);
  return g_test_run ();
}
