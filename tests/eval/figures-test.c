/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Figures of runs whose overlaps are known. */

#include <math.h>

#include "tools/eval/figures.h"
#include "tools/eval/interval.h"

#define assert_near(a, b)                                                      \
  g_assert_cmpfloat_with_epsilon ((a), (b), 1e-9) /* fails on NAN, too */

static void
add_frame (EvalRun *run, EvalKind kind, SiambanStatus status,
    const SiambanBox *box, double confidence)
{
  EvalTruth truth = {.kind = kind};
  EvalFrame frame = {.track = {*box, status, confidence, confidence, 2}};

  if (kind == EVAL_PRESENT)
    truth.box = (SiambanBox){100, 100, 40, 20};
  eval_frame_judge (&frame, &truth, 320, 240);
  g_array_append_val (run->frames, frame);
}

/* @shift is in widths: what is left of the overlap is (1 - s) / (1 + s). */
static void
add_shifted (EvalRun *run, double shift, double confidence)
{
  SiambanBox box = {100 + 40 * shift, 100, 40, 20};

  add_frame (run, EVAL_PRESENT, SIAMBAN_STATUS_TRACKED, &box, confidence);
}

static void
add_absent (EvalRun *run, SiambanStatus status, double confidence)
{
  SiambanBox box = {0, 0, 10, 10};

  add_frame (run, EVAL_ABSENT, status, &box, confidence);
}

static EvalRun *
new_run (void)
{
  EvalRun *run = g_new (EvalRun, 1);

  run->start = 0;
  run->frames = g_array_new (FALSE, FALSE, sizeof (EvalFrame));
  add_shifted (run, 0, 1);
  return run;
}

static void
test_judge (void)
{
  EvalTruth truth = {EVAL_PRESENT, {300, 100, 40, 20}};
  EvalFrame frame = {.track = {.box = {280, 100, 80, 20}}};

  eval_frame_judge (&frame, &truth, 320, 240);
  assert_near (frame.overlap, 0.5);
  assert_near (frame.bounded, 0.5); /* 20 of 40 columns are in the picture */
  assert_near (frame.distance, 0);
  truth.box.x = 290;
  eval_frame_judge (&frame, &truth, 320, 240);
  assert_near (frame.bounded, 30 / 40.0);
  assert_near (frame.distance, 10);
  assert_near (frame.relative, 0.25);
  frame.track.box.w = 0;
  eval_frame_judge (&frame, &truth, 320, 240);
  assert_near (frame.overlap, 0);
}

/* Overlaps 1, 1, 1/3, 0; distances 0, 0, 20, 60. */
static void
test_short_term (void)
{
  EvalRun *run = new_run ();
  double v[EVAL_N_FIGURES];

  add_shifted (run, 0, 1);
  add_shifted (run, 0.5, 1);
  add_shifted (run, 1.5, 1);
  add_absent (run, SIAMBAN_STATUS_TRACKED, 1);
  eval_figures (run, v);
  assert_near (v[EVAL_AUC], (20 + 20 + 7 + 0) / (4.0 * 21));
  assert_near (v[EVAL_PRECISION], 0.75);
  assert_near (v[EVAL_NORM_PRECISION], (51 + 51 + 1 + 0) / (4.0 * 51));
  assert_near (v[EVAL_AO], (1 + 1 / 3.0 + 0) / 3);
  assert_near (v[EVAL_SR50], 1 / 3.0);
  assert_near (v[EVAL_SR75], 1 / 3.0);
  assert_near (v[EVAL_HELD], 0);
  assert_near (v[EVAL_CPU_MS], 2);
  eval_run_free (run);
}

/* Sure and right twice, unsure and wrong once, absent once. */
static void
test_long_term (void)
{
  EvalRun *run = new_run ();
  double v[EVAL_N_FIGURES];

  add_shifted (run, 0, 0.9);
  add_shifted (run, 0, 0.8);
  add_absent (run, SIAMBAN_STATUS_TRACKED, 0.3);
  add_shifted (run, 2, 0.2);
  eval_figures (run, v);
  assert_near (v[EVAL_LT_PRECISION], 1);
  assert_near (v[EVAL_LT_RECALL], 2 / 3.0);
  assert_near (v[EVAL_LT_F], 0.8);
  eval_run_free (run);
}

/* Three frames followed, two not; of the six pairs one is the wrong way round,
 * and in one both are the same. Frames in between do not count. */
