/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "tracker/tracker.h"

#define MAX_AREA (25 * 25)
#define STEPS    4

typedef struct
{
  SiambanTrackParams params;
  int width, height;
  SiambanBox box;
  guint32 seed;
  struct
  {
    double template_side_search_side_scale[3];
    double x_y_w_h_score_peak[6];
  } steps[STEPS];
} Golden;

#include "golden.h"

static const SiambanTrackParams siamban = {
    127, 255, 8, 25, 2, 0.4632, 0.0851364, 0.4441818, 0.5};

/* make_golden.py has the same: 0..65535. */
static double
noise (guint32 seed, guint32 i)
{
  guint32 v = (i + 1) * 2654435761u + seed * 40503u;

  v ^= v >> 15;
  v *= 2246822519u;
  v ^= v >> 13;
  return v & 0xffff;
}

typedef struct
{
  float cls[2 * MAX_AREA];
  float loc[4 * MAX_AREA];
} Maps;

typedef struct
{
  SiambanBox box;
  double score;
  double peak;
} Result;

/* A whole step of the published tracker. */
static gboolean
step (SiambanTrackState *state, const SiambanTrackParams *params,
    const double *window, const Maps *maps, int width, int height,
    Result *result)
{
  const int points = params->score_size * params->score_size;
  SiambanCandidate candidates[MAX_AREA];
  const SiambanCandidate *best;
  double scale;

  siamban_track_search_side (state, params, &scale);
  if (!siamban_track_candidates (
          state, params, scale, maps->cls, maps->loc, candidates))
    return FALSE;
  best = siamban_track_best (params, window, candidates);
  if (!siamban_track_commit (state, params, scale, best, width, height))
    return FALSE;
  *result = (Result){siamban_track_box (state), best->score, 0};
  for (int i = 0; i < points; i++)
    result->peak = MAX (result->peak, candidates[i].score);
  return TRUE;
}

static void
fill_maps (Maps *maps, guint32 seed)
{
  for (int i = 0; i < 2 * MAX_AREA; i++)
    maps->cls[i] = (float)(noise (seed, i) * 12 / 65536 - 6);
  for (int i = 0; i < 4 * MAX_AREA; i++)
    maps->loc[i] = (float)((noise (seed + 1, i) * 100 + 4096) / 65536);
}

static void
fill_flat (Maps *maps, float background, float target, float distance)
{
  for (int i = 0; i < MAX_AREA; i++) {
    maps->cls[i] = background;
    maps->cls[MAX_AREA + i] = target;
  }
  for (int i = 0; i < 4 * MAX_AREA; i++)
    maps->loc[i] = distance;
}

static void
test_golden (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (golden); i++) {
    const Golden *g = &golden[i];
    g_autofree double *window = siamban_track_window (g->params.score_size);
    SiambanTrackState state;

    siamban_track_init (&state, &g->box);
    for (int k = 0; k < STEPS; k++) {
      const double *sides = g->steps[k].template_side_search_side_scale;
      const double *want = g->steps[k].x_y_w_h_score_peak;
      Result r;
      double scale;
      Maps maps;

      fill_maps (&maps, g->seed + 2 * k);
      g_assert_cmpfloat (
          siamban_track_template_side (&state, &g->params), ==, sides[0]);
      g_assert_cmpfloat (
          siamban_track_search_side (&state, &g->params, &scale), ==, sides[1]);
      g_assert_cmpfloat_with_epsilon (scale, sides[2], 1e-12);
      g_assert_true (
          step (&state, &g->params, window, &maps, g->width, g->height, &r));
      g_assert_cmpfloat_with_epsilon (r.box.x, want[0], 1e-9);
      g_assert_cmpfloat_with_epsilon (r.box.y, want[1], 1e-9);
      g_assert_cmpfloat_with_epsilon (r.box.w, want[2], 1e-9);
      g_assert_cmpfloat_with_epsilon (r.box.h, want[3], 1e-9);
      g_assert_cmpfloat_with_epsilon (r.score, want[4], 1e-12);
      g_assert_cmpfloat_with_epsilon (r.peak, want[5], 1e-12);
    }
  }
}

