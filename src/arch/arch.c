/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "arch/arch.h"
#include "arch/tell.h"

#define SUPPORTED                                                              \
  "resnet50, resnet34, resnet18, mobilenetv2, mobilenetv3_small and "          \
  "mobilenetv3_small_v3"
#define MIN_CROP 32
#define MAX_CROP 1023

/* What a config leaves out is as published: SiamBAN's for VOT2018. */
typedef struct
{
  const char *architecture; /* of NanoTrack; SiamBAN's is its backbone's */
  const char *backbone;
  int stride, base_size, output_size;
  double window_influence, penalty_k, lr;
} Published;

static const Published published_siamban = {NULL, NULL, 8, 8, 0,
    0.4632532824922313, 0.08513642556896711, 0.44418184746462425};

static const Published published_nanotrack[] = {
    {"nanotrack-v1", "mobilenetv3_small", 16, 0, 16, 0.462, 0.148, 0.390},
    {"nanotrack-v2", "mobilenetv3_small", 16, 0, 16, 0.490, 0.150, 0.385},
    {"nanotrack-v3", "mobilenetv3_small_v3", 16, 0, 15, 0.455, 0.138, 0.348},
};

/* A backbone is told by a tensor that those above it do not have. */
static const struct
{
  const char *tensor;
  const char *name;
  gboolean is_supported;
  const SiambanBackbone *backbone; /* NULL: not SiamBAN's */
} backbones[] = {
    {"backbone.layer1.0.conv3.weight", "resnet50", TRUE, &siamban_resnet50},
    {"backbone.layer1.2.conv2.weight", "resnet34", TRUE, &siamban_resnet34},
    {"backbone.layer1.1.conv2.weight", "resnet18", TRUE, &siamban_resnet18},
    {"backbone.layer0.0.weight", "mobilenetv2", TRUE, &siamban_mobilenetv2},
    {"backbone.features.0.0.weight", "mobilenetv3_small", TRUE, NULL},
    {"backbone.features.0.weight", "alexnetlegacy", FALSE, NULL},
    {"backbone.layer1.0.weight", "alexnet", FALSE, NULL},
};

static const char *const nanotrack_tensors[] = {
    "ban_head.corr_pw.CA_layer.fc1.weight",
    "ban_head.corr_pw_cls.CA_layer.fc1.weight",
    "ban_head.corr_dw_cls.conv_kernel.0.weight",
};

static int
find_backbone (const SiambanCheckpoint *checkpoint, GError **error)
{
  const char *path = siamban_checkpoint_path (checkpoint);
  gsize i = 0;

  while (i < G_N_ELEMENTS (backbones) &&
         !siamban_tell_has (checkpoint, backbones[i].tensor))
    i++;
  if (i == G_N_ELEMENTS (backbones))
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: none of its tensors is a known backbone's; supported "
        "are " SUPPORTED,
        path);
  else if (backbones[i].is_supported)
    return i;
  else
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: its backbone is %s, which is not supported; supported "
        "are " SUPPORTED,
        path, backbones[i].name);
  return -1;
}

static int
find_version (const SiambanCheckpoint *checkpoint, GError **error)
{
  for (int v = G_N_ELEMENTS (nanotrack_tensors); v > 0; v--)
    if (siamban_tell_has (checkpoint, nanotrack_tensors[v - 1]))
      return v;
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
      "%s: MobileNetV3's tensors without a NanoTrack head's: expected %s",
      siamban_checkpoint_path (checkpoint), nanotrack_tensors[0]);
  return 0;
}

static gboolean
check_backbone (const char *name, const SiambanConfig *config,
    const SiambanCheckpoint *checkpoint, GError **error)
{
  if (!config->backbone || g_str_equal (config->backbone, name))
    return TRUE;
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
      "%s: BACKBONE.TYPE: %s, but the tensors of %s are %s's; supported "
      "are " SUPPORTED,
      config->path, config->backbone, siamban_checkpoint_path (checkpoint),
      name);
  return FALSE;
}

static double
or_default (double value, double published)
{
  return isnan (value) ? published : value;
}

static gboolean
tell_track (SiambanTrackParams *track, const Published *published,
    const SiambanConfig *config, GError **error)
{
  int z = config->exemplar_size ? config->exemplar_size : 127;
  int x = config->instance_size ? config->instance_size : 255;
  int base = config->base_size ? config->base_size : published->base_size;

  if (z < MIN_CROP || x <= z || x > MAX_CROP) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: TRACK.EXEMPLAR_SIZE %d, INSTANCE_SIZE %d: expected %d or more, "
        "the second larger, at most %d",
        config->path, z, x, MIN_CROP, MAX_CROP);
    return FALSE;
  }
  if (config->stride && config->stride != published->stride) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: POINT.STRIDE: expected %d, this network's", config->path,
        published->stride);
    return FALSE;
  }
  *track = (SiambanTrackParams){
      .exemplar_size = z,
      .instance_size = x,
      .stride = published->stride,
      .score_size = config->output_size ? config->output_size
                    : published->output_size
                        ? published->output_size
                        : (x - z) / published->stride + 1 + base,
      .window_influence =
          or_default (config->window_influence, published->window_influence),
      .penalty_k = or_default (config->penalty_k, published->penalty_k),
      .lr = or_default (config->lr, published->lr),
      .context_amount = or_default (config->context_amount, 0.5),
  };
  return TRUE;
}

static const SiambanNode *
output_node (const SiambanGraph *graph, int index)
{
  return siamban_graph_node (
      graph, g_array_index (graph->outputs, SiambanMap, index));
}

