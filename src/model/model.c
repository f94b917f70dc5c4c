/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/cache.h"
#include "model/files.h"
#include "model/inside.h"

static void
model_free (SiambanModel *model)
{
  siamban_leases_clear (&model->leases);
  siamban_build_clear (&model->build);
  g_free (model->key);
  g_free (model);
}

/* The CPU level is part of it: the weights are packed for one. */
static char *
key_of (const char *checkpoint, const char *config, SiambanPrecision precision,
    GError **error)
{
  g_autofree char *first = siamban_cache_identity (checkpoint, error);
  g_autofree char *second = NULL;

  if (!first)
    return NULL;
  second = config ? siamban_cache_identity (config, error) : g_strdup ("");
  if (!second)
    return NULL;
  return g_strjoin ("|", first, second, siamban_cpu_name (siamban_cpu_level ()),
      siamban_precision_name (precision), NULL);
}

static SiambanModel *
model_new (const char *key, const char *checkpoint, const char *config,
    SiambanPrecision precision, GError **error)
{
  SiambanModel *model;
  SiambanBuild build;

  if (!siamban_build_load (&build, checkpoint, config, precision, error))
    return NULL;
  model = g_new0 (SiambanModel, 1);
  model->refs = 1;
  model->key = g_strdup (key);
  model->build = build;
  g_queue_init (&model->leases);
  return model;
}

SiambanModel *
siamban_model_load (const char *checkpoint, const char *config,
    SiambanPrecision precision, GError **error)
{
  g_autofree char *checkpoint_path = NULL, *config_path = NULL, *key = NULL;
  SiambanModel *model;

  if (!siamban_model_find (
          checkpoint, config, &checkpoint_path, &config_path, error) ||
      !siamban_build_precision (checkpoint_path, &precision, error))
    return NULL;
  key = key_of (checkpoint_path, config_path, precision, error);
  if (!key)
    return NULL;
  model = siamban_cache_find (key);
  if (model)
    return model;
  model = model_new (key, checkpoint_path, config_path, precision, error);
  siamban_cache_store (key, model, model ? &model->refs : NULL);
  return model;
}

SiambanModel *
siamban_model_ref (SiambanModel *model)
{
  g_atomic_int_inc (&model->refs);
  return model;
}

void
siamban_model_unref (SiambanModel *model)
{
  if (model && siamban_cache_release (model->key, &model->refs))
    model_free (model);
}

void
siamban_model_get_info (const SiambanModel *model, SiambanModelInfo *info)
{
  const SiambanBuild *build = &model->build;

  *info = (SiambanModelInfo){
      .architecture = build->architecture,
      .template_size = build->track.exemplar_size,
      .search_size = build->track.instance_size,
      .score_size = build->track.score_size,
      .stride = build->track.stride,
      .cls_channels = build->track.cls_channels,
      .n_parameters = siamban_weights_n_parameters (build->weights),
      .template_macs = build->template_macs,
      .search_macs = build->search_macs,
      .precision = build->precision,
      .cpu = siamban_cpu_name (siamban_cpu_level ()),
      .kept = siamban_weights_were_kept (build->weights),
  };
}

const SiambanTrackParams *
siamban_model_track (const SiambanModel *model)
{
  return &model->build.track;
}

void
siamban_model_get_feature_info (
    const SiambanModel *model, SiambanFeatureInfo *info)
{
  *info = model->build.exposed;
}
