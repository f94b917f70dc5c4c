/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "support.h"

#include <glib/gstdio.h>

/* Its path is the test's argument. */
static const char *program;

/* Runs siamban-convert FROM TO with up to two more arguments. On failure the
 * last line it wrote to stderr has @part in it. */
static void
run (const char *from, const char *to, const char *option, const char *value,
    const char *part)
{
  const char *argv[] = {program, from, to, option, value, NULL};
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
      NULL, NULL, &errors, &status, &error);
  g_assert_no_error (error);
  if (!part) {
    g_assert_cmpstr (errors, ==, "");
    g_assert_cmpint (status, ==, 0);
    return;
  }
  g_spawn_check_wait_status (status, &error);
  g_assert_error (error, G_SPAWN_EXIT_ERROR, 1);
  g_assert_true (g_str_has_prefix (errors, "siamban-convert: "));
  if (!strstr (errors, part))
    g_test_fail_printf ("expected '%s' in: %s", part, errors);
}

/* Converts small.pth, and checks everything but the values. */
static SiambanCheckpoint *
convert_small (
    const char *from, const char *to, const char *option, const char *value)
{
  SiambanCheckpoint *checkpoint;

  run (from, to, option, value, NULL);
  checkpoint = open_well (to);
  g_assert_cmpint (
      siamban_checkpoint_kind (checkpoint), ==, SIAMBAN_CHECKPOINT_SAFETENSORS);
  g_assert_cmpuint (siamban_checkpoint_n_tensors (checkpoint), ==, 8);
  g_assert_null (
      siamban_checkpoint_find (checkpoint, "bn.num_batches_tracked"));
  return checkpoint;
}

static SiambanDtype
dtype_of (const SiambanCheckpoint *checkpoint, const char *name)
{
  const SiambanTensor *tensor = siamban_checkpoint_find (checkpoint, name);

  g_assert_nonnull (tensor);
  return tensor->dtype;
}

/* Whether the tensors @name of both are the same floats. */
static void
check_same (const SiambanCheckpoint *first, const SiambanCheckpoint *second,
    const char *name)
{
  gsize n = siamban_checkpoint_find (first, name)->n_elements;
  g_autofree float *a = read_floats (first, name, n);
  g_autofree float *b = read_floats (second, name, n);

  g_assert_cmpmem (a, n * sizeof *a, b, n * sizeof *b);
}

static void
test_as_is (gconstpointer name)
{
  g_autofree char *from = fixture_path (name);
  g_autoptr (SiambanCheckpoint) original = open_well (from);
  char *to = scratch_new ();
  SiambanCheckpoint *checkpoint = convert_small (from, to, NULL, NULL);

  for (guint i = 0; i < 8; i++) {
    const SiambanTensor *tensor = siamban_checkpoint_nth (checkpoint, i);
    const SiambanTensor *before =
        siamban_checkpoint_find (original, tensor->name);

    g_assert_cmpint (tensor->dtype, ==, before->dtype);
    g_assert_cmpmem (
        tensor->shape, tensor->n_dims * 8, before->shape, before->n_dims * 8);
    check_same (original, checkpoint, tensor->name);
  }
  siamban_checkpoint_close (checkpoint);
  scratch_free (to);
}

static void
test_dtypes (void)
{
  static const struct
  {
    const char *option;
    SiambanDtype dtype;
  } cases[] = {
      {"f32", SIAMBAN_DTYPE_F32},
      {"f16", SIAMBAN_DTYPE_F16},
      {"bf16", SIAMBAN_DTYPE_BF16},
  };
  g_autofree char *from = fixture_path ("small.pth");
  g_autoptr (SiambanCheckpoint) original = open_well (from);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    char *to = scratch_new ();
    SiambanCheckpoint *checkpoint =
        convert_small (from, to, "--dtype", cases[i].option);

    for (guint k = 0; k < 8; k++)
      g_assert_cmpint (
          siamban_checkpoint_nth (checkpoint, k)->dtype, ==, cases[i].dtype);
    check_same (original, checkpoint, "turned");
    check_same (original, checkpoint, "every.other");
    check_same (original, checkpoint, "scalar");
    siamban_checkpoint_close (checkpoint);
    scratch_free (to);
  }
}

static void
test_integers_stay (void)
{
  const gint64 numbers[2] = {G_MAXINT64, -1};
  gint64 kept[2];
  const SiambanTensorSource source = {
      "numbers", SIAMBAN_DTYPE_I64, 1, {2}, numbers, NULL};
  char *from = scratch_new ();
  char *to = scratch_new ();
  g_autoptr (GError) error = NULL;
  SiambanCheckpoint *checkpoint;

  siamban_safetensors_write (from, &source, 1, NULL, &error);
  g_assert_no_error (error);
  run (from, to, "--dtype", "f16", NULL);
  checkpoint = open_well (to);
  g_assert_cmpint (dtype_of (checkpoint, "numbers"), ==, SIAMBAN_DTYPE_I64);
  g_assert_true (siamban_tensor_read_raw (
      siamban_checkpoint_nth (checkpoint, 0), kept, NULL));
  g_assert_cmpmem (kept, sizeof kept, numbers, sizeof numbers);
  siamban_checkpoint_close (checkpoint);
  scratch_free (from);
  scratch_free (to);
}

