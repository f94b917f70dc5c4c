/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <siamban/session.h>
#include <string.h>

#include "../image/picture.h"
#include "fake-model.h"
#include "image/crop.h"
#include "tracker/tracker.h"

#define WIDTH  97
#define HEIGHT 71
#define FRAME  (1000000000ull / 25)
#define CENTRE (AREA / 2)

/* A session in reference mode over the fake network. */
typedef struct
{
  SiambanModel model;
  Picture picture;
  SiambanSession *session;
  guint64 time;
  int destroyed;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  SiambanSessionOptions options;

  (void)data;
  fake_model_init (&f->model);
  picture_init (&f->picture, SIAMBAN_FORMAT_NV12, WIDTH, HEIGHT, 3, FALSE);
  siamban_session_options_init (&options);
  options.mode = SIAMBAN_MODE_REFERENCE;
  options.threads = 3;
  f->session = siamban_session_new (&f->model, &options, NULL);
  g_assert_nonnull (f->session);
  f->time = 0;
  f->destroyed = 0;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  (void)data;
  siamban_session_free (f->session);
  fake_model_check (&f->model);
  picture_clear (&f->picture);
}

static void
process (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      siamban_session_process (f->session, &f->picture.frame, f->time, &error));
  g_assert_no_error (error);
  f->time += FRAME;
}

static guint64
add (Fixture *f, double x, double y, double w, double h)
{
  const SiambanBox box = {x, y, w, h};

  return siamban_session_add (f->session, &box, NULL, NULL);
}

static SiambanTrack
track (Fixture *f, guint i)
{
  SiambanTrack tracks[MAX_N];

  g_assert_cmpuint (
      siamban_session_get_tracks (f->session, tracks, MAX_N), >, i);
  return tracks[i];
}

static guint
n_tracks (Fixture *f)
{
  return siamban_session_get_tracks (f->session, NULL, 0);
}

static SiambanEvent
expect_event (Fixture *f, SiambanEventType type, guint64 id)
{
  SiambanEvent event;

  g_assert_true (siamban_session_next_event (f->session, &event));
  g_assert_cmpint (event.type, ==, type);
  g_assert_cmpuint (event.track.id, ==, id);
  return event;
}

static void
expect_no_event (Fixture *f)
{
  SiambanEvent event;

  g_assert_false (siamban_session_next_event (f->session, &event));
}

static void
set_option (Fixture *f, gsize offset, unsigned value)
{
  SiambanSessionOptions options;
  g_autoptr (GError) error = NULL;

  siamban_session_get_options (f->session, &options);
  *(unsigned *)(void *)((char *)&options + offset) = value;
  g_assert_true (siamban_session_set_options (f->session, &options, &error));
  g_assert_no_error (error);
}

#define SET(f, option, value)                                                  \
  set_option (f, G_STRUCT_OFFSET (SiambanSessionOptions, option), value)

static void
assert_box (const SiambanBox *box, double x, double y, double w, double h)
{
  g_assert_cmpfloat (box->x, ==, x);
  g_assert_cmpfloat (box->y, ==, y);
  g_assert_cmpfloat (box->w, ==, w);
  g_assert_cmpfloat (box->h, ==, h);
}

static void
assert_same_box (const SiambanBox *a, const SiambanBox *b)
{
  assert_box (a, b->x, b->y, b->w, b->h);
}