static gboolean
is_feature (
    const SiambanNode *node, int index, const SiambanGraph *template_graph)
{
  const SiambanNode *output = output_node (template_graph, index);

  return node->c == output->c && node->h == output->h && node->w == output->w;
}

/* The crop sizes decide whether the two graphs and the grid fit together. */
static gboolean
check_shapes (const SiambanNetwork *network, const char *path, GError **error)
{
  const SiambanGraph *z = network->template_graph, *x = network->search_graph;
  const SiambanTrackParams *track = &network->track;
  const char *problem = z->error ? z->error : x->error;
  const SiambanNode *cls;

  for (guint i = 0; !problem && i < x->nodes->len; i++) {
    const SiambanNode *node = siamban_graph_node (x, i);

    if (node->op == SIAMBAN_OP_FEATURE && !is_feature (node, node->index, z))
      problem = "the template's features have another size than expected";
  }
  if (problem) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: %s does not work on crops of %d and %d pixels: %s", path,
        network->architecture, track->exemplar_size, track->instance_size,
        problem);
    return FALSE;
  }
  cls = output_node (x, 0);
  if (cls->h == track->score_size && cls->w == track->score_size)
    return TRUE;
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
      "%s: %s's grid of scores is %d x %d, but TRACK.OUTPUT_SIZE, or what "
      "INSTANCE_SIZE, EXEMPLAR_SIZE and BASE_SIZE make of it, is %d",
      path, network->architecture, cls->h, cls->w, track->score_size);
  return FALSE;
}

static SiambanGraph *
describe_ban (const SiambanBackbone *backbone, const SiambanBan *ban, int size,
    void (*head) (SiambanGraph *, const SiambanMap *, const SiambanBan *))
{
  SiambanGraph *graph = siamban_graph_new ();
  SiambanMap levels[SIAMBAN_MAX_LEVELS];

  backbone->describe (graph, siamban_graph_image (graph, size), ban, levels);
  head (graph, levels, ban);
  return graph;
}

static gboolean
siamban (SiambanNetwork *network, const SiambanBackbone *backbone,
    const SiambanConfig *config, const SiambanCheckpoint *checkpoint,
    GError **error)
{
  SiambanTrackParams *track = &network->track;
  SiambanBan ban;

  network->architecture = backbone->name;
  if (!check_backbone (backbone->name, config, checkpoint, error) ||
      !siamban_tell_ban (&ban, backbone, config, checkpoint, error) ||
      !tell_track (track, &published_siamban, config, error))
    return FALSE;
  track->cls_channels = ban.cls_channels;
  network->template_graph =
      describe_ban (backbone, &ban, track->exemplar_size, siamban_ban_template);
  network->search_graph =
      describe_ban (backbone, &ban, track->instance_size, siamban_ban_search);
  return TRUE;
}

static SiambanGraph *
describe_nanotrack (
    int version, int size, void (*head) (SiambanGraph *, SiambanMap, int))
{
  SiambanGraph *graph = siamban_graph_new ();
  SiambanMap image = siamban_graph_image (graph, size);

  head (graph, siamban_mobilenetv3 (graph, image, version), version);
  return graph;
}

static gboolean
nanotrack (SiambanNetwork *network, const SiambanConfig *config,
    const SiambanCheckpoint *checkpoint, GError **error)
{
  SiambanTrackParams *track = &network->track;
  int version = find_version (checkpoint, error);
  const Published *published;

  if (!version)
    return FALSE;
  published = &published_nanotrack[version - 1];
  network->architecture = published->architecture;
  if (!check_backbone (published->backbone, config, checkpoint, error) ||
      !tell_track (track, published, config, error))
    return FALSE;
  track->cls_channels = 2;
  network->template_graph = describe_nanotrack (
      version, track->exemplar_size, siamban_nanotrack_template);
  network->search_graph = describe_nanotrack (
      version, track->instance_size, siamban_nanotrack_search);
  return TRUE;
}

SiambanNetwork *
siamban_network_describe (const SiambanConfig *config,
    const SiambanCheckpoint *checkpoint, GError **error)
{
  SiambanNetwork *network;
  int i = find_backbone (checkpoint, error);
  gboolean ok;

  if (i < 0)
    return NULL;
  network = g_new0 (SiambanNetwork, 1);
  ok = backbones[i].backbone
           ? siamban (network, backbones[i].backbone, config, checkpoint, error)
           : nanotrack (network, config, checkpoint, error);
  if (ok &&
      check_shapes (network,
          config->path ? config->path : siamban_checkpoint_path (checkpoint),
          error))
    return network;
  siamban_network_free (network);
  return NULL;
}

/* The row of a backbone's name, or NULL. */
static const Published *
published_for (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (backbones); i++)
    if (backbones[i].backbone && g_str_equal (backbones[i].name, name))
      return &published_siamban;
  for (gsize i = 0; i < G_N_ELEMENTS (published_nanotrack); i++)
    if (g_str_equal (published_nanotrack[i].backbone, name))
      return &published_nanotrack[i];
  return NULL;
}

gboolean
siamban_network_check_config (const SiambanConfig *config, GError **error)
{
  const Published *published =
      config->backbone ? published_for (config->backbone) : NULL;
  SiambanTrackParams track;

  if (config->backbone && !published) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: BACKBONE.TYPE: %s is not supported; supported are " SUPPORTED,
        config->path, config->backbone);
    return FALSE;
  }
  if (!published)
    return TRUE;
  return (published != &published_siamban ||
             siamban_tell_check_config (config, error)) &&
         tell_track (&track, published, config, error);
}

void
siamban_network_free (SiambanNetwork *network)
{
  g_clear_pointer (&network->template_graph, siamban_graph_free);
  g_clear_pointer (&network->search_graph, siamban_graph_free);
  g_free (network);
}
