/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <time.h>

#include "exec/exec-private.h"
#include "kernels/alloc.h"

/* Work below this is not worth handing to another thread. */
#define GRAIN 8192
/* The most that a worker may take to run an image by itself. */
#define APART_BYTES 8000000

struct _SiambanWorkspace
{
  gpointer data;
  size_t size;
};

/* One image of a run. All images go through the same memory one after another,
 * which stays in the cache. */
typedef struct
{
  const SiambanProgram *program;
  const SiambanRun *run;
  int image;
  size_t branch_size; /* bytes of scratch, where it forks */
  float *memory;      /* of maps, and behind those in use, a step's scratch */
  gpointer scratch;   /* or NULL: there */
  SiambanTeam *team;
  gboolean from_bytes; /* no map of the image where a step can do without */
} Context;

typedef struct
{
  const Context *context;
  const SiambanStep *step;
  void (*rows) (
      const Context *context, const SiambanStep *step, int begin, int end);
  int n_rows, n_parts;
} Split;

SiambanWorkspace *
siamban_workspace_new (void)
{
  return g_new0 (SiambanWorkspace, 1);
}

void
siamban_workspace_free (SiambanWorkspace *workspace)
{
  if (!workspace)
    return;
  g_aligned_free (workspace->data);
  g_free (workspace);
}

size_t
siamban_workspace_size (const SiambanWorkspace *workspace)
{
  return workspace->size;
}

static gpointer
workspace_reserve (SiambanWorkspace *workspace, size_t size)
{
  if (workspace->size < size) {
    g_aligned_free (workspace->data);
    workspace->data = siamban_alloc (size);
    workspace->size = size;
  }
  return workspace->data;
}

static SiambanMaps
maps_at (const Context *context, int map)
{
  const SiambanPlace *place = &context->program->places[map];
  size_t offset = context->program->spans[place->span].offset;

  return (SiambanMaps){
      .data = context->memory + offset,
      .n = 1,
      .h = place->h,
      .w = place->w,
      .c = place->c,
      .ld = place->ld,
  };
}

static void
run_part (void *data, unsigned i, unsigned worker)
{
  (void)worker;
  const Split *split = data;
  gint64 rows = split->n_rows;
  split->rows (split->context, split->step, rows * i / split->n_parts,
      rows * (i + 1) / split->n_parts);
}

static void
run_rows (const Context *context, const SiambanStep *step, int map,
    void (*rows) (const Context *, const SiambanStep *, int, int))
{
  Split split = {context, step, rows, context->program->places[map].h, 1};
  unsigned threads = siamban_team_size (context->team);
  guint64 most = MIN (step->cost / GRAIN, (guint64)split.n_rows);

  split.n_parts = threads == 1 ? 1 : CLAMP (most, 1, 4 * threads);
  siamban_team_run (context->team, split.n_parts, run_part, &split);
}

static void
image_rows (const Context *context, const SiambanStep *step, int begin, int end)
{
  const SiambanRun *run = context->run;
  SiambanMaps out = maps_at (context, step->out);

  for (int row = begin; row < end; row++)
    if (run->pixels)
      siamban_row_from_pixels (run->pixels[context->image], &out, row);
    else
      siamban_row_from_planes (run->planes[context->image], &out, row);
}

static void
feature_rows (
    const Context *context, const SiambanStep *step, int begin, int end)
{
  SiambanMaps out = maps_at (context, step->out);
  int feature = context->image * context->program->n_features + step->index;

  for (int row = begin; row < end; row++)
    siamban_row_from_planes (context->run->features[feature], &out, row);
}

static void
output_rows (
    const Context *context, const SiambanStep *step, int begin, int end)
{
  SiambanMaps in = maps_at (context, step->in[0]);
  int output = context->image * context->program->n_outputs + step->index;

  for (int row = begin; row < end; row++)
    siamban_row_to_planes (&in, row, context->run->outputs[output]);
}

static void
exposed_rows (
    const Context *context, const SiambanStep *step, int begin, int end)
{
  SiambanMaps in = maps_at (context, step->in[0]);

  for (int row = begin; row < end; row++)
    siamban_row_to_pixels (&in, row, context->run->exposed[context->image]);
}

static void
plain_rows (const Context *context, const SiambanStep *step, int begin, int end)
{
  SiambanMaps in[SIAMBAN_MAX_INPUTS], out = maps_at (context, step->out);
  SiambanOpArgs args = step->args;

  args.weights = step->weights;
  for (int i = 0; i < step->n_in; i++)
    in[i] = maps_at (context, step->in[i]);
  step->rows (&args, in, step->n_in, &out, begin, end);
}

static void
run_image (const Context *context, const SiambanStep *step)
{
  if (!step->of_bytes || !context->from_bytes)
    run_rows (context, step, step->out, image_rows);
}

