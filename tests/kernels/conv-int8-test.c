/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "conv-case.h"
#include "model/model-private.h"
#include "support/store.h"

/* Rounding to a step is off by step / sqrt (12): that of pixels and of weights
 * in -1..1, times the other's root mean square, a product. Six times the sum's
 * deviation is never seen. 16 bits get as far through Winograd's transforms. */
static double
bound_of (const SiambanConvShape *shape)
{
  double terms = (double)shape->in * shape->kernel * shape->kernel;
  double step = hypot (2. / 127, 1. / 63) / sqrt (12) / sqrt (3);

  return 6 * step * sqrt (terms);
}

static void
check (const SiambanConvShape *shape, int n, int h, int w)
{
  const SiambanRange range = {-1, 1};
  SiambanCpu level = siamban_cpu_level ();
  TestCase c = test_case_new (shape, n, h, w);

  test_case_check (&c,
      siamban_conv_new_int8 (level, shape, &range, c.weight, c.bias),
      siamban_conv_new_int8 (level, shape, &range, NULL, NULL),
      bound_of (shape));
  test_case_clear (&c);
}

static void
test_convs (void)
{
  test_conv_shapes (check);
}

/* Deeper than a block of Winograd's sums. */
static void
test_deep (void)
{
  const SiambanConvShape shape = {
      600, 40, 3, 1, 2, 2, FALSE, TRUE, SIAMBAN_ACT_HARDSWISH};

  check (&shape, 2, 9, 11);
}

static void
test_not_suited (void)
{
  const SiambanRange range = {0, 1};
  const SiambanConvShape narrow = {
      3, 64, 7, 2, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU};
  const SiambanConvShape wide = {
      64, 64, 1, 1, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU};
  float *zeros = g_new0 (float, 64 * 64 * 49);
  SiambanCpu level = siamban_cpu_level ();

  g_assert_null (siamban_conv_new_int8 (level, &narrow, &range, zeros, zeros));
  g_assert_null (siamban_conv_new_int8 (level, &wide, NULL, zeros, zeros));
  g_assert_null (
      siamban_conv_new_int8 (SIAMBAN_CPU_C, &wide, &range, zeros, zeros));
  g_free (zeros);
}

static SiambanGraph *
small_graph (void)
{
  SiambanGraph *g = siamban_graph_new ();
  SiambanMap x = siamban_graph_image (g, 31);

  x = siamban_graph_conv (g, x,
      &(SiambanConvSpec){.name = "stem", .out = 24, .kernel = 3, .stride = 2});
  x = siamban_graph_conv (g, x,
      &(SiambanConvSpec){.name = "point", .out = 40, .act = SIAMBAN_ACT_RELU});
  x = siamban_graph_conv (
      g, x, &(SiambanConvSpec){.name = "cube", .out = 16, .kernel = 3});
  siamban_graph_output (g, x);
  return g;
}

/* A file with the tensors of @path and ranges. */
static char *
copy_with_ranges (const char *path, const char *ranges)
{
  const char *metadata[] = {SIAMBAN_RANGES_KEY, ranges, NULL};
  GError *error = NULL;
  SiambanCheckpoint *from = siamban_checkpoint_open (path, &error);
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (SiambanTensorSource));
  char *copy = g_strconcat (path, ".int8.safetensors", NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < siamban_checkpoint_n_tensors (from); i++) {
    const SiambanTensor *tensor = siamban_checkpoint_nth (from, i);
    SiambanTensorSource source = {
        tensor->name, tensor->dtype, tensor->n_dims, {0}, NULL, tensor};

    memcpy (source.shape, tensor->shape, sizeof source.shape);
    g_array_append_val (sources, source);
  }
  siamban_safetensors_write (copy, (const SiambanTensorSource *)sources->data,
      sources->len, metadata, &error);
  g_assert_no_error (error);
  g_array_unref (sources);
  siamban_checkpoint_close (from);
  return copy;
}

