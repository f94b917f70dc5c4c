/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <siamban/session.h>
#include <string.h>

#include "../image/picture.h"
#include "fake-model.h"

#define WIDTH  200
#define HEIGHT 150
#define FRAME  (1000000000ull / 25)
#define CENTRE (AREA / 2)

/* A session in robust mode over the fake network, with one target in the middle
 * that is followed for a while. */
typedef struct
{
  SiambanModel model;
  Picture picture;
  SiambanSession *session;
  guint64 id;
  guint64 time;
} Fixture;

static void
process (Fixture *f, int n)
{
  for (; n > 0; n--) {
    g_assert_true (
        siamban_session_process (f->session, &f->picture.frame, f->time, NULL));
    f->time += FRAME;
  }
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const SiambanBox box = {88, 63, 24, 24};

  (void)data;
  fake_model_init (&f->model);
  fake_model_find (&f->model, CENTRE, 15.5f);
  picture_init (&f->picture, SIAMBAN_FORMAT_RGB, WIDTH, HEIGHT, 0, FALSE);
  f->session = siamban_session_new (&f->model, NULL, NULL);
  f->id = siamban_session_add (f->session, &box, NULL, NULL);
  f->time = 0;
  process (f, 20);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  (void)data;
  siamban_session_free (f->session);
  fake_model_check (&f->model);
  picture_clear (&f->picture);
}

static SiambanTrack
track (Fixture *f)
{
  SiambanTrack track;

  g_assert_cmpuint (siamban_session_get_tracks (f->session, &track, 1), ==, 1);
  g_assert_true (isfinite (track.box.x) && isfinite (track.box.y));
  g_assert_true (isfinite (track.box.w) && isfinite (track.box.h));
  g_assert_cmpfloat (track.confidence, >=, 0);
  g_assert_cmpfloat (track.confidence, <=, 1);
  g_assert_cmpfloat (track.score, >=, 0);
  g_assert_cmpfloat (track.score, <=, 1);
  return track;
}

static gboolean
happened (Fixture *f, SiambanEventType type)
{
  SiambanEvent event;

  while (siamban_session_next_event (f->session, &event)) {
    if (event.type == type && event.track.id == f->id)
      return TRUE;
  }
  return FALSE;
}

static void
assert_status (Fixture *f, SiambanStatus status)
{
  g_assert_cmpstr (
      siamban_status_name (track (f).status), ==, siamban_status_name (status));
}

/* It is there: tracked, and nearly certain. */
static void
test_there (Fixture *f, gconstpointer data)
{
  (void)data;
  assert_status (f, SIAMBAN_STATUS_TRACKED);
  g_assert_cmpfloat (track (f).confidence, >, 0.9);
  g_assert_false (happened (f, SIAMBAN_EVENT_LOST));
}

/* It goes: uncertain, then lost, where it was; it comes back: found, as the
 * same. */
static void
test_gone_and_back (Fixture *f, gconstpointer data)
{
  SiambanBox box = track (f).box;
  SiambanTrack got;

  (void)data;
  fake_model_hide (&f->model);
  process (f, 1);
  assert_status (f, SIAMBAN_STATUS_UNCERTAIN);
  process (f, 9);
  assert_status (f, SIAMBAN_STATUS_LOST);
  got = track (f);
  g_assert_cmpfloat (got.box.x, ==, box.x);
  g_assert_cmpfloat (got.box.w, ==, box.w);
  g_assert_cmpfloat (got.confidence, <, 0.1);
  g_assert_cmpuint (got.unseen, >, 5);
  g_assert_cmpuint (got.last_seen, <, f->time - 5 * FRAME);
  g_assert_true (happened (f, SIAMBAN_EVENT_LOST));
  g_assert_cmpuint (f->model.n, ==, 1);

  fake_model_find (&f->model, CENTRE, 15.5f);
  process (f, 1);
  assert_status (f, SIAMBAN_STATUS_LOST);
  process (f, 1);
  assert_status (f, SIAMBAN_STATUS_TRACKED);
  g_assert_true (happened (f, SIAMBAN_EVENT_FOUND));
  g_assert_cmpuint (track (f).unseen, ==, 0);
}