/* Template and search crop, answer and state: as the parts give them. */
static void
test_parts (Fixture *f, gconstpointer data)
{
  const SiambanBox box = {20.5, 30, 21, 33.5};
  const SiambanFrame *frame = &f->picture.frame;
  guint8 z[sizeof f->model.z], x[sizeof f->model.x[0]];
  g_autofree double *window = siamban_track_window (SCORE);
  SiambanCandidate candidates[AREA];
  SiambanTrackState state;
  double mean[3], scale;

  (void)data;
  add (f, box.x, box.y, box.w, box.h);
  process (f);
  siamban_track_init (&state, &box);
  siamban_frame_mean (frame, mean);
  siamban_crop (frame, state.cx, state.cy,
      siamban_track_template_side (&state, &fake_params), EXEMPLAR, mean, z);
  g_assert_cmpmem (z, sizeof z, f->model.z, sizeof f->model.z);
  g_assert_cmpuint (f->model.threads, ==, 3);

  for (int i = 0; i < 3; i++) {
    double side = siamban_track_search_side (&state, &fake_params, &scale);
    const SiambanCandidate *best;
    SiambanBox expected;
    SiambanTrack got;

    fake_model_fill (&f->model);
    siamban_crop (frame, state.cx, state.cy, side, INSTANCE, mean, x);
    g_assert_true (siamban_track_candidates (&state, &fake_params, scale,
        f->model.cls[0], f->model.loc[0], candidates));
    best = siamban_track_best (&fake_params, window, candidates);
    g_assert_true (siamban_track_commit (
        &state, &fake_params, scale, best, WIDTH, HEIGHT));
    process (f);
    got = track (f, 0);
    g_assert_cmpmem (x, sizeof x, f->model.x[0], sizeof f->model.x[0]);
    expected = siamban_track_box (&state);
    assert_same_box (&got.box, &expected);
    g_assert_cmpfloat (got.score, ==, best->score);
    g_assert_cmpfloat (got.confidence, ==, best->score);
    g_assert_cmpfloat (got.search.w, ==, side);
    for (int k = 0; k < AREA; k++)
      g_assert_cmpfloat (got.peak, >=, candidates[k].score);
  }
}

/* One run, and each target as if it were alone. */
static void
test_batch (Fixture *f, gconstpointer data)
{
  SiambanTrack together[3];
  guint8 x[3][sizeof f->model.x[0]];

  (void)data;
  for (int i = 0; i < 3; i++)
    add (f, 10 * i, 5 * i, 20 + i, 30);
  process (f);
  process (f);
  g_assert_cmpuint (f->model.n, ==, 3);
  g_assert_cmpuint (f->model.runs, ==, 1);
  g_assert_cmpuint (
      siamban_session_get_tracks (f->session, together, 3), ==, 3);
  memcpy (x, f->model.x, sizeof x);
  for (int i = 0; i < 3; i++) {
    SiambanTrack alone;

    siamban_session_clear (f->session);
    add (f, 10 * i, 5 * i, 20 + i, 30);
    process (f);
    memcpy (f->model.cls[0], f->model.cls[i], sizeof f->model.cls[0]);
    memcpy (f->model.loc[0], f->model.loc[i], sizeof f->model.loc[0]);
    process (f);
    alone = track (f, 0);
    g_assert_cmpmem (x[i], sizeof x[i], f->model.x[0], sizeof x[i]);
    assert_same_box (&alone.box, &together[i].box);
  }
}

static void
test_not_finite (Fixture *f, gconstpointer data)
{
  SiambanTrack got;

  (void)data;
  add (f, 20, 30, 24, 32);
  process (f);
  f->model.cls[0][7] = NAN;
  process (f);
  got = track (f, 0);
  assert_box (&got.box, 19.5, 29.5, 24, 32);
  g_assert_cmpfloat (got.score, ==, 0);
  g_assert_cmpfloat (got.peak, ==, 0);
  f->model.cls[0][7] = 1;
  process (f);
  g_assert_cmpfloat (track (f, 0).peak, >, 0);
}

static void
count_destroyed (gpointer data)
{
  (*(int *)data)++;
}

static void
assert_box_refused (Fixture *f, double x, double y, double w, double h)
{
  const SiambanBox box = {x, y, w, h};
  guint64 id =
      siamban_session_add (f->session, &box, &f->destroyed, count_destroyed);
  g_autoptr (GError) error = NULL;
  SiambanEvent event;

  f->destroyed = 0;
  process (f);
  event = expect_event (f, SIAMBAN_EVENT_REFUSED, id);
  g_assert_nonnull (strstr (event.message, "97x71"));
  g_assert_true (event.track.user_data == &f->destroyed);
  g_assert_cmpint (f->destroyed, ==, 0);
  expect_no_event (f);
  g_assert_cmpint (f->destroyed, ==, 1);
  g_assert_cmpuint (n_tracks (f), ==, 0);
  g_assert_false (siamban_session_remove (f->session, id));
  g_assert_cmpuint (siamban_session_add_from (f->session, &f->picture.frame, 0,
                        &box, &f->destroyed, count_destroyed, &error),
      ==, 0);
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT);
  g_assert_cmpint (f->destroyed, ==, 1);
}

