/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/model-private.h"

#define CROPS 3

/* The model that ships, and CROPS random targets and crops for it. */
typedef struct
{
  SiambanModel *model;
  SiambanModelInfo info;
  SiambanTemplate *templates[CROPS];
  float *x;
  size_t crop, cls, loc; /* floats of one */
} Fixture;

static float *
random_crops (size_t n)
{
  float *values = g_new (float, n);

  for (size_t i = 0; i < n; i++)
    values[i] = g_test_rand_int_range (0, 256);
  return values;
}

static SiambanModel *
load (void)
{
  GError *error = NULL;
  SiambanModel *model =
      siamban_model_load (NULL, NULL, SIAMBAN_PRECISION_AUTO, &error);

  g_assert_no_error (error);
  return model;
}

static Fixture
fixture_new (void)
{
  Fixture f = {.model = load ()};

  siamban_model_get_info (f.model, &f.info);
  size_t grid = (size_t)f.info.score_size * f.info.score_size;
  f.crop = (size_t)3 * f.info.search_size * f.info.search_size;
  f.cls = grid * f.info.cls_channels;
  f.loc = grid * 4;
  f.x = random_crops (CROPS * f.crop);
  for (int i = 0; i < CROPS; i++) {
    float *z = random_crops (3 * f.info.template_size * f.info.template_size);

    f.templates[i] = siamban_model_embed (f.model, z, 1);
    g_free (z);
  }
  return f;
}

static void
fixture_clear (Fixture *f)
{
  for (int i = 0; i < CROPS; i++)
    siamban_template_free (f->templates[i]);
  siamban_model_unref (f->model);
  g_free (f->x);
}

/* cls of all crops, then loc of all. */
static float *
search (const Fixture *f, unsigned threads)
{
  float *out = g_new (float, CROPS *(f->cls + f->loc));

  g_assert_true (siamban_model_search (f->model, CROPS, f->templates, f->x, out,
      out + CROPS * f->cls, threads, NULL));
  return out;
}

static void
assert_same (const Fixture *f, const float *a, const float *b)
{
  size_t size = CROPS * (f->cls + f->loc) * sizeof (float);

  g_assert_cmpmem (a, size, b, size);
}

static void
test_info (void)
{
  Fixture f = fixture_new ();

  g_assert_cmpstr (f.info.architecture, ==, "nanotrack-v3");
  g_assert_cmpint (f.info.template_size, ==, 127);
  g_assert_cmpint (f.info.search_size, ==, 255);
  g_assert_cmpint (f.info.score_size, ==, 15);
  g_assert_cmpuint (f.info.n_parameters, >, 100000);
  g_assert_cmpuint (f.info.search_macs, >, f.info.template_macs);
  fixture_clear (&f);
}

static void
test_finite (void)
{
  Fixture f = fixture_new ();
  float *out = search (&f, 1);

  for (size_t i = 0; i < CROPS * (f.cls + f.loc); i++)
    g_assert_true (isfinite (out[i]));
  for (size_t i = CROPS * f.cls; i < CROPS * (f.cls + f.loc); i++)
    g_assert_cmpfloat (out[i], >, 0);
  g_free (out);
  fixture_clear (&f);
}

static void
test_batch (void)
{
  Fixture f = fixture_new ();
  float *whole = search (&f, 1), *out = g_new (float, CROPS *(f.cls + f.loc));

  for (int i = 0; i < CROPS; i++)
    g_assert_true (
        siamban_model_search (f.model, 1, f.templates + i, f.x + i * f.crop,
            out + i * f.cls, out + CROPS * f.cls + i * f.loc, 1, NULL));
  assert_same (&f, out, whole);
  g_assert_cmpint (memcmp (out, out + f.cls, f.cls * sizeof (float)), !=, 0);
  g_free (whole);
  g_free (out);
  fixture_clear (&f);
}

static void
test_threads (void)
{
  Fixture f = fixture_new ();
  float *one = search (&f, 1), *two = search (&f, 2), *all = search (&f, 0);

  assert_same (&f, two, one);
  assert_same (&f, all, one);
  g_free (one);
  g_free (two);
  g_free (all);
  fixture_clear (&f);
}

static guint8 *
interleave (const float *planes, int size)
{
  size_t plane = (size_t)size * size;
  guint8 *pixels = g_new (guint8, 3 * plane);

  for (size_t i = 0; i < plane; i++)
    for (int k = 0; k < 3; k++)
      pixels[3 * i + k] = planes[k * plane + i];
  return pixels;
}

