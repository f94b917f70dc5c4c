/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_GRAPH_H
#define SIAMBAN_GRAPH_H

#include <glib.h>

/* A network as data: nodes in the order in which they can run, each making one
 * map of c x h x w floats an image. Built by src/arch, read by src/exec. Maps
 * are named by the index of the node that makes them. Building never fails:
 * shapes that do not fit are recorded in the graph's error, and parameters are
 * checked against the checkpoint when the executor compiles the graph. */

typedef int SiambanMap;
#define SIAMBAN_MAP_NONE   (-1)
#define SIAMBAN_MAX_INPUTS 16 /* of one node */

typedef enum
{
  SIAMBAN_OP_IMAGE,    /* the crop, B, G, R in 0..255 */
  SIAMBAN_OP_FEATURE,  /* a map that the template branch made */
  SIAMBAN_OP_CONV,     /* conv, folded BatchNorm, + residual, activation */
  SIAMBAN_OP_MAX_POOL, /* padding does not count as a value */
  SIAMBAN_OP_MEAN,     /* c x h x w -> c x 1 x 1 */
  SIAMBAN_OP_SCALE,    /* map x (c x 1 x 1), channel by channel; activation */
  SIAMBAN_OP_CROP,     /* a window of rows and columns */
  SIAMBAN_OP_CONCAT,   /* two maps, along the channels */
  SIAMBAN_OP_XCORR_DEPTHWISE, /* z (c x kh x kw) over x, channel by channel */
  SIAMBAN_OP_XCORR_PIXELWISE, /* each pixel of z (row by row) a 1x1 filter on x
                               */
  SIAMBAN_OP_EXP,             /* exp (map * parameter[index]) */
  SIAMBAN_OP_WEIGHTED_SUM /* sum of maps by softmax (parameter), or their mean
                           */
} SiambanOp;

typedef enum
{
  SIAMBAN_ACT_NONE,
  SIAMBAN_ACT_RELU,
  SIAMBAN_ACT_RELU6,
  SIAMBAN_ACT_HARDSWISH,   /* x relu6 (x + 3) / 6 */
  SIAMBAN_ACT_HARDSIGMOID, /* relu6 (x + 3) / 6 */
  SIAMBAN_ACT_SIGMOID
} SiambanAct;

/* What siamban_graph_conv() is told. Zeroes are the usual values. */
typedef struct
{
  const char *name; /* parameters name.weight, and name.bias if @bias */
  const char *bn;   /* BatchNorm folded into it, or NULL */
  gboolean bias;
  int out;    /* output channels; ignored when @depthwise */
  int kernel; /* 0: 1; square */
  int stride; /* 0: 1 */
  int pad;
  int dilation;       /* 0: 1 */
  gboolean depthwise; /* one filter a channel */
  gboolean linear;    /* name.weight is out x in (a Linear layer's) */
  SiambanAct act;     /* after the residual is added */
  gboolean has_residual;
  SiambanMap residual;
} SiambanConvSpec;

typedef struct
{
  SiambanOp op;
  int c, h, w;    /* shape of the map it makes */
  GArray *inputs; /* of SiambanMap */
  char *name;     /* conv, exp, weighted sum: the parameter, or NULL */
  char *bn;
  gboolean bias;
  gboolean linear;
  int kernel, stride, pad, dilation;
  gboolean depthwise;
  SiambanAct act;
  gboolean has_residual; /* the last of @inputs */
  int top, left;         /* crop */
  int index;             /* element of the parameter, or which feature */
} SiambanNode;

typedef struct
{
  GPtrArray *nodes;   /* of SiambanNode */
  GArray *outputs;    /* of SiambanMap */
  SiambanMap exposed; /* can be asked for beside the outputs, or NONE */
  int n_features;
  char *error; /* the first thing that did not fit, or NULL */
} SiambanGraph;

SiambanGraph *siamban_graph_new (void);
void siamban_graph_free (SiambanGraph *graph);

const SiambanNode *siamban_graph_node (
    const SiambanGraph *graph, SiambanMap map);

SiambanMap siamban_graph_image (SiambanGraph *graph, int size);
/* Features are numbered in the order of the calls; they are fed with the
 * template graph's outputs in the order of siamban_graph_output(). */
SiambanMap siamban_graph_feature (SiambanGraph *graph, int c, int h, int w);
SiambanMap siamban_graph_conv (
    SiambanGraph *graph, SiambanMap x, const SiambanConvSpec *spec);
SiambanMap siamban_graph_max_pool (
    SiambanGraph *graph, SiambanMap x, int kernel, int stride, int pad);
SiambanMap siamban_graph_mean (SiambanGraph *graph, SiambanMap x);
/* Squeeze-and-excitation's activation comes after it. */
SiambanMap siamban_graph_scale (
    SiambanGraph *graph, SiambanMap x, SiambanMap s, SiambanAct act);
SiambanMap siamban_graph_crop (
    SiambanGraph *graph, SiambanMap x, int top, int left, int h, int w);
SiambanMap siamban_graph_concat (
    SiambanGraph *graph, SiambanMap a, SiambanMap b);
SiambanMap siamban_graph_xcorr_depthwise (
    SiambanGraph *graph, SiambanMap z, SiambanMap x, int pad);
SiambanMap siamban_graph_xcorr_pixelwise (
    SiambanGraph *graph, SiambanMap z, SiambanMap x);
/* @name NULL: exp (x). */
SiambanMap siamban_graph_exp (
    SiambanGraph *graph, SiambanMap x, const char *name, int index);
/* @name NULL: the mean. */
SiambanMap siamban_graph_weighted_sum (
    SiambanGraph *graph, const SiambanMap *x, int n, const char *name);
void siamban_graph_output (SiambanGraph *graph, SiambanMap x);

/* Lets runs hand out @x too, a map on the way to the outputs. */
void siamban_graph_expose (SiambanGraph *graph, SiambanMap x);

/* Nodes that some output depends on; nodes[i] is TRUE for those. */
void siamban_graph_needed (const SiambanGraph *graph, gboolean *nodes);
/* The same for one map. */
void siamban_graph_needed_for (
    const SiambanGraph *graph, SiambanMap map, gboolean *nodes);
/* Where the pixels of @map lie in the image: pixel i of a row or column at
 * image pixel @first + i * @stride. */
void siamban_graph_sampling (
    const SiambanGraph *graph, SiambanMap map, double *stride, double *first);
/* Multiply-accumulates of one node, for one image. */
guint64 siamban_graph_node_macs (const SiambanGraph *graph, SiambanMap map);
/* Multiply-accumulates of one image through the needed nodes. */
guint64 siamban_graph_macs (const SiambanGraph *graph);

#endif
