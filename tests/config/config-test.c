/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <glib/gstdio.h>

#include "config/config.h"

static char *dir;

static SiambanConfig *
load_bytes (const char *text, gssize size, GError **error)
{
  char *path = g_build_filename (dir, "config.yaml", NULL);

  g_assert_true (g_file_set_contents_full (
      path, text, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  SiambanConfig *config = siamban_config_load (path, error);
  g_remove (path);
  g_free (path);
  return config;
}

static SiambanConfig *
load (const char *text)
{
  GError *error = NULL;
  SiambanConfig *config = load_bytes (text, -1, &error);

  g_assert_no_error (error);
  return config;
}

/* @message: what follows the path. */
static void
check_error (const char *text, gssize size, const char *message)
{
  GError *error = NULL;
  SiambanConfig *config = load_bytes (text, size, &error);

  g_assert_null (config);
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_CONFIG);
  char *whole = g_strdup_printf ("%s/config.yaml:%s", dir, message);
  g_assert_cmpstr (error->message, ==, whole);
  g_free (whole);
  g_error_free (error);
}

static void
check_ints (const int *values, int n, int expected_n, ...)
{
  va_list args;

  g_assert_cmpint (n, ==, expected_n);
  va_start (args, expected_n);
  for (int i = 0; i < n; i++)
    g_assert_cmpint (values[i], ==, va_arg (args, int));
  va_end (args);
}

static void
check_nothing_given (const SiambanConfig *config)
{
  g_assert_null (config->backbone);
  g_assert_null (config->adjust_type);
  g_assert_null (config->ban_type);
  g_assert_cmpint (config->n_used_layers, ==, 0);
  g_assert_cmpint (config->n_adjust_in, ==, 0);
  g_assert_cmpint (config->n_adjust_out, ==, 0);
  g_assert_cmpint (config->n_ban_in, ==, 0);
  g_assert_cmpint (config->adjust, ==, -1);
  g_assert_cmpint (config->weighted, ==, -1);
  g_assert_cmpint (config->cls_out_channels, ==, 0);
  g_assert_cmpint (config->stride, ==, 0);
  g_assert_cmpint (config->exemplar_size, ==, 0);
  g_assert_cmpint (config->instance_size, ==, 0);
  g_assert_cmpint (config->base_size, ==, 0);
  g_assert_cmpint (config->output_size, ==, 0);
  g_assert_true (isnan (config->width_mult));
  g_assert_true (isnan (config->window_influence));
  g_assert_true (isnan (config->penalty_k));
  g_assert_true (isnan (config->lr));
  g_assert_true (isnan (config->context_amount));
}

static void
test_nothing_given (void)
{
  static const char *const texts[] = {
      "{}",
      "TRACK: {}\n",
      "TRACK:\nBACKBONE: ~\nADJUST: null\n",
      "TRACK: {LR: ~, EXEMPLAR_SIZE: }\nBACKBONE: {KWARGS: {used_layers: ~}}\n",
      "BACKBONE:\n  PRETRAINED: {a: [1, {b: 2}], c: 3}\n  TRAIN_EPOCH: x\n",
      "---\nTRAIN: {LR: abc, x: [[[]]]}\n...\n",
  };
  SiambanConfig *config = siamban_config_new ();

  g_assert_null (config->path);
  check_nothing_given (config);
  siamban_config_free (config);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    config = load (texts[i]);
    check_nothing_given (config);
    siamban_config_free (config);
  }
}

