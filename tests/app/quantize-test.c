/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs siamban-quantize ($SIAMBAN_QUANTIZE) as a user would. */

#include <stdio.h>
#include <string.h>

#include <gst/gst.h>
#include <json-glib/json-glib.h>
#include <siamban/model.h>

#include "checkpoint/checkpoint-private.h"
#include "exec/ranges.h"
#include "kernels/cpu.h"
#include "media.h"
#include "program.h"

#define WALKER "375,422,55,153"
#define FRAMES 45

#define quantize(...) program_run ("SIAMBAN_QUANTIZE", __VA_ARGS__)

typedef struct
{
  char *folder, *model, *clip, *out;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *files = g_getenv ("SIAMBAN_DATA_DIR");

  (void)data;
  fixture->folder = g_dir_make_tmp ("siamban-quantize-XXXXXX", NULL);
  fixture->out = g_build_filename (fixture->folder, "out.safetensors", NULL);
  fixture->model =
      g_build_filename (files, "models", "builtin.safetensors", NULL);
  fixture->clip = g_build_filename (files, "demo", "walker.mp4", NULL);
}

static int
count_files (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  int n = 0;

  while (g_dir_read_name (dir))
    n++;
  g_dir_close (dir);
  return n;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  (void)data;
  program_remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->model);
  g_free (fixture->clip);
  g_free (fixture->out);
}

static void
assert_fails (Outcome outcome, int status, const char *message)
{
  program_assert_fails (outcome, "siamban-quantize: ", status, message);
}

static void
assert_succeeds (Outcome outcome, const char *message)
{
  g_assert_cmpstr (outcome.err, ==, "");
  g_assert_cmpint (outcome.status, ==, 0);
  g_assert_nonnull (strstr (outcome.out, message));
  program_clear (&outcome);
}

static void
test_usage (Fixture *f, gconstpointer data)
{
  (void)data;
  assert_fails (quantize (NULL, NULL), 2, "expected MODEL");
  assert_fails (quantize (f->model, "-o", f->out, NULL), 2, "CLIP");
  assert_fails (quantize (f->model, f->clip, NULL), 2, "-o FILE");
  assert_fails (quantize (f->model, f->clip, "-o", f->out, "-n", "0", NULL), 2,
      "--pairs");
  assert_fails (quantize ("--nonsense", NULL), 2, "--nonsense");
}

/* Whatever fails, what was at the output's place stays as it was. */
static void
test_bad_files (Fixture *f, gconstpointer data)
{
  char *none = g_build_filename (f->folder, "%03d.png", NULL);
  char *content;

  (void)data;
  g_file_set_contents (f->out, "before", -1, NULL);
  assert_fails (quantize ("no/such.pth", f->clip, "-o", f->out, NULL), 1,
      "no/such.pth: ");
  assert_fails (quantize (f->model, "no/such.mp4", "-o", f->out, NULL), 1,
      "no/such.mp4: there is no such file");
  assert_fails (
      quantize (f->model, f->folder, "-o", f->out, NULL), 1, "is a directory");
  assert_fails (quantize (f->model, none, "-o", f->out, NULL), 1, "%03d.png: ");
  assert_fails (quantize (f->model, f->model, "-o", f->out, NULL), 1, f->model);
  assert_fails (quantize (f->model, f->clip, "no/such.mp4", "-o", f->out, NULL),
      1, "no/such.mp4: ");
  assert_fails (quantize (f->model, f->clip, "-n", "2", "-o", f->out, NULL), 1,
      "2 pairs");
  g_file_get_contents (f->out, &content, NULL, NULL);
  g_assert_cmpstr (content, ==, "before");
  g_assert_cmpint (count_files (f->folder), ==, 1);
  assert_fails (
      quantize (f->model, f->clip, "-n", "4", "-o", "no/such.out", NULL), 1,
      "no/such.out");
  g_free (content);
  g_free (none);
}

static void
assert_same_tensors (SiambanCheckpoint *a, SiambanCheckpoint *b)
{
  guint n = siamban_checkpoint_n_tensors (a);

  g_assert_cmpuint (siamban_checkpoint_n_tensors (b), ==, n);
  for (guint i = 0; i < n; i++) {
    const SiambanTensor *x = siamban_checkpoint_nth (a, i);
    const SiambanTensor *y = siamban_checkpoint_find (b, x->name);
    g_autofree guint8 *p = NULL, *q = NULL;
    gsize size;

    g_assert_nonnull (y);
    g_assert_cmpint (x->dtype, ==, y->dtype);
    size = x->n_elements * siamban_dtype_size (x->dtype);
    p = g_malloc (size);
    q = g_malloc (size);
    g_assert_cmpuint (y->n_elements, ==, x->n_elements);
    g_assert_true (siamban_tensor_read_raw (x, p, NULL));
    g_assert_true (siamban_tensor_read_raw (y, q, NULL));
    g_assert_cmpmem (p, size, q, size);
  }
}

/* The tensors as they were, and ranges of what goes into the convolutions: the
 * first one's input is bytes. */