static void
test_pixels (void)
{
  Fixture f = fixture_new ();
  float *planes = search (&f, 1), *out = g_new (float, CROPS *(f.cls + f.loc));
  const guint8 *pixels[CROPS];

  for (int i = 0; i < CROPS; i++)
    pixels[i] = interleave (f.x + i * f.crop, f.info.search_size);
  siamban_model_search_pixels (
      f.model, CROPS, f.templates, pixels, out, out + CROPS * f.cls, 1);
  assert_same (&f, out, planes);
  for (int i = 0; i < CROPS; i++)
    g_free ((gpointer)pixels[i]);
  g_free (planes);
  g_free (out);
  fixture_clear (&f);
}

static void
test_embed_pixels (void)
{
  Fixture f = fixture_new ();
  float *z = random_crops (3 * f.info.template_size * f.info.template_size);
  guint8 *pixels = interleave (z, f.info.template_size);

  for (int i = 0; i < CROPS; i++)
    siamban_template_free (f.templates[i]);
  for (int i = 0; i < CROPS; i++)
    f.templates[i] = siamban_model_embed (f.model, z, 1);
  float *planes = search (&f, 1);
  for (int i = 0; i < CROPS; i++)
    siamban_template_free (f.templates[i]);
  for (int i = 0; i < CROPS; i++)
    f.templates[i] = siamban_model_embed_pixels (f.model, pixels, 2);
  float *out = search (&f, 1);
  assert_same (&f, out, planes);
  g_free (z);
  g_free (pixels);
  g_free (planes);
  g_free (out);
  fixture_clear (&f);
}

typedef struct
{
  const Fixture *f;
  const float *expected;
  unsigned threads;
  gint *stop;
} Worker;

static gpointer
search_often (gpointer data)
{
  const Worker *worker = data;

  for (int i = 0; i < 4; i++) {
    float *out = search (worker->f, worker->threads);

    assert_same (worker->f, out, worker->expected);
    g_free (out);
  }
  return NULL;
}

