/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "../image/picture.h"
#include "image/crop.h"
#include "model/model-private.h"
#include "tracker/tracker.h"

/* Stands in for the network: what it is asked is kept, what it answers is set.
 */
#define EXEMPLAR 31
#define INSTANCE 63
#define SCORE    5
#define AREA     (SCORE * SCORE)
#define MAX_N    3

struct _SiambanModel
{
  int references;
  guint8 z[3 * EXEMPLAR * EXEMPLAR];
  guint8 x[MAX_N][3 * INSTANCE * INSTANCE];
  SiambanTemplate *templates[MAX_N];
  unsigned n, threads;
  float cls[MAX_N][2 * AREA], loc[MAX_N][4 * AREA];
};

struct _SiambanTemplate
{
  SiambanModel *model;
};

static const SiambanTrackParams params = {
    EXEMPLAR, INSTANCE, 8, SCORE, 2, 0.4, 0.1, 0.5, 0.5};

SiambanModel *
siamban_model_ref (SiambanModel *model)
{
  model->references++;
  return model;
}

void
siamban_model_unref (SiambanModel *model)
{
  model->references--;
}

const SiambanTrackParams *
siamban_model_track (const SiambanModel *model)
{
  (void)model;
  return &params;
}

SiambanTemplate *
siamban_model_embed_pixels (
    SiambanModel *model, const guint8 *z, unsigned threads)
{
  SiambanTemplate *template = g_new (SiambanTemplate, 1);

  template->model = siamban_model_ref (model);
  memcpy (model->z, z, sizeof model->z);
  model->threads = threads;
  return template;
}

void
siamban_template_free (SiambanTemplate *template)
{
  siamban_model_unref (template->model);
  g_free (template);
}

void
siamban_model_search_pixels (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const guint8 *const *x, float *cls,
    float *loc, unsigned threads)
{
  model->n = n;
  model->threads = threads;
  for (unsigned i = 0; i < n; i++) {
    model->templates[i] = templates[i];
    memcpy (model->x[i], x[i], sizeof model->x[i]);
    memcpy (cls + i * 2 * AREA, model->cls[i], sizeof model->cls[i]);
    memcpy (loc + i * 4 * AREA, model->loc[i], sizeof model->loc[i]);
  }
}

typedef struct
{
  SiambanModel model;
  Picture picture;
} Fixture;

static void
fill_answers (SiambanModel *model)
{
  for (int i = 0; i < MAX_N; i++) {
    for (int k = 0; k < 2 * AREA; k++)
      model->cls[i][k] = (float)g_test_rand_double_range (-6, 6);
    for (int k = 0; k < 4 * AREA; k++)
      model->loc[i][k] = (float)g_test_rand_double_range (1, 20);
  }
}

