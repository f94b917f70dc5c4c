/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/build.h"
#include "model/cache.h"

#define DEFAULT_CHECKPOINT "models/builtin.safetensors"
#define DEFAULT_CONFIG     "models/builtin.yaml"

struct _SiambanModel
{
  int refs;
  char *key;
  SiambanBuild build;
  gboolean joins; /* whether callers who wait are served together */
  GMutex lock;
  GQueue leases;   /* free ones; guarded by lock, as what follows */
  GQueue requests; /* not taken yet, links in them */
  GCond served;
};

/* One call of the search branch. */
typedef struct
{
  unsigned n;
  SiambanTemplate *const *templates;
  const guint8 *const *pixels; /* or NULL */
  const float *planes;
  float *cls, *loc;
  float *const *exposed; /* or NULL */
  unsigned threads;
  GList link;
  gint taken; /* by another's batch */
  gboolean done;
} Request;

struct _SiambanTemplate
{
  SiambanModel *model;
  float **features; /* one block: n_features pointers, then their floats */
};

/* What one run needs beside the model. The team is admitted first, so there are
 * never more of them than teams at one time. */
typedef struct
{
  SiambanTeam *team; /* while taken */
  SiambanWorkspace *workspace;
  GPtrArray *pixels;
  GPtrArray *planes;
  GPtrArray *features;
  GPtrArray *outputs;
  GPtrArray *exposed;
} Lease;

static Lease *
lease_new (void)
{
  Lease *lease = g_new (Lease, 1);

  lease->workspace = siamban_workspace_new ();
  lease->pixels = g_ptr_array_new ();
  lease->planes = g_ptr_array_new ();
  lease->features = g_ptr_array_new ();
  lease->outputs = g_ptr_array_new ();
  lease->exposed = g_ptr_array_new ();
  return lease;
}

static Lease *
lease_for (SiambanModel *model, SiambanTeam *team)
{
  Lease *lease;

  g_mutex_lock (&model->lock);
  lease = g_queue_pop_head (&model->leases);
  g_mutex_unlock (&model->lock);
  if (lease == NULL)
    lease = lease_new ();
  lease->team = team;
  return lease;
}

static Lease *
lease_take (SiambanModel *model, unsigned threads)
{
  return lease_for (model, siamban_team_acquire (threads));
}

static void
lease_return (SiambanModel *model, Lease *lease)
{
  SiambanTeam *team = lease->team;

  g_mutex_lock (&model->lock);
  g_queue_push_head (&model->leases, lease);
  g_mutex_unlock (&model->lock);
  siamban_team_release (team);
}

static void
lease_free (Lease *lease)
{
  siamban_workspace_free (lease->workspace);
  g_ptr_array_unref (lease->pixels);
  g_ptr_array_unref (lease->planes);
  g_ptr_array_unref (lease->features);
  g_ptr_array_unref (lease->outputs);
  g_ptr_array_unref (lease->exposed);
  g_free (lease);
}

static void
model_free (SiambanModel *model)
{
  g_queue_clear_full (&model->leases, (GDestroyNotify)lease_free);
  g_cond_clear (&model->served);
  g_mutex_clear (&model->lock);
  siamban_build_clear (&model->build);
  g_free (model->key);
  g_free (model);
}

/* The CPU level is part of it: the weights are packed for one. */
static char *
key_of (const char *checkpoint, const char *config, SiambanPrecision precision,
    GError **error)
{
  g_autofree char *first = siamban_cache_identity (checkpoint, error);
  g_autofree char *second = NULL;

  if (first == NULL)
    return NULL;
  second = config ? siamban_cache_identity (config, error) : g_strdup ("");
  if (second == NULL)
    return NULL;
  return g_strjoin ("|", first, second, siamban_cpu_name (siamban_cpu_level ()),
      siamban_precision_name (precision), NULL);
}

