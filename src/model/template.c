/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/inside.h"

static SiambanTemplate *
template_new (SiambanModel *model)
{
  const SiambanBuild *build = &model->build;
  size_t head = build->n_features * sizeof (float *), total = 0;
  SiambanTemplate *tmpl = g_new (SiambanTemplate, 1);
  float *next;

  for (int i = 0; i < build->n_features; i++)
    total += siamban_program_output_size (build->template_program, i);
  tmpl->model = siamban_model_ref (model);
  tmpl->features = g_malloc (head + total * sizeof (float));
  next = (float *)((char *)tmpl->features + head);
  for (int i = 0; i < build->n_features; i++) {
    tmpl->features[i] = next;
    next += siamban_program_output_size (build->template_program, i);
  }
  return tmpl;
}

void
siamban_template_free (SiambanTemplate *tmpl)
{
  if (!tmpl)
    return;
  siamban_model_unref (tmpl->model);
  g_free (tmpl->features);
  g_free (tmpl);
}

static SiambanTemplate *
run_template_branch (SiambanModel *model, const guint8 *pixels,
    const float *planes, unsigned threads)
{
  SiambanTemplate *tmpl = template_new (model);
  SiambanLease *lease = siamban_lease_take (
      &model->leases, siamban_model_pace (model, 1, threads), threads);
  SiambanRun run = {
      .n = 1,
      .pixels = pixels ? &pixels : NULL,
      .planes = &planes,
      .outputs = tmpl->features,
  };

  siamban_program_run (
      model->build.template_program, &run, lease->workspace, lease->team);
  siamban_lease_return (&model->leases, lease);
  return tmpl;
}

SiambanTemplate *
siamban_model_embed (SiambanModel *model, const float *z, unsigned threads)
{
  return run_template_branch (model, NULL, z, threads);
}

SiambanTemplate *
siamban_model_embed_pixels (
    SiambanModel *model, const guint8 *z, unsigned threads)
{
  return run_template_branch (model, z, NULL, threads);
}