static void
set_up (Fixture *f, gconstpointer data)
{
  (void)data;
  memset (&f->model, 0, sizeof f->model);
  f->model.references = 1;
  fill_answers (&f->model);
  picture_init (&f->picture, SIAMBAN_FORMAT_NV12, 97, 71, 3, FALSE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  (void)data;
  g_assert_cmpint (f->model.references, ==, 1);
  picture_clear (&f->picture);
}

static SiambanTarget *
target_new (Fixture *f, double x, double y, double w, double h)
{
  const SiambanBox box = {x, y, w, h};
  g_autoptr (GError) error = NULL;
  SiambanTarget *target =
      siamban_target_new (&f->model, &f->picture.frame, &box, 2, &error);

  g_assert_no_error (error);
  g_assert_nonnull (target);
  return target;
}

static SiambanResult
update (Fixture *f, SiambanTarget *target)
{
  g_autoptr (GError) error = NULL;
  SiambanResult result;

  g_assert_true (siamban_targets_update (
      &target, 1, &f->picture.frame, &result, 3, &error));
  g_assert_no_error (error);
  return result;
}

static void
assert_box (const SiambanBox *box, double x, double y, double w, double h)
{
  g_assert_cmpfloat (box->x, ==, x);
  g_assert_cmpfloat (box->y, ==, y);
  g_assert_cmpfloat (box->w, ==, w);
  g_assert_cmpfloat (box->h, ==, h);
}

static void
assert_same_result (const SiambanResult *a, const SiambanResult *b)
{
  assert_box (&a->box, b->box.x, b->box.y, b->box.w, b->box.h);
  g_assert_cmpfloat (a->score, ==, b->score);
  g_assert_cmpfloat (a->peak, ==, b->peak);
}

/* Template and search crop, answer and state: as the parts give them. */
static void
test_parts (Fixture *f, gconstpointer data)
{
  const SiambanBox box = {20.5, 30, 21, 33.5};
  const SiambanFrame *frame = &f->picture.frame;
  SiambanTarget *target = target_new (f, box.x, box.y, box.w, box.h);
  guint8 z[sizeof f->model.z], x[sizeof f->model.x[0]];
  g_autofree double *window = siamban_track_window (SCORE);
  SiambanTrackState state;
  double mean[3], scale;

  (void)data;
  siamban_track_init (&state, &box);
  siamban_frame_mean (frame, mean);
  siamban_crop (frame, state.cx, state.cy,
      siamban_track_template_side (&state, &params), EXEMPLAR, mean, z);
  g_assert_cmpmem (z, sizeof z, f->model.z, sizeof f->model.z);
  g_assert_cmpuint (f->model.threads, ==, 2);

  for (int i = 0; i < 3; i++) {
    double side = siamban_track_search_side (&state, &params, &scale);
    SiambanResult result, expected;

    fill_answers (&f->model);
    siamban_crop (frame, state.cx, state.cy, side, INSTANCE, mean, x);
    g_assert_true (siamban_track_step (&state, &params, window, f->model.cls[0],
        f->model.loc[0], 97, 71, &expected));
    result = update (f, target);
    g_assert_cmpuint (f->model.threads, ==, 3);
    g_assert_cmpmem (x, sizeof x, f->model.x[0], sizeof f->model.x[0]);
    assert_same_result (&result, &expected);
  }
  siamban_target_free (target);
}

static void
test_batch (Fixture *f, gconstpointer data)
{
  SiambanTarget *alone[MAX_N], *together[MAX_N];
  SiambanResult one[MAX_N], results[MAX_N];

  (void)data;
  for (int i = 0; i < MAX_N; i++) {
    alone[i] = target_new (f, 10 * i, 5 * i, 20 + i, 30);
    together[i] = target_new (f, 10 * i, 5 * i, 20 + i, 30);
  }
  for (unsigned n = 1; n <= MAX_N; n++) {
    g_assert_true (siamban_targets_update (
        together, n, &f->picture.frame, results, 0, NULL));
    g_assert_cmpuint (f->model.n, ==, n);
    for (unsigned i = 0; i < n; i++) {
      SiambanModel *model = &f->model;
      guint8 x[sizeof model->x[0]];

      memcpy (x, model->x[i], sizeof x);
      memcpy (model->cls[0], model->cls[i], sizeof model->cls[0]);
      memcpy (model->loc[0], model->loc[i], sizeof model->loc[0]);
      one[i] = update (f, alone[i]);
      g_assert_cmpmem (x, sizeof x, model->x[0], sizeof x);
      assert_same_result (&one[i], &results[i]);
    }
    fill_answers (&f->model);
  }
  for (int i = 0; i < MAX_N; i++) {
    siamban_target_free (alone[i]);
    siamban_target_free (together[i]);
  }
}

static void
test_not_finite (Fixture *f, gconstpointer data)
{
  SiambanTarget *target = target_new (f, 20, 30, 24, 32);
  SiambanResult result;

  (void)data;
  f->model.cls[0][7] = NAN;
  result = update (f, target);
  assert_box (&result.box, 19.5, 29.5, 24, 32);
  g_assert_cmpfloat (result.score, ==, 0);
  g_assert_cmpfloat (result.peak, ==, 0);
  f->model.cls[0][7] = 1;
  result = update (f, target);
  g_assert_cmpfloat (result.peak, >, 0);
  siamban_target_free (target);
}

static void
assert_box_refused (Fixture *f, double x, double y, double w, double h)
{
  const SiambanBox box = {x, y, w, h};
  g_autoptr (GError) error = NULL;

  g_assert_null (
      siamban_target_new (&f->model, &f->picture.frame, &box, 1, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "97x71"));
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

/* The state, as a result that changes nothing shows it. */
static SiambanBox
seed_of (Fixture *f, double x, double y, double w, double h)
{
  SiambanTarget *target = target_new (f, x, y, w, h);
  SiambanResult result;

  f->model.cls[0][0] = NAN;
  result = update (f, target);
  siamban_target_free (target);
  return result.box;
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
  const SiambanBox box = {20, 30, 24, 32};
  SiambanTarget *target = target_new (f, box.x, box.y, box.w, box.h);
  SiambanFrame bad = f->picture.frame;
  SiambanResult result = {{1, 2, 3, 4}, 5, 6}, before = result;
  g_autoptr (GError) error = NULL;

  (void)data;
  bad.data[1] = NULL;
  g_assert_null (siamban_target_new (&f->model, &bad, &box, 1, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (
      siamban_targets_update (&target, 1, &bad, &result, 1, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT);
  g_assert_cmpmem (&result, sizeof result, &before, sizeof before);

  f->model.cls[0][0] = NAN;
  result = update (f, target);
  assert_box (&result.box, 19.5, 29.5, 24, 32);
  siamban_target_free (target);
}

static void
test_frame_size_changes (Fixture *f, gconstpointer data)
{
  SiambanTarget *target = target_new (f, 70, 50, 24, 20);
  Picture small = {0};
  SiambanResult result;

  (void)data;
  picture_init (&small, SIAMBAN_FORMAT_RGB, 11, 12, 0, TRUE);
  g_assert_true (
      siamban_targets_update (&target, 1, &small.frame, &result, 1, NULL));
  g_assert_cmpfloat (result.box.x + result.box.w / 2, ==, 11);
  g_assert_cmpfloat (result.box.y + result.box.h / 2, ==, 12);
  g_assert_cmpfloat (result.box.w, <=, 11);
  g_assert_cmpfloat (result.box.h, <=, 12);
  picture_clear (&small);
  siamban_target_free (target);
}

static void
test_two_models (Fixture *f, gconstpointer data)
{
  Fixture other;
  SiambanTarget *targets[2];
  SiambanResult results[2];

  (void)data;
  set_up (&other, NULL);
  targets[0] = target_new (f, 20, 30, 24, 32);
  targets[1] = target_new (&other, 20, 30, 24, 32);
  g_test_expect_message ("siamban", G_LOG_LEVEL_CRITICAL, "*same_model*");
  g_assert_false (
      siamban_targets_update (targets, 2, &f->picture.frame, results, 1, NULL));
  g_test_assert_expected_messages ();
  g_assert_true (
      siamban_targets_update (targets, 0, &f->picture.frame, results, 1, NULL));
  g_assert_cmpuint (f->model.n, ==, 0);
  siamban_target_free (targets[0]);
  siamban_target_free (targets[1]);
  siamban_target_free (NULL);
  tear_down (&other, NULL);
}

#define ADD(path, test)                                                        \
  g_test_add ("/target/" path, Fixture, NULL, set_up, test, tear_down)

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
  ADD ("frame-size-changes", test_frame_size_changes);
  ADD ("two-models", test_two_models);
  return g_test_run ();
}
