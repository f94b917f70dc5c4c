/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exec/exec-private.h"

/* What compiling needs beside the program that it makes. */
typedef struct
{
  const SiambanGraph *graph;
  SiambanWeights *weights;
  SiambanProgram *program;
  GArray *spans;                       /* of SiambanSpan */
  int *last_use;                       /* by map: the last step that reads it */
  gboolean *for_outputs, *for_exposed; /* by map: what needs it */
  int *branches;                       /* by map */
  guint fork;
} Compiler;

static int
input_of (const SiambanNode *node, guint i)
{
  return g_array_index (node->inputs, SiambanMap, i);
}

static size_t
place_size (const SiambanPlace *place)
{
  size_t floats = (size_t)place->h * place->w * place->ld;

  return (floats + SIAMBAN_LANES - 1) / SIAMBAN_LANES * SIAMBAN_LANES;
}

static gboolean
is_needed (const Compiler *compiler, guint map)
{
  return compiler->for_outputs[map] || compiler->for_exposed[map];
}

static void
find_last_uses (const Compiler *compiler)
{
  const SiambanGraph *graph = compiler->graph;
  int step = 0;

  for (guint map = 0; map < graph->nodes->len; map++) {
    const SiambanNode *node = siamban_graph_node (graph, map);

    if (!is_needed (compiler, map))
      continue;
    for (guint i = 0; i < node->inputs->len; i++)
      compiler->last_use[input_of (node, i)] = step;
    step++;
    if ((int)map == graph->exposed)
      compiler->last_use[map] = step++;
  }
  for (guint i = 0; i < graph->outputs->len; i++)
    compiler->last_use[g_array_index (graph->outputs, SiambanMap, i)] =
        step + i;
}

/* What branches read is in use until all have come to an end. */
static void
keep_for_branches (const Compiler *compiler)
{
  for (guint map = compiler->fork; map < compiler->graph->nodes->len; map++) {
    const SiambanNode *node = siamban_graph_node (compiler->graph, map);

    for (guint i = 0; is_needed (compiler, map) && i < node->inputs->len; i++)
      if (input_of (node, i) < (int)compiler->fork)
        compiler->last_use[input_of (node, i)] = G_MAXINT;
  }
}

/* A residual that nothing reads later gives its memory to the sum. */
static int
inherited_span (
    const Compiler *compiler, const SiambanNode *node, int ld, int step)
{
  if (!node->has_residual)
    return -1;
  int residual = input_of (node, node->inputs->len - 1);
  const SiambanPlace *place = &compiler->program->places[residual];
  if (compiler->last_use[residual] > step || input_of (node, 0) == residual ||
      place->ld != ld)
    return -1;
  return place->span;
}

static void
place_map (Compiler *compiler, SiambanMap map, int step)
{
  const SiambanNode *node = siamban_graph_node (compiler->graph, map);
  SiambanPlace *place = &compiler->program->places[map];

  place->c = node->c;
  place->h = node->h;
  place->w = node->w;
  place->ld = node->op == SIAMBAN_OP_IMAGE ? 4
                                           : (node->c + SIAMBAN_LANES - 1) /
                                                 SIAMBAN_LANES * SIAMBAN_LANES;
  place->span = inherited_span (compiler, node, place->ld, step);
  if (place->span >= 0) {
    g_array_index (compiler->spans, SiambanSpan, place->span).last =
        compiler->last_use[map];
    return;
  }
  SiambanSpan span = {
      .size = place_size (place),
      .first = step,
      .last = compiler->last_use[map],
      .branch = compiler->branches[map],
  };
  place->span = compiler->spans->len;
  g_array_append_val (compiler->spans, span);
}