static SiambanModel *
model_new (const char *key, const char *checkpoint, const char *config,
    SiambanPrecision precision, GError **error)
{
  SiambanModel *model;
  SiambanBuild build;

  if (!siamban_build_load (&build, checkpoint, config, precision, error))
    return NULL;
  model = g_new0 (SiambanModel, 1);
  model->refs = 1;
  model->key = g_strdup (key);
  model->build = build;
  model->joins = siamban_program_runs_apart (build.search_program);
  g_mutex_init (&model->lock);
  g_cond_init (&model->served);
  g_queue_init (&model->leases);
  g_queue_init (&model->requests);
  return model;
}

SiambanModel *
siamban_model_load (const char *checkpoint, const char *config,
    SiambanPrecision precision, GError **error)
{
  g_autofree char *checkpoint_path =
      checkpoint ? g_strdup (checkpoint)
                 : siamban_data_path (DEFAULT_CHECKPOINT);
  g_autofree char *config_path = checkpoint || config
                                     ? g_strdup (config)
                                     : siamban_data_path (DEFAULT_CONFIG);
  g_autofree char *key = NULL;
  SiambanModel *model;

  if (!siamban_build_precision (checkpoint_path, &precision, error))
    return NULL;
  key = key_of (checkpoint_path, config_path, precision, error);
  if (key == NULL)
    return NULL;
  model = siamban_cache_find (key);
  if (model)
    return model;
  model = model_new (key, checkpoint_path, config_path, precision, error);
  siamban_cache_store (key, model, model ? &model->refs : NULL);
  return model;
}

SiambanModel *
siamban_model_ref (SiambanModel *model)
{
  g_atomic_int_inc (&model->refs);
  return model;
}

void
siamban_model_unref (SiambanModel *model)
{
  if (model && siamban_cache_release (model->key, &model->refs))
    model_free (model);
}

void
siamban_model_get_info (const SiambanModel *model, SiambanModelInfo *info)
{
  const SiambanBuild *build = &model->build;

  *info = (SiambanModelInfo){
      .architecture = build->architecture,
      .template_size = build->track.exemplar_size,
      .search_size = build->track.instance_size,
      .score_size = build->track.score_size,
      .stride = build->track.stride,
      .cls_channels = build->track.cls_channels,
      .n_parameters = siamban_weights_n_parameters (build->weights),
      .template_macs = build->template_macs,
      .search_macs = build->search_macs,
      .precision = build->precision,
  };
}

const SiambanTrackParams *
siamban_model_track (const SiambanModel *model)
{
  return &model->build.track;
}

void
siamban_model_get_feature_info (
    const SiambanModel *model, SiambanFeatureInfo *info)
{
  *info = model->build.exposed;
}

static SiambanTemplate *
template_new (SiambanModel *model)
{
  const SiambanBuild *build = &model->build;
  size_t head = build->n_features * sizeof (float *), total = 0;
  SiambanTemplate *tmpl = g_new (SiambanTemplate, 1);
  float *next;

  for (int i = 0; i < build->n_features; i++)
    total += siamban_program_output_size (build->template_program, i);
  tmpl->model = siamban_model_ref (model);
  tmpl->features = g_malloc (head + total * sizeof (float));
  next = (float *)((char *)tmpl->features + head);
  for (int i = 0; i < build->n_features; i++) {
    tmpl->features[i] = next;
    next += siamban_program_output_size (build->template_program, i);
  }
  return tmpl;
}

void
siamban_template_free (SiambanTemplate *tmpl)
{
  if (tmpl == NULL)
    return;
  siamban_model_unref (tmpl->model);
  g_free (tmpl->features);
  g_free (tmpl);
}

static SiambanTemplate *
embed (SiambanModel *model, const guint8 *pixels, const float *planes,
    unsigned threads)
{
  SiambanTemplate *tmpl = template_new (model);

  Lease *lease = lease_take (model, threads);
  SiambanRun run = {
      .n = 1,
      .pixels = pixels ? &pixels : NULL,
      .planes = &planes,
      .outputs = tmpl->features,
  };

  siamban_program_run (
      model->build.template_program, &run, lease->workspace, lease->team);
  lease_return (model, lease);
  return tmpl;
}

SiambanTemplate *
siamban_model_embed (SiambanModel *model, const float *z, unsigned threads)
{
  return embed (model, NULL, z, threads);
}