static void
test_bad_boxes (Fixture *f, gconstpointer data)
{
  (void)data;
  assert_box_refused (f, NAN, 1, 10, 10);
  assert_box_refused (f, 1, INFINITY, 10, 10);
  assert_box_refused (f, 1, 1, -INFINITY, 10);
  assert_box_refused (f, 1, 1, 10, NAN);
  assert_box_refused (f, 1, 1, 0, 10);
  assert_box_refused (f, 10, 10, -5, 10);
  assert_box_refused (f, 1, 1, 10, 0.99);
  assert_box_refused (f, 97, 1, 10, 10);
  assert_box_refused (f, 96.5, 1, 10, 10);
  assert_box_refused (f, -10, 1, 10.5, 10);
  assert_box_refused (f, 1, -1e308, 10, 1e300);
}

/* The state, as an answer that changes nothing shows it. */
static SiambanBox
seed_of (Fixture *f, double x, double y, double w, double h)
{
  siamban_session_clear (f->session);
  add (f, x, y, w, h);
  f->model.cls[0][0] = NAN;
  process (f);
  process (f);
  return track (f, 0).box;
}

static void
test_odd_boxes (Fixture *f, gconstpointer data)
{
  SiambanBox seed;

  (void)data;
  seed = seed_of (f, 96, 70, 1, 1);
  assert_box (&seed, 95.5, 69.5, 1, 1);
  seed = seed_of (f, -99, -49, 100, 50);
  assert_box (&seed, -99.5, -49.5, 100, 50);
  seed = seed_of (f, -10, -20, 194, 142);
  assert_box (&seed, -10.5, -20.5, 194, 142);
  seed = seed_of (f, -10, 20, 194.5, 30);
  assert_box (&seed, -0.5, 19.5, 97, 30);
  seed = seed_of (f, -1e308, -1e308, 1.7e308, 1.7e308);
  assert_box (&seed, -0.5, -0.5, 97, 71);
}

