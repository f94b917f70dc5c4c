/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs siamban-bench ($SIAMBAN_BENCH) as a user would. */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "program.h"

#define bench(...) program_run ("SIAMBAN_BENCH", __VA_ARGS__)

static void
assert_fails (Outcome outcome, int status, const char *message)
{
  program_assert_fails (outcome, "siamban-bench: ", status, message);
}

static void
test_usage (void)
{
  assert_fails (bench ("--nonsense", NULL), 2, "--nonsense");
  assert_fails (bench ("a.pth", "b.pth", NULL), 2, "b.pth");
  assert_fails (bench ("-n", "0", NULL), 2, "--rounds");
  assert_fails (bench ("-p", "fp32,fp33", NULL), 2, "fp33");
  assert_fails (bench ("-t", "", NULL), 2, "--threads");
  assert_fails (bench ("-t", "1,0", NULL), 2, "1,0");
  assert_fails (bench ("-b", "1,,2", NULL), 2, "--batch");
  assert_fails (bench ("no/such.pth", NULL), 1, "no/such.pth");
  assert_fails (bench ("-p", "int8", NULL), 1, "siamban-quantize");
  assert_fails (bench ("-n", "1", "-t", "1", "-j", "no/such.json", NULL), 1,
      "no/such.json");
}

static JsonNode *
figures (void)
{
  char *folder = g_dir_make_tmp ("siamban-bench-XXXXXX", NULL);
  char *path = g_build_filename (folder, "figures.json", NULL);
  GError *error = NULL;
  JsonParser *parser = json_parser_new ();
  JsonNode *root;
  Outcome outcome = bench ("-n", "2", "-t", "1,2", "-b", "1,3", "-p",
      "auto,fp32", "--layers", "-j", path, NULL);

  g_assert_cmpstr (outcome.err, ==, "");
  g_assert_cmpint (outcome.status, ==, 0);
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  root = json_parser_steal_root (parser);
  g_object_unref (parser);
  g_unlink (path);
  g_rmdir (folder);
  g_free (path);
  g_free (folder);
  program_clear (&outcome);
  return root;
}

static void
check_start (JsonObject *start, double parameters)
{
  g_assert_cmpfloat (json_object_get_double_member (start, "load_ms"), >, 0);
  g_assert_cmpfloat (
      json_object_get_double_member (start, "first_result_ms"), >, 0);
  g_assert_cmpfloat (
      json_object_get_double_member (start, "roof_gflops"), >, 0);
  g_assert_cmpfloat (
      json_object_get_double_member (start, "peak_bytes"), >, 4 * parameters);
}

static void
check_case (JsonObject *c, double macs)
{
  double best = json_object_get_double_member (c, "best_ms");
  double batch = json_object_get_double_member (c, "batch");

  g_assert_cmpfloat (best, >, 0);
  g_assert_cmpfloat (json_object_get_double_member (c, "median_ms"), >=, best);
  g_assert_cmpfloat (json_object_get_double_member (c, "cpu_ms"), >, 0);
  g_assert_cmpfloat_with_epsilon (
      json_object_get_double_member (c, "gflops_effective") * best,
      2e-6 * macs * batch, 1e-6 * macs);
}

static void
test_figures (void)
{
  JsonNode *root = figures ();
  JsonObject *top = json_node_get_object (root);
  JsonArray *starts = json_object_get_array_member (top, "starts");
  JsonArray *cases = json_object_get_array_member (top, "cases");
  JsonArray *layers = json_object_get_array_member (top, "layers");
  double macs = json_object_get_double_member (top, "search_macs");
  double parameters = json_object_get_double_member (top, "parameters");
  double sum = 0;

  g_assert_cmpstr (
      json_object_get_string_member (top, "architecture"), ==, "nanotrack-v3");
  g_assert_cmpuint (json_array_get_length (starts), ==, 2);
  for (guint i = 0; i < 2; i++)
    check_start (json_array_get_object_element (starts, i), parameters);
  g_assert_cmpuint (json_array_get_length (cases), ==, 8);
  for (guint i = 0; i < 8; i++)
    check_case (json_array_get_object_element (cases, i), macs);
  for (guint i = 0; i < json_array_get_length (layers); i++)
    sum += json_object_get_double_member (
        json_array_get_object_element (layers, i), "macs");
  g_assert_cmpfloat (sum, ==, 2 * macs);
  json_node_unref (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/usage", test_usage);
  g_test_add_func ("/bench/figures", test_figures);
  return g_test_run ();
}
