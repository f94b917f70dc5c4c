/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "../../tools/inspect/expect.h"

static char *dir;

static char *
path_in_dir (const char *name)
{
  return g_build_filename (dir, name, NULL);
}

/* A checkpoint being made up: of SiambanTensorSource. */
static GArray *
tensors_new (void)
{
  return g_array_new (FALSE, TRUE, sizeof (SiambanTensorSource));
}

static void
tensors_free (GArray *tensors)
{
  for (guint i = 0; i < tensors->len; i++) {
    SiambanTensorSource *t = &g_array_index (tensors, SiambanTensorSource, i);

    g_free ((char *)t->name);
    g_free ((gpointer)t->data);
  }
  g_array_unref (tensors);
}

/* Zeroes. */
static void
add (GArray *tensors, const char *name, unsigned n_dims, const guint64 *shape)
{
  SiambanTensorSource t = {.name = g_strdup (name), .n_dims = n_dims};
  guint64 n = 1;

  for (unsigned i = 0; i < n_dims; i++)
    n *= t.shape[i] = shape[i];
  t.data = g_new0 (guint64, n);
  g_array_append_val (tensors, t);
}

static SiambanTensorSource *
find (GArray *tensors, const char *name)
{
  for (guint i = 0; i < tensors->len; i++) {
    SiambanTensorSource *t = &g_array_index (tensors, SiambanTensorSource, i);

    if (g_str_equal (t->name, name))
      return t;
  }
  g_assert_not_reached ();
}

static void
write_tensors (GArray *tensors, const char *path)
{
  GError *error = NULL;

  siamban_safetensors_write (
      path, (SiambanTensorSource *)tensors->data, tensors->len, NULL, &error);
  g_assert_no_error (error);
}

/* The tensors that tell the network from others. */
static GArray *
nanotrack_hints (void)
{
  GArray *tensors = tensors_new ();
  const guint64 shape[] = {1};

  add (tensors, "backbone.features.0.0.weight", 1, shape);
  add (tensors, "ban_head.corr_pw.CA_layer.fc1.weight", 1, shape);
  return tensors;
}

static GArray *
nanotrack_tensors (void)
{
  char *path = path_in_dir ("hints.safetensors");
  GArray *tensors = nanotrack_hints ();

  write_tensors (tensors, path);
  tensors_free (tensors);
  SiambanCheckpoint *hints = siamban_checkpoint_open (path, NULL);
  SiambanConfig *config = siamban_config_new ();
  SiambanNetwork *network = siamban_network_describe (config, hints, NULL);
  GPtrArray *expected = expected_tensors (network);
  tensors = tensors_new ();
  for (guint i = 0; i < expected->len; i++) {
    const Expected *one = g_ptr_array_index (expected, i);

    add (tensors, one->name, one->n_dims, one->shape);
  }
  g_ptr_array_unref (expected);
  siamban_network_free (network);
  siamban_config_free (config);
  siamban_checkpoint_close (hints);
  g_remove (path);
  g_free (path);
  return tensors;
}

/* Runs the tool; returns what it says on both outputs. */
static char *
inspect (int expected_status, const char *first, ...)
{
  GPtrArray *argv = g_ptr_array_new ();
  char *out = NULL, *err = NULL;
  int status;
  GError *error = NULL;
  va_list args;

  g_ptr_array_add (argv, (gpointer)g_getenv ("SIAMBAN_INSPECT"));
  va_start (args, first);
  for (const char *a = first; a; a = va_arg (args, const char *))
    g_ptr_array_add (argv, (gpointer)a);
  va_end (args);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL,
      &out, &err, &status, &error);
  g_assert_no_error (error);
  g_ptr_array_unref (argv);
  char *all = g_strconcat (out, err, NULL);
  g_test_message ("%s", all);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, expected_status);
  g_free (out);
  g_free (err);
  return all;
}

/* Frees @text. */
static void
check_says (char *text, ...)
{
  va_list args;

  va_start (args, text);
  for (const char *line; (line = va_arg (args, const char *)) != NULL;)
    if (!strstr (text, line))
      g_error ("expected \"%s\" in:\n%s", line, text);
  va_end (args);
  g_free (text);
}

static char *
inspect_tensors (int expected_status, GArray *tensors, const char *option)
{
  char *path = path_in_dir ("model.safetensors");

  write_tensors (tensors, path);
  char *text = inspect (expected_status, path, option, NULL);
  g_remove (path);
  g_free (path);
  return text;
}

static void
test_whole (void)
{
  GArray *tensors = nanotrack_tensors ();

  check_says (inspect_tensors (0, tensors, NULL), "  kind          safetensors",
      "  tensors       194: 194 float32\n", "  parameters    294126\n",
      "  architecture  nanotrack-v1\n",
      "  crops         template 127, search "
      "255 pixels\n",
      "  scores        16 x 16, 16 pixels apart, softmax\n",
      "  used          294126 parameters of 194 tensors\n",
      "  unused        0\n", "  problems      none\n", NULL);
  tensors_free (tensors);
}