static void
test_bad_frames (Fixture *f, gconstpointer data)
{
  SiambanFrame bad = f->picture.frame;
  const SiambanBox box = {20, 30, 24, 32};
  g_autoptr (GError) error = NULL;
  SiambanTrack before, after;

  (void)data;
  add (f, 20, 30, 24, 32);
  process (f);
  before = track (f, 0);
  bad.data[1] = NULL;
  g_assert_false (siamban_session_process (f->session, &bad, 0, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpuint (
      siamban_session_add_from (f->session, &bad, 0, &box, NULL, NULL, &error),
      ==, 0);
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT);
  after = track (f, 0);
  g_assert_cmpmem (&before, sizeof before, &after, sizeof after);
}

/* The place goes with the frame; a new aspect stretches it. */
static void
test_new_size (Fixture *f, gconstpointer data)
{
  Picture other = {0};
  SiambanEvent event;
  SiambanTrack got;
  guint64 id;

  (void)data;
  id = add (f, 20, 30, 24, 32);
  process (f);
  expect_event (f, SIAMBAN_EVENT_ADDED, id);
  picture_init (&other, SIAMBAN_FORMAT_RGB, 2 * WIDTH, 3 * HEIGHT, 0, TRUE);
  f->model.cls[0][0] = NAN;
  g_assert_true (
      siamban_session_process (f->session, &other.frame, f->time, NULL));
  event = expect_event (f, SIAMBAN_EVENT_RESIZED, id);
  assert_box (&event.track.box, 40, 90, 48, 96);
  got = track (f, 0);
  assert_box (&got.box, 2 * 19.5, 3 * 29.5, 48, 96);
  g_assert_false (got.predicted);
  g_assert_cmpuint (f->model.learnt, ==, 1);
  expect_no_event (f);

  siamban_session_remove (f->session, id);
  siamban_session_flush (f->session);
  event = expect_event (f, SIAMBAN_EVENT_ENDED, id);
  assert_box (&event.history[0].box, 40, 90, 48, 96);
  picture_clear (&other);
}

static void
test_tiny_frame (Fixture *f, gconstpointer data)
{
  Picture small = {0};
  SiambanTrack got;

  (void)data;
  add (f, 70, 50, 24, 20);
  process (f);
  picture_init (&small, SIAMBAN_FORMAT_RGB, 1, 1, 0, TRUE);
  for (int i = 0; i < 4; i++)
    g_assert_true (siamban_session_process (f->session, &small.frame, 0, NULL));
  got = track (f, 0);
  g_assert_cmpfloat (got.box.x + got.box.w / 2, >=, 0);
  g_assert_cmpfloat (got.box.x + got.box.w / 2, <=, 1);
  g_assert_cmpfloat (got.box.w, <=, 10);
  picture_clear (&small);
}

static void
test_life (Fixture *f, gconstpointer data)
{
  const SiambanBox box = {20, 30, 24, 32};
  SiambanEvent event;
  SiambanTrack got;
  guint64 id;

  (void)data;
  fake_model_find (&f->model, CENTRE, 30);
  f->time = 5 * FRAME;
  id = siamban_session_add (f->session, &box, &f->destroyed, count_destroyed);
  g_assert_cmpuint (id, ==, 1);
  g_assert_cmpuint (n_tracks (f), ==, 0);
  process (f);
  event = expect_event (f, SIAMBAN_EVENT_ADDED, id);
  g_assert_cmpuint (event.time, ==, 5 * FRAME);
  assert_same_box (&event.track.box, &box);
  g_assert_cmpfloat (event.track.score, ==, 1);
  for (int i = 0; i < 9; i++)
    process (f);
  got = track (f, 0);
  g_assert_cmpuint (got.first_seen, ==, 5 * FRAME);
  g_assert_cmpuint (got.last_seen, ==, 14 * FRAME);
  g_assert_cmpuint (got.age, ==, 9);
  g_assert_cmpuint (got.unseen, ==, 0);
  g_assert_cmpint (got.status, ==, SIAMBAN_STATUS_TRACKED);

  g_assert_true (siamban_session_remove (f->session, id));
  g_assert_false (siamban_session_remove (f->session, id));
  expect_no_event (f);
  siamban_session_flush (f->session);
  event = expect_event (f, SIAMBAN_EVENT_ENDED, id);
  g_assert_cmpint (event.reason, ==, SIAMBAN_END_REMOVED);
  g_assert_cmpint (event.track.status, ==, SIAMBAN_STATUS_ENDED);
  g_assert_cmpuint (event.n_history, ==, 10);
  g_assert_cmpuint (event.history[0].time, ==, 5 * FRAME);
  assert_same_box (&event.history[0].box, &box);
  g_assert_cmpint (f->destroyed, ==, 0);
  expect_no_event (f);
  g_assert_cmpint (f->destroyed, ==, 1);
  g_assert_cmpuint (n_tracks (f), ==, 0);
  g_assert_cmpuint (add (f, 1, 1, 20, 20), ==, 2);
}

/* Added and removed between two frames: never learnt, and ended. */
static void
test_called_off (Fixture *f, gconstpointer data)
{
  guint64 first = add (f, 20, 30, 24, 32), second;
  SiambanEvent event;

  (void)data;
  g_assert_true (siamban_session_remove (f->session, first));
  second = add (f, 20, 30, 24, 32);
  siamban_session_clear (f->session);
  add (f, 10, 10, 24, 32);
  siamban_session_flush (f->session);
  event = expect_event (f, SIAMBAN_EVENT_ENDED, first);
  g_assert_cmpint (event.reason, ==, SIAMBAN_END_REMOVED);
  g_assert_cmpuint (event.n_history, ==, 0);
  event = expect_event (f, SIAMBAN_EVENT_ENDED, second);
  g_assert_cmpint (event.reason, ==, SIAMBAN_END_CLEARED);
  expect_no_event (f);
  process (f);
  g_assert_cmpuint (f->model.learnt, ==, 1);
  g_assert_cmpuint (track (f, 0).id, ==, 3);
}

static void
test_add_from (Fixture *f, gconstpointer data)
{
  const SiambanBox box = {20, 30, 24, 32};
  g_autoptr (GError) error = NULL;
  Picture large = {0};
  SiambanTrack got;
  guint64 id;

  (void)data;
  fake_model_find (&f->model, CENTRE, 30);
  picture_init (&large, SIAMBAN_FORMAT_RGB, 2 * WIDTH, 2 * HEIGHT, 0, FALSE);
  id = siamban_session_add_from (
      f->session, &large.frame, 77, &box, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->model.learnt, ==, 1);
  process (f);
  expect_event (f, SIAMBAN_EVENT_ADDED, id);
  expect_no_event (f);
  g_assert_cmpuint (f->model.n, ==, 1);
  got = track (f, 0);
  g_assert_cmpuint (got.first_seen, ==, 77);
  g_assert_cmpfloat (got.search.x + got.search.w / 2, ==, 15.75);
  picture_clear (&large);
}

static void
test_correct (Fixture *f, gconstpointer data)
{
  const SiambanBox box = {40, 20, 30, 30}, bad = {400, 20, 30, 30};
  guint64 id = add (f, 20, 30, 24, 32);
  SiambanEvent event;
  SiambanTrack got;

  (void)data;
  process (f);
  expect_event (f, SIAMBAN_EVENT_ADDED, id);
  g_assert_false (siamban_session_correct (f->session, 99, &box, FALSE));
  g_assert_true (siamban_session_correct (f->session, id, &box, FALSE));
  process (f);
  got = track (f, 0);
  assert_same_box (&got.box, &box);
  g_assert_cmpuint (f->model.learnt, ==, 1);
  g_assert_cmpuint (f->model.n, ==, 0);
  expect_no_event (f);

  g_assert_true (siamban_session_correct (f->session, id, &bad, TRUE));
  process (f);
  event = expect_event (f, SIAMBAN_EVENT_REFUSED, id);
  g_assert_nonnull (event.message);
  g_assert_cmpuint (n_tracks (f), ==, 1);
  g_assert_true (siamban_session_correct (f->session, id, &box, TRUE));
  process (f);
  expect_event (f, SIAMBAN_EVENT_RESEEDED, id);
  g_assert_cmpuint (f->model.learnt, ==, 2);
  expect_no_event (f);
}

static void
test_too_many (Fixture *f, gconstpointer data)
{
  (void)data;
  SET (f, max_targets, 2);
  for (int i = 0; i < 3; i++)
    add (f, 20, 30, 24, 32);
  process (f);
  expect_event (f, SIAMBAN_EVENT_ADDED, 1);
  expect_event (f, SIAMBAN_EVENT_ADDED, 2);
  g_assert_nonnull (
      strstr (expect_event (f, SIAMBAN_EVENT_REFUSED, 3).message, "max"));
}

/* Five targets, two searches a frame: each gets its turn. */
static void
test_budget (Fixture *f, gconstpointer data)
{
  int searched[5] = {0};
  SiambanSessionStats stats;

  (void)data;
  fake_model_find (&f->model, CENTRE, 30);
  for (int i = 0; i < 5; i++)
    add (f, 20, 30, 24, 32);
  SET (f, max_searches, 2);
  process (f);
  for (int k = 0; k < 10; k++) {
    process (f);
    g_assert_cmpuint (f->model.n, ==, 2);
    for (guint i = 0; i < 5; i++)
      searched[i] += !track (f, i).predicted;
  }
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (searched[i], ==, 4);
  siamban_session_get_stats (f->session, &stats);
  g_assert_cmpuint (stats.frames, ==, 11);
  g_assert_cmpuint (stats.searches, ==, 20);
  g_assert_cmpuint (stats.predictions, ==, 30);
  g_assert_cmpuint (stats.tracked, ==, 5);
}

/* It moves to the right; between searches it moves on. */
static void
test_interval (Fixture *f, gconstpointer data)
{
  double x;

  (void)data;
  fake_model_find (&f->model, CENTRE + 1, 30);
  SET (f, interval, 3);
  add (f, 10, 30, 24, 24);
  process (f);
  for (int k = 0; k < 6; k++)
    process (f);
  g_assert_cmpuint (f->model.runs, ==, 2);
  g_assert_true (track (f, 0).predicted);
  x = track (f, 0).box.x;
  process (f);
  g_assert_cmpuint (f->model.runs, ==, 3);
  g_assert_false (track (f, 0).predicted);
  process (f);
  g_assert_true (track (f, 0).predicted);
  g_assert_cmpfloat (track (f, 0).box.x, >, x);
}

/* What stays where it is needs fewer searches than what moves. */
static void
test_auto_interval (Fixture *f, gconstpointer data)
{
  unsigned still;

  (void)data;
  SET (f, interval, 0);
  fake_model_find (&f->model, CENTRE, 30);
  add (f, 10, 30, 24, 24);
  for (int k = 0; k < 25; k++)
    process (f);
  still = f->model.runs;
  g_assert_cmpuint (still, <, 10);
  fake_model_find (&f->model, CENTRE + 1, 30);
  for (int k = 0; k < 8; k++)
    process (f);
  g_assert_cmpuint (f->model.runs - still, >=, 5);
}

static void
test_skip (Fixture *f, gconstpointer data)
{
  guint64 id;

  (void)data;
  siamban_session_skip (f->session, 0);
  fake_model_find (&f->model, CENTRE + 1, 30);
  add (f, 10, 30, 24, 24);
  process (f);
  process (f);
  id = add (f, 20, 30, 24, 24);
  for (int k = 0; k < 1000; k++)
    siamban_session_skip (f->session, f->time);
  g_assert_cmpuint (n_tracks (f), ==, 1);
  g_assert_true (track (f, 0).predicted);
  g_assert_cmpfloat (track (f, 0).box.x, <=, WIDTH);
  g_assert_cmpuint (track (f, 0).age, ==, 1001);
  process (f);
  g_assert_cmpuint (track (f, 1).id, ==, id);
}

static void
test_set_model (Fixture *f, gconstpointer data)
{
  g_autofree SiambanModel *other = g_new (SiambanModel, 1);

  (void)data;
  fake_model_init (other);
  add (f, 20, 30, 24, 32);
  process (f);
  process (f);
  siamban_session_set_model (f->session, other);
  process (f);
  g_assert_cmpuint (other->learnt, ==, 1);
  g_assert_cmpuint (other->n, ==, 1);
  g_assert_cmpmem (other->z, sizeof other->z, f->model.z, sizeof f->model.z);
  fake_model_check (&f->model);
  g_assert_cmpuint (track (f, 0).id, ==, 1);
  siamban_session_set_model (f->session, &f->model);
  process (f);
  fake_model_check (other);
}

static void
test_options (Fixture *f, gconstpointer data)
{
  static const double bad[] = {-0.1, 1.1, NAN};
  SiambanSessionOptions good, options;
  g_autoptr (GError) error = NULL;

  (void)data;
  siamban_session_options_init (&good);
  g_assert_cmpint (good.mode, ==, SIAMBAN_MODE_ROBUST);
  for (guint i = 0; i < 3 * G_N_ELEMENTS (bad); i++) {
    double *fields[] = {
        &options.lost_threshold, &options.found_threshold, &options.fusion};

    options = good;
    *fields[i % 3] = bad[i / 3];
    g_assert_false (siamban_session_set_options (f->session, &options, &error));
    g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT);
    g_clear_error (&error);
  }
  options = good;
  options.max_targets = 0;
  g_assert_null (siamban_session_new (&f->model, &options, &error));
  g_assert_nonnull (strstr (error->message, "max_targets"));
  options = good;
  options.mode = (SiambanMode)7;
  g_assert_false (siamban_session_set_options (f->session, &options, NULL));
}