static void
run_feature (const Context *context, const SiambanStep *step)
{
  run_rows (context, step, step->out, feature_rows);
}

static void
run_output (const Context *context, const SiambanStep *step)
{
  run_rows (context, step, step->in[0], output_rows);
}

static void
run_exposed (const Context *context, const SiambanStep *step)
{
  run_rows (context, step, step->in[0], exposed_rows);
}

static void
run_plain (const Context *context, const SiambanStep *step)
{
  run_rows (context, step, step->out, plain_rows);
}

static void
run_conv (const Context *context, const SiambanStep *step)
{
  SiambanMaps in = maps_at (context, step->in[0]);
  SiambanMaps out = maps_at (context, step->out);
  void *scratch =
      context->scratch ? context->scratch : context->memory + step->top;
  SiambanMaps residual;

  if (step->of_bytes && context->from_bytes) {
    siamban_conv_run_bytes (step->conv, context->run->pixels + context->image,
        &in, &out, scratch, context->team);
    return;
  }
  if (step->has_residual)
    residual = maps_at (context, step->in[1]);
  siamban_conv_run (step->conv, &in, step->has_residual ? &residual : NULL,
      &out, scratch, context->team);
}

static size_t
no_scratch (const Context *context, const SiambanStep *step)
{
  (void)context;
  (void)step;
  return 0;
}

static size_t
conv_scratch (const Context *context, const SiambanStep *step)
{
  SiambanMaps in = maps_at (context, step->in[0]);
  SiambanMaps out = maps_at (context, step->out);

  return siamban_conv_scratch (
      step->conv, &in, &out, siamban_team_size (context->team));
}

static const struct
{
  const char *name;
  size_t (*scratch) (const Context *context, const SiambanStep *step);
  void (*run) (const Context *context, const SiambanStep *step);
} kinds[SIAMBAN_STEP_KINDS] = {
    [SIAMBAN_OP_IMAGE] = {"image", no_scratch, run_image},
    [SIAMBAN_OP_FEATURE] = {"feature", no_scratch, run_feature},
    [SIAMBAN_OP_CONV] = {"conv", conv_scratch, run_conv},
    [SIAMBAN_OP_MAX_POOL] = {"max-pool", no_scratch, run_plain},
    [SIAMBAN_OP_MEAN] = {"mean", no_scratch, run_plain},
    [SIAMBAN_OP_SCALE] = {"scale", no_scratch, run_plain},
    [SIAMBAN_OP_CROP] = {"crop", no_scratch, run_plain},
    [SIAMBAN_OP_CONCAT] = {"concat", no_scratch, run_plain},
    [SIAMBAN_OP_XCORR_DEPTHWISE] = {"xcorr-depthwise", no_scratch, run_plain},
    [SIAMBAN_OP_XCORR_PIXELWISE] = {"xcorr-pixelwise", no_scratch, run_plain},
    [SIAMBAN_OP_EXP] = {"exp", no_scratch, run_plain},
    [SIAMBAN_OP_WEIGHTED_SUM] = {"weighted-sum", no_scratch, run_plain},
    [SIAMBAN_STEP_OUTPUT] = {"output", no_scratch, run_output},
    [SIAMBAN_STEP_EXPOSED] = {"exposed", no_scratch, run_exposed},
};

static const SiambanStep *
nth_step (const SiambanProgram *program, guint i)
{
  return &g_array_index (program->steps, SiambanStep, i);
}

static size_t
align (size_t bytes)
{
  return (bytes + SIAMBAN_ALIGN - 1) / SIAMBAN_ALIGN * SIAMBAN_ALIGN;
}

static gboolean
forks (const Context *context)
{
  return context->program->forks && siamban_team_size (context->team) == 2;
}

static Context
branch_context (const Context *context)
{
  Context branch = *context;

  branch.team = siamban_team_alone ();
  return branch;
}

/* Bytes of scratch that a branch needs. */
static size_t
branch_size (const Context *context)
{
  const Context branch = branch_context (context);
  size_t most = 0;

  for (guint i = 0; i < context->program->steps->len; i++) {
    const SiambanStep *step = nth_step (context->program, i);

    if (step->branch)
      most = MAX (most, kinds[step->kind].scratch (&branch, step));
  }
  return align (most);
}

static Context
begin_run (
    const SiambanProgram *program, const SiambanRun *run, SiambanTeam *team)
{
  Context context = {
      .program = program,
      .run = run,
      .team = team,
      .from_bytes = run->pixels != NULL,
  };

  if (forks (&context))
    context.branch_size = branch_size (&context);
  return context;
}

/* Bytes, in units of SIAMBAN_ALIGN. */
static size_t
memory_size (const Context *context)
{
  const SiambanProgram *program = context->program;
  size_t most = 0;

  if (forks (context))
    most = program->fork_top * sizeof (float) + 2 * context->branch_size;
  for (guint i = 0; i < program->steps->len; i++) {
    const SiambanStep *step = nth_step (program, i);
    size_t size =
        step->top * sizeof (float) + kinds[step->kind].scratch (context, step);

    most = MAX (most, size);
  }
  return align (most);
}

