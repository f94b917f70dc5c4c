/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "evaluation.h"

#include "progress.h"
#include "results.h"

/* One sequence's part of the work. */
typedef struct
{
  EvalOutcome *outcome;
  GArray *starts;
  GError *error;
} Job;

typedef struct
{
  const EvalFollowing *following;
  EvalProgress *progress;
  int failed; /* atomic: then the jobs that wait are left out */
} Work;

static void
outcome_free (EvalOutcome *outcome)
{
  eval_sequence_free (outcome->sequence);
  g_clear_pointer (&outcome->runs, g_ptr_array_unref);
  g_free (outcome->figures);
  g_free (outcome);
}

static void
job_free (Job *job)
{
  g_clear_pointer (&job->outcome, outcome_free);
  g_array_unref (job->starts);
  g_clear_error (&job->error);
  g_free (job);
}

static void
evaluation_advance (guint n, gpointer data)
{
  eval_progress_add (data, n);
}

static void
summarise (EvalOutcome *outcome)
{
  guint n = outcome->runs->len;
  g_autofree double *column = g_new (double, n);

  outcome->figures = g_malloc_n (n, sizeof *outcome->figures);
  for (guint r = 0; r < n; r++)
    eval_figures (outcome->runs->pdata[r], outcome->figures[r]);
  for (guint f = 0; f < EVAL_N_FIGURES; f++) {
    for (guint r = 0; r < n; r++)
      column[r] = outcome->figures[r][f];
    outcome->mean[f] = eval_mean (column, n);
  }
}

static void
run_job (gpointer data, gpointer user_data)
{
  Job *job = data;
  Work *work = user_data;
  EvalOutcome *outcome = job->outcome;

  if (g_atomic_int_get (&work->failed))
    return;
  if (work->following->recorded)
    outcome->runs = eval_results_read (
        outcome->sequence, job->starts, work->following->recorded, &job->error);
  else
    outcome->runs = eval_run_sequence (outcome->sequence, job->starts,
        work->following, evaluation_advance, work->progress, &job->error);
  if (outcome->runs)
    summarise (outcome);
  else
    g_atomic_int_set (&work->failed, TRUE);
}

static GPtrArray *
make_jobs (GPtrArray *sequences, guint n_starts, guint64 *steps, GError **error)
{
  GPtrArray *jobs = g_ptr_array_new_with_free_func ((GDestroyNotify)job_free);

  *steps = 0;
  for (guint i = 0; i < sequences->len; i++) {
    Job *job = g_new0 (Job, 1);

    job->outcome = g_new0 (EvalOutcome, 1);
    job->outcome->sequence = g_steal_pointer (&sequences->pdata[i]);
    job->starts = eval_sequence_starts (job->outcome->sequence, n_starts);
    g_ptr_array_add (jobs, job);
    for (guint k = 0; k < job->starts->len; k++)
      *steps += job->outcome->sequence->pictures->len -
                g_array_index (job->starts, guint, k);
    if (job->starts->len > 0)
      continue;
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "%s: expected a frame that shows the target, found none",
        job->outcome->sequence->name);
    g_clear_pointer (&jobs, g_ptr_array_unref);
    break;
  }
  g_ptr_array_unref (sequences);
  return jobs;
}

/* In the order of what they cost, so that no thread is left alone with a long
 * one at the end. */
static int
longest_first (gconstpointer a, gconstpointer b, gpointer data)
{
  const Job *left = a, *right = b;
  guint m = left->outcome->sequence->pictures->len;
  guint n = right->outcome->sequence->pictures->len;

  (void)data;
  return m > n ? -1 : m < n;
}