/* No two of a process's sessions give the same. */
static void
test_shared_ids (Fixture *f, gconstpointer data)
{
  static const SiambanBox box = {10, 10, 20, 20};
  SiambanSessionOptions options;
  guint64 last = 0;

  (void)data;
  siamban_session_options_init (&options);
  options.first_id = 0;
  for (guint i = 0; i < 3; i++) {
    SiambanSession *session = siamban_session_new (&f->model, &options, NULL);

    for (guint j = 0; j < 2; j++) {
      guint64 id = siamban_session_add (session, &box, NULL, NULL);

      g_assert_cmpuint (id, >, last);
      last = id;
    }
    siamban_session_free (session);
  }
}

static void
test_names (void)
{
  SiambanMode mode = SIAMBAN_MODE_ROBUST;

  g_assert_cmpstr (
      siamban_status_name (SIAMBAN_STATUS_UNCERTAIN), ==, "uncertain");
  g_assert_cmpstr (siamban_event_name (SIAMBAN_EVENT_REFUSED), ==, "refused");
  g_assert_cmpstr (siamban_end_reason_name (SIAMBAN_END_LOST), ==, "lost");
  g_assert_cmpstr (siamban_mode_name (mode), ==, "robust");
  g_assert_false (siamban_mode_from_name ("rough", &mode));
  g_assert_false (siamban_mode_from_name (NULL, &mode));
  g_assert_cmpint (mode, ==, SIAMBAN_MODE_ROBUST);
  g_assert_true (siamban_mode_from_name ("reference", &mode));
  g_assert_cmpint (mode, ==, SIAMBAN_MODE_REFERENCE);
}

