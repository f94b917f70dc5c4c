/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arch/parts.h"

/* ResNet with stride 8: the last two stages dilate instead of striding, and
 * what strides has no padding. */

#define N_LAYERS 5

typedef struct
{
  int width, stride, dilation;
} Stage;

static const Stage stages[N_LAYERS] = {
    {64, 2, 1}, /* the stem */
    {64, 1, 1},
    {128, 2, 1},
    {256, 1, 2},
    {512, 1, 4},
};

static const int depth18[N_LAYERS] = {0, 2, 2, 2, 2};
static const int depth34[N_LAYERS] = {0, 3, 4, 6, 3};

/* The first block of a stage changes the width and dilates half as much. */
typedef struct
{
  int width, out, stride, dilation, pad;
} Block;

static SiambanMap
resnet_stem (SiambanGraph *g, SiambanMap image)
{
  return siamban_layer_conv_bn (g, image, "backbone", "conv1", "bn1",
      (SiambanConvSpec){
          .out = 64, .kernel = 7, .stride = 2, .act = SIAMBAN_ACT_RELU});
}

static SiambanMap
resnet_shortcut (SiambanGraph *g, SiambanMap x, const char *prefix,
    const Block *b, int kernel)
{
  g_autofree char *name = g_strconcat (prefix, ".downsample", NULL);

  return siamban_layer_seq (g, x, name, 0,
      (SiambanConvSpec){.out = b->out,
          .kernel = kernel,
          .stride = b->stride,
          .pad = kernel == 1 ? 0 : b->pad,
          .dilation = b->dilation});
}

static SiambanMap
resnet_bottleneck (SiambanGraph *g, SiambanMap x, SiambanMap residual,
    const char *prefix, const Block *b)
{
  x = siamban_layer_conv_bn (g, x, prefix, "conv1", "bn1",
      (SiambanConvSpec){.out = b->width, .act = SIAMBAN_ACT_RELU});
  x = siamban_layer_conv_bn (g, x, prefix, "conv2", "bn2",
      (SiambanConvSpec){.out = b->width,
          .kernel = 3,
          .stride = b->stride,
          .pad = b->pad,
          .dilation = b->dilation,
          .act = SIAMBAN_ACT_RELU});
  return siamban_layer_conv_bn (g, x, prefix, "conv3", "bn3",
      (SiambanConvSpec){.out = b->out,
          .act = SIAMBAN_ACT_RELU,
          .has_residual = TRUE,
          .residual = residual});
}

static SiambanMap
resnet_basic (SiambanGraph *g, SiambanMap x, SiambanMap residual,
    const char *prefix, const Block *b, int dilation)
{
  x = siamban_layer_conv_bn (g, x, prefix, "conv1", "bn1",
      (SiambanConvSpec){.out = b->width,
          .kernel = 3,
          .stride = b->stride,
          .pad = b->pad,
          .dilation = b->dilation,
          .act = SIAMBAN_ACT_RELU});
  return siamban_layer_conv_bn (g, x, prefix, "conv2", "bn2",
      (SiambanConvSpec){.out = b->out,
          .kernel = 3,
          .pad = dilation,
          .dilation = dilation,
          .act = SIAMBAN_ACT_RELU,
          .has_residual = TRUE,
          .residual = residual});
}

static SiambanMap
resnet_stage (
    SiambanGraph *g, SiambanMap x, int layer, int depth, int expansion)
{
  const Stage *s = &stages[layer];

  for (int i = 0; i < depth; i++) {
    g_autofree char *prefix = g_strdup_printf ("backbone.layer%d.%d", layer, i);
    Block b = {s->width, s->width * expansion, i ? 1 : s->stride,
        i || s->dilation == 1 ? s->dilation : s->dilation / 2, 0};
    SiambanMap residual = x;

    b.pad = b.stride == 1 ? b.dilation : 0;
    if (!i && (layer > 1 || expansion > 1))
      residual = resnet_shortcut (g, x, prefix, &b, layer == 1 ? 1 : 3);
    x = expansion > 1 ? resnet_bottleneck (g, x, residual, prefix, &b)
                      : resnet_basic (g, x, residual, prefix, &b, s->dilation);
  }
  return x;
}

static gboolean
is_used (const SiambanBan *ban, int layer)
{
  for (int i = 0; i < ban->n_levels; i++)
    if (ban->layers[i] == layer)
      return TRUE;
  return FALSE;
}

/* Stages 3 and 4 that no level uses are not part of the published network. */
static void
resnet (SiambanGraph *g, SiambanMap image, const SiambanBan *ban,
    SiambanMap *levels, const int *depth, int expansion)
{
  SiambanMap maps[N_LAYERS];
  SiambanMap x = maps[0] = resnet_stem (g, image);

  x = siamban_graph_max_pool (g, x, 3, 2, 1);
  for (int i = 1; i < N_LAYERS; i++) {
    if (i < 3 || is_used (ban, i))
      x = resnet_stage (g, x, i, depth[i], expansion);
    maps[i] = x;
  }
  for (int i = 0; i < ban->n_levels; i++)
    levels[i] = maps[ban->layers[i]];
}

static int
basic_channels (const SiambanBan *ban, int layer)
{
  (void)ban;
  return stages[layer].width;
}

static int
bottleneck_channels (const SiambanBan *ban, int layer)
{
  (void)ban;
  return stages[layer].width * (layer ? 4 : 1);
}

static void
resnet18 (SiambanGraph *g, SiambanMap image, const SiambanBan *ban,
    SiambanMap *levels)
{
  resnet (g, image, ban, levels, depth18, 1);
}

static void
resnet34 (SiambanGraph *g, SiambanMap image, const SiambanBan *ban,
    SiambanMap *levels)
{
  resnet (g, image, ban, levels, depth34, 1);
}

static void
resnet50 (SiambanGraph *g, SiambanMap image, const SiambanBan *ban,
    SiambanMap *levels)
{
  resnet (g, image, ban, levels, depth34, 4);
}

const SiambanBackbone siamban_resnet18 = {
    "resnet18", N_LAYERS, basic_channels, resnet18};
const SiambanBackbone siamban_resnet34 = {
    "resnet34", N_LAYERS, basic_channels, resnet34};
const SiambanBackbone siamban_resnet50 = {
    "resnet50", N_LAYERS, bottleneck_channels, resnet50};