static void
test_content (Fixture *f, gconstpointer data)
{
  GError *error = NULL;
  SiambanCheckpoint *in, *out;
  SiambanRanges *ranges;
  const SiambanRange *range;

  (void)data;
  assert_succeeds (quantize (f->model, f->clip, "-o", f->out, "-n", "8", NULL),
      "calibrated on 6 pairs of crops; on 2 others");
  in = siamban_checkpoint_open (f->model, &error);
  g_assert_no_error (error);
  out = siamban_checkpoint_open (f->out, &error);
  g_assert_no_error (error);
  assert_same_tensors (in, out);
  ranges = siamban_ranges_read (out, &error);
  g_assert_no_error (error);
  g_assert_true (siamban_ranges_find (ranges, "backbone.features.0.0", &range));
  g_assert_cmpfloat (range->low, ==, 0);
  g_assert_cmpfloat (range->high, >, 100);
  g_assert_cmpfloat (range->high, <=, 255);
  g_assert_true (siamban_ranges_find (ranges, "ban_head.cls_tower.0", &range));
  g_assert_null (range);
  g_assert_false (siamban_ranges_find (ranges, "backbone.features.99", &range));
  siamban_ranges_free (ranges);
  siamban_checkpoint_close (in);
  siamban_checkpoint_close (out);
}

/* The same clips give the same file; a sequence of pictures is a clip too. */
static void
test_clips (Fixture *f, gconstpointer data)
{
  char *again = g_build_filename (f->folder, "again.safetensors", NULL);
  char *sequence = g_build_filename (f->folder, "%02d.png", NULL);
  char *line =
      g_strdup_printf ("videotestsrc pattern=ball num-buffers=%d ! "
                       "video/x-raw,format=RGB,width=161,height=121 ! pngenc ! "
                       "multifilesink index=3 location=%s",
          FRAMES, sequence);
  char *one, *two;
  gsize n_one, n_two;

  (void)data;
  media_make (line);
  assert_fails (
      quantize (f->model, sequence, "-o", f->out, NULL), 1, "--start-index");
  assert_succeeds (quantize (f->model, sequence, sequence, "--start-index", "3",
                       "-n", "5", "-o", f->out, NULL),
      "calibrated on 8 pairs of crops; on 2 others");
  assert_succeeds (quantize (f->model, sequence, sequence, "--start-index", "3",
                       "-n", "5", "-o", again, NULL),
      "calibrated on 8");
  g_file_get_contents (f->out, &one, &n_one, NULL);
  g_file_get_contents (again, &two, &n_two, NULL);
  g_assert_cmpmem (one, n_one, two, n_two);
  g_free (one);
  g_free (two);
  g_free (line);
  g_free (sequence);
  g_free (again);
}

static JsonArray *
boxes (Fixture *f, const char *precision)
{
  JsonArray *lines = json_array_new ();
  Outcome outcome = program_run ("SIAMBAN_TRACK", f->clip, "--box", WALKER,
      "--json", "-", "--model", f->out, "--precision", precision, NULL);
  g_auto (GStrv) texts = g_strsplit (outcome.out, "\n", -1);

  g_assert_cmpstr (outcome.err, ==, "");
  for (char **text = texts; **text; text++)
    json_array_add_element (lines, json_from_string (*text, NULL));
  program_clear (&outcome);
  return lines;
}

static double
overlap (JsonObject *a, JsonObject *b)
{
  double size[2][2], inside[2], at[2][2];
  const char *const names[2][2] = {{"x", "w"}, {"y", "h"}};
  JsonObject *both[] = {a, b};
  double shared;

  for (int d = 0; d < 2; d++) {
    for (int k = 0; k < 2; k++) {
      at[d][k] = json_object_get_double_member (both[k], names[d][0]);
      size[d][k] = json_object_get_double_member (both[k], names[d][1]);
    }
    inside[d] = MIN (at[d][0] + size[d][0], at[d][1] + size[d][1]) -
                MAX (at[d][0], at[d][1]);
  }
  shared = MAX (inside[0], 0) * MAX (inside[1], 0);
  return shared / (size[0][0] * size[1][0] + size[0][1] * size[1][1] - shared);
}

static JsonObject *
nth_box (JsonArray *lines, guint i)
{
  JsonObject *line = json_array_get_object_element (lines, i);

  return json_array_get_object_element (
      json_object_get_array_member (line, "targets"), 0);
}

/* Follows the walker with both precisions of one file. */
static void
test_boxes (Fixture *f, gconstpointer data)
{
  JsonArray *exact, *quantised;
  double sum = 0;
  guint n;

  (void)data;
  assert_succeeds (
      quantize (f->model, f->clip, "-o", f->out, NULL), "int8 is off by");
  exact = boxes (f, "fp32");
  quantised = boxes (f, "int8");
  n = json_array_get_length (exact);
  g_assert_cmpuint (json_array_get_length (quantised), ==, n);
  for (guint i = 0; i < n; i++)
    sum += overlap (nth_box (exact, i), nth_box (quantised, i));
  g_test_message ("mean overlap of fp32's and int8's boxes: %.3f", sum / n);
  g_assert_cmpfloat (sum / n, >, 0.8);
  g_assert_cmpfloat (sum / n, <, 1);
  json_array_unref (exact);
  json_array_unref (quantised);
}

static gboolean
can_run (void)
{
  const char *const names[] = {"siambantrack", "videotestsrc", "pngenc",
      "pngdec", "multifilesink", "imagesequencesrc", "avdec_h264", NULL};

  if (siamban_cpu_level () < SIAMBAN_CPU_AVX2) {
    puts ("1..0 # SKIP this CPU has no level with integer kernels");
    return FALSE;
  }
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
  if (!can_run ())
    return 0;
#define ADD(path, test)                                                        \
  g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/quantize/usage", test_usage);
  ADD ("/quantize/bad-files", test_bad_files);
  ADD ("/quantize/content", test_content);
  ADD ("/quantize/clips", test_clips);
  ADD ("/quantize/boxes", test_boxes);
#undef ADD
  return g_test_run ();
}