static void
test_filters_only (void)
{
  const float numbers[2] = {1 + 0x1p-20f, -0.5f};
  float kept[2];
  const SiambanTensorSource sources[] = {
      {"filter", SIAMBAN_DTYPE_F32, 4, {2, 1, 1, 1}, numbers, NULL},
      {"mean", SIAMBAN_DTYPE_F32, 1, {2}, numbers, NULL},
  };
  char *from = scratch_new ();
  char *to = scratch_new ();
  g_autoptr (GError) error = NULL;
  SiambanCheckpoint *checkpoint;

  siamban_safetensors_write (from, sources, 2, NULL, &error);
  g_assert_no_error (error);
  run (from, to, "-fd", "bf16", NULL);
  checkpoint = open_well (to);
  g_assert_cmpint (dtype_of (checkpoint, "filter"), ==, SIAMBAN_DTYPE_BF16);
  g_assert_cmpint (dtype_of (checkpoint, "mean"), ==, SIAMBAN_DTYPE_F32);
  g_assert_true (siamban_tensor_read_raw (
      siamban_checkpoint_find (checkpoint, "mean"), kept, NULL));
  g_assert_cmpmem (kept, sizeof kept, numbers, sizeof numbers);
  siamban_checkpoint_close (checkpoint);
  scratch_free (from);
  scratch_free (to);
}

static void
test_too_large_for_half (void)
{
  const float large = 65520;
  const SiambanTensorSource source = {
      "large", SIAMBAN_DTYPE_F32, 0, {0}, &large, NULL};
  char *from = scratch_new ();
  g_autofree char *to = g_strconcat (from, ".out", NULL);
  g_autoptr (GError) error = NULL;

  siamban_safetensors_write (from, &source, 1, NULL, &error);
  g_assert_no_error (error);
  run (from, to, "--dtype", "f16", "tensor 'large' has values");
  g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
  scratch_free (from);
}

static void
test_metadata (void)
{
  g_autofree char *from = fixture_path ("small.pth");
  char *to = scratch_new ();
  SiambanCheckpoint *checkpoint =
      convert_small (from, to, "--metadata", "origin=a=b");

  g_assert_cmpstr (
      siamban_checkpoint_metadata (checkpoint, "origin"), ==, "a=b");
  siamban_checkpoint_close (checkpoint);
  scratch_free (to);
}

static void
test_onto_itself (void)
{
  g_autoptr (GByteArray) bytes = fixture_bytes ("small.pth");
  char *path = scratch_new ();
  SiambanCheckpoint *checkpoint;

  scratch_fill (path, bytes->data, bytes->len);
  checkpoint = convert_small (path, path, NULL, NULL);
  g_assert_cmpint (dtype_of (checkpoint, "half"), ==, SIAMBAN_DTYPE_F16);
  siamban_checkpoint_close (checkpoint);
  scratch_free (path);
}

static void
test_refused (void)
{
  g_autofree char *from = fixture_path ("small.pth");
  g_autofree char *damaged = fixture_path ("compressed.pth");
  char *to = scratch_new ();

  run (from, NULL, NULL, NULL, "expected IN and OUT.safetensors");
  run (from, to, "more", NULL, "expected IN and OUT.safetensors");
  run (from, to, "--dtype", "f64", "--dtype f64: expected f32, f16 or bf16");
  run (from, to, "--metadata", "key", "--metadata key: expected KEY=VALUE");
  run (from, to, "--metadata", "=value", "expected KEY=VALUE");
  run (from, to, "--colour", NULL, "--colour");
  run (damaged, to, NULL, NULL, "compressed.pth: zip entry");
  run (from, g_get_tmp_dir (), NULL, NULL, g_get_tmp_dir ());
  scratch_free (to);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  g_test_add_data_func ("/convert/zip", "small.pth", test_as_is);
  g_test_add_data_func ("/convert/legacy", "wrapped-legacy.pth", test_as_is);
  g_test_add_data_func (
      "/convert/safetensors", "small.safetensors", test_as_is);
  g_test_add_func ("/convert/dtypes", test_dtypes);
  g_test_add_func ("/convert/integers-stay", test_integers_stay);
  g_test_add_func ("/convert/filters-only", test_filters_only);
  g_test_add_func ("/convert/too-large-for-half", test_too_large_for_half);
  g_test_add_func ("/convert/metadata", test_metadata);
  g_test_add_func ("/convert/onto-itself", test_onto_itself);
  g_test_add_func ("/convert/refused", test_refused);
  return g_test_run ();
}
