/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arch/parts.h"

typedef struct
{
  int kernel, hidden, out;
  int se; /* hidden channels of squeeze-and-excitation, 0: none */
  SiambanAct act;
  int stride;
} Row;

#define RELU   SIAMBAN_ACT_RELU
#define HSWISH SIAMBAN_ACT_HARDSWISH

static const Row rows[] = {
    {3, 16, 16, 8, RELU, 2}, {3, 72, 24, 0, RELU, 2}, {3, 88, 24, 0, RELU, 1},
    {5, 96, 40, 24, HSWISH, 2}, {5, 240, 40, 64, HSWISH, 1},
    {5, 240, 40, 64, HSWISH, 1}, {5, 120, 48, 32, HSWISH, 1},
    {5, 144, 48, 40, HSWISH, 1},
    {5, 288, 96, 72, HSWISH, 1}, /* from version 3 on */
};

static SiambanMap
mobilenetv3_depthwise (SiambanGraph *g, SiambanMap x, const char *prefix,
    int index, const Row *row, SiambanAct act)
{
  return siamban_layer_seq (g, x, prefix, index,
      (SiambanConvSpec){.depthwise = TRUE,
          .kernel = row->kernel,
          .stride = row->stride,
          .pad = row->kernel / 2,
          .act = act});
}

static SiambanMap
squeeze_excite (SiambanGraph *g, SiambanMap x, const char *prefix, int index,
    const Row *row, SiambanAct act)
{
  g_autofree char *fc = g_strdup_printf ("%s.%d.fc", prefix, index);
  SiambanMap s = siamban_graph_mean (g, x);

  s = siamban_layer_conv (g, s, fc, "0",
      (SiambanConvSpec){.linear = TRUE,
          .bias = TRUE,
          .out = row->se,
          .act = SIAMBAN_ACT_RELU});
  s = siamban_layer_conv (g, s, fc, "2",
      (SiambanConvSpec){.linear = TRUE,
          .bias = TRUE,
          .out = row->hidden,
          .act = SIAMBAN_ACT_HARDSIGMOID});
  return siamban_graph_scale (g, x, s, act);
}

static SiambanMap
block_without_expansion (
    SiambanGraph *g, SiambanMap x, const char *prefix, const Row *row)
{
  x = mobilenetv3_depthwise (g, x, prefix, 0, row, row->act);
  x = squeeze_excite (g, x, prefix, 3, row, SIAMBAN_ACT_NONE);
  return siamban_layer_seq (
      g, x, prefix, 4, (SiambanConvSpec){.out = row->out});
}

static SiambanMap
mobilenetv3_block (
    SiambanGraph *g, SiambanMap x, const char *prefix, const Row *row)
{
  gboolean residual =
      row->stride == 1 && siamban_graph_node (g, x)->c == row->out;
  SiambanMap y = siamban_layer_seq (
      g, x, prefix, 0, (SiambanConvSpec){.out = row->hidden, .act = row->act});

  y = mobilenetv3_depthwise (
      g, y, prefix, 3, row, row->se ? SIAMBAN_ACT_NONE : row->act);
  if (row->se)
    y = squeeze_excite (g, y, prefix, 5, row, row->act);
  return siamban_layer_seq (g, y, prefix, 7,
      (SiambanConvSpec){
          .out = row->out, .has_residual = residual, .residual = x});
}

SiambanMap
siamban_mobilenetv3 (SiambanGraph *g, SiambanMap image, int version)
{
  int n = version < 3 ? G_N_ELEMENTS (rows) - 1 : G_N_ELEMENTS (rows);
  SiambanMap x = siamban_layer_seq (g, image, "backbone.features.0", 0,
      (SiambanConvSpec){
          .out = 16, .kernel = 3, .stride = 2, .pad = 1, .act = HSWISH});

  x = block_without_expansion (g, x, "backbone.features.1.conv", &rows[0]);
  for (int i = 1; i < n; i++) {
    g_autofree char *prefix =
        g_strdup_printf ("backbone.features.%d.conv", i + 1);

    x = mobilenetv3_block (g, x, prefix, &rows[i]);
  }
  return x;
}
