/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <math.h>

#include "arch/arch.h"

/* Describing a network needs only those tensors that tell it apart. */
typedef struct
{
  const char *name;
  guint64 shape[4];
} Shape;

#define MAX_SHAPES   16
#define MAX_ELEMENTS (256 * 256 * 9)

static const Shape resnet50_tensors[MAX_SHAPES] = {
    {"backbone.layer1.0.conv3.weight", {256, 64, 1, 1}},
    {"neck.downsample2.downsample.0.weight", {256, 512, 1, 1}},
    {"neck.downsample3.downsample.0.weight", {256, 1024, 1, 1}},
    {"neck.downsample4.downsample.0.weight", {256, 2048, 1, 1}},
    {"head.box2.cls.conv_search.0.weight", {256, 256, 3, 3}},
    {"head.box3.cls.conv_search.0.weight", {256, 256, 3, 3}},
    {"head.box4.cls.conv_search.0.weight", {256, 256, 3, 3}},
    {"head.box2.cls.head.3.weight", {2, 256, 1, 1}},
    {"head.cls_weight", {3, 1, 1, 1}},
};

static const Shape resnet18_tensors[MAX_SHAPES] = {
    {"backbone.layer1.1.conv2.weight", {64, 64, 3, 3}},
    {"neck.downsample.downsample.0.weight", {128, 256, 1, 1}},
    {"head.cls.conv_search.0.weight", {64, 128, 3, 3}},
    {"head.cls.head.3.weight", {1, 64, 1, 1}},
};

static const Shape mobilenetv2_tensors[MAX_SHAPES] = {
    {"backbone.layer0.0.weight", {16, 3, 3, 3}},
    {"backbone.layer1.0.conv.6.weight", {8, 16, 1, 1}},
    {"backbone.layer2.0.conv.6.weight", {12, 48, 1, 1}},
    {"backbone.layer3.0.conv.6.weight", {16, 72, 1, 1}},
    {"backbone.layer4.0.conv.6.weight", {32, 96, 1, 1}},
    {"backbone.layer5.0.conv.6.weight", {48, 192, 1, 1}},
    {"neck.downsample2.downsample.0.weight", {64, 16, 1, 1}},
    {"neck.downsample3.downsample.0.weight", {64, 48, 1, 1}},
    {"head.box2.cls.conv_search.0.weight", {64, 64, 3, 3}},
    {"head.box3.cls.conv_search.0.weight", {64, 64, 3, 3}},
    {"head.box2.cls.head.3.weight", {2, 64, 1, 1}},
};

static const Shape nanotrack_tensors[3][MAX_SHAPES] = {
    {{"backbone.features.0.0.weight", {16, 3, 3, 3}},
        {"ban_head.corr_pw.CA_layer.fc1.weight", {64, 64, 1, 1}}},
    {{"backbone.features.0.0.weight", {16, 3, 3, 3}},
        {"ban_head.corr_pw_cls.CA_layer.fc1.weight", {64, 64, 1, 1}}},
    {{"backbone.features.0.0.weight", {16, 3, 3, 3}},
        {"ban_head.corr_pw_cls.CA_layer.fc1.weight", {64, 64, 1, 1}},
        {"ban_head.corr_dw_cls.conv_kernel.0.weight", {96, 96, 1, 1}}},
};

static const Shape alexnet_tensors[MAX_SHAPES] = {
    {"backbone.layer1.0.weight", {96, 3, 11, 11}},
};

static const Shape alexnetlegacy_tensors[MAX_SHAPES] = {
    {"backbone.features.0.weight", {96, 3, 11, 11}},
};

static const Shape unknown_tensors[MAX_SHAPES] = {
    {"blocks.0.attn.qkv.weight", {16, 16, 1, 1}},
};

