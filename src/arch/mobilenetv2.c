/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arch/parts.h"

/* MobileNetV2 with stride 8: from layer4 on it dilates instead of striding. */

#define N_LAYERS SIAMBAN_MOBILENETV2_LAYERS

typedef struct
{
  int expand, out, blocks, stride, dilation;
} Row;

static const Row rows[N_LAYERS] = {
    {0, 32, 0, 2, 1}, /* the stem */
    {1, 16, 1, 1, 1},
    {6, 24, 2, 2, 1},
    {6, 32, 3, 2, 1},
    {6, 64, 4, 1, 2},
    {6, 96, 3, 1, 2},
    {6, 160, 3, 1, 4},
    {6, 320, 1, 1, 4},
};

int
siamban_mobilenetv2_width (int layer, double width_mult)
{
  return rows[layer].out * width_mult;
}

static int
mobilenetv2_channels (const SiambanBan *ban, int layer)
{
  return ban->widths[layer];
}

static SiambanMap
inverted_residual (SiambanGraph *g, SiambanMap x, const char *prefix,
    int expand, int out, int stride, int dilation)
{
  int in = siamban_graph_node (g, x)->c;
  gboolean residual = stride == 1 && in == out;
  SiambanMap y = siamban_layer_seq (g, x, prefix, 0,
      (SiambanConvSpec){.out = in * expand, .act = SIAMBAN_ACT_RELU6});

  y = siamban_layer_seq (g, y, prefix, 3,
      (SiambanConvSpec){.depthwise = TRUE,
          .kernel = 3,
          .stride = stride,
          .pad = stride == 1 ? dilation : 0,
          .dilation = dilation,
          .act = SIAMBAN_ACT_RELU6});
  return siamban_layer_seq (g, y, prefix, 6,
      (SiambanConvSpec){.out = out, .has_residual = residual, .residual = x});
}

/* The first block after a change of dilation dilates half as much. */
static SiambanMap
mobilenetv2_layer (
    SiambanGraph *g, SiambanMap x, const SiambanBan *ban, int index)
{
  const Row *row = &rows[index];
  int first = row->dilation == row[-1].dilation ? row->dilation
                                                : MAX (row->dilation / 2, 1);

  for (int i = 0; i < row->blocks; i++) {
    g_autofree char *prefix =
        g_strdup_printf ("backbone.layer%d.%d.conv", index, i);

    x = inverted_residual (g, x, prefix, row->expand,
        mobilenetv2_channels (ban, index), i ? 1 : row->stride,
        i ? row->dilation : first);
  }
  return x;
}

static void
mobilenetv2 (SiambanGraph *g, SiambanMap image, const SiambanBan *ban,
    SiambanMap *levels)
{
  SiambanMap maps[N_LAYERS];
  int last = 0;

  for (int i = 0; i < ban->n_levels; i++)
    last = MAX (last, ban->layers[i]);
  maps[0] = siamban_layer_seq (g, image, "backbone.layer0", 0,
      (SiambanConvSpec){.out = mobilenetv2_channels (ban, 0),
          .kernel = 3,
          .stride = rows[0].stride,
          .act = SIAMBAN_ACT_RELU6});
  for (int i = 1; i <= last; i++)
    maps[i] = mobilenetv2_layer (g, maps[i - 1], ban, i);
  for (int i = 0; i < ban->n_levels; i++)
    levels[i] = maps[ban->layers[i]];
}

const SiambanBackbone siamban_mobilenetv2 = {
    "mobilenetv2", N_LAYERS, mobilenetv2_channels, mobilenetv2};
