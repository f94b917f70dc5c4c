/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs siamban-eval ($SIAMBAN_EVAL) as a user would. */

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
  assert_fails (eval ("--compare", "a.json", NULL), 2, "expected two files");
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
  g_test_add_func ("/eval/bad-pictures", test_bad_pictures);
  return g_test_run ();
}
