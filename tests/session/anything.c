/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "anything.h"

#include <math.h>
#include <siamban/session.h>

#include "../image/picture.h"
#include "fake-model.h"

typedef struct
{
  SiambanModel models[2];
  SiambanSession *session;
  Picture picture;
  guint64 ids[8];
  GHashTable *alive; /* ids that were added and have not ended */
} Rig;

static double
odd_number (double usual)
{
  const double odd[] = {NAN, INFINITY, -INFINITY, 0, -1e300, 1e300, 0.5, -3};

  if (g_test_rand_int_range (0, 8) == 0)
    return odd[g_test_rand_int_range (0, G_N_ELEMENTS (odd))];
  return g_test_rand_double_range (0, usual);
}

static SiambanBox
odd_box (void)
{
  return (SiambanBox){
      odd_number (120), odd_number (90), odd_number (60), odd_number (60)};
}

static guint64
odd_time (void)
{
  return g_test_rand_bit () ? (guint64)g_test_rand_int () : SIAMBAN_TIME_NONE;
}

static void
change_picture (Rig *rig)
{
  int width = g_test_rand_int_range (1, 160);
  int height = g_test_rand_int_range (1, 120);

  picture_clear (&rig->picture);
  picture_init (&rig->picture,
      (SiambanFormat)g_test_rand_int_range (0, N_FORMATS), width, height,
      g_test_rand_int_range (0, 5), g_test_rand_bit ());
}

static void
change_answers (Rig *rig)
{
  SiambanModel *model = &rig->models[g_test_rand_bit ()];
  const float bad[] = {NAN, INFINITY, -INFINITY, 3e38f};

  switch (g_test_rand_int_range (0, 4)) {
    case 0:
      fake_model_fill (model);
      break;
    case 1:
      fake_model_hide (model);
      break;
    default:
      fake_model_find (model, g_test_rand_int_range (0, AREA),
          (float)g_test_rand_double_range (0.1, 60));
  }
  if (g_test_rand_int_range (0, 4) == 0) {
    float value = bad[g_test_rand_int_range (0, G_N_ELEMENTS (bad))];

    model->cls[g_test_rand_int_range (0, 4)][0] = value;
    model->loc[g_test_rand_int_range (0, 4)][7] = value;
    model->features[g_test_rand_int_range (0, 4)][9] = value;
  }
}

static void
change_options (Rig *rig)
{
  SiambanSessionOptions options;

  siamban_session_get_options (rig->session, &options);
  options.mode = (SiambanMode)g_test_rand_int_range (0, 2);
  options.max_targets = (unsigned)g_test_rand_int_range (0, 9);
  options.max_searches = (unsigned)g_test_rand_int_range (0, 4);
  options.interval = (unsigned)g_test_rand_int_range (0, 4);
  options.max_lost_age = (guint64)g_test_rand_int_range (0, 3) << 28;
  options.lost_threshold = odd_number (1);
  options.found_threshold = odd_number (1);
  options.fusion = odd_number (1);
  siamban_session_set_options (rig->session, &options, NULL);
}

static void
ask (Rig *rig)
{
  guint64 *id = &rig->ids[g_test_rand_int_range (0, G_N_ELEMENTS (rig->ids))];
  SiambanBox box = odd_box ();

  switch (g_test_rand_int_range (0, 10)) {
    case 0:
    case 1:
      *id = siamban_session_add (rig->session, &box, NULL, NULL);
      break;
    case 2:
      *id = siamban_session_add_from (rig->session, &rig->picture.frame,
          odd_time (), &box, NULL, NULL, NULL);
      break;
    case 3:
      siamban_session_correct (rig->session, *id, &box, g_test_rand_bit ());
      break;
    case 4:
      siamban_session_remove (rig->session, *id);
      break;
    case 5:
      change_picture (rig);
      break;
    case 6:
      siamban_session_set_model (
          rig->session, &rig->models[g_test_rand_bit ()]);
      break;
    case 7:
      siamban_session_discontinuity (rig->session);
      break;
    case 8:
      change_options (rig);
      break;
    default:
      change_answers (rig);
  }
}

static void
move_on (Rig *rig)
{
  switch (g_test_rand_int_range (0, 12)) {
    case 0:
      siamban_session_skip (rig->session, odd_time ());
      break;
    case 1:
      siamban_session_flush (rig->session);
      break;
    default:
      g_assert_true (siamban_session_process (
          rig->session, &rig->picture.frame, odd_time (), NULL));
  }
}

static void
check_track (const SiambanTrack *track)
{
  const SiambanBox *box = &track->box;

  g_assert_true (isfinite (box->x) && isfinite (box->y));
  g_assert_true (isfinite (box->w) && isfinite (box->h));
  g_assert_true (track->score >= 0 && track->score <= 1);
  g_assert_true (track->peak >= 0 && track->peak <= 1);
  g_assert_true (track->confidence >= 0 && track->confidence <= 1);
  g_assert_cmpint (track->status, <, SIAMBAN_STATUS_ENDED);
}

static void
check_tracks (Rig *rig)
{
  SiambanTrack tracks[MAX_N];
  guint n = siamban_session_get_tracks (rig->session, tracks, MAX_N);

  g_assert_cmpuint (n, ==, g_hash_table_size (rig->alive));
  for (guint i = 0; i < n; i++) {
    check_track (&tracks[i]);
    g_assert_true (
        g_hash_table_contains (rig->alive, GUINT_TO_POINTER (tracks[i].id)));
  }
}

static void
check_events (Rig *rig)
{
  SiambanEvent event;

  while (siamban_session_next_event (rig->session, &event)) {
    gpointer id = GUINT_TO_POINTER (event.track.id);

    if (event.type == SIAMBAN_EVENT_ADDED)
      g_assert_true (g_hash_table_add (rig->alive, id));
    else if (event.type == SIAMBAN_EVENT_ENDED)
      g_assert_cmpint (
          g_hash_table_remove (rig->alive, id), ==, event.n_history > 0);
    else if (event.type != SIAMBAN_EVENT_REFUSED)
      g_assert_true (g_hash_table_contains (rig->alive, id));
  }
}

static void
run_once (Rig *rig, int steps)
{
  rig->session = siamban_session_new (&rig->models[0], NULL, NULL);
  rig->alive = g_hash_table_new (NULL, NULL);
  for (int i = 0; i < steps; i++) {
    ask (rig);
    move_on (rig);
    check_events (rig);
    check_tracks (rig);
  }
  siamban_session_free (rig->session);
  g_hash_table_destroy (rig->alive);
  fake_model_check (&rig->models[0]);
  fake_model_check (&rig->models[1]);
}

void
anything_run (int runs, int steps)
{
  g_autofree Rig *rig = g_new0 (Rig, 1);

  fake_model_init (&rig->models[0]);
  fake_model_init (&rig->models[1]);
  picture_init (&rig->picture, SIAMBAN_FORMAT_RGB, 97, 71, 0, FALSE);
  for (int i = 0; i < runs; i++)
    run_once (rig, steps);
  picture_clear (&rig->picture);
}
