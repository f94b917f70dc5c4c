/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "evaluate.h"
#include "exec/exec-private.h"
#include "support/maps.h"
#include "support/store.h"

#define SIZE       21
#define MAX_IMAGES 7

/* A graph, its program, and what a run of up to MAX_IMAGES reads and writes. */
typedef struct
{
  SiambanGraph *graph;
  TestStore *store;
  SiambanCheckpoint *checkpoint;
  SiambanWeights *weights;
  SiambanProgram *program;
  GPtrArray *planes;   /* of float *, an image each */
  GPtrArray *features; /* image by image */
  GPtrArray *outputs;
} Fixture;

static size_t
node_size (const SiambanNode *node)
{
  return (size_t)node->c * node->h * node->w;
}

static SiambanMap
output (const SiambanGraph *graph, guint i)
{
  return g_array_index (graph->outputs, SiambanMap, i);
}

static void
add_inputs (Fixture *f)
{
  f->planes = g_ptr_array_new_with_free_func (g_free);
  f->features = g_ptr_array_new_with_free_func (g_free);
  for (int image = 0; image < MAX_IMAGES; image++) {
    g_ptr_array_add (f->planes, test_floats (3 * SIZE * SIZE));
    for (guint i = 0; i < f->graph->nodes->len; i++) {
      const SiambanNode *node = siamban_graph_node (f->graph, i);

      if (node->op == SIAMBAN_OP_FEATURE)
        g_ptr_array_add (f->features, test_floats (node_size (node)));
    }
  }
}

static GPtrArray *
outputs_new (const SiambanGraph *graph)
{
  GPtrArray *outputs = g_ptr_array_new_with_free_func (g_free);

  for (int image = 0; image < MAX_IMAGES; image++)
    for (guint i = 0; i < graph->outputs->len; i++)
      g_ptr_array_add (outputs, g_new0 (float, node_size (siamban_graph_node (
                                                   graph, output (graph, i)))));
  return outputs;
}

static Fixture
fixture_new (SiambanGraph *graph, SiambanCpu level)
{
  GError *error = NULL;
  Fixture f = {.graph = graph, .store = test_store_new ()};
  const guint64 one = 1;

  g_assert_cmpstr (graph->error, ==, NULL);
  test_store_add (f.store, "unused", 1, &one, 0, 1);
  test_store_add_graph (f.store, graph);
  f.checkpoint = test_store_open (f.store);
  f.weights = siamban_weights_new (f.checkpoint, level);
  f.program = siamban_program_compile (graph, f.weights, &error);
  g_assert_no_error (error);
  add_inputs (&f);
  f.outputs = outputs_new (graph);
  return f;
}

static void
fixture_clear (Fixture *f)
{
  siamban_program_free (f->program);
  siamban_weights_free (f->weights);
  siamban_checkpoint_close (f->checkpoint);
  test_store_free (f->store);
  siamban_graph_free (f->graph);
  g_ptr_array_unref (f->planes);
  g_ptr_array_unref (f->features);
  g_ptr_array_unref (f->outputs);
}

static void
run (Fixture *f, GPtrArray *outputs, int first, int n, unsigned threads,
    SiambanWorkspace *workspace)
{
  const SiambanRun what = {
      .n = n,
      .planes = (const float *const *)f->planes->pdata + first,
      .features = (const float *const *)f->features->pdata +
                  first * f->graph->n_features,
      .outputs =
          (float *const *)outputs->pdata + first * f->graph->outputs->len,
  };
  SiambanTeam *team = siamban_team_acquire (threads);

  siamban_program_run (f->program, &what, workspace, team);
  siamban_team_release (team);
}

