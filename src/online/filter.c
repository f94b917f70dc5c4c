/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "online/filter.h"

#include <math.h>
#include <string.h>

#include "kernels/alloc.h"
#include "kernels/taps.h"

#define KERNEL 5
#define REACH  (KERNEL / 2)
#define LAMBDA 1e-3

#define FIRST_STEPS 15

/* The most that maps added before a step weigh together. */
#define MAX_WEIGHT 0.2

/* A step goes twice through the samples: for its direction, and for how far it
 * is to the lowest point along it. */
typedef enum
{
  PHASE_BETWEEN,
  PHASE_DIRECTION,
  PHASE_LENGTH
} Phase;

struct _SiambanFilter
{
  SiambanMapInfo raw, info;
  SiambanTaps taps;
  size_t pixels, n_weights;
  float *map;
  float *w, *g;    /* weights and direction: a row of taps a channel */
  float *products; /* a row of taps a pixel */
  SiambanSamples samples;
  guint steps; /* done */
  Phase phase;
  guint next; /* sample */
  double length_above, length_below;
  float *added; /* the map of the sample to come */
  SiambanPlace added_place;
  double added_weight; /* 0: there is none */
};

SiambanFilter *
siamban_filter_new (const SiambanMapInfo *info)
{
  SiambanFilter *filter = g_new0 (SiambanFilter, 1);
  size_t size;

  filter->raw = *info;
  filter->info = siamban_map_prepared (info);
  filter->taps = siamban_taps ();
  filter->pixels = (size_t)filter->info.side * filter->info.side;
  filter->n_weights = (size_t)filter->info.channels * SIAMBAN_TAPS;
  size = siamban_map_size (&filter->info);
  filter->map = g_new0 (float, size);
  filter->added = g_new (float, size);
  filter->w = siamban_alloc (filter->n_weights * sizeof (float));
  filter->g = siamban_alloc (filter->n_weights * sizeof (float));
  filter->products =
      siamban_alloc (filter->pixels * SIAMBAN_TAPS * sizeof (float));
  memset (filter->w, 0, filter->n_weights * sizeof (float));
  siamban_samples_init (&filter->samples, &filter->info);
  return filter;
}

void
siamban_filter_free (SiambanFilter *filter)
{
  if (!filter)
    return;
  siamban_samples_clear (&filter->samples);
  g_aligned_free (filter->w);
  g_aligned_free (filter->g);
  g_aligned_free (filter->products);
  g_free (filter->map);
  g_free (filter->added);
  g_free (filter);
}

const SiambanMapInfo *
siamban_filter_info (const SiambanFilter *filter)
{
  return &filter->info;
}

gboolean
siamban_filter_read (SiambanFilter *filter, const float *features)
{
  return siamban_map_prepare (&filter->raw, features, KERNEL, filter->map);
}

/* Pixel (y, x) is the sum over taps of the product of pixel (y + dy, x + dx)
 * with tap (dy, dx). */
static void
filter_gather (const SiambanFilter *filter, float *out)
{
  int side = filter->info.side;

  memset (out, 0, filter->pixels * sizeof *out);
  for (int t = 0; t < KERNEL * KERNEL; t++) {
    int dy = t / KERNEL - REACH, dx = t % KERNEL - REACH;

    for (int y = MAX (0, -dy); y < MIN (side, side - dy); y++)
      for (int x = MAX (0, -dx); x < MIN (side, side - dx); x++)
        out[y * side + x] +=
            filter->products[((y + dy) * side + x + dx) * SIAMBAN_TAPS + t];
  }
}

/* The other way round: what each product has to do with @r. */
static void
filter_scatter (SiambanFilter *filter, const float *r)
{
  int side = filter->info.side;

  memset (filter->products, 0, filter->pixels * SIAMBAN_TAPS * sizeof (float));
  for (int t = 0; t < KERNEL * KERNEL; t++) {
    int dy = t / KERNEL - REACH, dx = t % KERNEL - REACH;

    for (int y = MAX (0, -dy); y < MIN (side, side - dy); y++)
      for (int x = MAX (0, -dx); x < MIN (side, side - dx); x++)
        filter->products[((y + dy) * side + x + dx) * SIAMBAN_TAPS + t] =
            r[y * side + x];
  }
}

static void
filter_apply (
    SiambanFilter *filter, const float *map, const float *w, float *out)
{
  size_t channels = filter->info.channels;

  memset (filter->products, 0, filter->pixels * SIAMBAN_TAPS * sizeof (float));
  filter->taps (
      map, channels, 1, filter->pixels, channels, w, filter->products);
  filter_gather (filter, out);
}