static void
test_auroc (void)
{
  EvalRun *run = new_run ();

  add_shifted (run, 0, 0.9);
  add_shifted (run, 0, 0.6);
  add_shifted (run, 0.1, 0.4);
  add_shifted (run, 0.5, 0);
  add_absent (run, SIAMBAN_STATUS_LOST, 0.6);
  add_shifted (run, 2, 0.1);
  assert_near (eval_auroc (run), 4.5 / 6);
  eval_run_free (run);
}

static void
test_states (void)
{
  EvalRun *run = new_run ();
  SiambanBox box = {100, 100, 40, 20};
  double v[EVAL_N_FIGURES];

  add_shifted (run, 0, 1);
  add_frame (run, EVAL_PRESENT, SIAMBAN_STATUS_LOST, &box, 0);
  add_absent (run, SIAMBAN_STATUS_TRACKED, 0);
  add_absent (run, SIAMBAN_STATUS_UNCERTAIN, 0);
  add_absent (run, SIAMBAN_STATUS_LOST, 0);
  add_absent (run, SIAMBAN_STATUS_LOST, 0);
  add_frame (run, EVAL_PRESENT, SIAMBAN_STATUS_LOST, &box, 0);
  add_shifted (run, 0, 1);
  eval_figures (run, v);
  assert_near (v[EVAL_ABSENT_TOLD], 0.75);
  assert_near (v[EVAL_GOOD_LOST], 0.5);
  assert_near (v[EVAL_FOUND_AGAIN], 1);
  assert_near (v[EVAL_FRAMES_TO_FIND], 1);
  assert_near (v[EVAL_HELD], 1);
  eval_run_free (run);
}

static double
found_after (guint frames)
{
  EvalRun *run = new_run ();
  double v[EVAL_N_FIGURES];

  add_absent (run, SIAMBAN_STATUS_LOST, 0);
  for (guint i = 0; i < frames; i++)
    add_shifted (run, 2, 1);
  eval_figures (run, v);
  eval_run_free (run);
  return v[EVAL_FOUND_AGAIN];
}

/* An absence counts as not found only where there was time enough for it. */
static void
test_patience (void)
{
  g_assert_true (isnan (found_after (0)));
  g_assert_true (isnan (found_after (29)));
  assert_near (found_after (30), 0);
}

static void
test_nothing_to_tell (void)
{
  EvalRun *run = new_run ();
  double v[EVAL_N_FIGURES];

  eval_figures (run, v);
  assert_near (v[EVAL_AUC], 20 / 21.0);
  for (guint f = EVAL_AO; f < EVAL_N_FIGURES; f++)
    g_assert_true (isnan (v[f]));
  eval_run_free (run);
}

static void
test_interval (void)
{
  double same[] = {0.5, 0.5, NAN, 0.5};
  double two[] = {0, 1};
  EvalInterval interval = eval_interval (same, 4);

  assert_near (interval.mean, 0.5);
  assert_near (interval.low, 0.5);
  assert_near (interval.high, 0.5);
  interval = eval_interval (two, 2);
  assert_near (interval.mean, 0.5);
  assert_near (interval.low, 0);
  assert_near (interval.high, 1);
  interval = eval_interval (two, 1);
  assert_near (interval.mean, 0);
  g_assert_true (isnan (interval.low) && isnan (interval.high));
  g_assert_true (isnan (eval_interval (same, 0).mean));
}

/* Of 100 values between 0 and 1 the interval is that of the normal law. */
static void
test_interval_width (void)
{
  double values[100];
  EvalInterval interval;

  for (guint i = 0; i < 100; i++)
    values[i] = i / 99.0;
  interval = eval_interval (values, 100);
  g_assert_cmpfloat_with_epsilon (interval.mean, 0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (interval.low, 0.5 - 0.0571, 0.004);
  g_assert_cmpfloat_with_epsilon (interval.high, 0.5 + 0.0571, 0.004);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figures/judge", test_judge);
  g_test_add_func ("/figures/short-term", test_short_term);
  g_test_add_func ("/figures/long-term", test_long_term);
  g_test_add_func ("/figures/auroc", test_auroc);
  g_test_add_func ("/figures/states", test_states);
  g_test_add_func ("/figures/patience", test_patience);
  g_test_add_func ("/figures/nothing-to-tell", test_nothing_to_tell);
  g_test_add_func ("/figures/interval", test_interval);
  g_test_add_func ("/figures/interval-width", test_interval_width);
  return g_test_run ();
}
