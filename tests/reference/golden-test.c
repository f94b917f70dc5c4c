/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>

#include <siamban/model.h>

#include "checkpoint/checkpoint.h"
#include "kernels/conv.h"

/* Whole networks against what PyTorch gives in double precision, which
 * make_golden.py has put down. The weights and crops are made again here:
 * hashed.py says how. */

#define CLS_BOUND 1e-4
#define LOC_BOUND 1e-3 /* pixels */

/* With 16 bits a number. */
#define CLS_BF16_BOUND 0.2
#define LOC_BF16_BOUND 0.5

static guint32
mix (guint32 h)
{
  h = (h ^ h >> 16) * 0x7feb352d;
  h = (h ^ h >> 15) * 0x846ca68b;
  return h ^ h >> 16;
}

static guint32
fnv1a (const char *name)
{
  guint32 h = 0x811c9dc5;

  for (; *name; name++)
    h = (h ^ (guint8)*name) * 0x01000193;
  return h;
}

static void
fill (float *out, guint64 n, const char *name, double offset, double scale)
{
  const guint32 seed = fnv1a (name);

  for (guint64 i = 0; i < n; i++) {
    guint32 h = mix (seed + (guint32)i * 0x9e3779b9u) >> 8;

    out[i] = offset + scale * ((double)h / (1 << 23) - 1);
  }
}

static int
triangle (int v)
{
  return abs ((v & 255) - 128);
}

static float *
make_crop (int size, int phase)
{
  float *crop = g_new (float, 3 * size * size);
  float *out = crop;

  for (int c = 0; c < 3; c++)
    for (int y = 0; y < size; y++)
      for (int x = 0; x < size; x++) {
        int i = ((c * size + y) * size + x) * 3 + phase;
        int v = triangle (7 * x + 3 * y + 40 * c + phase) +
                triangle (5 * y - 2 * x + 90 * c + 256 * 64) + (mix (i) & 31);

        *out++ = v * 255 / 287;
      }
  return crop;
}

static JsonObject *
load_golden (const char *name, JsonParser *parser)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "reference", "golden", file, NULL);
  GError *error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

static SiambanTensorSource
make_tensor (const char *name, JsonArray *row)
{
  JsonArray *shape = json_array_get_array_element (row, 0);
  SiambanTensorSource source = {
      .name = name, .n_dims = json_array_get_length (shape)};
  guint64 n = 1;
  float *data;

  for (unsigned i = 0; i < source.n_dims; i++)
    n *= source.shape[i] = json_array_get_int_element (shape, i);
  source.data = data = g_new (float, n);
  fill (data, n, name, json_array_get_double_element (row, 1),
      json_array_get_double_element (row, 2));
  return source;
}

static void
write_checkpoint (const char *path, JsonObject *tensors)
{
  GList *names = json_object_get_members (tensors);
  guint n = g_list_length (names), i = 0;
  g_autofree SiambanTensorSource *sources = g_new (SiambanTensorSource, n);
  GError *error = NULL;

  for (GList *l = names; l; l = l->next)
    sources[i++] =
        make_tensor (l->data, json_object_get_array_member (tensors, l->data));
  siamban_safetensors_write (path, sources, n, NULL, &error);
  g_assert_no_error (error);
  for (i = 0; i < n; i++)
    g_free ((void *)sources[i].data);
  g_list_free (names);
}

static SiambanModel *
load_hashed (JsonObject *golden, SiambanPrecision precision)
{
  g_autofree char *dir = g_dir_make_tmp ("siamban-XXXXXX", NULL);
  g_autofree char *weights = g_build_filename (dir, "w.safetensors", NULL);
  g_autofree char *config = g_build_filename (dir, "config.yaml", NULL);
  GError *error = NULL;
  SiambanModel *model;

  write_checkpoint (weights, json_object_get_object_member (golden, "tensors"));
  g_file_set_contents (
      config, json_object_get_string_member (golden, "config"), -1, &error);
  g_assert_no_error (error);
  model = siamban_model_load (weights, config, precision, &error);
  g_assert_no_error (error);
  g_unlink (weights);
  g_unlink (config);
  g_rmdir (dir);
  return model;
}

