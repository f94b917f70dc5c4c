/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arch/parts.h"

/* The template's map is 8 x 8: that many filters in a pixelwise correlation. */
#define Z_SIZE   8
#define N_PIXELS (Z_SIZE * Z_SIZE)
/* Version 3 correlates depthwise with the centre only. */
#define Z_CENTRE 4

#define RELU  SIAMBAN_ACT_RELU
#define RELU6 SIAMBAN_ACT_RELU6

typedef struct
{
  const char *corr;    /* pixelwise correlation */
  const char *corr_dw; /* depthwise correlation, or NULL */
  const char *down;    /* joins the two */
  const char *tower;
  int width;
  int kernels[7]; /* one a step of the tower, 0 ends */
  const char *pred;
  int out;
} Branch;

/* cls, then loc. */
static const Branch heads[3][2] = {
    {{"corr_pw", NULL, NULL, "cls_tower", 128, {5, 5, 3}, "cls_logits", 2},
        {"corr_pw", NULL, NULL, "bbox_tower", 96, {3, 3, 5, 5}, "bbox_pred",
            4}},
    {{"corr_pw_cls", NULL, NULL, "cls_pw_tower", 96, {3, 3, 3, 3, 3, 3},
         "cls_pred", 2},
        {"corr_pw_reg", NULL, NULL, "bbox_pw_tower", 96, {3, 3, 3, 3, 3, 3},
            "bbox_pred", 4}},
    {{"corr_pw_cls", "corr_dw_cls", "down_cls", "cls_tower", 96,
         {3, 3, 3, 3, 3, 3}, "cls_logits", 2},
        {"corr_pw_reg", "corr_dw_reg", "down_reg", "bbox_tower", 96,
            {3, 3, 3, 3, 3, 3}, "bbox_pred", 4}},
};

static char *
in_head (const char *module, const char *name)
{
  return g_strconcat ("ban_head.", module, name ? "." : NULL, name, NULL);
}

static SiambanMap
nanotrack_project (
    SiambanGraph *g, SiambanMap x, const char *corr, const char *name)
{
  g_autofree char *seq = in_head (corr, name);

  return siamban_layer_seq (g, x, seq, 0,
      (SiambanConvSpec){.out = siamban_graph_node (g, x)->c, .bias = TRUE});
}

static SiambanMap
biased_1x1 (SiambanGraph *g, SiambanMap x, const char *module, int out)
{
  g_autofree char *seq = in_head (module, NULL);

  return siamban_layer_conv (
      g, x, seq, "0", (SiambanConvSpec){.out = out, .bias = TRUE});
}

static SiambanMap
channel_attention (SiambanGraph *g, SiambanMap x, const char *corr)
{
  g_autofree char *layer = in_head (corr, "CA_layer");
  SiambanMap s = siamban_graph_mean (g, x);

  s = siamban_layer_conv (g, s, layer, "fc1",
      (SiambanConvSpec){.out = N_PIXELS, .bias = TRUE, .act = RELU});
  s = siamban_layer_conv (g, s, layer, "fc2",
      (SiambanConvSpec){
          .out = N_PIXELS, .bias = TRUE, .act = SIAMBAN_ACT_SIGMOID});
  return siamban_graph_scale (g, x, s, SIAMBAN_ACT_NONE);
}

static SiambanMap
nanotrack_pixelwise (
    SiambanGraph *g, SiambanMap x, const char *corr, int version)
{
  int c = siamban_graph_node (g, x)->c;
  SiambanMap z = siamban_graph_feature (g, c, Z_SIZE, Z_SIZE);

  if (version > 1)
    x = nanotrack_project (g, x, corr, "conv_search");
  x = siamban_graph_xcorr_pixelwise (g, z, x);
  return channel_attention (g, x, corr);
}

