/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "online/map.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "kernels/dsp.h"

#define MAX_SIDE 20

static int
map_pools (const SiambanMapInfo *info)
{
  return info->side > MAX_SIDE;
}

/* Pooled pixels lie on every second one, from the second on. */
SiambanMapInfo
siamban_map_prepared (const SiambanMapInfo *info)
{
  SiambanMapInfo out = *info;

  out.channels =
      (info->channels + SIAMBAN_PANEL - 1) / SIAMBAN_PANEL * SIAMBAN_PANEL;
  while (map_pools (&out)) {
    out.side = (out.side - 1) / 2;
    out.first += out.stride;
    out.stride *= 2;
  }
  return out;
}

size_t
siamban_map_size (const SiambanMapInfo *info)
{
  return (size_t)info->side * info->side * info->channels;
}

/* 1/4, 1/2, 1/4 both ways around every second pixel. */
static void
map_pool (const float *x, int side, int channels, float *out)
{
  static const float weight[] = {0.25f, 0.5f, 0.25f};
  int half = (side - 1) / 2;

  for (int i = 0; i < half * half; i++) {
    const float *from =
        x + ((size_t)(i / half) * 2 * side + i % half * 2) * channels;
    float *to = out + (size_t)i * channels;

    memset (to, 0, channels * sizeof *to);
    for (int k = 0; k < 9; k++) {
      const float *at = from + ((size_t)(k / 3) * side + k % 3) * channels;
      const float by = weight[k / 3] * weight[k % 3];

      for (int c = 0; c < channels; c++)
        to[c] += by * at[c];
    }
  }
}

/* Pools as often as needed. Returns @x itself, or the one made (transfer full)
 * in @made. */
static const float *
pool_all (const SiambanMapInfo *info, const float *x, float **made)
{
  SiambanMapInfo at = *info;

  *made = NULL;
  while (map_pools (&at)) {
    int half = (at.side - 1) / 2;
    float *next = g_new (float, (size_t)half *half * info->channels);

    map_pool (*made ? *made : x, at.side, info->channels, next);
    g_free (*made);
    *made = next;
    at.side = half;
  }
  return *made ? *made : x;
}

/* Sums that do not wait for one another. */
#define LANES 16

static double
energy_of (const float *x, size_t n)
{
  double lanes[LANES] = {0}, sum = 0;
  size_t i = 0;

  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++)
      lanes[k] += (double)x[i + k] * x[i + k];
  for (; i < n; i++)
    sum += (double)x[i] * x[i];
  for (int k = 0; k < LANES; k++)
    sum += lanes[k];
  return sum;
}

int
siamban_map_prepare (
    const SiambanMapInfo *info, const float *x, int kernel, float *out)
{
  SiambanMapInfo to = siamban_map_prepared (info);
  size_t pixels = (size_t)to.side * to.side;
  g_autofree float *made = NULL;
  const float *pooled = pool_all (info, x, &made);
  double energy = energy_of (pooled, pixels * info->channels);
  float by = (float)sqrt (pixels / (energy * kernel * kernel));

  memset (out, 0, siamban_map_size (&to) * sizeof *out);
  if (!isfinite (energy) || !isfinite (by))
    return 0;
  for (size_t i = 0; i < pixels; i++)
    for (int c = 0; c < info->channels; c++)
      out[i * to.channels + c] = by * pooled[i * info->channels + c];
  return 1;
}

/* Of the four pixels around a place that is @at behind the second of them. */
static void
map_cubic (double at, double weight[4])
{
  const double a = -0.5;
  double back = 1 - at;

  weight[0] = a * at * back * back;
  weight[3] = a * back * at * at;
  weight[1] = ((a + 2) * at - (a + 3)) * at * at + 1;
  weight[2] = ((a + 2) * back - (a + 3)) * back * back + 1;
}

SiambanMapPoint
siamban_map_point (int side, double at)
{
  int first = (int)floor (at);
  SiambanMapPoint point;

  map_cubic (at - first, point.weight);
  for (int k = 0; k < 4; k++)
    point.pixel[k] = CLAMP (first - 1 + k, 0, side - 1);
  return point;
}

double
siamban_map_between (const float *map, int side, const SiambanMapPoint *x,
    const SiambanMapPoint *y)
{
  double sum = 0;

  for (int i = 0; i < 4; i++) {
    const float *row = map + y->pixel[i] * side;
    double part = 0;

    for (int k = 0; k < 4; k++)
      part += x->weight[k] * row[x->pixel[k]];
    sum += y->weight[i] * part;
  }
  return sum;
}
