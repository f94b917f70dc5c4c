/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/half.h"
#include "pickles.h"
#include "support.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* 50,000,000 */
#define COUNT "J\x80\xf0\xfa\2"

/* What make_fixtures.py puts into small.*, as the bits of floats. */
static const struct
{
  const char *name;
  SiambanDtype dtype;
  unsigned n_dims;
  guint64 shape[3];
  guint32 bits[12];
} small[] = {
    {"conv.weight", SIAMBAN_DTYPE_F32, 2, {2, 3},
        {0x3fc00000, 0x80000000, 0x000116c2, 0x7f800000, 0x7fc00000,
            0xc0500000}},
    {"half", SIAMBAN_DTYPE_F16, 1, {8},
        {0x33800000, 0xb87fc000, 0x38800000, 0x3f800000, 0x477fe000, 0xff800000,
            0x7fc00000, 0x80000000}},
    {"brain", SIAMBAN_DTYPE_BF16, 1, {4},
        {0x3f800000, 0xc2f70000, 0x00010000, 0x7f800000}},
    {"bn.num_batches_tracked", SIAMBAN_DTYPE_I64, 0, {0}, {0xc0e00000}},
    {"scalar", SIAMBAN_DTYPE_F32, 0, {0}, {0x3f000000}},
    {"empty", SIAMBAN_DTYPE_F32, 2, {0, 3}, {0}},
    {"part", SIAMBAN_DTYPE_F32, 2, {2, 3},
        {0x40800000, 0x40a00000, 0x40c00000, 0x40e00000, 0x41000000,
            0x41100000}},
    {"turned", SIAMBAN_DTYPE_F32, 2, {4, 3},
        {0x00000000, 0x40800000, 0x41000000, 0x3f800000, 0x40a00000, 0x41100000,
            0x40000000, 0x40c00000, 0x41200000, 0x40400000, 0x40e00000,
            0x41300000}},
    {"every.other", SIAMBAN_DTYPE_F32, 3, {3, 1, 1},
        {0x40000000, 0x40c00000, 0x41200000}},
};

static void
check_small (const char *name, SiambanCheckpointKind kind)
{
  g_autofree char *path = fixture_path (name);
  g_autoptr (SiambanCheckpoint) checkpoint = open_well (path);

  g_assert_cmpint (siamban_checkpoint_kind (checkpoint), ==, kind);
  g_assert_cmpuint (
      siamban_checkpoint_n_tensors (checkpoint), ==, G_N_ELEMENTS (small));
  for (guint i = 0; i < G_N_ELEMENTS (small); i++) {
    const SiambanTensor *tensor = siamban_checkpoint_nth (checkpoint, i);
    gsize n = tensor->n_elements;
    g_autofree float *floats = read_floats (checkpoint, small[i].name, n);

    g_assert_cmpstr (tensor->name, ==, small[i].name);
    g_assert_cmpint (tensor->dtype, ==, small[i].dtype);
    g_assert_cmpmem (
        tensor->shape, tensor->n_dims * 8, small[i].shape, small[i].n_dims * 8);
    g_assert_cmpmem (floats, n * 4, small[i].bits, n * 4);
  }
}

static void
test_forms (void)
{
  check_small ("small.pth", SIAMBAN_CHECKPOINT_ZIP);
  check_small ("small-legacy.pth", SIAMBAN_CHECKPOINT_LEGACY);
  check_small ("small.safetensors", SIAMBAN_CHECKPOINT_SAFETENSORS);
}

static void
test_variants (void)
{
  check_small ("small-protocol4.pth", SIAMBAN_CHECKPOINT_ZIP);
  check_small ("small-zip64.pth", SIAMBAN_CHECKPOINT_ZIP);
  check_small ("small-byteorder.pth", SIAMBAN_CHECKPOINT_ZIP);
}

static void
test_wrapped (void)
{
  check_small ("wrapped.pth", SIAMBAN_CHECKPOINT_ZIP);
  check_small ("wrapped-legacy.pth", SIAMBAN_CHECKPOINT_LEGACY);
}

static void
test_some_prefixed (void)
{
  g_autofree char *path = fixture_path ("some-prefixed.pth");
  g_autoptr (SiambanCheckpoint) checkpoint = open_well (path);

  g_assert_nonnull (siamban_checkpoint_find (checkpoint, "a"));
  g_assert_nonnull (siamban_checkpoint_find (checkpoint, "b"));
  g_assert_null (siamban_checkpoint_find (checkpoint, "module.a"));
}