static SiambanMap
pixelwise_and_depthwise (SiambanGraph *g, SiambanMap x, const Branch *b)
{
  g_autofree char *conv = in_head (b->corr, "conv");
  int c = siamban_graph_node (g, x)->c;
  SiambanMap pw = nanotrack_pixelwise (g, x, b->corr, 3);
  SiambanMap z = siamban_graph_feature (g, c, Z_CENTRE, Z_CENTRE);
  SiambanMap dw = nanotrack_project (g, x, b->corr_dw, "conv_search");

  pw = siamban_layer_seq (g, pw, conv, 0,
      (SiambanConvSpec){.depthwise = TRUE, .kernel = 2, .act = RELU6});
  pw = siamban_layer_seq (
      g, pw, conv, 3, (SiambanConvSpec){.out = N_PIXELS, .bias = TRUE});
  dw = siamban_graph_xcorr_depthwise (g, z, dw, 1);
  return biased_1x1 (g, siamban_graph_concat (g, pw, dw), b->down, b->width);
}

static SiambanMap
nanotrack_tower (SiambanGraph *g, SiambanMap x, const Branch *b)
{
  g_autofree char *seq = in_head (b->tower, NULL);

  for (int i = 0; b->kernels[i]; i++) {
    g_autofree char *dw = g_strdup_printf ("%d", 4 * i);

    x = siamban_layer_conv (g, x, seq, dw,
        (SiambanConvSpec){.depthwise = TRUE,
            .kernel = b->kernels[i],
            .pad = b->kernels[i] / 2});
    x = siamban_layer_seq (
        g, x, seq, 4 * i + 1, (SiambanConvSpec){.out = b->width, .act = RELU6});
  }
  return x;
}

static SiambanMap
tower_v3 (SiambanGraph *g, SiambanMap x, const Branch *b)
{
  g_autofree char *seq = in_head (b->tower, NULL);

  for (int i = 0; b->kernels[i]; i++) {
    x = siamban_layer_seq (g, x, seq, 5 * i,
        (SiambanConvSpec){.depthwise = TRUE,
            .kernel = b->kernels[i],
            .pad = b->kernels[i] / 2,
            .act = RELU6});
    x = siamban_layer_seq (
        g, x, seq, 5 * i + 3, (SiambanConvSpec){.out = b->width});
  }
  return x;
}

void
siamban_nanotrack_template (SiambanGraph *g, SiambanMap z, int version)
{
  const int margin = (Z_SIZE - Z_CENTRE) / 2;

  if (version == 1) {
    siamban_graph_output (g, z);
    return;
  }
  for (int i = 0; i < 2; i++) {
    const Branch *b = &heads[version - 1][i];

    siamban_graph_output (g, nanotrack_project (g, z, b->corr, "conv_kernel"));
    if (b->corr_dw) {
      SiambanMap centre =
          siamban_graph_crop (g, z, margin, margin, Z_CENTRE, Z_CENTRE);

      siamban_graph_output (
          g, nanotrack_project (g, centre, b->corr_dw, "conv_kernel"));
    }
  }
}

void
siamban_nanotrack_search (SiambanGraph *g, SiambanMap x, int version)
{
  SiambanMap shared = version == 1 ? nanotrack_pixelwise (g, x, "corr_pw", 1)
                                   : SIAMBAN_MAP_NONE;
  SiambanMap out[2];

  siamban_graph_expose (g, x);
  for (int i = 0; i < 2; i++) {
    const Branch *b = &heads[version - 1][i];
    SiambanMap f = version == 1   ? shared
                   : version == 2 ? nanotrack_pixelwise (g, x, b->corr, 2)
                                  : pixelwise_and_depthwise (g, x, b);

    f = version == 3 ? tower_v3 (g, f, b) : nanotrack_tower (g, f, b);
    out[i] = biased_1x1 (g, f, b->pred, b->out);
  }
  siamban_graph_output (g, out[0]);
  siamban_graph_output (g, siamban_graph_exp (g, out[1], NULL, 0));
}