SiambanTemplate *
siamban_model_embed_pixels (
    SiambanModel *model, const guint8 *z, unsigned threads)
{
  return embed (model, z, NULL, threads);
}

static void
add_to_run (const SiambanModel *model, Lease *lease, const Request *request)
{
  const SiambanBuild *build = &model->build;
  size_t cls_size = siamban_program_output_size (build->search_program, 0);
  size_t loc_size = siamban_program_output_size (build->search_program, 1);
  size_t side = build->track.instance_size, crop = 3 * side * side;

  for (unsigned i = 0; i < request->n; i++) {
    for (int f = 0; f < build->n_features; f++)
      g_ptr_array_add (lease->features, request->templates[i]->features[f]);
    if (request->pixels)
      g_ptr_array_add (lease->pixels, (guint8 *)request->pixels[i]);
    else
      g_ptr_array_add (lease->planes, (float *)request->planes + i * crop);
    g_ptr_array_add (lease->outputs, request->cls + i * cls_size);
    g_ptr_array_add (lease->outputs, request->loc + i * loc_size);
    g_ptr_array_add (
        lease->exposed, request->exposed ? request->exposed[i] : NULL);
  }
}

/* Lists where every image's pixels, features and outputs are. @requests: of
 * Request, all with pixels or all with planes. */
static SiambanRun
search_run (const SiambanModel *model, Lease *lease, const GList *requests)
{
  SiambanRun run = {0};

  g_ptr_array_set_size (lease->pixels, 0);
  g_ptr_array_set_size (lease->planes, 0);
  g_ptr_array_set_size (lease->features, 0);
  g_ptr_array_set_size (lease->outputs, 0);
  g_ptr_array_set_size (lease->exposed, 0);
  for (; requests; requests = requests->next)
    add_to_run (model, lease, requests->data);
  run.n = MAX (lease->pixels->len, lease->planes->len);
  if (lease->pixels->len > 0)
    run.pixels = (const guint8 *const *)lease->pixels->pdata;
  run.planes = (const float *const *)lease->planes->pdata;
  run.features = (const float *const *)lease->features->pdata;
  run.outputs = (float *const *)lease->outputs->pdata;
  run.exposed = (float *const *)lease->exposed->pdata;
  return run;
}

static gboolean
goes_with (const Request *a, const Request *b)
{
  return a->threads == b->threads && !a->pixels == !b->pixels;
}

/* Moves those to @batch that wait for threads too and fill a last round of one
 * target a thread. The lock is held. */
static void
take_others (
    SiambanModel *model, const Request *first, unsigned size, GQueue *batch)
{
  unsigned room = (size - first->n % size) % size;
  GList *next;

  for (GList *link = model->requests.head; link && room > 0; link = next) {
    Request *request = link->data;

    next = link->next;
    if (request->n > room || !goes_with (request, first))
      continue;
    room -= request->n;
    g_queue_unlink (&model->requests, link);
    g_queue_push_tail_link (batch, link);
    g_atomic_int_set (&request->taken, TRUE);
  }
}

/* FALSE if another call has taken @request with it. */
static gboolean
start_batch (
    SiambanModel *model, Request *request, unsigned size, GQueue *batch)
{
  gboolean mine;

  g_mutex_lock (&model->lock);
  mine = !g_atomic_int_get (&request->taken);
  if (mine) {
    g_queue_unlink (&model->requests, &request->link);
    g_queue_push_tail_link (batch, &request->link);
    if (model->joins && size > siamban_pool_idle ())
      take_others (model, request, size, batch);
  }
  g_mutex_unlock (&model->lock);
  return mine;
}

static void
end_batch (SiambanModel *model, const GQueue *batch)
{
  GList *next;

  g_mutex_lock (&model->lock);
  for (GList *link = batch->head; link; link = next) {
    /* Its caller may be gone as soon as the lock is. */
    next = link->next;
    ((Request *)link->data)->done = TRUE;
  }
  g_cond_broadcast (&model->served);
  g_mutex_unlock (&model->lock);
}

static void
wait_until_done (SiambanModel *model, const Request *request)
{
  g_mutex_lock (&model->lock);
  while (!request->done)
    g_cond_wait (&model->served, &model->lock);
  g_mutex_unlock (&model->lock);
}