/* Long lives and many of them take no more room. */
static void
test_no_growth (Fixture *f, gconstpointer data)
{
  SiambanEvent event;
  guint n = 0;

  (void)data;
  fake_model_find (&f->model, CENTRE, 30);
  add (f, 20, 30, 24, 32);
  for (int i = 0; i < 10000; i++) {
    guint64 id = siamban_session_add (f->session, &(SiambanBox){1, 1, 20, 20},
        &f->destroyed, count_destroyed);

    process (f);
    siamban_session_remove (f->session, id);
  }
  siamban_session_clear (f->session);
  siamban_session_flush (f->session);
  while (siamban_session_next_event (f->session, &event))
    n++;
  g_assert_cmpuint (n, ==, 4096);
  g_assert_cmpint (f->destroyed, ==, 10000);
  g_assert_cmpint (f->model.templates_alive, ==, 0);

  add (f, 20, 30, 24, 32);
  for (int i = 0; i < 3000; i++)
    process (f);
  siamban_session_clear (f->session);
  siamban_session_flush (f->session);
  expect_event (f, SIAMBAN_EVENT_ADDED, 10002);
  event = expect_event (f, SIAMBAN_EVENT_ENDED, 10002);
  g_assert_cmpuint (event.n_history, >=, 128);
  g_assert_cmpuint (event.n_history, <=, 256);
  for (guint i = 2; i < event.n_history; i++)
    g_assert_cmpuint (event.history[i].time - event.history[i - 1].time, ==,
        event.history[1].time - event.history[0].time);
}