static void
test_init (void)
{
  const SiambanBox box = {10, 20, 31, 40};
  SiambanTrackState state;

  siamban_track_init (&state, &box);
  g_assert_cmpfloat (state.cx, ==, 25);
  g_assert_cmpfloat (state.cy, ==, 39.5);
  g_assert_cmpfloat (state.w, ==, 31);
  g_assert_cmpfloat (state.h, ==, 40);
}

/* A square of side a has a crop of side 2a: halves are easy to make. */
static void
test_ties_to_even (void)
{
  static const double sides[][2] = {
      {1.25, 2}, {1.75, 4}, {50.25, 100}, {50.75, 102}, {50.5, 101}};
  SiambanTrackParams params = siamban;
  double scale;

  for (unsigned i = 0; i < G_N_ELEMENTS (sides); i++) {
    SiambanTrackState state = {0, 0, sides[i][0], sides[i][0]};

    g_assert_cmpfloat (
        siamban_track_template_side (&state, &params), ==, sides[i][1]);
    params.instance_size = params.exemplar_size;
    g_assert_cmpfloat (
        siamban_track_search_side (&state, &params, &scale), ==, sides[i][1]);
    g_assert_cmpfloat (scale, ==, 127 / (2 * sides[i][0]));
  }
}

static void
test_window (void)
{
  g_autofree double *one = siamban_track_window (1);
  g_autofree double *five = siamban_track_window (5);
  static const double hanning[] = {0, 0.5, 1, 0.5, 0};

  g_assert_cmpfloat (one[0], ==, 1);
  for (int i = 0; i < 25; i++)
    g_assert_cmpfloat_with_epsilon (
        five[i], hanning[i / 5] * hanning[i % 5], 1e-15);
}

/* All points alike: the window alone decides, and of its two by two highest
 * points the first wins. */
static void
test_first_of_equals (void)
{
  SiambanTrackParams params = siamban;
  g_autofree double *window = siamban_track_window (16);
  SiambanTrackState state = {100, 100, 63.5, 63.5};
  Result r = {0};
  Maps maps;

  params.score_size = 16;
  fill_flat (&maps, 1, 1, 10);
  g_assert_true (step (&state, &params, window, &maps, 1000, 1000, &r));
  g_assert_cmpfloat (state.cx, ==, 100 - 8);
  g_assert_cmpfloat (state.cy, ==, 100 - 8);
  g_assert_cmpfloat (r.score, ==, 0.5);

  params.window_influence = 0;
  state = (SiambanTrackState){100, 100, 63.5, 63.5};
  g_assert_true (step (&state, &params, window, &maps, 1000, 1000, &r));
  g_assert_cmpfloat (state.cx, ==, 100 - 64);
  g_assert_cmpfloat (state.cy, ==, 100 - 64);
}

/* Sure of its box and with lr 1 the target becomes it, but for the limits. */
static void
test_limits (void)
{
  SiambanTrackParams params = siamban;
  g_autofree double *window = siamban_track_window (25);
  SiambanTrackState state = {-50, 900, 63.5, 63.5};
  Result r;
  Maps maps;

  params.lr = 1;
  params.penalty_k = 0;
  fill_flat (&maps, -100, 100, 1);
  g_assert_true (step (&state, &params, window, &maps, 640, 480, &r));
  g_assert_cmpfloat (state.cx, ==, 0);
  g_assert_cmpfloat (state.cy, ==, 480);
  g_assert_cmpfloat (r.box.w, ==, 10);
  g_assert_cmpfloat (r.box.h, ==, 10);
  g_assert_cmpfloat (r.box.x, ==, -5);
  g_assert_cmpfloat (r.box.y, ==, 475);
  g_assert_cmpfloat (r.score, ==, 1);

  fill_flat (&maps, -100, 100, 1e5);
  g_assert_true (step (&state, &params, window, &maps, 640, 480, &r));
  g_assert_cmpfloat (r.box.w, ==, 640);
  g_assert_cmpfloat (r.box.h, ==, 480);

  g_assert_true (step (&state, &params, window, &maps, 1, 1, &r));
  g_assert_cmpfloat (r.box.w, ==, 10);
  g_assert_cmpfloat (r.box.h, ==, 10);
  g_assert_cmpfloat (state.cx, <=, 1);
}