static gboolean
compiles (const char *ranges, GError **error)
{
  SiambanGraph *graph = small_graph ();
  TestStore *store = test_store_new ();

  test_store_add_graph (store, graph);
  char *plain = test_store_write (store);
  char *path = copy_with_ranges (plain, ranges);
  SiambanCheckpoint *checkpoint = siamban_checkpoint_open (path, error);
  g_assert_nonnull (checkpoint);
  SiambanRanges *read = siamban_ranges_read (checkpoint, error);
  SiambanProgram *program = NULL;
  if (read) {
    SiambanWeights *weights =
        siamban_weights_new (checkpoint, siamban_cpu_level ());

    siamban_weights_set_ranges (weights, read);
    siamban_weights_allow_8_bits (weights, TRUE);
    program = siamban_program_compile (graph, weights, error);
    siamban_program_free (program);
    siamban_weights_free (weights);
  }
  g_assert_true (read || *error);
  siamban_checkpoint_close (checkpoint);
  g_unlink (path);
  g_unlink (plain);
  g_free (path);
  g_free (plain);
  test_store_free (store);
  siamban_graph_free (graph);
  return program != NULL;
}

static void
test_metadata (void)
{
  GError *error = NULL;

  g_assert_true (compiles ("{\"stem\": null, \"point\": [-1, 2.5], "
                           "\"cube\": [0, 1e3], \"other\": [0, 0]}",
      &error));
  g_assert_no_error (error);
}

static void
test_hostile (void)
{
  static const struct
  {
    const char *ranges, *text;
  } cases[] = {
      {"", "JSON"},
      {"[1, 2]", "JSON"},
      {"{\"stem\": null", "JSON"},
      {"{\"stem\": [[[[[[[[[0]]]]]]]]]}", "something other"},
      {"/* \" */ {}", "plain"},
      {"{}", "\"stem\""},
      {"{\"stem\": null, \"point\": [0, 1]}", "\"cube\""},
      {"{\"stem\": [1, 0]}", "\"stem\""},
      {"{\"stem\": [0]}", "\"stem\""},
      {"{\"stem\": [0, 1, 2]}", "\"stem\""},
      {"{\"stem\": [0, NaN]}", "\"stem\""},
      {"{\"stem\": [0, 1e999]}", "\"stem\""},
      {"{\"stem\": [-1e38, 3e38]}", "\"stem\""},
      {"{\"stem\": [null, true]}", "\"stem\""},
      {"{\"stem\": {\"low\": 0}}", "\"stem\""},
      {"{\"stem\": \"0 1\"}", "\"stem\""},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GError *error = NULL;

    g_assert_false (compiles (cases[i].ranges, &error));
    g_test_message ("%s", error->message);
    g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL);
    g_assert_nonnull (strstr (error->message, cases[i].text));
    g_assert_cmpuint (strlen (error->message), <, 400);
    g_error_free (error);
  }
}

static void
test_huge (void)
{
  GString *text = g_string_new ("{\"stem\": null, \"point\": [0, 1]");
  GError *error = NULL;

  for (int i = 0; i < 20000; i++)
    g_string_append_printf (text, ", \"x%d\": [0, 1]", i);
  g_string_append (text, ", \"cube\": null}");
  g_assert_true (compiles (text->str, &error));
  g_assert_no_error (error);
  g_string_free (text, TRUE);
}

static void
note_range (void *data, const char *conv, const SiambanMaps *in)
{
  GHashTable *ranges = data;
  SiambanRange *range = g_hash_table_lookup (ranges, conv);

  if (!range) {
    range = g_new0 (SiambanRange, 1);
    g_hash_table_insert (ranges, g_strdup (conv), range);
  }
  for (size_t i = 0; i < (size_t)in->n * in->h * in->w; i++)
    for (int k = 0; k < in->c; k++) {
      range->low = MIN (range->low, in->data[i * in->ld + k]);
      range->high = MAX (range->high, in->data[i * in->ld + k]);
    }
}

static char *
find_ranges (SiambanModel *model, SiambanTemplate *tmpl, const guint8 *x)
{
  GHashTable *ranges =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer name, value;

  siamban_model_observe (model, tmpl, x, note_range, ranges);
  g_hash_table_iter_init (&iter, ranges);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    const SiambanRange *range = value;
    char low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_dtostr (low, sizeof low, range->low);
    g_ascii_dtostr (high, sizeof high, range->high);
    g_string_append_printf (text, "%s\"%s\": [%s, %s]", text->len ? ", " : "{",
        (char *)name, low, high);
  }
  g_hash_table_unref (ranges);
  return g_string_free (g_string_append_c (text, '}'), FALSE);
}

static guint8 *
random_pixels (size_t n)
{
  guint8 *pixels = g_malloc (n);

  for (size_t i = 0; i < n; i++)
    pixels[i] = g_test_rand_int_range (0, 256);
  return pixels;
}