static void
assert_near (const float *values, const double *expected, size_t n)
{
  for (size_t i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (
        values[i], expected[i], 1e-4 * MAX (1, fabs (expected[i])));
}

static void
check_image (const Fixture *f, int image)
{
  guint n_outputs = f->graph->outputs->len;
  TestEvaluation *e = test_evaluate (f->graph, f->store,
      g_ptr_array_index (f->planes, image),
      (const float *const *)f->features->pdata + image * f->graph->n_features);

  for (guint i = 0; i < n_outputs; i++) {
    SiambanMap map = output (f->graph, i);
    size_t size = node_size (siamban_graph_node (f->graph, map));

    g_assert_cmpuint (siamban_program_output_size (f->program, i), ==, size);
    assert_near (g_ptr_array_index (f->outputs, image * n_outputs + i),
        test_evaluation_map (e, map), size);
  }
  test_evaluation_free (e);
}

static void
assert_same_outputs (const Fixture *f, GPtrArray *outputs)
{
  for (guint i = 0; i < outputs->len; i++) {
    size_t size =
        siamban_program_output_size (f->program, i % f->graph->outputs->len);

    g_assert_cmpmem (g_ptr_array_index (outputs, i), size * sizeof (float),
        g_ptr_array_index (f->outputs, i), size * sizeof (float));
  }
}

static void
check_batch (Fixture *f, int n, unsigned threads, SiambanWorkspace *workspace)
{
  GPtrArray *outputs = outputs_new (f->graph);

  for (int i = 0; i < MAX_IMAGES; i += n)
    run (f, outputs, i, MIN (n, MAX_IMAGES - i), threads, workspace);
  assert_same_outputs (f, outputs);
  g_ptr_array_unref (outputs);
}

/* What the executor keeps is channels last, the evaluation's channels first. */
static void
check_exposed_image (const Fixture *f, int image, const float *pixels)
{
  const SiambanNode *node = siamban_graph_node (f->graph, f->graph->exposed);
  size_t plane = (size_t)node->h * node->w;
  g_autofree float *planes = g_new (float, plane * node->c);
  TestEvaluation *e = test_evaluate (f->graph, f->store,
      g_ptr_array_index (f->planes, image),
      (const float *const *)f->features->pdata + image * f->graph->n_features);

  for (size_t i = 0; i < plane; i++)
    for (int k = 0; k < node->c; k++)
      planes[k * plane + i] = pixels[i * node->c + k];
  assert_near (
      planes, test_evaluation_map (e, f->graph->exposed), plane * node->c);
  test_evaluation_free (e);
}

/* Every second image is asked for its map; @outputs may be NULL. */
static void
run_exposed (Fixture *f, float *const *exposed, GPtrArray *outputs,
    unsigned threads, SiambanWorkspace *workspace)
{
  const SiambanRun what = {
      .n = MAX_IMAGES,
      .planes = (const float *const *)f->planes->pdata,
      .features = (const float *const *)f->features->pdata,
      .outputs = outputs ? (float *const *)outputs->pdata : NULL,
      .exposed = exposed,
  };
  SiambanTeam *team = siamban_team_acquire (threads);

  siamban_program_run (f->program, &what, workspace, team);
  siamban_team_release (team);
}

static void
check_exposed (Fixture *f, SiambanWorkspace *workspace)
{
  size_t size = node_size (siamban_graph_node (f->graph, f->graph->exposed));
  g_autoptr (GPtrArray) outputs = outputs_new (f->graph);
  g_autofree float *with = g_new0 (float, MAX_IMAGES *size);
  g_autofree float *without = g_new0 (float, MAX_IMAGES *size);
  float *maps[MAX_IMAGES] = {NULL}, *others[MAX_IMAGES] = {NULL};

  for (int i = 0; i < MAX_IMAGES; i += 2) {
    maps[i] = with + i * size;
    others[i] = without + i * size;
  }
  run_exposed (f, maps, outputs, 2, workspace);
  assert_same_outputs (f, outputs);
  check_exposed_image (f, 0, maps[0]);
  check_exposed_image (f, MAX_IMAGES - 1, maps[MAX_IMAGES - 1]);
  run_exposed (f, others, NULL, 1, workspace);
  g_assert_cmpmem (with, MAX_IMAGES * size * sizeof (float), without,
      MAX_IMAGES * size * sizeof (float));
}

/* Values, and bit for bit the same whatever the batch and the team. */
static void
check (SiambanGraph *graph, SiambanCpu level)
{
  Fixture f = fixture_new (graph, level);
  SiambanWorkspace *workspace = siamban_workspace_new ();

  run (&f, f.outputs, 0, MAX_IMAGES, 1, workspace);
  check_image (&f, 0);
  check_image (&f, MAX_IMAGES - 1);
  check_batch (&f, 1, 1, workspace);
  check_batch (&f, 1, 2, workspace);
  check_batch (&f, 3, 2, workspace);
  check_batch (&f, MAX_IMAGES, 2, workspace);
  check_batch (&f, MAX_IMAGES, 0, workspace);
  if (graph->exposed != SIAMBAN_MAP_NONE)
    check_exposed (&f, workspace);
  siamban_workspace_free (workspace);
  fixture_clear (&f);
}

static SiambanMap
conv (SiambanGraph *graph, SiambanMap x, const char *name, int out, int kernel,
    int pad, SiambanAct act)
{
  const SiambanConvSpec spec = {.name = name,
      .bias = TRUE,
      .out = out,
      .kernel = kernel,
      .pad = pad,
      .act = act};

  return siamban_graph_conv (graph, x, &spec);
}

/* Every operation once, wired like a small tracker. */
static SiambanGraph *
small_graph (void)
{
  SiambanGraph *g = siamban_graph_new ();
  SiambanMap image = siamban_graph_image (g, SIZE);
  SiambanMap z = siamban_graph_feature (g, 20, 3, 3);
  const SiambanConvSpec stem = {.name = "stem.0",
      .bn = "stem.1",
      .out = 20,
      .kernel = 3,
      .stride = 2,
      .act = SIAMBAN_ACT_RELU};
  SiambanMap x = siamban_graph_conv (g, image, &stem);
  const SiambanConvSpec block = {.name = "block.0",
      .bn = "block.1",
      .kernel = 3,
      .pad = 2,
      .dilation = 2,
      .depthwise = TRUE,
      .act = SIAMBAN_ACT_RELU6,
      .has_residual = TRUE,
      .residual = x};

  x = siamban_graph_conv (g, x, &block);
  const SiambanConvSpec squeeze = {.name = "squeeze",
      .bias = TRUE,
      .out = 20,
      .linear = TRUE,
      .act = SIAMBAN_ACT_HARDSIGMOID};
  SiambanMap s = siamban_graph_conv (g, siamban_graph_mean (g, x), &squeeze);
  x = siamban_graph_scale (g, x, s, SIAMBAN_ACT_HARDSWISH);
  siamban_graph_expose (g, x);
  SiambanMap pooled = siamban_graph_max_pool (g, x, 3, 1, 1);
  SiambanMap depth = siamban_graph_xcorr_depthwise (g, z, pooled, 1);
  SiambanMap pixel = siamban_graph_xcorr_pixelwise (g, z, x);
  SiambanMap both = siamban_graph_concat (
      g, pixel, siamban_graph_crop (g, depth, 0, 0, 10, 10));
  SiambanMap loc[2];
  loc[0] = conv (g, both, "loc0", 4, 1, 0, SIAMBAN_ACT_SIGMOID);
  loc[1] = conv (g, both, "loc1", 4, 3, 1, SIAMBAN_ACT_SIGMOID);
  for (int i = 0; i < 2; i++)
    loc[i] = siamban_graph_exp (g, loc[i], "scale", i);
  siamban_graph_output (g, conv (g, both, "cls", 2, 1, 0, SIAMBAN_ACT_NONE));
  siamban_graph_output (g, siamban_graph_weighted_sum (g, loc, 2, "weight"));
  siamban_graph_output (g, siamban_graph_weighted_sum (g, loc, 2, NULL));
  return g;
}

static void
test_small (gconstpointer level)
{
  check (small_graph (), GPOINTER_TO_INT (level));
}

static SiambanMap
pick (const SiambanGraph *graph)
{
  return g_test_rand_int_range (0, graph->nodes->len);
}

/* A map of the same shape as @map, or none. */
static SiambanMap
pick_like (const SiambanGraph *graph, const SiambanNode *node)
{
  SiambanMap start = pick (graph);

  for (guint i = 0; i < graph->nodes->len; i++) {
    SiambanMap map = (start + i) % graph->nodes->len;
    const SiambanNode *other = siamban_graph_node (graph, map);

    if (other->c == node->c && other->h == node->h && other->w == node->w)
      return map;
  }
  return SIAMBAN_MAP_NONE;
}

static void
grow_conv (SiambanGraph *graph, SiambanMap x, const char *name)
{
  const SiambanNode *in = siamban_graph_node (graph, x);
  int kernel = in->h >= 3 && in->w >= 3 ? 3 : 1;
  char *bn = g_strconcat (name, ".bn", NULL);
  SiambanConvSpec spec = {.name = name,
      .bn = bn,
      .kernel = kernel,
      .pad = kernel / 2,
      .out = g_test_rand_bit () ? in->c : g_test_rand_int_range (1, 34),
      .depthwise = g_test_rand_bit (),
      .stride = 1 + g_test_rand_bit (),
      .act = g_test_rand_int_range (0, SIAMBAN_ACT_SIGMOID + 1)};

  if (spec.depthwise)
    spec.out = in->c;
  SiambanNode like = {.c = spec.out, .h = in->h, .w = in->w};
  spec.residual =
      spec.stride == 1 ? pick_like (graph, &like) : SIAMBAN_MAP_NONE;
  spec.has_residual = spec.residual != SIAMBAN_MAP_NONE;
  siamban_graph_conv (graph, x, &spec);
  g_free (bn);
}

static SiambanMap
attend (SiambanGraph *graph, SiambanMap x, const char *name)
{
  int c = siamban_graph_node (graph, x)->c;
  SiambanMap mean = siamban_graph_mean (graph, x);
  SiambanMap s = conv (graph, mean, name, c, 1, 0, SIAMBAN_ACT_SIGMOID);

  return siamban_graph_scale (graph, x, s, SIAMBAN_ACT_NONE);
}

static void
grow_sum (SiambanGraph *graph, SiambanMap x, const char *name)
{
  SiambanMap maps[3] = {x};

  for (int i = 1; i < 3; i++)
    maps[i] = pick_like (graph, siamban_graph_node (graph, x));
  siamban_graph_weighted_sum (graph, maps, 3, name);
}

static void
grow (SiambanGraph *graph, const char *name)
{
  SiambanMap x = pick (graph);
  const SiambanNode *in = siamban_graph_node (graph, x);

  switch (g_test_rand_int_range (0, 7)) {
    case 0:
      siamban_graph_max_pool (graph, x, MIN (2, MIN (in->h, in->w)), 1, 0);
      break;
    case 1:
      attend (graph, x, name);
      break;
    case 2:
      siamban_graph_crop (
          graph, x, in->h / 4, in->w / 3, (in->h + 1) / 2, (in->w + 1) / 2);
      break;
    case 3:
      siamban_graph_concat (graph, x, x);
      break;
    case 4:
      grow_sum (graph, x, name);
      break;
    default:
      grow_conv (graph, x, name);
      break;
  }
}

static SiambanMap
pick_needed (const SiambanGraph *graph)
{
  g_autofree gboolean *needed = g_new (gboolean, graph->nodes->len);
  SiambanMap map = pick (graph);

  siamban_graph_needed (graph, needed);
  while (!needed[map])
    map = (map + 1) % graph->nodes->len;
  return map;
}

static SiambanGraph *
random_graph (void)
{
  SiambanGraph *graph = siamban_graph_new ();

  siamban_graph_image (graph, SIZE);
  siamban_graph_feature (graph, 5, 8, 8);
  siamban_graph_feature (graph, 16, 7, 9);
  for (int i = 0; i < 30; i++) {
    char name[16];

    g_snprintf (name, sizeof name, "n%d", i);
    grow (graph, name);
  }
  for (int i = 0; i < 4; i++)
    siamban_graph_output (graph, pick (graph));
  siamban_graph_output (graph, graph->nodes->len - 1);
  siamban_graph_expose (graph, pick_needed (graph));
  return graph;
}

static void
test_random (gconstpointer level)
{
  for (int i = 0; i < 40; i++)
    check (random_graph (), GPOINTER_TO_INT (level));
}

/* Input and residual are any of what it has come to and the trunk. */
static SiambanMap
grow_branch (SiambanGraph *graph, SiambanMap trunk, const char *prefix)
{
  SiambanMap maps[8] = {trunk};

  for (int i = 0; i < 7; i++) {
    g_autofree char *name = g_strdup_printf ("%s%d", prefix, i);
    const SiambanConvSpec spec = {.name = name,
        .bias = TRUE,
        .out = 20,
        .kernel = i % 2 ? 3 : 1,
        .pad = i % 2,
        .act = SIAMBAN_ACT_RELU,
        .has_residual = TRUE,
        .residual = maps[g_test_rand_int_range (0, i + 1)]};
    g_autofree char *weigher = g_strdup_printf ("%s-scale", name);

    maps[i + 1] = siamban_graph_conv (graph, maps[i], &spec);
    if (g_test_rand_bit ())
      maps[i + 1] = attend (graph, maps[i + 1], weigher);
  }
  return maps[7];
}

static SiambanGraph *
forked_graph (void)
{
  SiambanGraph *graph = siamban_graph_new ();
  SiambanMap trunk =
      conv (graph, siamban_graph_image (graph, SIZE), "a", 20, 3, 1, 0);

  trunk = siamban_graph_max_pool (graph, trunk, 3, 2, 1);
  siamban_graph_expose (graph, trunk);
  siamban_graph_output (graph, grow_branch (graph, trunk, "left"));
  siamban_graph_output (graph, grow_branch (graph, trunk, "right"));
  return graph;
}

/* Where it goes apart, and that results are the same there too. */
static void
test_fork (gconstpointer level)
{
  for (int round = 0; round < 4; round++) {
    SiambanGraph *graph = forked_graph ();
    g_autofree int *branches = g_new (int, graph->nodes->len);

    g_assert_cmpuint (siamban_fork_find (graph, branches), ==, 3);
    g_assert_cmpint (branches[2], ==, 0);
    g_assert_cmpint (branches[3], ==, 1);
    g_assert_cmpint (branches[graph->nodes->len - 1], ==, 2);
    check (graph, GPOINTER_TO_INT (level));
  }
}

static void
test_no_fork (void)
{
  SiambanGraph *graph = small_graph ();
  g_autofree int *branches = g_new (int, graph->nodes->len);

  g_assert_cmpuint (siamban_fork_find (graph, branches), ==, graph->nodes->len);
  siamban_graph_free (graph);
}

static void
test_plan (void)
{
  for (int round = 0; round < 200; round++) {
    SiambanSpan spans[24];
    size_t least = 0, all = 0;

    for (int i = 0; i < 24; i++) {
      int first = g_test_rand_int_range (0, 30);

      spans[i] = (SiambanSpan){g_test_rand_int_range (1, 9) * 16, first,
          first + g_test_rand_int_range (0, 6), 1, first < 15 ? 0 : 1 + i % 2};
    }
    size_t size = siamban_plan (spans, 24);
    for (int i = 0; i < 24; i++) {
      least = MAX (least, spans[i].offset + spans[i].size);
      all += spans[i].size;
      for (int j = 0; j < i; j++)
        g_assert_true (((spans[i].last < spans[j].first ||
                            spans[j].last < spans[i].first) &&
                           spans[i].branch * spans[j].branch != 2) ||
                       spans[i].offset + spans[i].size <= spans[j].offset ||
                       spans[j].offset + spans[j].size <= spans[i].offset);
    }
    g_assert_cmpuint (size, ==, least);
    g_assert_cmpuint (size, <, all);
  }
}

static void
test_reuse (void)
{
  SiambanGraph *g = siamban_graph_new ();
  SiambanMap x = siamban_graph_image (g, 32);

  x = conv (g, x, "first", 16, 1, 0, SIAMBAN_ACT_NONE);
  for (int i = 0; i < 10; i++) {
    const SiambanConvSpec spec = {
        .name = "same", .out = 16, .has_residual = TRUE, .residual = x};

    x = siamban_graph_conv (
        g, conv (g, x, "other", 16, 1, 0, SIAMBAN_ACT_NONE), &spec);
  }
  siamban_graph_output (g, x);
  Fixture f = {.graph = g, .store = test_store_new ()};
  test_store_add_graph (f.store, g);
  f.checkpoint = test_store_open (f.store);
  f.weights = siamban_weights_new (f.checkpoint, SIAMBAN_CPU_C);
  f.program = siamban_program_compile (g, f.weights, NULL);
  size_t top = 0;
  for (guint i = 0; i < f.program->steps->len; i++)
    top = MAX (top, g_array_index (f.program->steps, SiambanStep, i).top);
  g_assert_cmpuint (top, ==, 2 * 16 * 32 * 32);
  g_assert_cmpuint (siamban_weights_n_parameters (f.weights), ==,
      16 * 3 + 16 + 16 * 16 + 16 * 16 + 16);
  siamban_program_free (f.program);
  siamban_weights_free (f.weights);
  siamban_checkpoint_close (f.checkpoint);
  test_store_free (f.store);
  siamban_graph_free (g);
}

static SiambanGraph *
wide_graph (int channels)
{
  SiambanGraph *g = siamban_graph_new ();
  SiambanMap x = siamban_graph_image (g, SIZE);

  x = conv (g, x, "wide", channels, 1, 0, SIAMBAN_ACT_NONE);
  siamban_graph_output (g, conv (g, x, "out", 1, 1, 0, SIAMBAN_ACT_NONE));
  return g;
}

static size_t
memory_for (Fixture *f, int n, unsigned threads)
{
  SiambanWorkspace *workspace = siamban_workspace_new ();

  run (f, f->outputs, 0, n, threads, workspace);
  size_t size = siamban_workspace_size (workspace);
  siamban_workspace_free (workspace);
  return size;
}

/* Images of a large network run in the memory of one, those of a small one in
 * that of one a worker. */
static void
test_memory (void)
{
  Fixture small = fixture_new (wide_graph (64), SIAMBAN_CPU_C);
  Fixture large = fixture_new (wide_graph (8192), SIAMBAN_CPU_C);
  SiambanTeam *team = siamban_team_acquire (0);
  size_t workers = siamban_team_size (team);

  siamban_team_release (team);
  g_assert_cmpuint (
      memory_for (&large, MAX_IMAGES, 0), ==, memory_for (&large, 1, 0));
  g_assert_cmpuint (
      memory_for (&small, MAX_IMAGES, 1), ==, memory_for (&small, 1, 1));
  g_assert_cmpuint (memory_for (&small, MAX_IMAGES, 0), ==,
      memory_for (&small, 1, 1) * MIN (workers, MAX_IMAGES));
  fixture_clear (&small);
  fixture_clear (&large);
}

static void
test_pixels (void)
{
  Fixture f = fixture_new (small_graph (), siamban_cpu_level ());
  guint8 bytes[3 * SIZE * SIZE];
  float *planes = g_ptr_array_index (f.planes, 0);
  SiambanWorkspace *workspace = siamban_workspace_new ();
  GPtrArray *outputs = outputs_new (f.graph);

  for (int i = 0; i < SIZE * SIZE; i++)
    for (int k = 0; k < 3; k++)
      planes[k * SIZE * SIZE + i] = bytes[3 * i + k] =
          g_test_rand_int_range (0, 256);
  const guint8 *pixels = bytes;
  const SiambanRun what = {.n = 1,
      .pixels = &pixels,
      .features = (const float *const *)f.features->pdata,
      .outputs = (float *const *)outputs->pdata};
  SiambanTeam *team = siamban_team_acquire (1);
  siamban_program_run (f.program, &what, workspace, team);
  siamban_team_release (team);
  run (&f, f.outputs, 0, 1, 1, workspace);
  assert_same_outputs (&f, outputs);
  g_ptr_array_unref (outputs);
  siamban_workspace_free (workspace);
  fixture_clear (&f);
}

static void
test_timed (void)
{
  Fixture f = fixture_new (small_graph (), SIAMBAN_CPU_BLAS);
  guint n = siamban_program_n_steps (f.program);
  SiambanStepTime *times = g_new0 (SiambanStepTime, n);
  SiambanWorkspace *workspace = siamban_workspace_new ();
  const SiambanRun what = {.n = 1,
      .planes = (const float *const *)f.planes->pdata,
      .features = (const float *const *)f.features->pdata,
      .outputs = (float *const *)f.outputs->pdata};
  SiambanTeam *team = siamban_team_acquire (1);

  siamban_program_run_timed (f.program, &what, workspace, team, times);
  siamban_team_release (team);
  check_image (&f, 0);
  guint64 macs = 0;
  for (guint i = 0; i < n; i++) {
    macs += times[i].macs;
    g_assert_cmpfloat (times[i].seconds, >=, 0);
    g_assert_true (
        (*times[i].algorithm != 0) == g_str_equal (times[i].op, "conv"));
  }
  g_assert_cmpuint (macs, ==, siamban_graph_macs (f.graph));
  g_assert_cmpstr (times[2].name, ==, "stem.0");
  g_free (times);
  siamban_workspace_free (workspace);
  fixture_clear (&f);
}

static void
assert_refused (TestStore *store, const SiambanGraph *graph, const char *text)
{
  GError *error = NULL;
  SiambanCheckpoint *checkpoint = test_store_open (store);
  SiambanWeights *weights = siamban_weights_new (checkpoint, SIAMBAN_CPU_C);

  g_assert_null (siamban_program_compile (graph, weights, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_true (
      g_str_has_prefix (error->message, siamban_checkpoint_path (checkpoint)));
  g_error_free (error);
  siamban_weights_free (weights);
  siamban_checkpoint_close (checkpoint);
}

typedef void (*Damage) (TestStore *store);

static void
lose (TestStore *store)
{
  test_store_remove (store, "block.1.running_mean");
}

static void
reshape (TestStore *store)
{
  const guint64 shape[] = {20, 3, 5, 5};

  test_store_add (store, "stem.0.weight", 4, shape, -1, 1);
}

static void
flatten (TestStore *store)
{
  const guint64 shape[] = {20, 20, 1, 1};

  test_store_add (store, "squeeze.weight", 4, shape, -1, 1);
}

static void
make_integer (TestStore *store)
{
  test_store_set_dtype (store, "cls.bias", SIAMBAN_DTYPE_I64);
}

static void
set (TestStore *store, const char *name, float value)
{
  ((float *)test_store_get (store, name))[1] = value;
}

static void
make_nan (TestStore *store)
{
  set (store, "loc0.weight", NAN);
}

static void
make_infinite (TestStore *store)
{
  set (store, "weight", INFINITY);
}

static void
make_negative (TestStore *store)
{
  set (store, "stem.1.running_var", -0.5f);
}

static void
make_huge (TestStore *store)
{
  set (store, "stem.0.weight", 1e38f);
  for (int o = 0; o < 20; o++)
    ((float *)test_store_get (store, "stem.1.weight"))[o] = 1e30f;
}

static void
shorten (TestStore *store)
{
  const guint64 shape[] = {1};

  test_store_add (store, "scale", 1, shape, -1, 1);
}

static void
lengthen (TestStore *store)
{
  const guint64 shape[] = {3};

  test_store_add (store, "weight", 1, shape, -1, 1);
}

static void
test_refused (void)
{
  static const struct
  {
    Damage damage;
    const char *text;
  } cases[] = {
      {lose, "\"block.1.running_mean\" is missing, expected floats of shape "
             "[20]"},
      {reshape, "\"stem.0.weight\" has shape [20, 3, 5, 5], expected floats of "
                "shape [20, 3, 3, 3]"},
      {flatten, "\"squeeze.weight\" has shape [20, 20, 1, 1], expected floats "
                "of shape [20, 20]"},
      {make_integer, "\"cls.bias\" is of type int64"},
      {make_nan, "\"loc0.weight\" holds a number that is not finite"},
      {make_infinite, "\"weight\" holds a number that is not finite"},
      {make_negative, "\"stem.1.running_var\" holds -0.5"},
      {make_huge, "\"stem.0\" times its batch normalisation \"stem.1\""},
      {shorten, "\"scale\" has shape [1], expected floats of shape [2]"},
      {lengthen, "\"weight\" has shape [3], expected floats of shape [2]"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    SiambanGraph *graph = small_graph ();
    TestStore *store = test_store_new ();

    test_store_add_graph (store, graph);
    cases[i].damage (store);
    assert_refused (store, graph, cases[i].text);
    test_store_free (store);
    siamban_graph_free (graph);
  }
}

static void
test_broken_graph (void)
{
  SiambanGraph *graph = siamban_graph_new ();
  TestStore *store = test_store_new ();
  const guint64 one = 1;

  test_store_add (store, "any", 1, &one, 0, 1);
  siamban_graph_output (graph, 7);
  assert_refused (store, graph, "map 7 is an output but is never made");
  test_store_free (store);
  siamban_graph_free (graph);
}

int
main (int argc, char **argv)
{
  const SiambanCpu levels[] = {
      SIAMBAN_CPU_C, SIAMBAN_CPU_BLAS, siamban_cpu_level ()};
  static const char *const names[] = {"c", "blas", "best"};

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
    gpointer level = GINT_TO_POINTER (levels[i]);
    char *small = g_strdup_printf ("/exec/%s/small", names[i]);
    char *random = g_strdup_printf ("/exec/%s/random", names[i]);
    char *fork = g_strdup_printf ("/exec/%s/fork", names[i]);

    g_test_add_data_func (small, level, test_small);
    g_test_add_data_func (random, level, test_random);
    g_test_add_data_func (fork, level, test_fork);
    g_free (small);
    g_free (random);
    g_free (fork);
  }
  g_test_add_func ("/exec/no-fork", test_no_fork);
  g_test_add_func ("/exec/plan", test_plan);
  g_test_add_func ("/exec/memory", test_memory);
  g_test_add_func ("/exec/reuse", test_reuse);
  g_test_add_func ("/exec/pixels", test_pixels);
  g_test_add_func ("/exec/timed", test_timed);
  g_test_add_func ("/exec/refused", test_refused);
  g_test_add_func ("/exec/broken-graph", test_broken_graph);
  return g_test_run ();
}
