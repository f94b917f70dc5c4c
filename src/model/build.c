/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/build.h"
#include "model/keep.h"

static gboolean
new_weights (SiambanBuild *build, const SiambanCheckpoint *checkpoint,
    const char *config, GError **error)
{
  SiambanRanges *ranges;

  build->weights = siamban_weights_new (checkpoint, siamban_cpu_level ());
  siamban_weights_set_packed (
      build->weights, siamban_keep_open (checkpoint, config, build->precision));
  if (build->precision == SIAMBAN_PRECISION_BF16)
    siamban_weights_use_bf16 (build->weights);
  if (build->precision != SIAMBAN_PRECISION_INT8)
    return TRUE;
  ranges = siamban_ranges_read (checkpoint, error);
  siamban_weights_set_ranges (build->weights, ranges);
  return ranges != NULL;
}

static SiambanFeatureInfo
exposed_info (const SiambanGraph *graph, int crop_size)
{
  const SiambanNode *node = siamban_graph_node (graph, graph->exposed);
  SiambanFeatureInfo info = {.side = node->w, .channels = node->c};

  siamban_graph_sampling (graph, graph->exposed, &info.stride, &info.first);
  info.first -= (crop_size - 1) / 2.0;
  return info;
}

static gboolean
build_compile (SiambanBuild *build, const SiambanNetwork *network,
    const SiambanCheckpoint *checkpoint, const char *config, GError **error)
{
  build->architecture = network->architecture;
  build->track = network->track;
  build->n_features = network->search_graph->n_features;
  build->exposed =
      exposed_info (network->search_graph, network->track.instance_size);
  build->template_macs = siamban_graph_macs (network->template_graph);
  build->search_macs = siamban_graph_macs (network->search_graph);
  if (!new_weights (build, checkpoint, config, error))
    return FALSE;
  build->template_program =
      siamban_program_compile (network->template_graph, build->weights, error);
  if (!build->template_program)
    return FALSE;
  /* What is wrong in a template is so in every frame, and it runs but once. */
  siamban_weights_allow_8_bits (build->weights, TRUE);
  build->search_program =
      siamban_program_compile (network->search_graph, build->weights, error);
  if (!build->search_program)
    return FALSE;
  siamban_weights_keep (build->weights);
  siamban_keep_tidy ();
  return TRUE;
}

static gboolean
describe_and_compile (SiambanBuild *build, const SiambanCheckpoint *checkpoint,
    const char *config_path, GError **error)
{
  SiambanConfig *config = config_path ? siamban_config_load (config_path, error)
                                      : siamban_config_new ();
  SiambanNetwork *network;
  gboolean ok;

  if (!config)
    return FALSE;
  network = siamban_network_describe (config, checkpoint, error);
  siamban_config_free (config);
  if (!network)
    return FALSE;
  ok = build_compile (build, network, checkpoint, config_path, error);
  siamban_network_free (network);
  return ok;
}

/* Whether the CPU level has kernels for it. */
static gboolean
build_supported (SiambanPrecision precision, SiambanCpu level)
{
  if (precision == SIAMBAN_PRECISION_INT8)
    return siamban_conv_has_int8 (level);
  return precision != SIAMBAN_PRECISION_BF16 || siamban_conv_has_bf16 (level);
}

/* Whether the filters of all convolutions are bfloat16. */
static gboolean
stored_as_bf16 (const SiambanCheckpoint *checkpoint)
{
  gboolean some = FALSE;

  for (guint i = 0; i < siamban_checkpoint_n_tensors (checkpoint); i++) {
    const SiambanTensor *tensor = siamban_checkpoint_nth (checkpoint, i);

    if (tensor->n_dims == 4 && tensor->dtype != SIAMBAN_DTYPE_BF16)
      return FALSE;
    some |= tensor->n_dims == 4;
  }
  return some;
}

static SiambanPrecision
best_precision (const SiambanCheckpoint *checkpoint, SiambanCpu level)
{
  if (siamban_ranges_present (checkpoint))
    return SIAMBAN_PRECISION_INT8;
  if (level >= SIAMBAN_CPU_AVX512_BF16 && stored_as_bf16 (checkpoint))
    return SIAMBAN_PRECISION_BF16;
  return SIAMBAN_PRECISION_FP32;
}

gboolean
siamban_build_precision (
    const char *path, SiambanPrecision *precision, GError **error)
{
  SiambanCpu level = siamban_cpu_level ();
  SiambanCheckpoint *checkpoint;

  if (!siamban_precision_name (*precision)) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT,
        "precision %d: expected one of SIAMBAN_PRECISION_...", (int)*precision);
    return FALSE;
  }
  if (!build_supported (*precision, level)) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL,
        "%s: precision %s needs a CPU with AVX2, this one is \"%s\"", path,
        siamban_precision_name (*precision), siamban_cpu_name (level));
    return FALSE;
  }
  if (*precision != SIAMBAN_PRECISION_AUTO)
    return TRUE;
  *precision = SIAMBAN_PRECISION_FP32;
  if (!siamban_conv_has_int8 (level))
    return TRUE;
  checkpoint = siamban_checkpoint_open (path, error);
  if (!checkpoint)
    return FALSE;
  *precision = best_precision (checkpoint, level);
  siamban_checkpoint_close (checkpoint);
  return TRUE;
}

gboolean
siamban_build_load (SiambanBuild *build, const char *path, const char *config,
    SiambanPrecision precision, GError **error)
{
  SiambanCheckpoint *checkpoint = siamban_checkpoint_open (path, error);
  gboolean ok;

  *build = (SiambanBuild){.precision = precision};
  if (!checkpoint)
    return FALSE;
  ok = describe_and_compile (build, checkpoint, config, error);
  siamban_checkpoint_close (checkpoint);
  if (!ok)
    siamban_build_clear (build);
  return ok;
}

void
siamban_build_clear (SiambanBuild *build)
{
  g_clear_pointer (&build->search_program, siamban_program_free);
  g_clear_pointer (&build->template_program, siamban_program_free);
  g_clear_pointer (&build->weights, siamban_weights_free);
}