static SiambanModel *
load (const char *path, const char *config, SiambanPrecision precision)
{
  GError *error = NULL;
  SiambanModel *model = siamban_model_load (path, config, precision, &error);

  g_assert_no_error (error);
  return model;
}

static float *
search (SiambanModel *model, const guint8 *z, const guint8 *x)
{
  SiambanModelInfo info;

  siamban_model_get_info (model, &info);
  size_t grid = (size_t)info.score_size * info.score_size;
  float *out = g_new (float, (info.cls_channels + 4) * grid);
  SiambanTemplate *tmpl = siamban_model_embed_pixels (model, z, 1);
  siamban_model_search_pixels (
      model, 1, &tmpl, &x, out, out + info.cls_channels * grid, 1);
  siamban_template_free (tmpl);
  return out;
}

/* The model that ships, made int8 with what it sees of one noisy crop. */
static void
test_model (void)
{
  GError *error = NULL;
  char *config = siamban_data_path ("models/builtin.yaml");
  char *shipped = siamban_data_path ("models/builtin.safetensors");
  char *dir = g_dir_make_tmp ("siamban-int8-XXXXXX", NULL);
  char *plain = g_build_filename (dir, "model", NULL), *bytes;
  guint8 *z = random_pixels (3 * 127 * 127);
  guint8 *x = random_pixels (3 * 255 * 255);
  gsize size;

  g_assert_true (g_file_get_contents (shipped, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (plain, bytes, size, NULL));
  g_assert_null (
      siamban_model_load (plain, config, SIAMBAN_PRECISION_INT8, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, "siamban-quantize"));
  g_clear_error (&error);

  SiambanModel *exact = load (plain, config, SIAMBAN_PRECISION_FP32);
  SiambanTemplate *tmpl = siamban_model_embed_pixels (exact, z, 1);
  char *ranges = find_ranges (exact, tmpl, x);
  char *path = copy_with_ranges (plain, ranges);
  SiambanModel *same = load (path, config, SIAMBAN_PRECISION_FP32);
  SiambanModel *model = load (path, config, SIAMBAN_PRECISION_INT8);
  SiambanModel *chosen = load (path, config, SIAMBAN_PRECISION_AUTO);
  SiambanModelInfo info;
  g_assert_true (chosen == model && same != model);
  siamban_model_get_info (model, &info);
  g_assert_cmpint (info.precision, ==, SIAMBAN_PRECISION_INT8);

  size_t n = (size_t)info.score_size * info.score_size * info.cls_channels;
  float *a = search (exact, z, x), *b = search (model, z, x);
  float *c = search (same, z, x);
  double spread = 0, mean = 0, off = 0;
  g_assert_cmpmem (a, n * sizeof *a, c, n * sizeof *c);
  for (size_t i = 0; i < n; i++)
    mean += a[i] / n;
  for (size_t i = 0; i < n; i++) {
    spread += (a[i] - mean) * (a[i] - mean);
    off += (a[i] - b[i]) * (a[i] - b[i]);
  }
  g_test_message (
      "rms error %g of a deviation of %g", sqrt (off / n), sqrt (spread / n));
  g_assert_cmpfloat (off, >, 0);
  g_assert_cmpfloat (sqrt (off), <, 0.3 * sqrt (spread));

  siamban_template_free (tmpl);
  siamban_model_unref (exact);
  siamban_model_unref (same);
  siamban_model_unref (model);
  siamban_model_unref (chosen);
  g_unlink (path);
  g_unlink (plain);
  g_rmdir (dir);
  g_free (a);
  g_free (b);
  g_free (c);
  g_free (z);
  g_free (x);
  g_free (bytes);
  g_free (ranges);
  g_free (path);
  g_free (plain);
  g_free (dir);
  g_free (shipped);
  g_free (config);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!siamban_conv_has_int8 (siamban_cpu_level ())) {
    g_print ("1..0 # SKIP this CPU has no integer kernels\n");
    return 0;
  }
  g_test_add_func ("/int8/convs", test_convs);
  g_test_add_func ("/int8/deep", test_deep);
  g_test_add_func ("/int8/not-suited", test_not_suited);
  g_test_add_func ("/int8/metadata", test_metadata);
  g_test_add_func ("/int8/hostile", test_hostile);
  g_test_add_func ("/int8/huge", test_huge);
  g_test_add_func ("/int8/model", test_model);
  return g_test_run ();
}
