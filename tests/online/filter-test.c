/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "online/filter.h"

#define SIDE     16
#define CHANNELS 24
#define STRIDE   16.

static const SiambanMapInfo info = {
    SIDE, CHANNELS, STRIDE, -STRIDE *(SIDE - 1) / 2};

/* A ground of noise, the same for each @seed, with targets on it: patches of
 * 3 x 3 pixels around (x, y) that are like no other if @kind differs. */
static void
fill_ground (float *map, guint32 seed)
{
  GRand *random = g_rand_new_with_seed (seed);

  for (int i = 0; i < SIDE * SIDE * CHANNELS; i++)
    map[i] = (float)g_rand_double_range (random, 0, 1);
  g_rand_free (random);
}

static void
put_target (float *map, int x, int y, guint32 kind)
{
  GRand *random = g_rand_new_with_seed (kind);

  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++)
      for (int c = 0; c < CHANNELS; c++)
        map[((y + dy) * SIDE + x + dx) * CHANNELS + c] =
            (float)g_rand_double_range (random, 0, 2);
  g_rand_free (random);
}

static SiambanPlace
place_of (int x, int y)
{
  return (SiambanPlace){
      info.first + x * STRIDE, info.first + y * STRIDE, 3 * STRIDE, 3 * STRIDE};
}

static void
read_frame (SiambanFilter *filter, guint32 seed, int x, int y, guint32 kind)
{
  g_autofree float *map = g_new (float, SIDE *SIDE *CHANNELS);

  fill_ground (map, seed);
  if (kind)
    put_target (map, x, y, kind);
  g_assert_true (siamban_filter_read (filter, map));
}

static SiambanFilter *
learnt_filter (void)
{
  SiambanFilter *filter = siamban_filter_new (&info);
  SiambanPlace place = place_of (7, 8);

  read_frame (filter, 1, 7, 8, 77);
  siamban_filter_start (filter, &place);
  siamban_filter_work (filter, 100000);
  g_assert_false (siamban_filter_is_young (filter));
  return filter;
}

/* The pixel with the highest answer. */
static int
top_of (SiambanFilter *filter, float *response)
{
  int best = 0;

  siamban_filter_respond (filter, response);
  for (int i = 1; i < SIDE * SIDE; i++)
    best = response[i] > response[best] ? i : best;
  return best;
}

static void
test_learns (void)
{
  SiambanFilter *filter = learnt_filter ();
  float response[SIDE * SIDE];
  int top;

  for (int x = 3; x < 13; x += 3) {
    read_frame (filter, 2 + x, x, 10, 77);
    top = top_of (filter, response);
    g_assert_cmpint (top, ==, 10 * SIDE + x);
    g_assert_cmpfloat (response[top], >, 0.45);
    g_assert_cmpfloat (response[top], <, 1.4);
  }
  read_frame (filter, 50, 0, 0, 0);
  top = top_of (filter, response);
  g_assert_cmpfloat (response[top], <, 0.4);
  siamban_filter_free (filter);
}

/* The looks change bit by bit into another's: what it is shown it follows. */
static void
test_keeps_learning (void)
{
  SiambanFilter *filter = learnt_filter ();
  float response[SIDE * SIDE];
  double before, after;

  read_frame (filter, 3, 5, 5, 99);
  siamban_filter_respond (filter, response);
  before = response[5 * SIDE + 5];
  for (int i = 0; i < 100; i++) {
    SiambanPlace place = place_of (5, 5);

    read_frame (filter, 100 + i, 5, 5, 99);
    siamban_filter_add (filter, &place, 0.03);
    siamban_filter_work (filter, 14);
  }
  read_frame (filter, 3, 5, 5, 99);
  siamban_filter_respond (filter, response);
  after = response[5 * SIDE + 5];
  g_assert_cmpfloat (after, >, before + 0.3);
  read_frame (filter, 4, 5, 5, 77);
  g_assert_cmpint (top_of (filter, response), ==, 5 * SIDE + 5);
  siamban_filter_free (filter);
}

/* In pieces of any size it comes to the same, to the bit. */
static void
test_pieces (void)
{
  SiambanFilter *whole = learnt_filter ();
  SiambanFilter *pieces = siamban_filter_new (&info);
  SiambanPlace place = place_of (7, 8);
  float expected[SIDE * SIDE], got[SIDE * SIDE];

  read_frame (pieces, 1, 7, 8, 77);
  siamban_filter_start (pieces, &place);
  while (siamban_filter_is_young (pieces))
    siamban_filter_work (pieces, 1 + (unsigned)g_test_rand_int_range (0, 5));
  read_frame (whole, 5, 4, 4, 77);
  read_frame (pieces, 5, 4, 4, 77);
  siamban_filter_respond (whole, expected);
  siamban_filter_respond (pieces, got);
  g_assert_cmpmem (got, sizeof got, expected, sizeof expected);
  siamban_filter_free (whole);
  siamban_filter_free (pieces);
}

