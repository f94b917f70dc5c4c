/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/batch.h"

#include "image/crop.h"

static gsize
crop_bytes (const SiambanTrackParams *params)
{
  return 3 * (gsize)params->instance_size * params->instance_size;
}

static gsize
map_area (const SiambanTrackParams *params)
{
  return (gsize)params->score_size * params->score_size;
}

void
siamban_batch_clear (SiambanBatch *batch)
{
  g_free (batch->pixels);
  g_free (batch->crops);
  g_free (batch->templates);
  g_free (batch->views);
  g_free (batch->cls);
  g_free (batch->loc);
  g_free (batch->features);
  *batch = (SiambanBatch){0};
}

void
siamban_batch_begin (
    SiambanBatch *batch, const SiambanTrackParams *params, unsigned n)
{
  batch->n = 0;
  if (batch->capacity >= n)
    return;
  siamban_batch_clear (batch);
  batch->capacity = n;
  batch->pixels = g_malloc_n (n, crop_bytes (params));
  batch->crops = g_new (const guint8 *, n);
  batch->templates = g_new (SiambanTemplate *, n);
  batch->views = g_new (SiambanView, n);
  batch->cls = g_new (float, n * params->cls_channels * map_area (params));
  batch->loc = g_new (float, n * 4 * map_area (params));
  for (unsigned i = 0; i < n; i++)
    batch->crops[i] = batch->pixels + i * crop_bytes (params);
}

void
siamban_batch_add (SiambanBatch *batch, const SiambanTrackParams *params,
    SiambanTemplate *template, const SiambanFrame *frame,
    const SiambanView *view, const double mean[3])
{
  unsigned i = batch->n++;

  batch->templates[i] = template;
  batch->views[i] = *view;
  siamban_crop (frame, view->cx, view->cy, view->side, params->instance_size,
      mean, batch->pixels + i * crop_bytes (params));
}

static void
run_with_features (SiambanBatch *batch, SiambanModel *model, unsigned threads)
{
  g_autofree float **features = g_new (float *, batch->n);
  SiambanFeatureInfo info;

  siamban_model_get_feature_info (model, &info);
  batch->n_features = (gsize)info.side * info.side * info.channels;
  if (!batch->features)
    batch->features = g_new (float, batch->capacity * batch->n_features);
  for (unsigned i = 0; i < batch->n; i++)
    features[i] = batch->features + i * batch->n_features;
  siamban_model_search_features (model, batch->n, batch->templates,
      batch->crops, batch->cls, batch->loc, features, threads);
}

void
siamban_batch_run (SiambanBatch *batch, SiambanModel *model, gboolean features,
    unsigned threads)
{
  if (batch->n == 0)
    return;
  if (features)
    run_with_features (batch, model, threads);
  else
    siamban_model_search_pixels (model, batch->n, batch->templates,
        batch->crops, batch->cls, batch->loc, threads);
}

SiambanFinding
siamban_batch_finding (
    const SiambanBatch *batch, const SiambanTrackParams *params, unsigned i)
{
  return (SiambanFinding){
      batch->views[i],
      batch->cls + i * params->cls_channels * map_area (params),
      batch->loc + i * 4 * map_area (params),
      batch->features ? batch->features + i * batch->n_features : NULL,
  };
}