void
siamban_filter_respond (SiambanFilter *filter, float *response)
{
  filter_apply (filter, filter->map, filter->w, response);
}

void
siamban_filter_start (SiambanFilter *filter, const SiambanPlace *place)
{
  memset (filter->w, 0, filter->n_weights * sizeof (float));
  siamban_samples_start (&filter->samples, filter->map, place);
  filter->steps = 0;
  filter->phase = PHASE_BETWEEN;
  filter->added_weight = 0;
}

void
siamban_filter_add (
    SiambanFilter *filter, const SiambanPlace *place, double weight)
{
  float *read = filter->map;

  filter->map = filter->added;
  filter->added = read;
  filter->added_place = *place;
  filter->added_weight = fmin (filter->added_weight + weight, MAX_WEIGHT);
}

/* Whether pixel @i of a sample counts: a negative answer to background does
 * not. */
static gboolean
filter_counts (const SiambanSample *sample, size_t i)
{
  return sample->label[i] > 0 || sample->score[i] > 0;
}

static void
begin_step (SiambanFilter *filter)
{
  if (filter->added_weight > 0) {
    SiambanSample *sample = siamban_samples_add (&filter->samples,
        filter->added, &filter->added_place, filter->added_weight);

    filter_apply (filter, sample->x, filter->w, sample->score);
    filter->added_weight = 0;
  }
  for (size_t i = 0; i < filter->n_weights; i++)
    filter->g[i] = (float)LAMBDA * filter->w[i];
  filter->phase = PHASE_DIRECTION;
  filter->next = 0;
}

static void
add_direction (SiambanFilter *filter, const SiambanSample *sample)
{
  size_t channels = filter->info.channels;
  float *r = sample->slope;

  for (size_t i = 0; i < filter->pixels; i++)
    r[i] = filter_counts (sample, i)
               ? (float)sample->weight * (sample->score[i] - sample->label[i])
               : 0;
  filter_scatter (filter, r);
  filter->taps (sample->x, 1, channels, channels, filter->pixels,
      filter->products, filter->g);
}

static void
begin_length (SiambanFilter *filter)
{
  filter->length_above = 0;
  for (size_t i = 0; i < filter->n_weights; i++)
    filter->length_above += (double)filter->g[i] * filter->g[i];
  filter->length_below = LAMBDA * filter->length_above;
  filter->phase = PHASE_LENGTH;
  filter->next = 0;
}

static void
add_length (SiambanFilter *filter, const SiambanSample *sample)
{
  filter_apply (filter, sample->x, filter->g, sample->slope);
  for (size_t i = 0; i < filter->pixels; i++)
    if (filter_counts (sample, i))
      filter->length_below +=
          sample->weight * sample->slope[i] * sample->slope[i];
}

static void
end_step (SiambanFilter *filter)
{
  const SiambanSamples *samples = &filter->samples;
  float length = filter->length_below > 0
                     ? (float)(filter->length_above / filter->length_below)
                     : 0;

  for (size_t i = 0; i < filter->n_weights; i++)
    filter->w[i] -= length * filter->g[i];
  for (guint k = 0; k < samples->n; k++)
    for (size_t i = 0; i < filter->pixels; i++)
      samples->all[k].score[i] -= length * samples->all[k].slope[i];
  filter->phase = PHASE_BETWEEN;
  filter->steps++;
}

static void
work_once (SiambanFilter *filter)
{
  const SiambanSamples *samples = &filter->samples;

  if (filter->phase == PHASE_BETWEEN)
    begin_step (filter);
  if (filter->phase == PHASE_DIRECTION) {
    add_direction (filter, &samples->all[filter->next++]);
    if (filter->next == samples->n)
      begin_length (filter);
  } else {
    add_length (filter, &samples->all[filter->next++]);
    if (filter->next == samples->n)
      end_step (filter);
  }
}

/* Nothing is to be done before there is something new to learn from. */
void
siamban_filter_work (SiambanFilter *filter, unsigned units)
{
  for (; units > 0; units--) {
    if (filter->phase == PHASE_BETWEEN && filter->added_weight <= 0 &&
        !siamban_filter_is_young (filter))
      return;
    work_once (filter);
  }
}

gboolean
siamban_filter_is_young (const SiambanFilter *filter)
{
  return filter->samples.n > 0 && filter->steps < FIRST_STEPS;
}