static const char whole[] =
    "META_ARC: \"siamban_r50\"\n"
    "CUDA: True\n"
    "BACKBONE:\n"
    "    TYPE: \"resnet50\"\n"
    "    KWARGS:\n"
    "        used_layers: [2, 3, 4]\n"
    "        width_mult: 1.4\n"
    "    PRETRAINED: 'x.model'\n"
    "    TRAIN_LAYERS: ['layer2', 'layer3']\n"
    "    LAYERS_LR: 0.1\n"
    "ADJUST:\n"
    "    ADJUST: False\n"
    "    TYPE: AdjustAllLayer  # a note\n"
    "    KWARGS: {in_channels: [512, 1024, 2048], out_channels: 256}\n"
    "BAN:\n"
    "    BAN: True\n"
    "    TYPE: 'MultiBAN'\n"
    "    KWARGS:\n"
    "        in_channels: [256, 255, 254]\n"
    "        out_channels: 2\n"
    "        cls_out_channels: 2\n"
    "        weighted: true\n"
    "POINT:\n"
    "    STRIDE: 8\n"
    "TRACK:\n"
    "    TYPE: 'SiamBANTracker'\n"
    "    WINDOW_INFLUENCE: 0.4632532824922313  # VOT2018\n"
    "    PENALTY_K: 85e-3\n"
    "    LR: 1\n"
    "    EXEMPLAR_SIZE: 127\n"
    "    INSTANCE_SIZE: 255\n"
    "    BASE_SIZE: 8\n"
    "    OUTPUT_SIZE: 16\n"
    "    CONTEXT_AMOUNT: .5\n"
    "TRAIN:\n"
    "    LR: {TYPE: 'log', KWARGS: {start_lr: 0.005}}\n"
    "DATASET:\n"
    "    NAMES:\n"
    "    - 'VID'\n";

static void
test_every_key (void)
{
  SiambanConfig *config = load (whole);

  g_assert_true (g_str_has_suffix (config->path, "/config.yaml"));
  g_assert_cmpstr (config->backbone, ==, "resnet50");
  check_ints (config->used_layers, config->n_used_layers, 3, 2, 3, 4);
  g_assert_cmpfloat (config->width_mult, ==, 1.4);
  g_assert_cmpint (config->adjust, ==, 0);
  g_assert_cmpstr (config->adjust_type, ==, "AdjustAllLayer");
  check_ints (config->adjust_in, config->n_adjust_in, 3, 512, 1024, 2048);
  check_ints (config->adjust_out, config->n_adjust_out, 1, 256);
  g_assert_cmpstr (config->ban_type, ==, "MultiBAN");
  check_ints (config->ban_in, config->n_ban_in, 3, 256, 255, 254);
  g_assert_cmpint (config->cls_out_channels, ==, 2);
  g_assert_cmpint (config->weighted, ==, 1);
  g_assert_cmpint (config->stride, ==, 8);
  g_assert_cmpfloat (config->window_influence, ==, 0.4632532824922313);
  g_assert_cmpfloat (config->penalty_k, ==, 0.085);
  g_assert_cmpfloat (config->lr, ==, 1);
  g_assert_cmpint (config->exemplar_size, ==, 127);
  g_assert_cmpint (config->instance_size, ==, 255);
  g_assert_cmpint (config->base_size, ==, 8);
  g_assert_cmpint (config->output_size, ==, 16);
  g_assert_cmpfloat (config->context_amount, ==, 0.5);
  siamban_config_free (config);
}

/* What trainers add, and what no one knows: the first is silent. */
static void
test_passed_by (void)
{
  SiambanConfig *config = load (
      "\xef\xbb\xbf"
      "BAN: {VERSION: v2, TYPE: DepthwiseBAN}\n"
      "BACKBONE: {TYPE: resnet50, FREEZE: [1], KWARGS: {freeze_bn: True}}\n"
      "AMP: True\nMODE: train\nSELF_EPOCH: {a: {b: [c]}}\nTRIAL_CFG: x\n"
      "VALIDATE: 1\nVALIDATE_CFG: {LR: nonsense}\n\"\\e[31m\": 1\n"
      "TRACK: {LR: 0.25}\n");

  g_assert_cmpstr (config->backbone, ==, "resnet50");
  g_assert_cmpstr (config->ban_type, ==, "DepthwiseBAN");
  g_assert_cmpfloat (config->lr, ==, 0.25);
  g_assert_cmpuint (config->notes->len, ==, 8);
  g_assert_cmpstr (config->notes->pdata[0], ==,
      "2: BACKBONE.FREEZE: not known, and not used");
  g_assert_cmpstr (
      config->notes->pdata[1], ==, "3: AMP: not known, and not used");
  g_assert_cmpstr (
      config->notes->pdata[7], ==, "9: \\033[31m: not known, and not used");
  siamban_config_free (config);
}