static void
run_batch (SiambanModel *model, SiambanTeam *team, const GQueue *batch)
{
  Lease *lease = lease_for (model, team);
  SiambanRun run = search_run (model, lease, batch->head);

  siamban_program_run (
      model->build.search_program, &run, lease->workspace, team);
  end_batch (model, batch);
  lease_return (model, lease);
}

/* Calls that find no threads free are served together by the first of them that
 * gets some. */
static void
search (SiambanModel *model, Request *request)
{
  GQueue batch = G_QUEUE_INIT;
  SiambanTeam *team;

  request->link.data = request;
  g_mutex_lock (&model->lock);
  g_queue_push_tail_link (&model->requests, &request->link);
  g_mutex_unlock (&model->lock);
  team = siamban_team_acquire_unless (request->threads, &request->taken);
  if (team && start_batch (model, request, siamban_team_size (team), &batch)) {
    run_batch (model, team, &batch);
    return;
  }
  if (team)
    siamban_team_release (team);
  wait_until_done (model, request);
}

void
siamban_model_search (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const float *x, float *cls, float *loc,
    unsigned threads)
{
  Request request = {
      .n = n,
      .templates = templates,
      .planes = x,
      .cls = cls,
      .loc = loc,
      .threads = threads,
  };

  search (model, &request);
}

void
siamban_model_search_features (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const guint8 *const *x, float *cls,
    float *loc, float *const *features, unsigned threads)
{
  Request request = {
      .n = n,
      .templates = templates,
      .pixels = x,
      .cls = cls,
      .loc = loc,
      .exposed = features,
      .threads = threads,
  };

  search (model, &request);
}

void
siamban_model_search_pixels (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const guint8 *const *x, float *cls,
    float *loc, unsigned threads)
{
  siamban_model_search_features (
      model, n, templates, x, cls, loc, NULL, threads);
}

void
siamban_model_features_pixels (SiambanModel *model, unsigned n,
    const guint8 *const *x, float *const *features, unsigned threads)
{
  const SiambanRun run = {.n = n, .pixels = x, .exposed = features};
  Lease *lease = lease_take (model, threads);

  siamban_program_run (
      model->build.search_program, &run, lease->workspace, lease->team);
  lease_return (model, lease);
}

SiambanStepTime *
siamban_model_time_search (SiambanModel *model, SiambanTemplate *tmpl,
    const guint8 *x, unsigned threads, guint *n_steps)
{
  const SiambanProgram *program = model->build.search_program;
  size_t cls_size = siamban_program_output_size (program, 0);
  size_t loc_size = siamban_program_output_size (program, 1);
  g_autofree float *out = g_new (float, cls_size + loc_size);
  Request request = {
      .n = 1,
      .templates = &tmpl,
      .pixels = &x,
      .cls = out,
      .loc = out + cls_size,
  };
  const GList only = {&request, NULL, NULL};
  Lease *lease = lease_take (model, threads);
  SiambanRun run = search_run (model, lease, &only);
  SiambanStepTime *times;

  *n_steps = siamban_program_n_steps (program);
  times = g_new (SiambanStepTime, *n_steps);
  siamban_program_run_timed (
      program, &run, lease->workspace, lease->team, times);
  lease_return (model, lease);
  return times;
}

void
siamban_model_observe (SiambanModel *model, SiambanTemplate *tmpl,
    const guint8 *x, SiambanObserver observe, void *data)
{
  const SiambanProgram *program = model->build.search_program;
  size_t cls_size = siamban_program_output_size (program, 0);
  size_t loc_size = siamban_program_output_size (program, 1);
  g_autofree float *out = g_new (float, cls_size + loc_size);
  Request request = {
      .n = 1,
      .templates = &tmpl,
      .pixels = &x,
      .cls = out,
      .loc = out + cls_size,
  };
  const GList only = {&request, NULL, NULL};
  Lease *lease = lease_take (model, 0);
  SiambanRun run = search_run (model, lease, &only);

  siamban_program_run_observed (
      program, &run, lease->workspace, lease->team, observe, data);
  lease_return (model, lease);
}