/* Once it has learnt all there is, it does not work. */
static void
test_rests (void)
{
  SiambanFilter *filter = learnt_filter ();
  float before[SIDE * SIDE], after[SIDE * SIDE];

  siamban_filter_respond (filter, before);
  siamban_filter_work (filter, G_MAXUINT);
  siamban_filter_respond (filter, after);
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
  siamban_filter_free (filter);
}

static void
test_bad_maps (void)
{
  SiambanFilter *filter = learnt_filter ();
  g_autofree float *map = g_new0 (float, SIDE *SIDE *CHANNELS);

  g_assert_false (siamban_filter_read (filter, map));
  fill_ground (map, 1);
  for (guint i = 0; i < 3; i++) {
    const float bad[] = {NAN, INFINITY, -INFINITY};

    map[g_test_rand_int_range (0, SIDE * SIDE * CHANNELS)] = bad[i];
    g_assert_false (siamban_filter_read (filter, map));
    fill_ground (map, 1);
  }
  for (int i = 0; i < SIDE * SIDE * CHANNELS; i++)
    map[i] *= 1e20f;
  g_assert_true (siamban_filter_read (filter, map));
  siamban_filter_free (filter);
}

/* Places far off, and without extent: finite answers. */
static void
test_odd_places (void)
{
  static const SiambanPlace places[] = {
      {0, 0, 0, 0}, {1e9, -1e9, 1, 1}, {0, 0, 1e9, 1e9}};
  float response[SIDE * SIDE];

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    SiambanFilter *filter = siamban_filter_new (&info);

    read_frame (filter, 1, 7, 8, 77);
    siamban_filter_start (filter, &places[i]);
    for (int k = 0; k < 50; k++) {
      read_frame (filter, 1, 7, 8, 77);
      siamban_filter_add (filter, &places[i], 0.03);
      siamban_filter_work (filter, 100);
    }
    read_frame (filter, 1, 7, 8, 77);
    siamban_filter_respond (filter, response);
    for (int k = 0; k < SIDE * SIDE; k++)
      g_assert_true (isfinite (response[k]));
    siamban_filter_free (filter);
  }
}

/* A large map is made smaller, with its middle where it was. */
static void
test_prepare (void)
{
  const SiambanMapInfo large = {31, 20, 8, -120};
  SiambanMapInfo out = siamban_map_prepared (&large);
  g_autofree float *map = g_new (float, siamban_map_size (&large));
  g_autofree float *made = g_new (float, siamban_map_size (&out));
  double sum = 0;

  g_assert_cmpint (out.side, ==, 15);
  g_assert_cmpint (out.channels, ==, 32);
  g_assert_cmpfloat (out.stride, ==, 16);
  g_assert_cmpfloat (siamban_map_pixel (&out, 0), ==, 7);
  for (int i = 0; i < 31 * 31; i++)
    for (int c = 0; c < 20; c++)
      map[i * 20 + c] = (float)(i % 31 + c);
  g_assert_true (siamban_map_prepare (&large, map, 5, made));
  for (gsize i = 0; i < siamban_map_size (&out); i++)
    sum += (double)made[i] * made[i];
  g_assert_cmpfloat_with_epsilon (sum, 15. * 15 / 25, 1e-4);
  for (int x = 1; x < 14; x++) /* a slope stays one */
    g_assert_cmpfloat_with_epsilon (made[(x + 1) * 32] - made[x * 32],
        made[x * 32] - made[(x - 1) * 32], 1e-6);
}

static double
map_at (const float *map, double x, double y)
{
  SiambanMapPoint column = siamban_map_point (SIDE, x);
  SiambanMapPoint row = siamban_map_point (SIDE, y);

  return siamban_map_between (map, SIDE, &column, &row);
}

static void
test_between_pixels (void)
{
  float map[SIDE * SIDE];

  for (int i = 0; i < SIDE * SIDE; i++)
    map[i] = (float)(i % SIDE + 2 * (i / SIDE));
  g_assert_cmpfloat_with_epsilon (map_at (map, 3, 5), 13, 1e-6);
  g_assert_cmpfloat_with_epsilon (map_at (map, 3.25, 5.5), 14.25, 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/learns", test_learns);
  g_test_add_func ("/filter/keeps-learning", test_keeps_learning);
  g_test_add_func ("/filter/pieces", test_pieces);
  g_test_add_func ("/filter/rests", test_rests);
  g_test_add_func ("/filter/bad-maps", test_bad_maps);
  g_test_add_func ("/filter/odd-places", test_odd_places);
  g_test_add_func ("/filter/prepare", test_prepare);
  g_test_add_func ("/filter/between-pixels", test_between_pixels);
  return g_test_run ();
}
