/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/portrait.h"

#include <string.h>

#include "image/crop.h"

static void
portrait_cut (guint8 **out, int *size, int wanted, const SiambanFrame *frame,
    double cx, double cy, double side, const double mean[3])
{
  *size = wanted;
  *out = g_realloc_n (*out, (gsize)wanted * wanted, 3);
  siamban_crop (frame, cx, cy, side, wanted, mean, *out);
}

void
siamban_portrait_take (SiambanPortrait *portrait,
    const SiambanTrackParams *params, const SiambanFrame *frame,
    const double mean[3], const SiambanTrackState *state)
{
  double scale, side = siamban_track_search_side (state, params, &scale);

  memcpy (portrait->mean, mean, sizeof portrait->mean);
  portrait_cut (&portrait->z, &portrait->z_size, params->exemplar_size, frame,
      state->cx, state->cy, siamban_track_template_side (state, params), mean);
  portrait_cut (&portrait->x, &portrait->x_size, params->instance_size, frame,
      state->cx, state->cy, side, mean);
  portrait->w = state->w * scale;
  portrait->h = state->h * scale;
}

void
siamban_portrait_clear (SiambanPortrait *portrait)
{
  g_free (portrait->z);
  g_free (portrait->x);
  *portrait = (SiambanPortrait){0};
}

/* The picture in the size wanted: itself, or one made (transfer full) in @made.
 */
static const guint8 *
in_size (const guint8 *picture, int had, int size, const double mean[3],
    guint8 **made)
{
  const SiambanFrame frame = {
      .format = SIAMBAN_FORMAT_BGR,
      .width = had,
      .height = had,
      .data = {picture},
      .stride = {3 * had},
  };

  if (size == had)
    return picture;
  *made = g_malloc_n (3 * (gsize)size, size);
  siamban_crop (&frame, had / 2., had / 2., had, size, mean, *made);
  return *made;
}

SiambanTemplate *
siamban_portrait_template (
    const SiambanPortrait *portrait, SiambanModel *model, unsigned threads)
{
  g_autofree guint8 *made = NULL;
  const guint8 *z = in_size (portrait->z, portrait->z_size,
      siamban_model_track (model)->exemplar_size, portrait->mean, &made);

  return siamban_model_embed_pixels (model, z, threads);
}

SiambanFilter *
siamban_portrait_filter (
    const SiambanPortrait *portrait, SiambanModel *model, unsigned threads)
{
  int size = siamban_model_track (model)->instance_size;
  double by = (double)size / portrait->x_size;
  const SiambanPlace place = {0, 0, portrait->w * by, portrait->h * by};
  g_autofree guint8 *made = NULL;
  const guint8 *x =
      in_size (portrait->x, portrait->x_size, size, portrait->mean, &made);
  SiambanFeatureInfo info;
  g_autofree float *features = NULL;
  SiambanFilter *filter;

  siamban_model_get_feature_info (model, &info);
  features = g_new (float, (gsize)info.side *info.side *info.channels);
  siamban_model_features_pixels (model, 1, &x, &features, threads);
  filter = siamban_filter_new (
      &(SiambanMapInfo){info.side, info.channels, info.stride, info.first});
  if (siamban_filter_read (filter, features))
    siamban_filter_start (filter, &place);
  return filter;
}