static gpointer
pester (gpointer data)
{
  SiambanSession *session = data;
  const SiambanBox box = {10, 10, 30, 30};

  for (int i = 0; i < 300; i++) {
    SiambanSessionOptions options;
    SiambanSessionStats stats;
    guint64 id = siamban_session_add (session, &box, NULL, NULL);

    siamban_session_correct (session, id, &box, i % 2);
    siamban_session_get_options (session, &options);
    options.max_searches = i % 5;
    siamban_session_set_options (session, &options, NULL);
    siamban_session_get_stats (session, &stats);
    if (i % 7 == 0)
      siamban_session_clear (session);
    if (i % 11 == 0)
      siamban_session_discontinuity (session);
    siamban_session_remove (session, id);
    g_usleep (100);
  }
  return NULL;
}

static void
test_threads (Fixture *f, gconstpointer data)
{
  GThread *threads[3];
  SiambanEvent event;
  int alive = 0;

  (void)data;
  for (int i = 0; i < 3; i++)
    threads[i] = g_thread_new ("pester", pester, f->session);
  for (int i = 0; i < 200; i++) {
    process (f);
    while (siamban_session_next_event (f->session, &event)) {
      alive += event.type == SIAMBAN_EVENT_ADDED;
      alive -= event.type == SIAMBAN_EVENT_ENDED && event.n_history > 0;
    }
    g_assert_cmpint (alive, ==, (int)n_tracks (f));
  }
  for (int i = 0; i < 3; i++)
    g_thread_join (threads[i]);
}

#define ADD(path, test)                                                        \
  g_test_add ("/session/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("parts", test_parts);
  ADD ("batch", test_batch);
  ADD ("not-finite", test_not_finite);
  ADD ("bad-boxes", test_bad_boxes);
  ADD ("odd-boxes", test_odd_boxes);
  ADD ("bad-frames", test_bad_frames);
  ADD ("new-size", test_new_size);
  ADD ("tiny-frame", test_tiny_frame);
  ADD ("life", test_life);
  ADD ("called-off", test_called_off);
  ADD ("add-from", test_add_from);
  ADD ("correct", test_correct);
  ADD ("too-many", test_too_many);
  ADD ("budget", test_budget);
  ADD ("interval", test_interval);
  ADD ("auto-interval", test_auto_interval);
  ADD ("skip", test_skip);
  ADD ("set-model", test_set_model);
  ADD ("options", test_options);
  ADD ("shared-ids", test_shared_ids);
  g_test_add_func ("/session/names", test_names);
  ADD ("no-growth", test_no_growth);
  ADD ("threads", test_threads);
  return g_test_run ();
}