static SiambanCheckpoint *
open_checkpoint (const Shape *shapes)
{
  g_autofree char *path = NULL;
  g_autofree float *zeros = g_new0 (float, MAX_ELEMENTS);
  SiambanTensorSource sources[MAX_SHAPES] = {0};
  SiambanCheckpoint *checkpoint;
  GError *error = NULL;
  guint n = 0;
  int fd = g_file_open_tmp ("siamban-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  for (; n < MAX_SHAPES && shapes[n].name; n++) {
    sources[n] = (SiambanTensorSource){
        .name = shapes[n].name, .n_dims = 4, .data = zeros};
    memcpy (sources[n].shape, shapes[n].shape, sizeof shapes[n].shape);
  }
  siamban_safetensors_write (path, sources, n, NULL, &error);
  g_assert_no_error (error);
  checkpoint = siamban_checkpoint_open (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  return checkpoint;
}

static SiambanNetwork *
describe (const Shape *shapes, const SiambanConfig *config, GError **error)
{
  SiambanCheckpoint *checkpoint = open_checkpoint (shapes);
  SiambanNetwork *network =
      siamban_network_describe (config, checkpoint, error);

  siamban_checkpoint_close (checkpoint);
  return network;
}

static SiambanNetwork *
describe_bare (const Shape *shapes)
{
  SiambanConfig *config = siamban_config_new ();
  GError *error = NULL;
  SiambanNetwork *network = describe (shapes, config, &error);

  g_assert_no_error (error);
  siamban_config_free (config);
  return network;
}

static void
assert_outputs (
    const SiambanGraph *graph, guint n, guint index, int c, int size)
{
  const SiambanNode *node;

  g_assert_cmpuint (graph->outputs->len, ==, n);
  node = siamban_graph_node (
      graph, g_array_index (graph->outputs, SiambanMap, index));
  g_assert_cmpint (node->c, ==, c);
  g_assert_cmpint (node->h, ==, size);
  g_assert_cmpint (node->w, ==, size);
}

static void
test_resnet50 (void)
{
  SiambanNetwork *network = describe_bare (resnet50_tensors);

  g_assert_cmpstr (network->architecture, ==, "resnet50");
  assert_outputs (network->template_graph, 6, 5, 256, 5);
  assert_outputs (network->search_graph, 2, 0, 2, 25);
  assert_outputs (network->search_graph, 2, 1, 4, 25);
  g_assert_cmpint (network->track.score_size, ==, 25);
  g_assert_cmpint (network->track.stride, ==, 8);
  g_assert_cmpint (network->track.cls_channels, ==, 2);
  g_assert_cmpfloat (network->track.window_influence, ==, 0.4632532824922313);
  g_assert_cmpfloat (network->track.lr, ==, 0.44418184746462425);
  siamban_network_free (network);
}

/* In units of 100 million. */
static void
test_resnet50_macs (void)
{
  SiambanNetwork *network = describe_bare (resnet50_tensors);
  guint64 search = siamban_graph_macs (network->search_graph);
  guint64 template = siamban_graph_macs (network->template_graph);

  g_assert_cmpuint (search / 100000000, ==, 487);
  g_assert_cmpuint (template / 100000000, ==, 107);
  siamban_network_free (network);
}

static void
test_single_level (void)
{
  SiambanNetwork *network = describe_bare (resnet18_tensors);

  g_assert_cmpstr (network->architecture, ==, "resnet18");
  assert_outputs (network->template_graph, 2, 0, 64, 5);
  assert_outputs (network->search_graph, 2, 0, 1, 25);
  g_assert_cmpint (network->track.cls_channels, ==, 1);
  siamban_network_free (network);
}

/* Half as wide, nothing above layer 5, and the layers told by the neck. */
static void
test_mobilenetv2 (void)
{
  SiambanNetwork *network = describe_bare (mobilenetv2_tensors);

  g_assert_cmpstr (network->architecture, ==, "mobilenetv2");
  assert_outputs (network->template_graph, 4, 3, 64, 5);
  assert_outputs (network->search_graph, 2, 1, 4, 25);
  siamban_network_free (network);
}

static void
test_nanotrack (void)
{
  const struct
  {
    const char *architecture;
    guint n_features;
    int channels, size, score_size;
    double lr;
  } expected[] = {
      {"nanotrack-v1", 1, 48, 8, 16, 0.390},
      {"nanotrack-v2", 2, 48, 8, 16, 0.385},
      {"nanotrack-v3", 4, 96, 8, 15, 0.348},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    SiambanNetwork *network = describe_bare (nanotrack_tensors[i]);

    g_assert_cmpstr (network->architecture, ==, expected[i].architecture);
    assert_outputs (network->template_graph, expected[i].n_features, 0,
        expected[i].channels, expected[i].size);
    assert_outputs (network->search_graph, 2, 0, 2, expected[i].score_size);
    g_assert_cmpint (network->track.score_size, ==, expected[i].score_size);
    g_assert_cmpint (network->track.stride, ==, 16);
    g_assert_cmpfloat (network->track.lr, ==, expected[i].lr);
    siamban_network_free (network);
  }
}

static void
test_config_decides (void)
{
  SiambanConfig *config = siamban_config_new ();
  GError *error = NULL;
  SiambanNetwork *network;

  config->lr = 0.25;
  config->weighted = 0;
  config->instance_size = 287;
  network = describe (resnet50_tensors, config, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (network->track.lr, ==, 0.25);
  g_assert_cmpint (network->track.score_size, ==, 29);
  assert_outputs (network->search_graph, 2, 0, 2, 29);
  g_assert_null (siamban_graph_node (network->search_graph,
      g_array_index (network->search_graph->outputs, SiambanMap, 0))
                     ->name);
  siamban_network_free (network);
  siamban_config_free (config);
}

static void
resnet18_in_config (SiambanConfig *config)
{
  config->backbone = g_strdup ("resnet18");
}

static void
alexnet_in_config (SiambanConfig *config)
{
  config->backbone = g_strdup ("alexnet");
}

static void
v1_in_config (SiambanConfig *config)
{
  config->backbone = g_strdup ("mobilenetv3_small");
}

static void
up_channel_in_config (SiambanConfig *config)
{
  config->ban_type = g_strdup ("UPChannelBAN");
}

static void
depthwise_in_config (SiambanConfig *config)
{
  config->ban_type = g_strdup ("DepthwiseBAN");
}

static void
no_neck_in_config (SiambanConfig *config)
{
  config->adjust = 0;
}

static void
two_layers_in_config (SiambanConfig *config)
{
  config->n_used_layers = 2;
  config->used_layers[0] = 3;
  config->used_layers[1] = 4;
}

static void
wrong_layers_in_config (SiambanConfig *config)
{
  config->n_used_layers = 3;
  config->used_layers[0] = 2;
  config->used_layers[1] = 4;
  config->used_layers[2] = 3;
}

static void
far_layer_in_config (SiambanConfig *config)
{
  config->n_used_layers = 3;
  config->used_layers[0] = 5;
}

static void
wrong_channels_in_config (SiambanConfig *config)
{
  config->n_ban_in = 1;
  config->ban_in[0] = 128;
}

static void
one_class_in_config (SiambanConfig *config)
{
  config->cls_out_channels = 1;
}

static void
stride_in_config (SiambanConfig *config)
{
  config->stride = 16;
}

static void
base_size_in_config (SiambanConfig *config)
{
  config->base_size = 7;
}

static void
sizes_in_config (SiambanConfig *config)
{
  config->exemplar_size = 255;
}

static void
small_exemplar_in_config (SiambanConfig *config)
{
  config->exemplar_size = 63;
}

static void
large_exemplar_in_config (SiambanConfig *config)
{
  config->exemplar_size = 159;
}

static void
width_in_config (SiambanConfig *config)
{
  config->width_mult = 1;
}

/* What does not fit, and what the message must say. */
static const struct
{
  const char *name;
  const Shape *tensors;
  void (*change) (SiambanConfig *config);
  const char *message;
} refused[] = {
    {"unknown", unknown_tensors, NULL, "*supported are resnet50*"},
    {"alexnet", alexnet_tensors, NULL, "*backbone is alexnet, which is not*"},
    {"alexnetlegacy", alexnetlegacy_tensors, NULL,
        "*backbone is alexnetlegacy, which is not*"},
    {"other-backbone", resnet50_tensors, resnet18_in_config,
        "*BACKBONE.TYPE: resnet18, but the tensors of * are resnet50's*"},
    {"alexnet-in-config", resnet50_tensors, alexnet_in_config,
        "*BACKBONE.TYPE: alexnet, *supported are*"},
    {"other-version", nanotrack_tensors[2], v1_in_config,
        "*mobilenetv3_small_v3's*"},
    {"up-channel", resnet50_tensors, up_channel_in_config,
        "*UPChannelBAN is not supported*"},
    {"other-head", resnet50_tensors, depthwise_in_config,
        "*BAN.TYPE: DepthwiseBAN, but the tensors of * are a MultiBAN's*"},
    {"no-neck", resnet50_tensors, no_neck_in_config, "*ADJUST.ADJUST: False*"},
    {"level-count", resnet50_tensors, two_layers_in_config,
        "*used_layers: expected 3 layers*"},
    {"level-order", resnet50_tensors, wrong_layers_in_config,
        "*neck.downsample3.downsample.0.weight takes 1024 channels, layer 4 of "
        "resnet50 has 2048*"},
    {"far-level", resnet50_tensors, far_layer_in_config,
        "*resnet50 has no layer 5*"},
    {"channels", resnet50_tensors, wrong_channels_in_config,
        "*BAN.KWARGS.in_channels: expected [256, 256, 256]*"},
    {"class-count", resnet50_tensors, one_class_in_config,
        "*BAN.KWARGS.cls_out_channels: expected [2]*"},
    {"stride", resnet50_tensors, stride_in_config,
        "*POINT.STRIDE: expected 8*"},
    {"base-size", resnet50_tensors, base_size_in_config,
        "*grid of scores is 25 x 25, but *BASE_SIZE* is 24*"},
    {"crop-sizes", resnet50_tensors, sizes_in_config,
        "*TRACK.EXEMPLAR_SIZE 255, INSTANCE_SIZE 255*"},
    {"small-exemplar", nanotrack_tensors[0], small_exemplar_in_config,
        "*does not work on crops of 63 and 255 pixels*"},
    {"large-exemplar", resnet50_tensors, large_exemplar_in_config,
        "*does not work on crops of 159 and 255 pixels*"},
    {"width", mobilenetv2_tensors, width_in_config,
        "*width_mult: 1 makes layer 0 32 channels wide, but in * it is 16*"},
};

static void
test_refused (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SiambanConfig *config = siamban_config_new ();
  GError *error = NULL;

  if (refused[i].change)
    refused[i].change (config);
  g_assert_null (describe (refused[i].tensors, config, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL);
  if (!g_pattern_match_simple (refused[i].message, error->message))
    g_error ("%s does not match %s", error->message, refused[i].message);
  g_error_free (error);
  siamban_config_free (config);
}

static void
test_tensor_missing (void)
{
  Shape shapes[MAX_SHAPES];

  for (int missing = 4; missing < 8; missing++) {
    SiambanConfig *config = siamban_config_new ();
    GError *error = NULL;

    memcpy (shapes, resnet50_tensors, sizeof shapes);
    shapes[missing].name = "other";
    g_assert_null (describe (shapes, config, &error));
    g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL);
    g_assert_nonnull (strstr (error->message, resnet50_tensors[missing].name));
    g_error_free (error);
    siamban_config_free (config);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arch/resnet50", test_resnet50);
  g_test_add_func ("/arch/resnet50-macs", test_resnet50_macs);
  g_test_add_func ("/arch/single-level", test_single_level);
  g_test_add_func ("/arch/mobilenetv2", test_mobilenetv2);
  g_test_add_func ("/arch/nanotrack", test_nanotrack);
  g_test_add_func ("/arch/config-decides", test_config_decides);
  g_test_add_func ("/arch/tensor-missing", test_tensor_missing);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree char *path =
        g_strconcat ("/arch/refused/", refused[i].name, NULL);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_refused);
  }
  return g_test_run ();
}