/* Keys of other trackers in a config that is SiamBAN's all the same. */
static void
test_not_foreign (void)
{
  SiambanConfig *config = load ("RPN: {RPN: False}\nBAN: {BAN: True}\n"
                                "TRACK: {TYPE: SiamBANTracker, LR: 0.5}\n");

  g_assert_cmpfloat (config->lr, ==, 0.5);
  g_assert_cmpuint (config->notes->len, ==, 1);
  siamban_config_free (config);
}

static void
test_notes_are_bounded (void)
{
  GString *text = g_string_new (NULL);
  SiambanConfig *config;

  for (int i = 0; i < 10000; i++)
    g_string_append_printf (text, "KEY%d: 1\n", i);
  config = load (text->str);
  g_assert_cmpuint (config->notes->len, ==, 32);
  siamban_config_free (config);
  g_string_free (text, TRUE);
}

/* yacs takes a quoted scalar for the Python literal that it spells. */
static void
test_python_literals (void)
{
  SiambanConfig *config =
      load ("BACKBONE: {KWARGS: {used_layers: \"(2, 3, 4,)\"}}\n"
            "ADJUST:\n  ADJUST: 'False'\n  KWARGS:\n    in_channels: (7,)\n"
            "BAN: {KWARGS: {in_channels: \"[1,2]\", weighted: 'True'}}\n"
            "TRACK: {LR: '1e-3', EXEMPLAR_SIZE: \"127\", PENALTY_K: +2.E+1}\n");

  check_ints (config->used_layers, config->n_used_layers, 3, 2, 3, 4);
  g_assert_cmpint (config->adjust, ==, 0);
  check_ints (config->adjust_in, config->n_adjust_in, 1, 7);
  check_ints (config->ban_in, config->n_ban_in, 2, 1, 2);
  g_assert_cmpint (config->weighted, ==, 1);
  g_assert_cmpfloat (config->lr, ==, 0.001);
  g_assert_cmpfloat (config->penalty_k, ==, 20);
  g_assert_cmpint (config->exemplar_size, ==, 127);
  siamban_config_free (config);
}

typedef struct
{
  const char *text, *message;
} Bad;