static gboolean
is_asked_for (const Context *context, const SiambanStep *step)
{
  const SiambanRun *run = context->run;

  return (step->for_outputs && run->outputs) ||
         (step->for_exposed && run->exposed && run->exposed[context->image]);
}

/* All of them, or those of one branch. */
static void
run_steps_of (const Context *context, gboolean all, int branch)
{
  for (guint i = 0; i < context->program->steps->len; i++) {
    const SiambanStep *step = nth_step (context->program, i);

    if ((all || step->branch == branch) && is_asked_for (context, step))
      kinds[step->kind].run (context, step);
  }
}

static void
run_branch (void *data, unsigned i, unsigned worker)
{
  const Context *context = data;
  Context branch = branch_context (context);
  guint8 *scratch = (guint8 *)(context->memory + context->program->fork_top);

  (void)worker;
  branch.scratch = scratch + i * context->branch_size;
  run_steps_of (&branch, FALSE, i + 1);
}

static void
run_steps (const Context *context)
{
  if (!forks (context)) {
    run_steps_of (context, TRUE, 0);
    return;
  }
  run_steps_of (context, FALSE, 0);
  siamban_team_run (context->team, 2, run_branch, (void *)context);
}

/* Images that workers run by themselves, without waiting for each other. */
typedef struct
{
  const Context *context;
  guint8 *data;
  size_t each; /* bytes of a worker */
} Apart;

static void
run_apart (void *data, unsigned i, unsigned worker)
{
  const Apart *apart = data;
  Context context = *apart->context;

  context.image = i;
  context.memory = (float *)(apart->data + worker * apart->each);
  run_steps (&context);
}

/* How many of the images. What is left over is worth a round of its own only if
 * most workers get one. */
static int
n_apart (const Context *context, unsigned workers)
{
  int n = context->run->n, left = n % workers;

  if (workers == 1 || memory_size (context) > APART_BYTES)
    return 0;
  return 4 * left >= 3 * (int)workers ? n : n - left;
}

/* Returns how many there were. */
static int
run_images_apart (const SiambanProgram *program, const SiambanRun *run,
    SiambanWorkspace *workspace, SiambanTeam *team)
{
  Context context = begin_run (program, run, siamban_team_alone ());
  unsigned workers = siamban_team_size (team);
  int n = n_apart (&context, workers);

  if (n == 0)
    return 0;
  Apart apart = {&context, NULL, memory_size (&context)};
  apart.data =
      workspace_reserve (workspace, apart.each * MIN (workers, (unsigned)n));
  siamban_team_run (team, n, run_apart, &apart);
  return n;
}

void
siamban_program_run (const SiambanProgram *program, const SiambanRun *run,
    SiambanWorkspace *workspace, SiambanTeam *team)
{
  int done = run_images_apart (program, run, workspace, team);
  Context context = begin_run (program, run, team);

  if (done == run->n)
    return;
  context.memory = workspace_reserve (workspace, memory_size (&context));
  for (context.image = done; context.image < run->n; context.image++)
    run_steps (&context);
}

void
siamban_program_run_observed (const SiambanProgram *program,
    const SiambanRun *run, SiambanWorkspace *workspace, SiambanTeam *team,
    SiambanObserver observe, void *data)
{
  Context context = begin_run (program, run, team);

  context.from_bytes = FALSE;
  context.memory = workspace_reserve (workspace, memory_size (&context));
  for (guint i = 0; i < program->steps->len; i++) {
    const SiambanStep *step = nth_step (program, i);

    if (!is_asked_for (&context, step))
      continue;
    if (step->conv) {
      SiambanMaps in = maps_at (&context, step->in[0]);

      observe (data, step->name, &in);
    }
    kinds[step->kind].run (&context, step);
  }
}

static double
run_now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

void
siamban_program_run_timed (const SiambanProgram *program, const SiambanRun *run,
    SiambanWorkspace *workspace, SiambanTeam *team, SiambanStepTime *times)
{
  Context context = begin_run (program, run, team);

  context.memory = workspace_reserve (workspace, memory_size (&context));
  for (guint i = 0; i < program->steps->len; i++) {
    const SiambanStep *step = nth_step (program, i);
    double start = run_now ();

    if (!is_asked_for (&context, step))
      continue;
    kinds[step->kind].run (&context, step);
    *times++ = (SiambanStepTime){
        .op = kinds[step->kind].name,
        .name = step->name,
        .algorithm = step->conv ? siamban_conv_algorithm (step->conv) : "",
        .macs = step->macs,
        .seconds = run_now () - start,
    };
  }
}
