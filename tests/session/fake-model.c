/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-model.h"

#include <string.h>

struct _SiambanTemplate
{
  SiambanModel *model;
};

const SiambanTrackParams fake_params = {
    EXEMPLAR, INSTANCE, 8, SCORE, 2, 0.4, 0.1, 0.5, 0.5};

/* Channel 0 is the ground, all the same, channel 1 the target. */
static void
fill_features (SiambanModel *model, int point)
{
  int x = SIDE / 2 + 2 * (point % SCORE - SCORE / 2);
  int y = SIDE / 2 + 2 * (point / SCORE - SCORE / 2);

  memset (model->features, 0, sizeof model->features);
  for (int i = 0; i < MAX_N; i++)
    for (int k = 0; k < SIDE * SIDE; k++) {
      gboolean target =
          point >= 0 && ABS (k % SIDE - x) + ABS (k / SIDE - y) <= 1;

      model->features[i][k * CHANNELS + target] = 1;
    }
}

void
fake_model_init (SiambanModel *model)
{
  memset (model, 0, sizeof *model);
  model->references = 1;
  fake_model_fill (model);
}

void
fake_model_fill (SiambanModel *model)
{
  fill_features (model, AREA / 2);
  for (int i = 0; i < MAX_N; i++) {
    for (int k = 0; k < 2 * AREA; k++)
      model->cls[i][k] = (float)g_test_rand_double_range (-6, 6);
    for (int k = 0; k < 4 * AREA; k++)
      model->loc[i][k] = (float)g_test_rand_double_range (1, 20);
  }
}

void
fake_model_hide (SiambanModel *model)
{
  fill_features (model, -1);
  for (int i = 0; i < MAX_N; i++)
    for (int k = 0; k < AREA; k++) {
      model->cls[i][k] = 4;
      model->cls[i][AREA + k] = -4;
    }
}

void
fake_model_find (SiambanModel *model, int point, float side)
{
  fill_features (model, point);
  for (int i = 0; i < MAX_N; i++) {
    for (int k = 0; k < AREA; k++) {
      model->cls[i][k] = 4;
      model->cls[i][AREA + k] = k == point ? 12 : -4;
    }
    for (int k = 0; k < 4 * AREA; k++)
      model->loc[i][k] = side / 2;
  }
}

void
fake_model_check (const SiambanModel *model)
{
  g_assert_cmpint (model->references, ==, 1);
  g_assert_cmpint (model->templates_alive, ==, 0);
}

SiambanModel *
siamban_model_ref (SiambanModel *model)
{
  g_atomic_int_inc (&model->references);
  return model;
}

void
siamban_model_unref (SiambanModel *model)
{
  g_atomic_int_add (&model->references, -1);
}

const SiambanTrackParams *
siamban_model_track (const SiambanModel *model)
{
  (void)model;
  return &fake_params;
}

SiambanTemplate *
siamban_model_embed_pixels (
    SiambanModel *model, const guint8 *z, unsigned threads)
{
  SiambanTemplate *template = g_new (SiambanTemplate, 1);

  template->model = siamban_model_ref (model);
  g_atomic_int_inc (&model->templates_alive);
  memcpy (model->z, z, sizeof model->z);
  model->threads = threads;
  model->learnt++;
  return template;
}

void
siamban_template_free (SiambanTemplate *template)
{
  if (!template)
    return;
  g_atomic_int_add (&template->model->templates_alive, -1);
  siamban_model_unref (template->model);
  g_free (template);
}

void
siamban_model_get_feature_info (
    const SiambanModel *model, SiambanFeatureInfo *info)
{
  (void)model;
  *info = (SiambanFeatureInfo){SIDE, CHANNELS, 4, -28};
}

void
siamban_model_features_pixels (SiambanModel *model, unsigned n,
    const guint8 *const *x, float *const *features, unsigned threads)
{
  (void)x;
  (void)threads;
  for (unsigned i = 0; i < n; i++)
    memcpy (features[i], model->features[i], sizeof model->features[i]);
}

void
siamban_model_search_features (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const guint8 *const *x, float *cls,
    float *loc, float *const *features, unsigned threads)
{
  siamban_model_search_pixels (model, n, templates, x, cls, loc, threads);
  siamban_model_features_pixels (model, n, x, features, threads);
}

void
siamban_model_search_pixels (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const guint8 *const *x, float *cls,
    float *loc, unsigned threads)
{
  model->n = n;
  model->runs++;
  model->threads = threads;
  for (unsigned i = 0; i < n; i++) {
    model->templates[i] = templates[i];
    memcpy (model->x[i], x[i], sizeof model->x[i]);
    memcpy (cls + i * 2 * AREA, model->cls[i], sizeof model->cls[i]);
    memcpy (loc + i * 4 * AREA, model->loc[i], sizeof model->loc[i]);
  }
}