static const Bad bad[] = {
    /* values */
    {"TRACK:\n  LR: abc\n",
        "2: TRACK.LR: expected a number from 0 to 1, got \"abc\""},
    {"TRACK:\n\n  LR: 1.5\n",
        "3: TRACK.LR: expected a number from 0 to 1, got \"1.5\""},
    {"TRACK: {LR: -0.1}",
        "1: TRACK.LR: expected a number from 0 to 1, got \"-0.1\""},
    {"TRACK: {LR: .nan}",
        "1: TRACK.LR: expected a number from 0 to 1, got \".nan\""},
    {"TRACK: {LR: nan}",
        "1: TRACK.LR: expected a number from 0 to 1, got \"nan\""},
    {"TRACK: {LR: True}",
        "1: TRACK.LR: expected a number from 0 to 1, got \"True\""},
    {"TRACK: {LR: 0x1p-3}",
        "1: TRACK.LR: expected a number from 0 to 1, got \"0x1p-3\""},
    {"TRACK: {LR: 0.4 0.5}",
        "1: TRACK.LR: expected a number from 0 to 1, got \"0.4 0.5\""},
    {"TRACK: {LR: ''}", "1: TRACK.LR: expected a number from 0 to 1, got \"\""},
    {"TRACK: {LR: [0.4]}",
        "1: TRACK.LR: expected a number from 0 to 1, got a list"},
    {"TRACK: {LR: {TYPE: log}}",
        "1: TRACK.LR: expected a number from 0 to 1, got a mapping"},
    {"TRACK: {PENALTY_K: .inf}",
        "1: TRACK.PENALTY_K: expected a number from 0 up, got \".inf\""},
    {"TRACK: {PENALTY_K: 1e999}",
        "1: TRACK.PENALTY_K: expected a number from 0 up, got \"1e999\""},
    {"TRACK: {WINDOW_INFLUENCE: \"0.4\\n\"}",
        "1: TRACK.WINDOW_INFLUENCE: expected a number from 0 to 1, "
        "got \"0.4\\n\""},
    {"TRACK: {CONTEXT_AMOUNT: 11}",
        "1: TRACK.CONTEXT_AMOUNT: expected a number from 0 to 10, got \"11\""},
    {"TRACK: {EXEMPLAR_SIZE: 127.0}",
        "1: TRACK.EXEMPLAR_SIZE: expected an integer from 16 to 1024, "
        "got \"127.0\""},
    {"TRACK: {EXEMPLAR_SIZE: 0127}",
        "1: TRACK.EXEMPLAR_SIZE: expected an integer from 16 to 1024, "
        "got \"0127\""},
    {"TRACK: {INSTANCE_SIZE: 99999999999999999999}",
        "1: TRACK.INSTANCE_SIZE: expected an integer from 16 to 1024, "
        "got \"99999999999999999999\""},
    {"TRACK: {BASE_SIZE: 0}",
        "1: TRACK.BASE_SIZE: expected an integer from 1 to 255, got \"0\""},
    {"TRACK: {OUTPUT_SIZE: -1}",
        "1: TRACK.OUTPUT_SIZE: expected an integer from 1 to 255, got \"-1\""},
    {"POINT: {STRIDE: eight}",
        "1: POINT.STRIDE: expected an integer from 1 to 128, got \"eight\""},
    {"ADJUST:\n  ADJUST: 1\n",
        "2: ADJUST.ADJUST: expected True or False, got \"1\""},
    {"BAN: {KWARGS: {weighted: 'yes'}}",
        "1: BAN.KWARGS.weighted: expected True or False, got \"yes\""},
    {"BAN: {KWARGS: {cls_out_channels: 3}}",
        "1: BAN.KWARGS.cls_out_channels: expected an integer from 1 to 2, "
        "got \"3\""},
    {"BACKBONE: {TYPE: 50}", "1: BACKBONE.TYPE: expected a name, got \"50\""},
    {"BACKBONE: {TYPE: ''}", "1: BACKBONE.TYPE: expected a name, got \"\""},
    {"BACKBONE: {TYPE: True}",
        "1: BACKBONE.TYPE: expected a name, got \"True\""},
    {"BACKBONE: {TYPE: [a]}", "1: BACKBONE.TYPE: expected a name, got a list"},
    {"BACKBONE: {TYPE: \"a\\e[31m\"}",
        "1: BACKBONE.TYPE: expected a name, got \"a\\033[31m\""},
    {"BACKBONE: {TYPE: "
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "a"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}",
        "1: BACKBONE.TYPE: expected a name, got "
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\""},
    /* lists */
    {"BACKBONE:\n  KWARGS:\n    used_layers: [2, x]\n",
        "3: BACKBONE.KWARGS.used_layers: expected integers from 0 to 16, "
        "got \"x\""},
    {"BACKBONE:\n  KWARGS:\n    used_layers:\n    - 2\n    - 17\n",
        "5: BACKBONE.KWARGS.used_layers: expected integers from 0 to 16, "
        "got \"17\""},
    {"BACKBONE: {KWARGS: {used_layers: [2, [3]]}}",
        "1: BACKBONE.KWARGS.used_layers: expected integers from 0 to 16, "
        "got a list"},
    {"BACKBONE: {KWARGS: {used_layers: {a: 1}}}",
        "1: BACKBONE.KWARGS.used_layers: expected integers from 0 to 16, "
        "got a mapping"},
    {"BACKBONE: {KWARGS: {used_layers: []}}",
        "1: BACKBONE.KWARGS.used_layers: expected a list of 1 to 8 integers"},
    {"BACKBONE: {KWARGS: {used_layers: ()}}",
        "1: BACKBONE.KWARGS.used_layers: expected a list of 1 to 8 integers"},
    {"BACKBONE: {KWARGS: {used_layers: [1, 2, 3, 4, 5, 6, 7, 8, 9]}}",
        "1: BACKBONE.KWARGS.used_layers: expected a list of 1 to 8 integers"},
    {"BACKBONE: {KWARGS: {used_layers: '(2, 3.5)'}}",
        "1: BACKBONE.KWARGS.used_layers: expected integers from 0 to 16, "
        "got \"(2, 3.5)\""},
    {"ADJUST: {KWARGS: {in_channels: [512, 0]}}",
        "1: ADJUST.KWARGS.in_channels: expected integers from 1 to 8192, "
        "got \"0\""},
    {"BAN: {KWARGS: {out_channels: [~]}}",
        "1: BAN.KWARGS.out_channels: expected integers from 1 to 8192, "
        "got \"~\""},
    /* keys */
    {"TRACK:\n  LR: 0.4\n  LRR: 0.3\n",
        "3: TRACK.LRR: unknown key, perhaps LR was meant"},
    {"TRACK:\n  LR: 0.4\n  ALPHA: 0.3\n",
        "3: TRACK.ALPHA: unknown key, expected one of TYPE, WINDOW_INFLUENCE, "
        "PENALTY_K, LR, CONTEXT_AMOUNT, EXEMPLAR_SIZE, INSTANCE_SIZE, "
        "BASE_SIZE, OUTPUT_SIZE"},
    {"TRAKC: {}\n", "1: TRAKC: unknown key, perhaps TRACK was meant"},
    {"Track: {}\n", "1: Track: unknown key, perhaps TRACK was meant"},
    {"TRACKS: {}\n", "1: TRACKS: unknown key, perhaps TRACK was meant"},
    {"BAK: {}\n", "1: BAK: unknown key, perhaps BAN was meant"},
    {"BACKBONE: {KWARG: {}}\n",
        "1: BACKBONE.KWARG: unknown key, perhaps KWARGS was meant"},
    {"META: &a {}\n", "1: META: expected no anchors (&) and aliases (*): write "
                      "the value out"},
    {"POINT: {\"a\\nb\": 1}",
        "1: POINT.a\\nb: unknown key, expected one of STRIDE"},
    {"BACKBONE: {KWARGS: {depth: 50}}",
        "1: BACKBONE.KWARGS.depth: unknown key, expected one of used_layers, "
        "width_mult, freeze_bn, frozen_stages, norm_eval, pretrained"},
    /* other trackers */
    {"RPN:\n  TYPE: MultiRPN\n", "1: RPN: this is a SiamRPN config, expected "
                                 "one of SiamBAN or NanoTrack"},
    {"ANCHOR: {}\nRPN: {}\nMASK: {MASK: True}\nTRACK: {LR: x}\n",
        "3: MASK: this is a SiamMask config, expected one of SiamBAN or "
        "NanoTrack"},
    {"CAR:\n  TYPE: CARHead\n", "1: CAR: this is a SiamCAR config, expected "
                                "one of SiamBAN or NanoTrack"},
    {"RPN: {}\nTRACK:\n  LR: 1\n  TYPE: 'SiamRPNLTTracker'\n",
        "4: TRACK.TYPE: this is a SiamRPN config, expected one of SiamBAN or "
        "NanoTrack"},
    {"DATA: {MAX: [1]}\nMODEL: {BACKBONE: {TYPE: vit}}\n",
        "2: MODEL: this is a STARK or OSTrack config, expected one of SiamBAN "
        "or "
        "NanoTrack"},
    {"TRACK:\n  LR: 0.4\n  LR: 0.4\n",
        "3: TRACK.LR: expected each key once, this is its second time"},
    {"TRAIN: {}\nTRACK: {}\nTRAIN: {}\n",
        "3: TRAIN: expected each key once, this is its second time"},
    {"TRACK:\n  ? [LR]\n  : 0.4\n",
        "2: TRACK: expected the name of a key, got a list or a mapping"},
    {"TRACK: 3\n", "1: TRACK: expected a mapping, got \"3\""},
    {"TRACK:\n- LR\n", "2: TRACK: expected a mapping, got a list"},
    /* shape of the file */
    {"", " this is an empty file; expected a config.yaml"},
    {"<!DOCTYPE html>\n", " this is a web page or other XML, as a wrong "
                          "address or a login gives: "
                          "download it again; expected a config.yaml"},
    {"# nothing\n\n", "3: expected a mapping of keys like BACKBONE and TRACK"},
    {"~", "1: expected a mapping of keys like BACKBONE and TRACK"},
    {"- TRACK\n", "1: expected a mapping of keys like BACKBONE and TRACK"},
    {"PK\003\004x", " this is an archive, maybe the checkpoint; expected a "
                    "config.yaml"},
    {"\001", "1: expected YAML: control characters are not allowed"},
    {"TRACK: {}\n---\nTRACK: {}\n", "2: expected one document"},
    {"TRACK: {LR: 0.4\n", "2: TRACK: expected YAML: did not find expected ',' "
                          "or '}'"},
    {"TRACK:\n\tLR: 0.4\n", "2: TRACK: expected YAML: found character that "
                            "cannot start any token"},
    {"TRACK: {}\n# \xff\n", "2: expected YAML: invalid leading UTF-8 octet"},
    /* what YAML can do beyond data */
    {"TRACK: &t\n  LR: 0.4\n", "1: TRACK: expected no anchors (&) and aliases "
                               "(*): write the value out"},
    {"TRAIN:\n  A: &a 1\n", "2: TRAIN: expected no anchors (&) and aliases "
                            "(*): write the value out"},
    {"TRACK:\n  LR: *x\n", "2: TRACK.LR: expected no anchors (&) and aliases "
                           "(*): write the value out"},
    {"TRACK:\n  LR: !!float 0.4\n",
        "2: TRACK.LR: expected no tags (!): write the value"},
    {"DATASET: !!python/object/apply:os.system [ls]\n",
        "1: DATASET: expected no tags (!): write the value"},
};

