/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "figures.h"

#include <math.h>

#define GOOD 0.5 /* overlap */
#define BAD  0.1

typedef struct
{
  double confidence;
  gboolean good;
} Sample;

static int
by_confidence (gconstpointer a, gconstpointer b)
{
  double left = ((const Sample *)a)->confidence;
  double right = ((const Sample *)b)->confidence;

  return left < right ? -1 : left > right ? 1 : 0;
}

/* Without frames that are neither good nor bad. */
static GArray *
auroc_collect (const EvalRun *run)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (Sample));

  for (guint k = 1; k < run->frames->len; k++) {
    const EvalFrame *frame = eval_run_frame (run, k);
    Sample sample = {frame->track.confidence, frame->overlap > GOOD};

    if (frame->kind != EVAL_UNKNOWN && (sample.good || frame->overlap <= BAD))
      g_array_append_val (samples, sample);
  }
  g_array_sort (samples, by_confidence);
  return samples;
}

/* Where samples of one confidence end. */
static guint
end_of_equals (const GArray *samples, guint i)
{
  double confidence = g_array_index (samples, Sample, i).confidence;

  while (i < samples->len &&
         g_array_index (samples, Sample, i).confidence <= confidence)
    i++;
  return i;
}

double
eval_auroc (const EvalRun *run)
{
  GArray *samples = auroc_collect (run);
  double pairs = 0, good = 0, bad = 0;

  for (guint i = 0, end; i < samples->len; i = end) {
    double good_here = 0, bad_here = 0;

    end = end_of_equals (samples, i);
    for (guint k = i; k < end; k++)
      if (g_array_index (samples, Sample, k).good)
        good_here++;
      else
        bad_here++;
    pairs += good_here * (bad + bad_here / 2);
    good += good_here;
    bad += bad_here;
  }
  g_array_unref (samples);
  return good * bad > 0 ? pairs / (good * bad) : NAN;
}