/* While it is lost, all of the frame is looked at. */
static void
test_looks_everywhere (Fixture *f, gconstpointer data)
{
  double left = WIDTH, right = 0, top = HEIGHT, bottom = 0;

  (void)data;
  fake_model_hide (&f->model);
  for (int i = 0; i < 60; i++) {
    SiambanBox search;

    process (f, 1);
    search = track (f).search;
    left = fmin (left, search.x);
    right = fmax (right, search.x + search.w);
    top = fmin (top, search.y);
    bottom = fmax (bottom, search.y + search.h);
  }
  g_assert_cmpfloat (left, <=, 0);
  g_assert_cmpfloat (top, <=, 0);
  g_assert_cmpfloat (right, >=, WIDTH);
  g_assert_cmpfloat (bottom, >=, HEIGHT);
}

/* Only the network finds something, or only the filter: not enough. */
static void
test_both_must_agree (Fixture *f, gconstpointer data)
{
  (void)data;
  fake_model_hide (&f->model);
  process (f, 10);
  for (int i = 0; i < AREA; i++)
    f->model.cls[0][AREA + i] = i == CENTRE ? 12 : -4;
  process (f, 10);
  assert_status (f, SIAMBAN_STATUS_LOST);
  fake_model_find (&f->model, CENTRE, 15.5f);
  for (int i = 0; i < AREA; i++)
    f->model.cls[0][AREA + i] = -4;
  process (f, 10);
  assert_status (f, SIAMBAN_STATUS_LOST);
}

static void
test_lost_age (Fixture *f, gconstpointer data)
{
  SiambanSessionOptions options;
  SiambanEvent event;

  (void)data;
  siamban_session_get_options (f->session, &options);
  options.max_lost_age = 10 * FRAME;
  g_assert_true (siamban_session_set_options (f->session, &options, NULL));
  fake_model_hide (&f->model);
  process (f, 8);
  assert_status (f, SIAMBAN_STATUS_LOST);
  f->time -= 15 * FRAME;
  process (f, 1);
  assert_status (f, SIAMBAN_STATUS_LOST);
  process (f, 15);
  g_assert_cmpuint (siamban_session_get_tracks (f->session, NULL, 0), ==, 0);
  while (siamban_session_next_event (f->session, &event))
    ;
  g_assert_false (siamban_session_remove (f->session, f->id));
}

/* Scaled where it is hidden: looked for there, and found in the new size. */
static void
test_new_size_while_lost (Fixture *f, gconstpointer data)
{
  SiambanBox box;

  (void)data;
  fake_model_hide (&f->model);
  process (f, 10);
  box = track (f).box;
  picture_clear (&f->picture);
  picture_init (&f->picture, SIAMBAN_FORMAT_RGB, 2 * WIDTH, HEIGHT, 0, FALSE);
  process (f, 1);
  assert_status (f, SIAMBAN_STATUS_LOST);
  g_assert_cmpfloat (track (f).box.x, ==, 2 * box.x);
  g_assert_cmpfloat (track (f).box.h, ==, box.h);
  fake_model_find (&f->model, CENTRE, 15.5f);
  process (f, 6);
  assert_status (f, SIAMBAN_STATUS_TRACKED);
}

static void
test_discontinuity (Fixture *f, gconstpointer data)
{
  (void)data;
  siamban_session_discontinuity (f->session);
  process (f, 1);
  assert_status (f, SIAMBAN_STATUS_TRACKED);
  fake_model_hide (&f->model);
  siamban_session_discontinuity (f->session);
  process (f, 1);
  assert_status (f, SIAMBAN_STATUS_LOST);
}