static void
test_errors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    check_error (bad[i].text, -1, bad[i].message);
}

static void
test_bombs (void)
{
  GString *text = g_string_new ("TRAIN:\n  a0: &a0 [x, x]\n");

  for (int i = 1; i < 30; i++)
    g_string_append_printf (
        text, "  a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
  check_error (text->str, -1,
      "2: TRAIN: expected no anchors (&) and aliases (*): write the value "
      "out");
  g_string_assign (text, "DATASET:\n  ");
  for (int i = 0; i < 500000; i++)
    g_string_append (text, "[");
  check_error (text->str, -1, "2: DATASET: expected at most 16 levels");
  g_string_assign (text, "DATASET:\n");
  for (int i = 1; i < 1000; i++)
    g_string_append_printf (text, "%*sa:\n", i, "");
  check_error (text->str, -1, "18: DATASET: expected at most 16 levels");
  g_string_free (text, TRUE);
}

static void
test_size (void)
{
  enum
  {
    LIMIT = 1024 * 1024
  };
  char *text = g_malloc (LIMIT + 1);

  memset (text, '\n', LIMIT + 1);
  memcpy (text, "TRACK: {LR: 0.25}", 17);
  GError *error = NULL;
  SiambanConfig *config = load_bytes (text, LIMIT, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (config->lr, ==, 0.25);
  siamban_config_free (config);
  check_error (
      text, LIMIT + 1, " expected a config.yaml of at most 1048576 bytes");
  g_free (text);
}

static void
check_io_error (const char *path, const char *reason)
{
  GError *error = NULL;

  g_assert_null (siamban_config_load (path, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO);
  char *message = g_strdup_printf ("%s: %s", path, reason);
  g_assert_cmpstr (error->message, ==, message);
  g_free (message);
  g_error_free (error);
}

static void
test_no_file (void)
{
  char *path = g_build_filename (dir, "absent.yaml", NULL), *pipe;

  check_io_error (path, g_strerror (ENOENT));
  check_io_error (dir, "expected a regular file");
  check_io_error ("/dev/zero", "expected a regular file");
  pipe = g_build_filename (dir, "pipe", NULL);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  check_io_error (pipe, "expected a regular file");
  g_remove (pipe);
  g_free (pipe);
  g_free (path);
}

/* Any text gives a config or an error that names the file. */
static void
check_survives (const char *text, gsize size)
{
  GError *error = NULL;
  SiambanConfig *config = load_bytes (text, size, &error);

  g_assert_true ((config == NULL) == (error != NULL));
  if (error) {
    g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_CONFIG);
    g_assert_true (g_str_has_prefix (error->message, dir));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  } else {
    g_assert_false (config->lr < 0 || config->lr > 1);
    g_assert_cmpint (config->n_used_layers, <=, SIAMBAN_MAX_LEVELS);
  }
  g_clear_error (&error);
  siamban_config_free (config);
}

static void
test_truncated (void)
{
  for (gsize size = 0; size < strlen (whole); size++)
    check_survives (whole, size);
}

static void
mutate (char *text, gsize size)
{
  static const char odd[] = "\0\n\t \"'{}[]:,-&*!?|>%@`~#.0129eE+\x80\xff";
  int changes = g_test_rand_int_range (1, 6);

  for (int k = 0; k < changes; k++) {
    gsize at = g_test_rand_int_range (0, size);
    int kind = g_test_rand_int_range (0, 3);

    if (kind == 0)
      text[at] = odd[g_test_rand_int_range (0, sizeof odd - 1)];
    else if (kind == 1)
      text[at] ^= 1 << g_test_rand_int_range (0, 8);
    else
      text[at] = text[g_test_rand_int_range (0, size)];
  }
}

/* g_test prints the seed; --seed runs it again. */
static void
test_mutated (void)
{
  for (int k = 0; k < 2000; k++) {
    char *text = g_strdup (whole);

    mutate (text, strlen (whole));
    check_survives (text, strlen (whole));
    g_free (text);
  }
}

static SiambanConfig *
load_shared (const char *name)
{
  char *path =
      g_build_filename (g_getenv ("SIAMBAN_SHARED"), "models", name, NULL);
  GError *error = NULL;
  SiambanConfig *config = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    config = siamban_config_load (path, &error);
    g_assert_no_error (error);
  } else
    g_test_skip ("no SIAMBAN_SHARED/models");
  g_free (path);
  return config;
}

static void
test_builtin (void)
{
  SiambanConfig *config = load_shared ("builtin/config.yaml");

  if (!config)
    return;
  g_assert_cmpstr (config->backbone, ==, "mobilenetv2");
  g_assert_cmpstr (config->ban_type, ==, "MultiBAN");
  g_assert_cmpint (config->n_used_layers, >, 0);
  g_assert_cmpint (config->n_ban_in, ==, config->n_used_layers);
  siamban_config_free (config);
}

static void
check_nanotrack (const char *name, const char *backbone, int channels,
    double window, double penalty, double lr, int output)
{
  SiambanConfig *config = load_shared (name);

  if (!config)
    return;
  g_assert_cmpstr (config->backbone, ==, backbone);
  check_ints (config->used_layers, config->n_used_layers, 1, 4);
  g_assert_cmpint (config->adjust, ==, 1);
  check_ints (config->adjust_in, config->n_adjust_in, 1, channels);
  g_assert_cmpstr (config->ban_type, ==, "DepthwiseBAN");
  g_assert_cmpint (config->stride, ==, 16);
  g_assert_cmpfloat (config->window_influence, ==, window);
  g_assert_cmpfloat (config->penalty_k, ==, penalty);
  g_assert_cmpfloat (config->lr, ==, lr);
  g_assert_cmpint (config->base_size, ==, 7);
  g_assert_cmpint (config->output_size, ==, output);
  siamban_config_free (config);
}

static void
test_nanotrack (void)
{
  check_nanotrack ("nanotrack/configv1.yaml", "mobilenetv3_small", 64, 0.462,
      0.148, 0.390, 0);
  check_nanotrack ("nanotrack/configv2.yaml", "mobilenetv3_small", 64, 0.490,
      0.150, 0.385, 0);
  check_nanotrack ("nanotrack/configv3.yaml", "mobilenetv3_small_v3", 96, 0.455,
      0.138, 0.348, 15);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("siamban-config-XXXXXX", NULL);
  g_test_add_func ("/config/passed-by", test_passed_by);
  g_test_add_func ("/config/not-foreign", test_not_foreign);
  g_test_add_func ("/config/notes-are-bounded", test_notes_are_bounded);
  g_test_add_func ("/config/nothing-given", test_nothing_given);
  g_test_add_func ("/config/every-key", test_every_key);
  g_test_add_func ("/config/python-literals", test_python_literals);
  g_test_add_func ("/config/errors", test_errors);
  g_test_add_func ("/config/bombs", test_bombs);
  g_test_add_func ("/config/size", test_size);
  g_test_add_func ("/config/no-file", test_no_file);
  g_test_add_func ("/config/truncated", test_truncated);
  g_test_add_func ("/config/mutated", test_mutated);
  g_test_add_func ("/config/builtin", test_builtin);
  g_test_add_func ("/config/nanotrack", test_nanotrack);
  int status = g_test_run ();
  g_rmdir (dir);
  g_free (dir);
  return status;
}
