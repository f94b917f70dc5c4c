/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/inside.h"

static void
list_crop (const SiambanModel *model, SiambanLease *lease,
    const SiambanSearch *search, unsigned i)
{
  const SiambanBuild *build = &model->build;
  size_t cls_size = siamban_program_output_size (build->search_program, 0);
  size_t loc_size = siamban_program_output_size (build->search_program, 1);
  size_t side = build->track.instance_size, crop = 3 * side * side;

  for (int f = 0; f < build->n_features; f++)
    g_ptr_array_add (lease->features, search->templates[i]->features[f]);
  if (search->pixels)
    g_ptr_array_add (lease->pixels, (guint8 *)search->pixels[i]);
  else
    g_ptr_array_add (lease->planes, (float *)search->planes + i * crop);
  g_ptr_array_add (lease->outputs, search->cls + i * cls_size);
  g_ptr_array_add (lease->outputs, search->loc + i * loc_size);
  g_ptr_array_add (lease->exposed, search->exposed ? search->exposed[i] : NULL);
}

SiambanRun
siamban_search_run (
    const SiambanModel *model, SiambanLease *lease, const SiambanSearch *search)
{
  for (unsigned i = 0; i < search->n; i++)
    list_crop (model, lease, search, i);
  return (SiambanRun){
      .n = search->n,
      .pixels =
          search->pixels ? (const guint8 *const *)lease->pixels->pdata : NULL,
      .planes = (const float *const *)lease->planes->pdata,
      .features = (const float *const *)lease->features->pdata,
      .outputs = (float *const *)lease->outputs->pdata,
      .exposed = (float *const *)lease->exposed->pdata,
  };
}

SiambanPace *
siamban_model_pace (SiambanModel *model, unsigned n, unsigned threads)
{
  return threads == 0 ? &model->paces[n > 1] : NULL;
}

static void
run_search_branch (
    SiambanModel *model, const SiambanSearch *search, unsigned threads)
{
  SiambanPace *pace = siamban_model_pace (model, search->n, threads);
  SiambanLease *lease = siamban_lease_take (&model->leases, pace, threads);
  SiambanRun run = siamban_search_run (model, lease, search);

  siamban_lease_run (lease, pace, model->build.search_program, &run);
  siamban_lease_return (&model->leases, lease);
}

static gboolean
check_templates (const SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, GError **error)
{
  if (n == 0) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT,
        "there is no crop to search: expected at least 1");
    return FALSE;
  }
  for (unsigned i = 0; i < n; i++)
    if (!templates[i] || templates[i]->model != model) {
      g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT,
          "template %u is of another model: expected one that this model made",
          i);
      return FALSE;
    }
  return TRUE;
}

gboolean
siamban_model_search (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const float *x, float *cls, float *loc,
    unsigned threads, GError **error)
{
  const SiambanSearch search = {
      .n = n,
      .templates = templates,
      .planes = x,
      .cls = cls,
      .loc = loc,
  };

  if (!check_templates (model, n, templates, error))
    return FALSE;
  run_search_branch (model, &search, threads);
  return TRUE;
}

void
siamban_model_search_features (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const guint8 *const *x, float *cls,
    float *loc, float *const *features, unsigned threads)
{
  const SiambanSearch search = {
      .n = n,
      .templates = templates,
      .pixels = x,
      .cls = cls,
      .loc = loc,
      .exposed = features,
  };

  run_search_branch (model, &search, threads);
}

void
siamban_model_search_pixels (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const guint8 *const *x, float *cls,
    float *loc, unsigned threads)
{
  siamban_model_search_features (
      model, n, templates, x, cls, loc, NULL, threads);
}

void
siamban_model_features_pixels (SiambanModel *model, unsigned n,
    const guint8 *const *x, float *const *features, unsigned threads)
{
  const SiambanRun run = {.n = n, .pixels = x, .exposed = features};
  SiambanLease *lease = siamban_lease_take (
      &model->leases, siamban_model_pace (model, n, threads), threads);

  siamban_program_run (
      model->build.search_program, &run, lease->workspace, lease->team);
  siamban_lease_return (&model->leases, lease);
}