static void
test_metadata (void)
{
  g_autofree char *path = fixture_path ("small.safetensors");
  g_autoptr (SiambanCheckpoint) checkpoint = open_well (path);

  g_assert_cmpstr (siamban_checkpoint_metadata (checkpoint, "origin"), ==,
      "make_fixtures.py");
  g_assert_null (siamban_checkpoint_metadata (checkpoint, "other"));
}

static void
test_told_by_content (void)
{
  g_autoptr (GByteArray) bytes = fixture_bytes ("tiny.safetensors");
  char *path = scratch_new ();

  scratch_fill (path, bytes->data, bytes->len);
  siamban_checkpoint_close (open_well (path));
  scratch_free (path);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *name, *part;
  } cases[] = {
      {"compressed.pth", "'archive/data.pkl' is compressed (method 8)"},
      {"no-pickle.pth", "*/data.pkl"},
      {"big-endian.pth", "not little-endian"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = fixture_path (cases[i].name);

    open_badly (path, SIAMBAN_ERROR_CHECKPOINT, cases[i].part);
  }
}

static void
test_not_files (void)
{
  char *path = scratch_new ();
  g_autofree char *missing = g_strconcat (path, ".none", NULL);

  open_badly (missing, SIAMBAN_ERROR_IO, "No such file");
  open_badly (g_get_tmp_dir (), SIAMBAN_ERROR_IO, "regular file");
  open_badly (path, SIAMBAN_ERROR_CHECKPOINT, "not a checkpoint");
  scratch_fill (path, "a text file, no more", 20);
  open_badly (path, SIAMBAN_ERROR_CHECKPOINT, "not a checkpoint");
  scratch_free (path);
}

/* Where the central directory of a zip begins. */
static gsize
find_directory (const GByteArray *bytes)
{
  const guint8 *at = memmem (bytes->data, bytes->len, "PK\1\2", 4);

  g_assert_nonnull (at);
  return at - bytes->data;
}

/* In the central directory. */
static void
rename_entry (GByteArray *bytes, const char *from, const char *to)
{
  gsize directory = find_directory (bytes);
  guint8 *at = memmem (
      bytes->data + directory, bytes->len - directory, from, strlen (from));

  g_assert_nonnull (at);
  memcpy (at, to, strlen (from));
}

static void
check_damaged (GByteArray *bytes, const char *part)
{
  char *path = scratch_new ();

  scratch_fill (path, bytes->data, bytes->len);
  open_badly (path, SIAMBAN_ERROR_CHECKPOINT, part);
  scratch_free (path);
  g_byte_array_unref (bytes);
}

static void
test_damaged_zip (void)
{
  GByteArray *bytes = fixture_bytes ("tiny.pth");

  bytes->data[find_directory (bytes) + 8] |= 1;
  check_damaged (bytes, "'tiny/data.pkl' is encrypted");

  bytes = fixture_bytes ("tiny.pth");
  bytes->data[find_directory (bytes) + 45] = 0x7f;
  check_damaged (bytes, "'tiny/data.pkl' lies outside the file");

  bytes = fixture_bytes ("tiny.pth");
  rename_entry (bytes, "data/0", "data/7");
  check_damaged (bytes, "tensor 'w': its storage '0' is not in");

  bytes = fixture_bytes ("small.pth");
  rename_entry (bytes, "data/1", "data/0");
  check_damaged (bytes, "'small/data/0' is there twice");

  bytes = fixture_bytes ("small.pth");
  rename_entry (bytes, "small/version", "some/data.pkl");
  check_damaged (bytes, "more than one data.pkl");
}