static double
worst (const float *values, JsonArray *samples)
{
  double largest = 0;

  for (guint i = 0; i < json_array_get_length (samples); i++) {
    JsonArray *pair = json_array_get_array_element (samples, i);
    double value = values[json_array_get_int_element (pair, 0)];
    double d = fabs (value - json_array_get_double_element (pair, 1));

    if (!(d <= largest))
      largest = d;
  }
  return largest;
}

static void
compare (
    SiambanModel *model, JsonObject *golden, double cls_bound, double loc_bound)
{
  g_autofree float *z = make_crop (127, 0);
  g_autofree float *x = make_crop (255, 9);
  g_autofree float *cls = NULL, *loc = NULL;
  double cls_error, loc_error;
  SiambanModelInfo info;
  SiambanTemplate *template;
  gsize grid;

  siamban_model_get_info (model, &info);
  grid = info.score_size * info.score_size;
  cls = g_new (float, info.cls_channels *grid);
  loc = g_new (float, 4 * grid);
  template = siamban_model_embed (model, z, 0);
  g_assert_true (
      siamban_model_search (model, 1, &template, x, cls, loc, 0, NULL));
  siamban_template_free (template);

  cls_error = worst (cls, json_object_get_array_member (golden, "cls"));
  loc_error = worst (loc, json_object_get_array_member (golden, "loc"));
  g_test_message ("%s: largest difference of cls %.2g, of loc %.2g px",
      info.architecture, cls_error, loc_error);
  g_assert_cmpfloat (cls_error, <, cls_bound);
  g_assert_cmpfloat (loc_error, <, loc_bound);
}

static void
test_hashed (gconstpointer name)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *golden = load_golden (name, parser);
  SiambanModel *model = load_hashed (golden, SIAMBAN_PRECISION_AUTO);

  compare (model, golden, CLS_BOUND, LOC_BOUND);
  siamban_model_unref (model);
}

static void
test_bf16 (gconstpointer name)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *golden = load_golden (name, parser);
  SiambanModel *model;

  if (!siamban_conv_has_bf16 (siamban_cpu_level ())) {
    g_test_skip ("this CPU has no kernels on bfloat16");
    return;
  }
  model = load_hashed (golden, SIAMBAN_PRECISION_BF16);
  compare (model, golden, CLS_BF16_BOUND, LOC_BF16_BOUND);
  siamban_model_unref (model);
}

static void
test_published (gconstpointer data)
{
  const char *name = data;
  g_autoptr (JsonParser) parser = json_parser_new ();
  const char *shared = g_getenv ("SIAMBAN_SHARED");
  g_autofree char *file = g_strdup_printf ("nanotrackv%c.pth", name[11]);
  g_autofree char *path = g_build_filename (
      shared ? shared : "", "models", "nanotrack", file, NULL);
  GError *error = NULL;
  SiambanModel *model;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("NanoTrack's published weights are not there");
    return;
  }
  model = siamban_model_load (path, NULL, SIAMBAN_PRECISION_AUTO, &error);
  g_assert_no_error (error);
  compare (model, load_golden (name, parser), CLS_BOUND, LOC_BOUND);
  siamban_model_unref (model);
}

int
main (int argc, char **argv)
{
  static const char *const hashed[] = {"resnet50", "resnet18", "mobilenetv2",
      "mobilenetv2-average", "nanotrack-v1", "nanotrack-v2", "nanotrack-v3"};
  static const char *const published[] = {"nanotrack-v1-published",
      "nanotrack-v2-published", "nanotrack-v3-published"};

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (hashed); i++) {
    g_autofree char *path = g_strconcat ("/golden/", hashed[i], NULL);

    g_test_add_data_func (path, hashed[i], test_hashed);
  }
  g_test_add_data_func ("/golden/bf16/resnet50", "resnet50", test_bf16);
  for (gsize i = 0; i < G_N_ELEMENTS (published); i++) {
    g_autofree char *path = g_strconcat ("/golden/", published[i], NULL);

    g_test_add_data_func (path, published[i], test_published);
  }
  return g_test_run ();
}