static void
test_corrected_while_lost (Fixture *f, gconstpointer data)
{
  const SiambanBox box = {20, 20, 24, 24};

  (void)data;
  fake_model_hide (&f->model);
  process (f, 10);
  assert_status (f, SIAMBAN_STATUS_LOST);
  g_assert_true (siamban_session_correct (f->session, f->id, &box, FALSE));
  process (f, 1);
  assert_status (f, SIAMBAN_STATUS_TRACKED);
  g_assert_cmpfloat (track (f).box.x, ==, 20);
  g_assert_true (happened (f, SIAMBAN_EVENT_FOUND));
}

/* No number of the network's is one: said so, and nothing is spoilt. */
static void
test_not_finite (Fixture *f, gconstpointer data)
{
  (void)data;
  f->model.cls[0][3] = NAN;
  process (f, 10);
  assert_status (f, SIAMBAN_STATUS_LOST);
  fake_model_find (&f->model, CENTRE, 15.5f);
  process (f, 6);
  assert_status (f, SIAMBAN_STATUS_TRACKED);
  f->model.features[0][5] = INFINITY;
  process (f, 10);
  assert_status (f, SIAMBAN_STATUS_LOST);
  fake_model_find (&f->model, CENTRE, 15.5f);
  process (f, 6);
  assert_status (f, SIAMBAN_STATUS_TRACKED);
}

/* Learnt where there are no features: never certain, never a crash. */
static void
test_blind_start (Fixture *f, gconstpointer data)
{
  const SiambanBox box = {20, 20, 24, 24};

  (void)data;
  memset (f->model.features, 0, sizeof f->model.features);
  g_assert_true (siamban_session_correct (f->session, f->id, &box, TRUE));
  process (f, 10);
  assert_status (f, SIAMBAN_STATUS_LOST);
}

static void
test_change_of_mode (Fixture *f, gconstpointer data)
{
  SiambanSessionOptions options;

  (void)data;
  fake_model_hide (&f->model);
  process (f, 10);
  assert_status (f, SIAMBAN_STATUS_LOST);
  siamban_session_get_options (f->session, &options);
  options.mode = SIAMBAN_MODE_REFERENCE;
  g_assert_true (siamban_session_set_options (f->session, &options, NULL));
  process (f, 1);
  assert_status (f, SIAMBAN_STATUS_TRACKED);
  g_assert_cmpfloat (track (f).confidence, ==, track (f).score);
  options.mode = SIAMBAN_MODE_ROBUST;
  g_assert_true (siamban_session_set_options (f->session, &options, NULL));
  process (f, 10);
  assert_status (f, SIAMBAN_STATUS_LOST);
}

/* Two on the same box are followed alike, each under its id. */
static void
test_two_on_one (Fixture *f, gconstpointer data)
{
  const SiambanBox box = track (f).box;
  SiambanTrack tracks[2];

  (void)data;
  siamban_session_add (f->session, &box, NULL, NULL);
  process (f, 20);
  g_assert_cmpuint (siamban_session_get_tracks (f->session, tracks, 2), ==, 2);
  g_assert_cmpuint (tracks[0].id, !=, tracks[1].id);
  g_assert_cmpint (tracks[1].status, ==, SIAMBAN_STATUS_TRACKED);
  g_assert_cmpfloat (fabs (tracks[0].box.x - tracks[1].box.x), <, 1);
}

#define ADD(path, test)                                                        \
  g_test_add ("/robust/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("there", test_there);
  ADD ("gone-and-back", test_gone_and_back);
  ADD ("looks-everywhere", test_looks_everywhere);
  ADD ("both-must-agree", test_both_must_agree);
  ADD ("lost-age", test_lost_age);
  ADD ("new-size-while-lost", test_new_size_while_lost);
  ADD ("discontinuity", test_discontinuity);
  ADD ("corrected-while-lost", test_corrected_while_lost);
  ADD ("not-finite", test_not_finite);
  ADD ("blind-start", test_blind_start);
  ADD ("change-of-mode", test_change_of_mode);
  ADD ("two-on-one", test_two_on_one);
  return g_test_run ();
}