static gboolean
program_bind (Compiler *compiler, const SiambanNode *node, SiambanStep *step,
    GError **error)
{
  SiambanWeights *weights = compiler->weights;

  switch (node->op) {
    case SIAMBAN_OP_CONV: {
      const SiambanPlace *in = &compiler->program->places[step->in[0]];

      step->conv = siamban_weights_conv (weights, node, in->c, error);
      if (!step->conv)
        return FALSE;
      step->of_bytes = siamban_graph_node (compiler->graph, step->in[0])->op ==
                           SIAMBAN_OP_IMAGE &&
                       !step->has_residual &&
                       siamban_conv_takes_bytes (step->conv);
      return TRUE;
    }
    case SIAMBAN_OP_EXP:
      step->args.factor = 1;
      return !node->name || siamban_weights_element (weights, node->name,
                                node->index, &step->args.factor, error);
    case SIAMBAN_OP_WEIGHTED_SUM:
      for (int i = 0; i < step->n_in; i++)
        step->weights[i] = 1.0f / step->n_in;
      return !node->name || siamban_weights_softmax (weights, node->name,
                                step->n_in, step->weights, error);
    default:
      return TRUE;
  }
}

static guint64
step_cost (const SiambanProgram *program, const SiambanStep *step)
{
  guint64 cost = step->macs;

  for (int i = 0; i < step->n_in; i++)
    cost = MAX (cost, place_size (&program->places[step->in[i]]));
  return cost;
}

static gboolean
add_step (Compiler *compiler, SiambanMap map, GError **error)
{
  const SiambanNode *node = siamban_graph_node (compiler->graph, map);
  SiambanProgram *program = compiler->program;
  SiambanStep step = {
      .kind = node->op,
      .n_in = node->inputs->len,
      .out = map,
      .index = node->index,
      .branch = compiler->branches[map],
      .for_outputs = compiler->for_outputs[map],
      .for_exposed = compiler->for_exposed[map],
      .has_residual = node->has_residual,
      .rows =
          siamban_op_rows (siamban_weights_level (compiler->weights), node->op),
      .args = {node->kernel, node->stride, node->pad, node->top, node->left,
          node->act, 0, NULL},
      .macs = siamban_graph_node_macs (compiler->graph, map),
  };

  for (int i = 0; i < step.n_in; i++)
    step.in[i] = input_of (node, i);
  place_map (compiler, map, program->steps->len);
  if (!program_bind (compiler, node, &step, error))
    return FALSE;
  step.cost =
      MAX (step_cost (program, &step), place_size (&program->places[map]));
  step.name = g_strdup (node->name ? node->name : "");
  g_array_append_val (program->steps, step);
  return TRUE;
}

static SiambanStep
step_out_of (const Compiler *compiler, int kind, SiambanMap map)
{
  return (SiambanStep){
      .kind = kind,
      .name = g_strdup (""),
      .in = {map},
      .n_in = 1,
      .cost = place_size (&compiler->program->places[map]),
  };
}

/* At once, so that the map is kept for nothing else. */
static void
add_exposed (Compiler *compiler)
{
  SiambanStep step =
      step_out_of (compiler, SIAMBAN_STEP_EXPOSED, compiler->graph->exposed);

  step.for_exposed = TRUE;
  g_array_append_val (compiler->program->steps, step);
}

static void
add_outputs (Compiler *compiler)
{
  SiambanProgram *program = compiler->program;

  program->n_outputs = compiler->graph->outputs->len;
  program->outputs = g_new (int, program->n_outputs);
  for (int i = 0; i < program->n_outputs; i++) {
    SiambanMap map = g_array_index (compiler->graph->outputs, SiambanMap, i);
    SiambanStep step = step_out_of (compiler, SIAMBAN_STEP_OUTPUT, map);

    step.index = i;
    step.branch = program->forks ? i + 1 : 0;
    step.for_outputs = TRUE;
    program->outputs[i] = map;
    g_array_append_val (program->steps, step);
  }
}

static gboolean
all_read_bytes (const SiambanProgram *program, int map)
{
  for (guint i = 0; i < program->steps->len; i++) {
    const SiambanStep *step = &g_array_index (program->steps, SiambanStep, i);

    for (int k = 0; k < step->n_in; k++)
      if (step->in[k] == map && !step->of_bytes)
        return FALSE;
  }
  return TRUE;
}

static void
mark_images (SiambanProgram *program)
{
  for (guint i = 0; i < program->steps->len; i++) {
    SiambanStep *step = &g_array_index (program->steps, SiambanStep, i);

    if (step->kind == SIAMBAN_OP_IMAGE)
      step->of_bytes = all_read_bytes (program, step->out);
  }
}

