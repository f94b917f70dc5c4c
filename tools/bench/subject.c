/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subject.h"

static guint8 *
noise (gsize n)
{
  guint8 *x = g_malloc (n);
  GRand *random = g_rand_new_with_seed (1);

  for (gsize i = 0; i < n; i++)
    x[i] = (guint8)g_rand_int_range (random, 0, 256);
  g_rand_free (random);
  return x;
}

BenchSubject *
bench_subject_load (
    const BenchFiles *files, SiambanPrecision precision, GError **error)
{
  SiambanModel *model =
      siamban_model_load (files->model, files->config, precision, error);
  BenchSubject *subject;
  gsize area;

  if (!model)
    return NULL;
  subject = g_new0 (BenchSubject, 1);
  subject->model = model;
  siamban_model_get_info (model, &subject->info);
  area = (gsize)subject->info.search_size * subject->info.search_size;
  subject->pixels = noise (3 * area);
  subject->out = g_array_new (FALSE, FALSE, sizeof (float));
  return subject;
}

void
bench_subject_free (BenchSubject *subject)
{
  siamban_template_free (subject->tmpl);
  siamban_model_unref (subject->model);
  g_free (subject->pixels);
  g_array_unref (subject->out);
  g_free (subject);
}

/* The template is the corner of the noise. */
void
bench_subject_embed (BenchSubject *subject)
{
  subject->tmpl =
      siamban_model_embed_pixels (subject->model, subject->pixels, 0);
}

void
bench_subject_search (BenchSubject *subject, unsigned batch, unsigned threads)
{
  const SiambanModelInfo *info = &subject->info;
  gsize grid = (gsize)info->score_size * info->score_size;
  g_autofree SiambanTemplate **templates = g_new (SiambanTemplate *, batch);
  g_autofree const guint8 **crops = g_new (const guint8 *, batch);
  float *cls;

  for (unsigned i = 0; i < batch; i++) {
    templates[i] = subject->tmpl;
    crops[i] = subject->pixels;
  }
  g_array_set_size (subject->out, batch * (info->cls_channels + 4) * grid);
  cls = (float *)subject->out->data;
  siamban_model_search_pixels (subject->model, batch, templates, crops, cls,
      cls + batch * info->cls_channels * grid, threads);
}

SiambanStepTime *
bench_subject_time_layers (
    const BenchSubject *subject, unsigned threads, int rounds, guint *n)
{
  SiambanStepTime *best = NULL;

  for (int round = 0; round < rounds; round++) {
    g_autofree SiambanStepTime *times = siamban_model_time_search (
        subject->model, subject->tmpl, subject->pixels, threads, n);

    for (guint i = 0; best && i < *n; i++)
      best[i].seconds = MIN (best[i].seconds, times[i].seconds);
    if (!best)
      best = g_steal_pointer (&times);
  }
  return best;
}