/* One bit of a weight, which nothing but the archive's checksum tells. */
static void
test_checksums (void)
{
  GByteArray *bytes = fixture_bytes ("small.pth");
  char *path = scratch_new ();
  g_autoptr (GError) error = NULL;
  SiambanCheckpoint *checkpoint;
  guint64 offset;

  scratch_fill (path, bytes->data, bytes->len);
  checkpoint = open_well (path);
  g_assert_true (siamban_checkpoint_verify (checkpoint, &error));
  g_assert_no_error (error);
  offset = siamban_checkpoint_find (checkpoint, "conv.weight")->offset;
  siamban_checkpoint_close (checkpoint);
  bytes->data[offset + 1] ^= 1;
  scratch_fill (path, bytes->data, bytes->len);
  checkpoint = open_well (path);
  g_assert_false (siamban_checkpoint_verify (checkpoint, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_CHECKPOINT);
  g_assert_true (g_str_has_prefix (error->message, path));
  siamban_checkpoint_close (checkpoint);
  scratch_free (path);
  g_byte_array_unref (bytes);
}

/* A file that loses its end between opening and reading. */
static void
test_cut_off_later (void)
{
  g_autoptr (GByteArray) bytes = fixture_bytes ("small.safetensors");
  char *path = scratch_new ();
  g_autoptr (GError) error = NULL;
  SiambanCheckpoint *checkpoint;
  const SiambanTensor *last;
  float out[12];

  scratch_fill (path, bytes->data, bytes->len);
  checkpoint = open_well (path);
  last = siamban_checkpoint_find (checkpoint, "every.other");
  g_assert_cmpint (truncate (path, last->offset), ==, 0);
  g_assert_false (siamban_tensor_read_f32 (last, out, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO);
  g_assert_true (g_str_has_prefix (error->message, path));
  siamban_checkpoint_close (checkpoint);
  scratch_free (path);
}

/* What this process has asked the system to read, so far. */
static guint64
count_read (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/io", &text, NULL, NULL))
    return 0;
  line = strstr (text, "rchar: ");
  return g_ascii_strtoull (line + 7, NULL, 10);
}

/* Opening must not read the 200 MB of holes that follow @header. */
static void
check_lazy (gconstpointer header, gsize size)
{
  char *path = scratch_new ();
  SiambanCheckpoint *checkpoint;
  g_autoptr (GError) error = NULL;
  guint64 before;

  scratch_fill (path, header, size);
  g_assert_cmpint (truncate (path, size + 200000000), ==, 0);
  before = count_read ();
  checkpoint = siamban_checkpoint_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_read () - before, <, 2000000);
  g_assert_cmpuint (
      siamban_checkpoint_find (checkpoint, "w")->n_elements, ==, 50000000);
  siamban_checkpoint_close (checkpoint);
  scratch_free (path);
}

static void
test_opening_is_lazy (void)
{
  static const char legacy[] =
      PREAMBLE STATE (TENSOR (STORAGE ("Float", "0", COUNT, "N"), "K\0",
          COUNT "\x85", "K\1\x85")) "]X\1\0\0\0"
                                    "0"
                                    "a."
                                    "\x80\xf0\xfa\2\0\0\0\0";

  g_autoptr (GByteArray) safetensors =
      safetensors_bytes ("{\"w\":{\"dtype\":\"F32\",\"shape\":[50000000],"
                         "\"data_offsets\":[0,200000000]}}",
          -1);

  check_lazy (safetensors->data, safetensors->len);
  check_lazy (legacy, sizeof legacy - 1);
}

/* The value of a half by its definition. */
static double
half_value (guint half)
{
  int exponent = half >> 10 & 31, fraction = half & 1023;
  double size = exponent == 0 ? ldexp (fraction, -24)
                              : ldexp (1024 + fraction, exponent - 25);

  if (exponent == 31)
    size = fraction ? NAN : INFINITY;
  return half & 0x8000 ? -size : size;
}

static void
test_half (void)
{
  for (guint half = 0; half < 0x10000; half++) {
    float value = siamban_f16_to_f32 (half);
    double expected = half_value (half);

    if (isnan (expected)) {
      g_assert_true (isnan (value));
      g_assert_true (isnan (siamban_f16_to_f32 (siamban_f32_to_f16 (value))));
      continue;
    }
    g_assert_true (value == expected);
    g_assert_cmpint (!!signbit (value), ==, half >> 15);
    g_assert_cmphex (siamban_f32_to_f16 (value), ==, half);
  }
}

/* Between two neighbours the nearest is taken, and the even one in the middle.
 */
static void
test_half_rounding (void)
{
  for (guint half = 0; half < 0x7bff; half++) {
    float below = siamban_f16_to_f32 (half);
    float above = siamban_f16_to_f32 (half + 1);
    float middle = (below + above) / 2;

    g_assert_cmphex (siamban_f32_to_f16 (middle), ==, half + (half & 1));
    g_assert_cmphex (siamban_f32_to_f16 (nextafterf (middle, below)), ==, half);
    g_assert_cmphex (
        siamban_f32_to_f16 (-nextafterf (middle, above)), ==, 0x8001 + half);
  }
  g_assert_cmphex (siamban_f32_to_f16 (65519.996f), ==, 0x7bff);
  g_assert_cmphex (siamban_f32_to_f16 (65520), ==, 0x7c00);
  g_assert_cmphex (siamban_f32_to_f16 (1e-30f), ==, 0);
}

static void
test_brain (void)
{
  for (guint half = 0; half < 0x10000; half++) {
    float value = siamban_bf16_to_f32 (half);

    g_assert_cmphex (siamban_float_bits (value), ==, half << 16);
    if (isnan (value))
      g_assert_true (isnan (siamban_bf16_to_f32 (siamban_f32_to_bf16 (value))));
    else
      g_assert_cmphex (siamban_f32_to_bf16 (value), ==, half);
  }
  g_assert_cmphex (
      siamban_f32_to_bf16 (siamban_bits_float (0x3f808000)), ==, 0x3f80);
  g_assert_cmphex (
      siamban_f32_to_bf16 (siamban_bits_float (0x3f818000)), ==, 0x3f82);
  g_assert_cmphex (
      siamban_f32_to_bf16 (siamban_bits_float (0x3f808001)), ==, 0x3f81);
  g_assert_cmphex (
      siamban_f32_to_bf16 (siamban_bits_float (0x7f800001)), ==, 0x7fc0);
}

static void
test_write (void)
{
  const float row[3] = {1, -2, 0.5f};
  const gint64 number = -9;
  const guint16 halves[2] = {0x3c00, 0xc000};
  const SiambanTensorSource sources[] = {
      {"row \"1\"", SIAMBAN_DTYPE_F32, 2, {3, 1}, row, NULL},
      {"number", SIAMBAN_DTYPE_I64, 0, {0}, &number, NULL},
      {"none", SIAMBAN_DTYPE_F32, 2, {0, 4}, NULL, NULL},
      {"halves", SIAMBAN_DTYPE_F16, 1, {2}, halves, NULL},
  };
  const char *const metadata[] = {"key", "v=\n\xc3\xa9", NULL};
  char *path = scratch_new ();
  g_autoptr (GError) error = NULL;
  g_autofree float *floats = NULL;
  SiambanCheckpoint *checkpoint;

  g_assert_true (siamban_safetensors_write (
      path, sources, G_N_ELEMENTS (sources), metadata, &error));
  g_assert_no_error (error);
  checkpoint = open_well (path);
  g_assert_cmpuint (siamban_checkpoint_n_tensors (checkpoint), ==, 4);
  g_assert_cmpuint (siamban_checkpoint_nth (checkpoint, 0)->offset % 8, ==, 0);
  g_assert_cmpstr (
      siamban_checkpoint_metadata (checkpoint, "key"), ==, metadata[1]);
  floats = read_floats (checkpoint, "row \"1\"", 3);
  g_assert_cmpmem (floats, sizeof row, row, sizeof row);
  g_free (floats);
  floats = read_floats (checkpoint, "number", 1);
  g_assert_cmpfloat (floats[0], ==, -9);
  g_free (floats);
  floats = read_floats (checkpoint, "halves", 2);
  g_assert_cmpfloat (floats[1], ==, -2);
  siamban_checkpoint_close (checkpoint);
  scratch_free (path);
}

/* What was there stays, and no temporary file is left. */
static char *
digest_of (
    const char *name, SiambanDtype dtype, guint64 rows, const float *data)
{
  const SiambanTensorSource sources[] = {
      {"first", SIAMBAN_DTYPE_F32, 1, {6}, data + 6, NULL},
      {name, dtype, 2, {rows, 6 / rows}, data, NULL},
  };
  char *path = scratch_new (), *digest;

  g_assert_true (siamban_safetensors_write (path, sources, 2, NULL, NULL));
  g_autoptr (SiambanCheckpoint) checkpoint = open_well (path);
  digest = siamban_checkpoint_digest (checkpoint, NULL);
  scratch_free (path);
  return digest;
}

static void
test_digest (void)
{
  float data[12] = {0};
  g_autofree char *digest = digest_of ("a", SIAMBAN_DTYPE_F32, 2, data);
  g_autofree char *same = digest_of ("a", SIAMBAN_DTYPE_F32, 2, data);
  g_autofree char *named = digest_of ("b", SIAMBAN_DTYPE_F32, 2, data);
  g_autofree char *shaped = digest_of ("a", SIAMBAN_DTYPE_F32, 3, data);
  g_autofree char *half = digest_of ("a", SIAMBAN_DTYPE_F16, 2, data);
  g_autofree char *brain = digest_of ("a", SIAMBAN_DTYPE_BF16, 2, data);

  g_assert_cmpstr (same, ==, digest);
  g_assert_cmpstr (named, !=, digest);
  g_assert_cmpstr (shaped, !=, digest);
  g_assert_cmpstr (half, !=, digest);
  g_assert_cmpstr (brain, !=, half);
  for (guint i = 0; i < G_N_ELEMENTS (data); i++) {
    g_autofree char *changed = NULL;

    data[i] = 1;
    changed = digest_of ("a", SIAMBAN_DTYPE_F32, 2, data);
    g_assert_cmpstr (changed, !=, digest);
    data[i] = 0;
  }
}

static void
test_write_fails (void)
{
  const float one = 1;
  const SiambanTensorSource source = {
      "one", SIAMBAN_DTYPE_F32, 0, {0}, &one, NULL};
  g_autofree char *folder = g_dir_make_tmp ("siamban-XXXXXX", NULL);
  g_autofree char *taken = g_build_filename (folder, "taken", NULL);
  g_autofree char *path = g_build_filename (folder, "none", "out", NULL);
  g_autoptr (GError) error = NULL;
  GDir *dir;

  g_assert_false (siamban_safetensors_write (path, &source, 1, NULL, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO);
  g_assert_true (g_str_has_prefix (error->message, path));
  g_clear_error (&error);

  g_assert_cmpint (g_mkdir (taken, 0700), ==, 0);
  g_assert_false (siamban_safetensors_write (taken, &source, 1, NULL, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "taken");
  g_assert_null (g_dir_read_name (dir));
  g_dir_close (dir);
  g_assert_cmpint (g_rmdir (taken), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_published (void)
{
  static const struct
  {
    const char *path, *tensor;
    guint n_tensors; /* 0: not fixed, newer models may come */
    guint64 shape[4];
  } cases[] = {
      {"models/nanotrack/nanotrackv1.pth", "ban_head.bbox_pred.0.weight", 231,
          {4, 96, 1, 1}},
      {"models/nanotrack/nanotrackv2.pth", "ban_head.cls_pred.0.weight", 298,
          {2, 96, 1, 1}},
      {"models/nanotrack/nanotrackv3.pth", "ban_head.bbox_pred.0.weight", 438,
          {4, 96, 1, 1}},
      {"models/builtin/siamban_mobilenetv2.pth", "backbone.layer0.0.weight", 0,
          {32, 3, 3, 3}},
  };
  const char *shared = g_getenv ("SIAMBAN_SHARED");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_build_filename (shared ? shared : "", cases[i].path, NULL);
    g_autoptr (SiambanCheckpoint) checkpoint = NULL;
    const SiambanTensor *tensor;

    if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
      g_test_skip ("SIAMBAN_SHARED does not have the published models");
      return;
    }
    checkpoint = open_well (path);
    tensor = siamban_checkpoint_find (checkpoint, cases[i].tensor);
    g_assert_nonnull (tensor);
    if (cases[i].n_tensors != 0)
      g_assert_cmpuint (
          siamban_checkpoint_n_tensors (checkpoint), ==, cases[i].n_tensors);
    g_assert_cmpmem (tensor->shape, 32, cases[i].shape, 32);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/checkpoint/forms", test_forms);
  g_test_add_func ("/checkpoint/variants", test_variants);
  g_test_add_func ("/checkpoint/wrapped", test_wrapped);
  g_test_add_func ("/checkpoint/some-prefixed", test_some_prefixed);
  g_test_add_func ("/checkpoint/metadata", test_metadata);
  g_test_add_func ("/checkpoint/told-by-content", test_told_by_content);
  g_test_add_func ("/checkpoint/refused", test_refused);
  g_test_add_func ("/checkpoint/not-files", test_not_files);
  g_test_add_func ("/checkpoint/damaged-zip", test_damaged_zip);
  g_test_add_func ("/checkpoint/checksums", test_checksums);
  g_test_add_func ("/checkpoint/cut-off-later", test_cut_off_later);
  g_test_add_func ("/checkpoint/opening-is-lazy", test_opening_is_lazy);
  g_test_add_func ("/checkpoint/half", test_half);
  g_test_add_func ("/checkpoint/half-rounding", test_half_rounding);
  g_test_add_func ("/checkpoint/brain", test_brain);
  g_test_add_func ("/checkpoint/write", test_write);
  g_test_add_func ("/checkpoint/digest", test_digest);
  g_test_add_func ("/checkpoint/write-fails", test_write_fails);
  g_test_add_func ("/checkpoint/published", test_published);
  return g_test_run ();
}