static void
test_list (void)
{
  GArray *tensors = nanotrack_tensors ();
  const guint64 shape[] = {2, 3};

  add (tensors, "spare.\033[31m", 2, shape);
  add (tensors, "spare.none", 0, NULL);
  check_says (inspect_tensors (0, tensors, "--tensors"),
      "    backbone.features.0.0.weight ", " float32   16 x 3 x 3 x 3\n",
      "    spare.\\033[31m ", " float32   2 x 3\n", " float32   scalar\n",
      "  unused        2: 2 spare\n", NULL);
  tensors_free (tensors);
}

static void
test_every_problem (void)
{
  GArray *tensors = nanotrack_tensors ();

  find (tensors, "backbone.features.0.0.weight")->shape[1] = 2;
  find (tensors, "ban_head.cls_logits.0.weight")->n_dims = 2;
  SiambanTensorSource *bias = find (tensors, "ban_head.cls_logits.0.bias");
  ((float *)bias->data)[0] = NAN;
  ((float *)bias->data)[1] = -INFINITY;
  find (tensors, "ban_head.bbox_pred.0.bias")->dtype = SIAMBAN_DTYPE_I64;
  SiambanTensorSource *gone = find (tensors, "ban_head.bbox_pred.0.weight");
  strcpy ((char *)gone->name, "extra");
  check_says (inspect_tensors (1, tensors, NULL), "  problems      5\n",
      "    backbone.features.0.0.weight: has shape 16 x 2 x 3 x 3, expected "
      "16 x 3 x 3 x 3\n",
      "    ban_head.cls_logits.0.weight: has shape 2 x 128, expected "
      "2 x 128 x 1 x 1\n",
      "    ban_head.cls_logits.0.bias: 2 of 2 numbers are not finite\n",
      "    ban_head.bbox_pred.0.bias: is of type int64, expected 4 floats\n",
      "    ban_head.bbox_pred.0.weight: missing, expected 4 x 96 x 1 x 1 "
      "floats\n",
      "  unused        1: 1 extra\n", NULL);
  tensors_free (tensors);
}

/* What only the executor sees. */
static void
test_variance (void)
{
  GArray *tensors = nanotrack_tensors ();
  SiambanTensorSource *var =
      find (tensors, "backbone.features.0.1.running_var");

  ((float *)var->data)[3] = -1;
  check_says (inspect_tensors (1, tensors, NULL), "  problems      1\n",
      "backbone.features.0.1.running_var", NULL);
  tensors_free (tensors);
}

static void
test_unknown_network (void)
{
  GArray *tensors = tensors_new ();
  const guint64 shape[] = {4};

  add (tensors, "conv.weight", 1, shape);
  check_says (inspect_tensors (1, tensors, NULL),
      "  tensors       1: 1 float32", "  problems      1\n",
      "none of its tensors is a known backbone's", NULL);
  tensors_free (tensors);
}

static void
test_config (void)
{
  char *good = path_in_dir ("good.yaml"), *bad = path_in_dir ("bad.YML");

  g_file_set_contents (good,
      "BACKBONE: {TYPE: resnet50, KWARGS: {used_layers: [2, 3]}}\n"
      "TRACK: {LR: 0.25, BASE_SIZE: 8}\n",
      -1, NULL);
  g_file_set_contents (bad, "TRACK:\n  LR: 2\n", -1, NULL);
  check_says (inspect (0, good, NULL), "  kind          config\n",
      "  backbone      resnet50\n", "  used layers   2, 3\n",
      "  weighted      not given\n", "  lr            0.25\n",
      "  base size     8\n", "  problems      none\n", NULL);
  check_says (inspect (1, good, bad, NULL), "  problems      none\n",
      "  problems      1\n",
      "bad.YML:2: TRACK.LR: expected a number from 0 to 1, got \"2\"\n", NULL);
  check_says (inspect (1, "--config", bad, good, NULL),
      "siamban-inspect: ", "bad.YML:2: TRACK.LR: ", NULL);
  g_remove (good);
  g_remove (bad);
  g_free (good);
  g_free (bad);
}