/* Memory behind the maps that a step finds in use is scratch for it. */
static void
find_tops (SiambanProgram *program, int n_spans)
{
  for (guint i = 0; i < program->steps->len; i++) {
    SiambanStep *step = &g_array_index (program->steps, SiambanStep, i);

    for (int k = 0; k < n_spans; k++) {
      const SiambanSpan *span = &program->spans[k];

      if (span->first <= (int)i && span->last >= (int)i)
        step->top = MAX (step->top, span->offset + span->size);
    }
  }
}

static void
find_fork_top (SiambanProgram *program, int n_spans)
{
  for (int k = 0; k < n_spans; k++) {
    const SiambanSpan *span = &program->spans[k];

    if (span->branch || span->last == G_MAXINT)
      program->fork_top = MAX (program->fork_top, span->offset + span->size);
  }
}

static void
clear_step (gpointer data)
{
  g_free (((SiambanStep *)data)->name);
}

static SiambanProgram *
program_new (const SiambanGraph *graph)
{
  SiambanProgram *program = g_new0 (SiambanProgram, 1);

  program->places = g_new0 (SiambanPlace, graph->nodes->len);
  program->steps = g_array_new (FALSE, FALSE, sizeof (SiambanStep));
  g_array_set_clear_func (program->steps, clear_step);
  program->n_features = graph->n_features;
  return program;
}

void
siamban_program_free (SiambanProgram *program)
{
  if (!program)
    return;
  g_array_unref (program->steps);
  g_free (program->places);
  g_free (program->spans);
  g_free (program->outputs);
  g_free (program);
}

static gboolean
add_steps (Compiler *compiler, GError **error)
{
  const SiambanGraph *graph = compiler->graph;

  siamban_graph_needed (graph, compiler->for_outputs);
  siamban_graph_needed_for (graph, graph->exposed, compiler->for_exposed);
  compiler->fork = siamban_fork_find (graph, compiler->branches);
  compiler->program->forks = compiler->fork < graph->nodes->len;
  find_last_uses (compiler);
  keep_for_branches (compiler);
  for (guint map = 0; map < graph->nodes->len; map++) {
    if (is_needed (compiler, map) && !add_step (compiler, map, error))
      return FALSE;
    if ((int)map == graph->exposed)
      add_exposed (compiler);
  }
  return TRUE;
}

SiambanProgram *
siamban_program_compile (
    const SiambanGraph *graph, SiambanWeights *weights, GError **error)
{
  if (graph->error) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL, "%s: %s",
        siamban_weights_path (weights), graph->error);
    return NULL;
  }
  SiambanProgram *program = program_new (graph);
  Compiler compiler = {
      .graph = graph,
      .weights = weights,
      .program = program,
      .spans = g_array_new (FALSE, FALSE, sizeof (SiambanSpan)),
      .last_use = g_new0 (int, graph->nodes->len),
      .for_outputs = g_new (gboolean, graph->nodes->len),
      .for_exposed = g_new (gboolean, graph->nodes->len),
      .branches = g_new (int, graph->nodes->len),
  };
  gboolean ok = add_steps (&compiler, error);
  if (ok) {
    add_outputs (&compiler);
    mark_images (program);
  }
  int n_spans = compiler.spans->len;
  program->spans = (SiambanSpan *)g_array_free (compiler.spans, FALSE);
  siamban_plan (program->spans, n_spans);
  find_tops (program, n_spans);
  find_fork_top (program, n_spans);
  g_free (compiler.last_use);
  g_free (compiler.for_outputs);
  g_free (compiler.for_exposed);
  g_free (compiler.branches);
  if (ok)
    return program;
  siamban_program_free (program);
  return NULL;
}

size_t
siamban_program_output_size (const SiambanProgram *program, int index)
{
  const SiambanPlace *place = &program->places[program->outputs[index]];

  return (size_t)place->c * place->h * place->w;
}

guint
siamban_program_n_steps (const SiambanProgram *program)
{
  guint n = 0;

  for (guint i = 0; i < program->steps->len; i++)
    n += g_array_index (program->steps, SiambanStep, i).for_outputs;
  return n;
}
