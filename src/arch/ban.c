/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arch/parts.h"

/* Narrower maps than this are the template's: only their centre is kept. */
#define CROP_BELOW 16
#define CENTRE     7

static const char *const branches[] = {"cls", "loc"};

static SiambanMap
ban_neck (SiambanGraph *g, SiambanMap x, const SiambanBan *ban, int level)
{
  int width, offset;

  x = siamban_layer_seq (g, x, ban->necks[level], 0,
      (SiambanConvSpec){.out = ban->neck_out[level]});
  width = siamban_graph_node (g, x)->w;
  if (width >= CROP_BELOW)
    return x;
  offset = (width - CENTRE) / 2;
  return siamban_graph_crop (g, x, offset, offset, CENTRE, CENTRE);
}

static SiambanMap
conv_before_xcorr (SiambanGraph *g, SiambanMap x, const char *prefix,
    const char *name, int out)
{
  g_autofree char *seq = g_strconcat (prefix, ".", name, NULL);

  return siamban_layer_seq (g, x, seq, 0,
      (SiambanConvSpec){.out = out, .kernel = 3, .act = SIAMBAN_ACT_RELU});
}

static SiambanMap
ban_head (
    SiambanGraph *g, SiambanMap x, const char *prefix, int hidden, int out)
{
  g_autofree char *seq = g_strconcat (prefix, ".head", NULL);

  x = siamban_layer_seq (
      g, x, seq, 0, (SiambanConvSpec){.out = hidden, .act = SIAMBAN_ACT_RELU});
  return siamban_layer_conv (
      g, x, seq, "3", (SiambanConvSpec){.out = out, .bias = TRUE});
}

/* One branch of one box; takes the template's side as the next feature. */
static SiambanMap
ban_branch (SiambanGraph *g, SiambanMap x, const SiambanBan *ban, int level,
    const char *name, int size, int out)
{
  g_autofree char *prefix = g_strconcat (ban->boxes[level], ".", name, NULL);
  int hidden = ban->hidden[level];
  SiambanMap z = siamban_graph_feature (g, hidden, size, size);

  x = conv_before_xcorr (g, x, prefix, "conv_search", hidden);
  x = siamban_graph_xcorr_depthwise (g, z, x, 0);
  return ban_head (g, x, prefix, hidden, out);
}

void
siamban_ban_template (
    SiambanGraph *g, const SiambanMap *levels, const SiambanBan *ban)
{
  for (int i = 0; i < ban->n_levels; i++) {
    SiambanMap z = ban_neck (g, levels[i], ban, i);

    for (gsize b = 0; b < G_N_ELEMENTS (branches); b++) {
      g_autofree char *prefix =
          g_strconcat (ban->boxes[i], ".", branches[b], NULL);

      siamban_graph_output (
          g, conv_before_xcorr (g, z, prefix, "conv_kernel", ban->hidden[i]));
    }
  }
}

void
siamban_ban_search (
    SiambanGraph *g, const SiambanMap *levels, const SiambanBan *ban)
{
  const int size = CENTRE - 2;
  SiambanMap cls[SIAMBAN_MAX_LEVELS], loc[SIAMBAN_MAX_LEVELS];

  for (int i = 0; i < ban->n_levels; i++) {
    SiambanMap x = ban_neck (g, levels[i], ban, i);

    siamban_graph_expose (g, x);
    cls[i] = ban_branch (g, x, ban, i, branches[0], size, ban->cls_channels);
    loc[i] = ban_branch (g, x, ban, i, branches[1], size, 4);
    if (ban->multi)
      loc[i] = siamban_graph_exp (g, loc[i], "head.loc_scale", i);
  }
  if (!ban->multi) {
    siamban_graph_output (g, cls[0]);
    siamban_graph_output (g, loc[0]);
    return;
  }
  siamban_graph_output (g, siamban_graph_weighted_sum (g, cls, ban->n_levels,
                               ban->weighted ? "head.cls_weight" : NULL));
  siamban_graph_output (g, siamban_graph_weighted_sum (g, loc, ban->n_levels,
                               ban->weighted ? "head.loc_weight" : NULL));
}