/* What no checkpoint can make good. */
static void
test_unsupported_config (void)
{
  static const struct
  {
    const char *text, *problem;
  } cases[] = {
      {"BACKBONE: {TYPE: alexnet}\n",
          "BACKBONE.TYPE: alexnet is not supported"},
      {"BACKBONE: {TYPE: subnet}\n", "BACKBONE.TYPE: subnet is not supported"},
      {"BACKBONE: {TYPE: resnet50}\nBAN: {TYPE: UPChannelBAN}\n",
          "UPChannelBAN is not supported"},
      {"BACKBONE: {TYPE: resnet50}\nADJUST: {ADJUST: False}\n",
          "a network without a neck, is not supported"},
      {"BACKBONE: {TYPE: resnet50}\nPOINT: {STRIDE: 16}\n",
          "POINT.STRIDE: expected 8"},
      {"BACKBONE: {TYPE: mobilenetv3_small}\nPOINT: {STRIDE: 8}\n",
          "POINT.STRIDE: expected 16"},
  };
  char *path = path_in_dir ("other.yaml");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_file_set_contents (path, cases[i].text, -1, NULL);
    check_says (
        inspect (1, path, NULL), "  problems      1\n", cases[i].problem, NULL);
  }
  g_file_set_contents (path, "LOG_DIR: x\n", -1, NULL);
  check_says (inspect (0, path, NULL),
      "  note          1: LOG_DIR: not known, and not used\n",
      "  problems      none\n", NULL);
  g_remove (path);
  g_free (path);
}

static void
test_pair (void)
{
  GArray *tensors = nanotrack_tensors ();
  char *config = path_in_dir ("pair.yaml");
  char *option = g_strconcat ("--config=", config, NULL);

  g_file_set_contents (config, "TRACK: {LR: 0.125}\n", -1, NULL);
  check_says (
      inspect_tensors (0, tensors, option), "pair.yaml\n", "lr 0.125, ", NULL);
  g_file_set_contents (config, "BACKBONE: {TYPE: resnet50}\n", -1, NULL);
  check_says (inspect_tensors (1, tensors, option), "  problems      1\n",
      "pair.yaml: BACKBONE.TYPE: resnet50", NULL);
  g_remove (config);
  g_free (option);
  g_free (config);
  tensors_free (tensors);
}

static void
test_bad_files (void)
{
  char *text = path_in_dir ("text.pth"), *absent = path_in_dir ("absent.pth");

  g_file_set_contents (text, "not a checkpoint\n", -1, NULL);
  check_says (inspect (1, text, absent, dir, NULL),
      "text.pth: not a checkpoint",
      "absent.pth: ", ": expected a regular file\n", NULL);
  g_remove (text);
  g_free (text);
  g_free (absent);
}

static void
test_usage (void)
{
  check_says (inspect (2, NULL, NULL), "expected a FILE", NULL);
  check_says (inspect (2, "--colour", NULL), "--colour", NULL);
  check_says (inspect (0, "--help", NULL), "FILE...", "--tensors", NULL);
}

static void
check_published (const char *model, const char *config, const char *name)
{
  const char *shared = g_getenv ("SIAMBAN_SHARED");
  char *model_path = g_build_filename (shared, "models", model, NULL);
  char *config_path = g_build_filename (shared, "models", config, NULL);

  if (g_file_test (model_path, G_FILE_TEST_EXISTS)) {
    char *line = g_strdup_printf ("  architecture  %s\n", name);

    check_says (
        inspect (0, model_path, NULL), line, "problems      none\n", NULL);
    check_says (inspect (0, model_path, "--config", config_path, NULL), line,
        config_path, "problems      none\n", NULL);
    g_free (line);
  } else
    g_test_skip ("no SIAMBAN_SHARED/models");
  g_free (model_path);
  g_free (config_path);
}

static void
test_published (void)
{
  check_published (
      "builtin/siamban_mobilenetv2.pth", "builtin/config.yaml", "mobilenetv2");
  check_published (
      "nanotrack/nanotrackv1.pth", "nanotrack/configv1.yaml", "nanotrack-v1");
  check_published (
      "nanotrack/nanotrackv2.pth", "nanotrack/configv2.yaml", "nanotrack-v2");
  check_published (
      "nanotrack/nanotrackv3.pth", "nanotrack/configv3.yaml", "nanotrack-v3");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("siamban-inspect-XXXXXX", NULL);
  g_test_add_func ("/inspect/whole", test_whole);
  g_test_add_func ("/inspect/list", test_list);
  g_test_add_func ("/inspect/every-problem", test_every_problem);
  g_test_add_func ("/inspect/variance", test_variance);
  g_test_add_func ("/inspect/unknown-network", test_unknown_network);
  g_test_add_func ("/inspect/config", test_config);
  g_test_add_func ("/inspect/unsupported-config", test_unsupported_config);
  g_test_add_func ("/inspect/pair", test_pair);
  g_test_add_func ("/inspect/bad-files", test_bad_files);
  g_test_add_func ("/inspect/usage", test_usage);
  g_test_add_func ("/inspect/published", test_published);
  int status = g_test_run ();
  g_rmdir (dir);
  g_free (dir);
  return status;
}