static void
assert_refused (const SiambanTrackParams *params, const Maps *maps)
{
  const SiambanTrackState before = {100, 100, 60, 50};
  const Result untouched = {{1, 2, 3, 4}, 5, 6};
  g_autofree double *window = siamban_track_window (params->score_size);
  SiambanTrackState state = before;
  Result r = untouched;

  g_assert_false (step (&state, params, window, maps, 640, 480, &r));
  g_assert_cmpmem (&state, sizeof state, &before, sizeof before);
  g_assert_cmpmem (&r, sizeof r, &untouched, sizeof untouched);
}

static void
test_not_finite (void)
{
  static const float bad[] = {NAN, INFINITY, -INFINITY};
  SiambanTrackParams one_channel = siamban;
  Maps maps;

  one_channel.cls_channels = 1;
  for (int i = 0; i < 60; i++) {
    fill_maps (&maps, i);
    maps.cls[g_test_rand_int_range (0, 2 * MAX_AREA)] = bad[i % 3];
    assert_refused (&siamban, &maps);
    fill_maps (&maps, i);
    maps.loc[g_test_rand_int_range (0, 4 * MAX_AREA)] = bad[i % 3];
    assert_refused (&siamban, &maps);
    fill_maps (&maps, i);
    maps.cls[g_test_rand_int_range (0, MAX_AREA)] = bad[i % 3];
    assert_refused (&one_channel, &maps);
  }
}

/* Finite numbers, but no box: 0/0 and the root of less than nothing. */
static void
test_no_box (void)
{
  Maps maps;

  fill_flat (&maps, 0, 0, 0);
  assert_refused (&siamban, &maps);
  fill_flat (&maps, 0, 0, 20);
  maps.loc[7] = -80;
  assert_refused (&siamban, &maps);
}

static void
test_huge_numbers (void)
{
  g_autofree double *window = siamban_track_window (25);
  Maps maps;

  for (int i = 0; i < 8; i++) {
    SiambanTrackState state = {320, 240, 60, 50};
    Result r;

    fill_flat (&maps, i & 1 ? 3e38f : -3e38f, i & 2 ? 3e38f : -3e38f,
        i & 4 ? 3e38f : 1e-3f);
    g_assert_true (step (&state, &siamban, window, &maps, 640, 480, &r));
    g_assert_cmpfloat (r.score, ==,
        i & 1   ? (i & 2 ? 0.5 : 0)
        : i & 2 ? 1
                : 0.5);
    g_assert_cmpfloat (r.box.w, >=, 10);
    g_assert_cmpfloat (r.box.w, <=, 640);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/golden", test_golden);
  g_test_add_func ("/tracker/init", test_init);
  g_test_add_func ("/tracker/ties-to-even", test_ties_to_even);
  g_test_add_func ("/tracker/window", test_window);
  g_test_add_func ("/tracker/first-of-equals", test_first_of_equals);
  g_test_add_func ("/tracker/limits", test_limits);
  g_test_add_func ("/tracker/not-finite", test_not_finite);
  g_test_add_func ("/tracker/no-box", test_no_box);
  g_test_add_func ("/tracker/huge-numbers", test_huge_numbers);
  return g_test_run ();
}
