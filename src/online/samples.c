/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "online/samples.h"

#include <math.h>
#include <string.h>

/* Room for maps, in bytes; there is always room for some beside the first. */
#define MAX_BYTES   3200000
#define MIN_SAMPLES 12

/* Of a label: its width, of the target's size; what is cut off. */
#define SIGMA     0.25
#define MIN_SIGMA 0.5
#define MIN_LABEL 0.05

/* How far first samples are shifted, of the target's size. */
#define SHIFT 0.8

/* The least share of the first samples. */
#define FIRST_SHARE 0.25

static size_t
n_pixels (const SiambanSamples *samples)
{
  return (size_t)samples->info.side * samples->info.side;
}

void
siamban_samples_init (SiambanSamples *samples, const SiambanMapInfo *info)
{
  size_t bytes = siamban_map_size (info) * sizeof (float);

  *samples = (SiambanSamples){.info = *info};
  samples->most =
      (guint)CLAMP (MAX_BYTES / bytes, MIN_SAMPLES, SIAMBAN_SAMPLES_MAX);
}

void
siamban_samples_clear (SiambanSamples *samples)
{
  for (guint i = 0; i < SIAMBAN_SAMPLES_MAX; i++)
    g_free (samples->all[i].x);
  siamban_samples_init (samples, &samples->info);
}

/* All of a sample in one block. */
static SiambanSample *
take_slot (SiambanSamples *samples, guint i)
{
  SiambanSample *sample = &samples->all[i];
  size_t map = siamban_map_size (&samples->info), pixels = n_pixels (samples);

  if (!sample->x)
    sample->x = g_new (float, map + 3 * pixels);
  sample->label = sample->x + map;
  sample->score = sample->label + pixels;
  sample->slope = sample->score + pixels;
  return sample;
}

static void
make_label (const SiambanMapInfo *info, const SiambanPlace *place, float *label)
{
  double x = siamban_map_pixel (info, place->cx);
  double y = siamban_map_pixel (info, place->cy);
  double sigma =
      fmax (MIN_SIGMA, SIGMA * sqrt (place->w * place->h) / info->stride);

  for (int i = 0; i < info->side * info->side; i++) {
    double dx = i % info->side - x, dy = i / info->side - y;
    double value = exp (-(dx * dx + dy * dy) / (2 * sigma * sigma));

    label[i] = value < MIN_LABEL ? 0 : (float)value;
  }
}

/* A copy of @map and @label, @dx to the right and @dy down of where they were,
 * mirrored before if asked to. */
static void
add_first (SiambanSamples *samples, const float *map, const float *label,
    int dx, int dy, gboolean mirror)
{
  SiambanSample *sample = take_slot (samples, samples->n++);
  int side = samples->info.side, channels = samples->info.channels;

  memset (sample->x, 0, siamban_map_size (&samples->info) * sizeof (float));
  memset (sample->label, 0, n_pixels (samples) * sizeof (float));
  memset (sample->score, 0, n_pixels (samples) * sizeof (float));
  for (int i = 0; i < side * side; i++) {
    int x = i % side - dx, y = i / side - dy, from;

    if (x < 0 || x >= side || y < 0 || y >= side)
      continue;
    from = y * side + (mirror ? side - 1 - x : x);
    memcpy (sample->x + (size_t)i * channels, map + (size_t)from * channels,
        channels * sizeof (float));
    sample->label[i] = label[from];
  }
}

void
siamban_samples_start (
    SiambanSamples *samples, const float *map, const SiambanPlace *place)
{
  double stride = samples->info.stride;
  int dx = (int)fmax (1, rint (SHIFT * place->w / stride));
  int dy = (int)fmax (1, rint (SHIFT * place->h / stride));
  int half_x = (dx + 1) / 2, half_y = (dy + 1) / 2;
  g_autofree float *label = g_new (float, n_pixels (samples));

  make_label (&samples->info, place, label);
  samples->n = 0;
  add_first (samples, map, label, 0, 0, FALSE);
  add_first (samples, map, label, 0, 0, TRUE);
  add_first (samples, map, label, dx, 0, FALSE);
  add_first (samples, map, label, -dx, 0, FALSE);
  add_first (samples, map, label, 0, dy, FALSE);
  add_first (samples, map, label, 0, -dy, FALSE);
  add_first (samples, map, label, half_x, half_y, FALSE);
  add_first (samples, map, label, -half_x, half_y, TRUE);
  samples->n_first = samples->n;
  for (guint i = 0; i < samples->n; i++)
    samples->all[i].weight = 1. / samples->n;
}

static guint
samples_lightest (const SiambanSamples *samples)
{
  guint at = samples->n_first;

  for (guint i = at + 1; i < samples->n; i++) {
    if (samples->all[i].weight < samples->all[at].weight)
      at = i;
  }
  return at;
}

static double
share_of (const SiambanSamples *samples, guint from, guint to)
{
  double sum = 0;

  for (guint i = from; i < to; i++)
    sum += samples->all[i].weight;
  return sum;
}

static void
samples_scale (SiambanSamples *samples, guint from, guint to, double by)
{
  for (guint i = from; i < to; i++)
    samples->all[i].weight *= by;
}

SiambanSample *
siamban_samples_add (SiambanSamples *samples, const float *map,
    const SiambanPlace *place, double weight)
{
  guint at =
      samples->n < samples->most ? samples->n++ : samples_lightest (samples);
  SiambanSample *sample = take_slot (samples, at);
  double first;

  memcpy (sample->x, map, siamban_map_size (&samples->info) * sizeof (float));
  make_label (&samples->info, place, sample->label);
  sample->weight = 0;
  samples_scale (
      samples, 0, samples->n, (1 - weight) / share_of (samples, 0, samples->n));
  sample->weight = weight;
  first = share_of (samples, 0, samples->n_first);
  if (first < FIRST_SHARE) {
    samples_scale (samples, 0, samples->n_first, FIRST_SHARE / first);
    samples_scale (
        samples, samples->n_first, samples->n, (1 - FIRST_SHARE) / (1 - first));
  }
  return sample;
}
