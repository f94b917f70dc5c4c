/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "error.h"

#include <math.h>

typedef struct
{
  float *cls, *loc;
} Outputs;

typedef struct
{
  double sum, squares, most;
  gsize n;
} Spread;

static Outputs
error_run (SiambanModel *model, const SiambanModelInfo *info, const Pair *pair)
{
  gsize grid = (gsize)info->score_size * info->score_size;
  Outputs out = {
      g_new (float, info->cls_channels *grid), g_new (float, 4 * grid)};
  SiambanTemplate *tmpl = siamban_model_embed_pixels (model, pair->z, 0);
  const guint8 *x = pair->x;

  siamban_model_search_pixels (model, 1, &tmpl, &x, out.cls, out.loc, 0);
  siamban_template_free (tmpl);
  return out;
}

static void
error_add (Spread *spread, double x)
{
  spread->sum += x;
  spread->squares += x * x;
  spread->most = MAX (spread->most, fabs (x));
  spread->n++;
}

static void
add_differences (Spread *spread, const float *a, const float *b, gsize n)
{
  for (gsize i = 0; i < n; i++)
    error_add (spread, (double)a[i] - b[i]);
}

static double
rms (const Spread *spread)
{
  return sqrt (spread->squares / spread->n);
}

static double
deviation (const Spread *spread)
{
  double mean = spread->sum / spread->n;

  return sqrt (MAX (spread->squares / spread->n - mean * mean, 0));
}

QuantizeError
quantize_compare (
    SiambanModel *exact, SiambanModel *quantised, const Pair *pairs, guint n)
{
  Spread cls = {0}, loc = {0}, values = {0};
  SiambanModelInfo info;
  gsize grid;

  siamban_model_get_info (exact, &info);
  grid = (gsize)info.score_size * info.score_size;
  for (guint i = 0; i < n; i++) {
    Outputs a = error_run (exact, &info, &pairs[i]);
    Outputs b = error_run (quantised, &info, &pairs[i]);

    add_differences (&cls, b.cls, a.cls, info.cls_channels * grid);
    add_differences (&loc, b.loc, a.loc, 4 * grid);
    for (gsize k = 0; k < info.cls_channels * grid; k++)
      error_add (&values, a.cls[k]);
    g_free (a.cls);
    g_free (a.loc);
    g_free (b.cls);
    g_free (b.loc);
  }
  return (QuantizeError){
      rms (&cls), cls.most, rms (&loc), loc.most, deviation (&values)};
}