static void
test_concurrent (void)
{
  Fixture f = fixture_new ();
  float *expected = search (&f, 1);
  Worker workers[] = {{&f, expected, 1, NULL}, {&f, expected, 2, NULL}};
  GThread *threads[2];

  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new ("search", search_often, &workers[i]);
  for (int i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_free (expected);
  fixture_clear (&f);
}

/* Different numbers of targets, from bytes and from floats. */
typedef struct
{
  const Fixture *f;
  const float *expected;
  const guint8 *const *pixels;
  guint32 seed;
} Caller;

static void
search_some (const Caller *caller, GRand *rand, float *cls, float *loc)
{
  const Fixture *f = caller->f;
  int first = g_rand_int_range (rand, 0, CROPS);
  int n = g_rand_int_range (rand, 1, CROPS - first + 1);
  unsigned threads = g_rand_int_range (rand, 0, 3);

  if (g_rand_boolean (rand))
    siamban_model_search_pixels (f->model, n, f->templates + first,
        caller->pixels + first, cls, loc, threads);
  else
    g_assert_true (siamban_model_search (f->model, n, f->templates + first,
        f->x + first * f->crop, cls, loc, threads, NULL));
  size_t cls_size = n * f->cls * sizeof (float);
  size_t loc_size = n * f->loc * sizeof (float);
  g_assert_cmpmem (cls, cls_size, caller->expected + first * f->cls, cls_size);
  g_assert_cmpmem (loc, loc_size,
      caller->expected + CROPS * f->cls + first * f->loc, loc_size);
}

static gpointer
call_often (gpointer data)
{
  const Caller *caller = data;
  GRand *rand = g_rand_new_with_seed (caller->seed);
  float *cls = g_new (float, CROPS * caller->f->cls);
  float *loc = g_new (float, CROPS * caller->f->loc);

  for (int i = 0; i < 6; i++)
    search_some (caller, rand, cls, loc);
  g_free (cls);
  g_free (loc);
  g_rand_free (rand);
  return NULL;
}

static void
test_crowd (void)
{
  Fixture f = fixture_new ();
  float *expected = search (&f, 1);
  guint8 *pixels[CROPS];
  GThread *threads[8];
  Caller callers[8];

  for (int i = 0; i < CROPS; i++)
    pixels[i] = interleave (f.x + i * f.crop, f.info.search_size);
  for (int i = 0; i < 8; i++) {
    callers[i] = (Caller){
        &f, expected, (const guint8 *const *)pixels, g_test_rand_int ()};
    threads[i] = g_thread_new ("call", call_often, &callers[i]);
  }
  for (int i = 0; i < 8; i++)
    g_thread_join (threads[i]);
  for (int i = 0; i < CROPS; i++)
    g_free (pixels[i]);
  g_free (expected);
  fixture_clear (&f);
}

static gpointer
call_once (gpointer data)
{
  const Caller *caller = data;
  const Fixture *f = caller->f;
  float *cls = g_new (float, f->cls), *loc = g_new (float, f->loc);

  g_assert_true (siamban_model_search (
      f->model, 1, f->templates, f->x, cls, loc, 0, NULL));
  g_assert_cmpmem (
      cls, f->cls * sizeof *cls, caller->expected, f->cls * sizeof *cls);
  g_free (cls);
  g_free (loc);
  return NULL;
}

/* All who wait for threads are served. */
static void
test_waiting (void)
{
  Fixture f = fixture_new ();
  float *expected = search (&f, 1);
  Caller caller = {.f = &f, .expected = expected};
  GThread *threads[6];
  SiambanTeam *team = siamban_team_acquire (0);

  for (int i = 0; i < 6; i++)
    threads[i] = g_thread_new ("call", call_once, &caller);
  while (siamban_pool_waiting () < 6)
    g_usleep (100);
  siamban_team_release (team);
  for (int i = 0; i < 6; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (siamban_pool_waiting (), ==, 0);
  g_free (expected);
  fixture_clear (&f);
}

static char *
temporary_copy (const char *name)
{
  GError *error = NULL;
  g_autofree char *from = siamban_data_path (name);
  g_autofree char *contents = NULL;
  char *path = NULL;
  gsize length;
  int fd = g_file_open_tmp ("siamban-XXXXXX.model", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_get_contents (from, &contents, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents (path, contents, length, &error);
  g_assert_no_error (error);
  return path;
}

/* Nothing is written where a template is of another model, or there is none. */
static void
test_refused (void)
{
  Fixture f = fixture_new ();
  g_autofree char *path = temporary_copy ("models/builtin.safetensors");
  SiambanModel *other =
      siamban_model_load (path, NULL, SIAMBAN_PRECISION_AUTO, NULL);
  g_autofree float *cls = g_new0 (float, CROPS *f.cls);
  g_autofree float *loc = g_new0 (float, CROPS *f.loc);

  for (unsigned n = 0; n <= 2; n += 2) {
    GError *error = NULL;

    g_assert_false (
        siamban_model_search (other, n, f.templates, f.x, cls, loc, 1, &error));
    g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT);
    g_clear_error (&error);
  }
  for (size_t i = 0; i < f.cls; i++)
    g_assert_cmpfloat (cls[i], ==, 0);
  siamban_model_unref (other);
  g_unlink (path);
  fixture_clear (&f);
}

static void
test_precision (void)
{
  GError *error = NULL;
  SiambanPrecision precision = SIAMBAN_PRECISION_FP32;

  g_assert_null (siamban_precision_name (99));
  g_assert_null (siamban_precision_name (-1));
  g_assert_false (siamban_precision_from_name ("99", &precision));
  g_assert_cmpint (precision, ==, SIAMBAN_PRECISION_FP32);
  for (int i = SIAMBAN_PRECISION_AUTO; i <= SIAMBAN_PRECISION_BF16; i++) {
    g_assert_true (
        siamban_precision_from_name (siamban_precision_name (i), &precision));
    g_assert_cmpint (precision, ==, i);
  }
  g_assert_null (siamban_model_load (NULL, NULL, 99, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT);
  g_clear_error (&error);
}

static gpointer
search_until (gpointer data)
{
  const Worker *worker = data;

  while (!g_atomic_int_get (worker->stop))
    g_free (search (worker->f, worker->threads));
  return NULL;
}

/* A child of a process whose other threads compute has none of them, and
 * computes the same. */
static void
test_fork (void)
{
  Fixture f = fixture_new ();
  g_autofree float *expected = search (&f, 1);
  gint stop = FALSE;
  Worker workers[] = {{&f, expected, 0, &stop}, {&f, expected, 1, &stop}};
  GThread *threads[2];

  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new ("search", search_until, &workers[i]);
  for (int i = 0; i < 8; i++) {
    pid_t pid = fork ();
    int status;

    if (pid == 0) {
      SiambanModel *again;

      alarm (60);
      again = load ();
      assert_same (&f, search (&f, 0), expected);
      _exit (again != f.model);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_cmpint (status, ==, 0);
  }
  g_atomic_int_set (&stop, TRUE);
  for (int i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  fixture_clear (&f);
}

static void
test_template_keeps_model (void)
{
  Fixture f = fixture_new ();

  siamban_model_unref (f.model);
  float *out = search (&f, 1);
  g_free (out);
  siamban_model_ref (f.model);
  fixture_clear (&f);
}

static void
test_shared (void)
{
  SiambanModel *first = load (), *second = load ();

  g_assert_true (first == second);
  siamban_model_unref (second);
  siamban_model_unref (first);
  siamban_model_unref (load ());
}

static void
test_identity (void)
{
  g_autofree char *path = temporary_copy ("models/builtin.safetensors");
  g_autofree char *config = siamban_data_path ("models/builtin.yaml");
  g_autofree char *link = g_strconcat (path, ".link", NULL);
  SiambanModel *built_in = load ();
  SiambanModel *copy =
      siamban_model_load (path, config, SIAMBAN_PRECISION_AUTO, NULL);
  SiambanModel *no_config =
      siamban_model_load (path, NULL, SIAMBAN_PRECISION_AUTO, NULL);

  g_assert_cmpint (symlink (path, link), ==, 0);
  SiambanModel *linked =
      siamban_model_load (link, config, SIAMBAN_PRECISION_AUTO, NULL);
  g_assert_true (copy != built_in);
  g_assert_true (no_config != copy);
  g_assert_true (linked == copy);
  siamban_model_unref (built_in);
  siamban_model_unref (copy);
  siamban_model_unref (no_config);
  siamban_model_unref (linked);
  g_unlink (link);
  g_unlink (path);
}

static gpointer
load_in_thread (gpointer data)
{
  (void)data;
  return load ();
}

static void
test_load_together (void)
{
  GThread *threads[4];
  SiambanModel *models[4];

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("load", load_in_thread, NULL);
  for (int i = 0; i < 4; i++)
    models[i] = g_thread_join (threads[i]);
  for (int i = 0; i < 4; i++) {
    g_assert_true (models[i] == models[0]);
    if (i)
      siamban_model_unref (models[i]);
  }
  siamban_model_unref (models[0]);
}

static gpointer
load_bad (gpointer path)
{
  GError *error = NULL;

  g_assert_null (
      siamban_model_load (path, NULL, SIAMBAN_PRECISION_AUTO, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_CHECKPOINT);
  g_assert_true (g_str_has_prefix (error->message, path));
  g_error_free (error);
  return NULL;
}

/* Each of those who wait for a load that fails gets an error of its own. */
static void
test_fail_together (void)
{
  g_autofree char *path = temporary_copy ("models/builtin.yaml");
  GThread *threads[4];

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("load", load_bad, path);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  g_unlink (path);
}

static void
test_missing (void)
{
  GError *error = NULL;

  g_assert_null (siamban_model_load (
      "/nowhere/at-all.pth", NULL, SIAMBAN_PRECISION_AUTO, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO);
  g_assert_true (g_str_has_prefix (error->message, "/nowhere/at-all.pth: "));
  g_clear_error (&error);
  g_assert_null (siamban_model_load (
      NULL, "/nowhere/at-all.yaml", SIAMBAN_PRECISION_AUTO, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO);
  g_assert_true (g_str_has_prefix (error->message, "/nowhere/at-all.yaml: "));
  g_clear_error (&error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/info", test_info);
  g_test_add_func ("/model/finite", test_finite);
  g_test_add_func ("/model/batch", test_batch);
  g_test_add_func ("/model/threads", test_threads);
  g_test_add_func ("/model/pixels", test_pixels);
  g_test_add_func ("/model/embed-pixels", test_embed_pixels);
  g_test_add_func ("/model/concurrent", test_concurrent);
  g_test_add_func ("/model/crowd", test_crowd);
  g_test_add_func ("/model/waiting", test_waiting);
  g_test_add_func ("/model/refused", test_refused);
  g_test_add_func ("/model/precision", test_precision);
  g_test_add_func ("/model/fork", test_fork);
  g_test_add_func ("/model/template-keeps-model", test_template_keeps_model);
  g_test_add_func ("/model/shared", test_shared);
  g_test_add_func ("/model/identity", test_identity);
  g_test_add_func ("/model/load-together", test_load_together);
  g_test_add_func ("/model/fail-together", test_fail_together);
  g_test_add_func ("/model/missing", test_missing);
  return g_test_run ();
}