static gboolean
run_jobs (GPtrArray *jobs, Work *work, guint n_jobs, GError **error)
{
  GThreadPool *pool =
      g_thread_pool_new (run_job, work, (int)n_jobs, TRUE, error);

  if (!pool)
    return FALSE;
  g_thread_pool_set_sort_function (pool, longest_first, NULL);
  for (guint i = 0; i < jobs->len; i++)
    g_thread_pool_push (pool, jobs->pdata[i], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  for (guint i = 0; i < jobs->len; i++) {
    Job *job = jobs->pdata[i];

    if (job->error) {
      g_propagate_error (error, g_steal_pointer (&job->error));
      return FALSE;
    }
  }
  return TRUE;
}

static void
average (Evaluation *evaluation)
{
  guint n = evaluation->outcomes->len;
  g_autofree double *column = g_new (double, n);

  for (guint f = 0; f < EVAL_N_FIGURES; f++) {
    for (guint i = 0; i < n; i++)
      column[i] = ((EvalOutcome *)evaluation->outcomes->pdata[i])->mean[f];
    evaluation->mean[f] = eval_interval (column, n);
  }
}

static Evaluation *
evaluation_gather (GPtrArray *jobs, double seconds, guint64 steps)
{
  Evaluation *evaluation = g_new0 (Evaluation, 1);

  evaluation->outcomes =
      g_ptr_array_new_with_free_func ((GDestroyNotify)outcome_free);
  for (guint i = 0; i < jobs->len; i++) {
    Job *job = jobs->pdata[i];

    g_ptr_array_add (evaluation->outcomes, g_steal_pointer (&job->outcome));
  }
  evaluation->seconds = seconds;
  evaluation->tracked = steps;
  average (evaluation);
  return evaluation;
}

Evaluation *
evaluation_run (GPtrArray *sequences, const EvalFollowing *following,
    guint n_starts, guint n_jobs, GError **error)
{
  gint64 before = g_get_monotonic_time ();
  guint64 steps;
  GPtrArray *jobs = make_jobs (sequences, n_starts, &steps, error);
  Work work = {.following = following};
  Evaluation *evaluation = NULL;

  if (!jobs)
    return NULL;
  work.progress = eval_progress_new (steps);
  if (run_jobs (jobs, &work, n_jobs, error)) {
    double seconds = (double)(g_get_monotonic_time () - before) / 1e6;

    evaluation = evaluation_gather (jobs, seconds, steps);
  }
  eval_progress_free (work.progress);
  g_ptr_array_unref (jobs);
  return evaluation;
}

void
evaluation_free (Evaluation *evaluation)
{
  if (!evaluation)
    return;
  g_ptr_array_unref (evaluation->outcomes);
  g_free (evaluation);
}

/* The mean of @runs. */
static void
curve_of_runs (
    const GPtrArray *runs, EvalCurve curve, const double *x, guint n, double *y)
{
  g_autofree double *all = g_new (double, (gsize)n * runs->len);
  g_autofree double *column = g_new (double, runs->len);

  for (guint r = 0; r < runs->len; r++)
    curve (runs->pdata[r], x, n, all + (gsize)n * r);
  for (guint i = 0; i < n; i++) {
    for (guint r = 0; r < runs->len; r++)
      column[r] = all[(gsize)n * r + i];
    y[i] = eval_mean (column, runs->len);
  }
}

void
evaluation_curve (const Evaluation *evaluation, EvalCurve curve,
    const double *x, guint n, double *y)
{
  guint m = evaluation->outcomes->len;
  g_autofree double *all = g_new (double, (gsize)n *m);
  g_autofree double *column = g_new (double, m);

  for (guint s = 0; s < m; s++) {
    const EvalOutcome *outcome = evaluation->outcomes->pdata[s];

    curve_of_runs (outcome->runs, curve, x, n, all + (gsize)n * s);
  }
  for (guint i = 0; i < n; i++) {
    for (guint s = 0; s < m; s++)
      column[s] = all[(gsize)n * s + i];
    y[i] = eval_mean (column, m);
  }
}

GPtrArray *
evaluation_runs (const Evaluation *evaluation)
{
  GPtrArray *all = g_ptr_array_new ();

  for (guint s = 0; s < evaluation->outcomes->len; s++) {
    const EvalOutcome *outcome = evaluation->outcomes->pdata[s];

    g_ptr_array_extend (all, outcome->runs, NULL, NULL);
  }
  return all;
}
