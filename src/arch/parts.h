/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_ARCH_PARTS_H
#define SIAMBAN_ARCH_PARTS_H

#include "config/config.h"
#include "graph/graph.h"

/* The parts that networks are put together from; private to src/arch. A
 * parameter's name is PREFIX.NAME. */

#define SIAMBAN_PREFIX_SIZE        32
#define SIAMBAN_MOBILENETV2_LAYERS 8

/* What SiamBAN leaves open. Levels are the backbone's outputs that the neck and
 * the head look at, one box each. */
typedef struct
{
  int n_levels;
  int layers[SIAMBAN_MAX_LEVELS]; /* 0: the backbone's stem */
  char necks[SIAMBAN_MAX_LEVELS][SIAMBAN_PREFIX_SIZE];
  int neck_out[SIAMBAN_MAX_LEVELS];
  char boxes[SIAMBAN_MAX_LEVELS][SIAMBAN_PREFIX_SIZE];
  int hidden[SIAMBAN_MAX_LEVELS];
  gboolean multi;    /* MultiBAN; else DepthwiseBAN: one level, no exp */
  gboolean weighted; /* levels weighted by softmax; else averaged */
  int cls_channels;
  /* Channels of MobileNetV2's layers; 0: the checkpoint has no such layer. */
  int widths[SIAMBAN_MOBILENETV2_LAYERS];
} SiambanBan;

/* A backbone that SiamBAN's neck can stand on. */
typedef struct
{
  const char *name; /* as in BACKBONE.TYPE */
  int n_layers;
  int (*channels) (const SiambanBan *ban, int layer);
  /* @levels: (out): the maps of ban->layers. */
  void (*describe) (SiambanGraph *graph, SiambanMap image,
      const SiambanBan *ban, SiambanMap *levels);
} SiambanBackbone;

extern const SiambanBackbone siamban_resnet18;
extern const SiambanBackbone siamban_resnet34;
extern const SiambanBackbone siamban_resnet50;
extern const SiambanBackbone siamban_mobilenetv2;

/* What BACKBONE.KWARGS.width_mult makes of a layer's channels. */
int siamban_mobilenetv2_width (int layer, double width_mult);

/* SiamBAN's neck and head. As everywhere here, the template graph's outputs
 * are, in their order, the search graph's features. */
void siamban_ban_template (
    SiambanGraph *graph, const SiambanMap *levels, const SiambanBan *ban);
void siamban_ban_search (
    SiambanGraph *graph, const SiambanMap *levels, const SiambanBan *ban);

/* The MobileNetV3-small of NanoTrack 1 to 3, cut where @version cuts it. */
SiambanMap siamban_mobilenetv3 (
    SiambanGraph *graph, SiambanMap image, int version);

/* NanoTrack's heads, @z and @x what the backbone makes of the two crops. */
void siamban_nanotrack_template (
    SiambanGraph *graph, SiambanMap z, int version);
void siamban_nanotrack_search (SiambanGraph *graph, SiambanMap x, int version);

/* A convolution without BatchNorm; @spec leaves the names out. */
SiambanMap siamban_layer_conv (SiambanGraph *graph, SiambanMap x,
    const char *prefix, const char *conv, SiambanConvSpec spec);
/* A convolution and the BatchNorm after it. */
SiambanMap siamban_layer_conv_bn (SiambanGraph *graph, SiambanMap x,
    const char *prefix, const char *conv, const char *bn, SiambanConvSpec spec);
/* Members @index and @index + 1 of the Sequential @prefix. */
SiambanMap siamban_layer_seq (SiambanGraph *graph, SiambanMap x,
    const char *prefix, int index, SiambanConvSpec spec);

#endif
