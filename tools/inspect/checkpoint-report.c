/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "exec/exec.h"
#include "expect.h"
#include "report.h"

#define MAX_GROUPS 20

/* Names come from the file, and this may be a terminal. */
static char *
checkpoint_report_shown (const char *name)
{
  return g_strescape (name, NULL);
}

static char *
shape_text (const guint64 *shape, unsigned n_dims)
{
  GString *text = g_string_new (n_dims == 0 ? "scalar" : NULL);

  for (unsigned i = 0; i < n_dims; i++)
    g_string_append_printf (
        text, "%s%" G_GUINT64_FORMAT, i ? " x " : "", shape[i]);
  return g_string_free (text, FALSE);
}

static void
print_kind (const SiambanCheckpoint *checkpoint)
{
  switch (siamban_checkpoint_kind (checkpoint)) {
    case SIAMBAN_CHECKPOINT_ZIP:
      report_line ("kind", "torch.save archive");
      break;
    case SIAMBAN_CHECKPOINT_LEGACY:
      report_line ("kind", "torch.save stream (before PyTorch 1.6)");
      break;
    case SIAMBAN_CHECKPOINT_SAFETENSORS:
      report_line ("kind", "safetensors");
      break;
  }
}

static void
print_totals (const SiambanCheckpoint *checkpoint)
{
  guint count[SIAMBAN_N_DTYPES] = {0};
  guint n = siamban_checkpoint_n_tensors (checkpoint);
  guint64 parameters = 0;

  for (guint i = 0; i < n; i++) {
    const SiambanTensor *tensor = siamban_checkpoint_nth (checkpoint, i);

    count[tensor->dtype]++;
    if (siamban_dtype_is_float (tensor->dtype))
      parameters += tensor->n_elements;
  }
  GString *dtypes = g_string_new (NULL);
  for (int d = 0; d < SIAMBAN_N_DTYPES; d++)
    if (count[d] > 0)
      g_string_append_printf (dtypes, "%s%u %s", dtypes->len ? ", " : "",
          count[d], siamban_dtype_name (d));
  report_line ("tensors", "%u: %s", n, dtypes->str);
  report_line ("parameters", "%" G_GUINT64_FORMAT, parameters);
  g_string_free (dtypes, TRUE);
}

/* What a pickle would have had Python do. */
static void
print_foreign (const SiambanCheckpoint *checkpoint)
{
  const char *const *foreign = siamban_checkpoint_foreign (checkpoint);
  g_autofree char *names = g_strjoinv (", ", (GStrv)foreign);

  if (foreign[0])
    report_line ("not run", "%s", names);
}

static void
print_tensors (const SiambanCheckpoint *checkpoint)
{
  guint n = siamban_checkpoint_n_tensors (checkpoint);
  int width = 0;

  for (guint i = 0; i < n; i++)
    width =
        MAX (width, (int)strlen (siamban_checkpoint_nth (checkpoint, i)->name));
  for (guint i = 0; i < n; i++) {
    const SiambanTensor *tensor = siamban_checkpoint_nth (checkpoint, i);
    char *name = checkpoint_report_shown (tensor->name);
    char *shape = shape_text (tensor->shape, tensor->n_dims);

    g_print (
        "    %-*s  %-8s  %s\n", MIN (width, 80), name, tensor->type, shape);
    g_free (shape);
    g_free (name);
  }
}

static void
print_macs (const char *label, const SiambanGraph *graph, const char *unit)
{
  report_line (label, "%.1f million multiply-accumulates a %s",
      siamban_graph_macs (graph) * 1e-6, unit);
}

static void
print_network (const SiambanNetwork *network, const SiambanConfig *config)
{
  const SiambanTrackParams *track = &network->track;

  report_line ("architecture", "%s", network->architecture);
  report_line ("config", "%s",
      config->path ? config->path : "none: as published for the architecture");
  report_line ("crops", "template %d, search %d pixels", track->exemplar_size,
      track->instance_size);
  report_line ("scores", "%d x %d, %d pixels apart, %s", track->score_size,
      track->score_size, track->stride,
      track->cls_channels == 2 ? "softmax" : "sigmoid");
  report_line ("tracker", "window %.6g, penalty %.6g, lr %.6g, context %.6g",
      track->window_influence, track->penalty_k, track->lr,
      track->context_amount);
  print_macs ("template", network->template_graph, "target");
  print_macs ("search", network->search_graph, "frame");
}

static gboolean
checkpoint_report_fits (const SiambanTensor *tensor, const Expected *expected)
{
  if (tensor->n_dims != expected->n_dims)
    return FALSE;
  for (unsigned i = 0; i < tensor->n_dims; i++)
    if (tensor->shape[i] < expected->shape[i] ||
        (tensor->shape[i] > expected->shape[i] && !expected->or_longer))
      return FALSE;
  return TRUE;
}

static void
check_expected (Report *report, const SiambanCheckpoint *checkpoint,
    const Expected *expected)
{
  const SiambanTensor *tensor =
      siamban_checkpoint_find (checkpoint, expected->name);
  char *wanted = shape_text (expected->shape, expected->n_dims);

  if (!tensor)
    report_problem (report, "%s: missing, expected %s floats%s", expected->name,
        wanted, expected->or_longer ? " or more" : "");
  else if (!siamban_dtype_is_float (tensor->dtype))
    report_problem (report, "%s: is of type %s, expected %s floats%s",
        expected->name, tensor->type, wanted,
        expected->or_longer ? " or more" : "");
  else if (!checkpoint_report_fits (tensor, expected)) {
    char *shape = shape_text (tensor->shape, tensor->n_dims);

    report_problem (report, "%s: has shape %s, expected %s%s", expected->name,
        shape, wanted, expected->or_longer ? " or more" : "");
    g_free (shape);
  }
  g_free (wanted);
}

/* Of the tensors that the network uses. */
static void
check_finite (Report *report, const SiambanTensor *tensor)
{
  g_autofree float *values = NULL;
  GError *error = NULL;
  guint64 bad = 0;

  if (!siamban_dtype_is_float (tensor->dtype))
    return;
  values = g_try_new (float, tensor->n_elements);
  if (!values && tensor->n_elements > 0) {
    report_problem (report, "%s: too large for the memory", tensor->name);
    return;
  }
  if (!siamban_tensor_read_f32 (tensor, values, &error)) {
    report_error (report, error);
    return;
  }
  for (guint64 i = 0; i < tensor->n_elements; i++)
    bad += !isfinite (values[i]);
  if (bad > 0)
    report_problem (report,
        "%s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
        " numbers are not finite",
        tensor->name, bad, tensor->n_elements);
}

static gint
compare_names (gconstpointer a, gconstpointer b, gpointer data)
{
  (void)data;
  return strcmp (a, b);
}

/* What tensors of no use are counted by: the first part of their names, or the
 * last where counters lie beside every module. */
static char *
group_of (const char *name)
{
  static const char *const counters[] = {
      "num_batches_tracked", "total_ops", "total_params", NULL};
  const char *dot = strrchr (name, '.');
  const char *last = dot ? dot + 1 : name;

  if (g_strv_contains (counters, last))
    return g_strdup (last);
  return g_strndup (name, strcspn (name, "."));
}

typedef struct
{
  GString *text;
  guint n; /* groups so far */
} Groups;

static gboolean
print_group (gpointer group, gpointer count, gpointer data)
{
  Groups *groups = data;
  g_autofree char *name = checkpoint_report_shown (group);

  if (groups->n++ == MAX_GROUPS) {
    g_string_append (groups->text, ", ...");
    return TRUE;
  }
  g_string_append_printf (groups->text, "%s%u %s", groups->n > 1 ? ", " : ": ",
      GPOINTER_TO_UINT (count), name);
  return FALSE;
}

static void
print_unused (const SiambanCheckpoint *checkpoint, GTree *used)
{
  g_autoptr (GTree) groups =
      g_tree_new_full (compare_names, NULL, g_free, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  Groups list = {text, 0};
  guint n = 0;

  for (guint i = 0; i < siamban_checkpoint_n_tensors (checkpoint); i++) {
    const char *name = siamban_checkpoint_nth (checkpoint, i)->name;
    char *group;
    guint so_far;

    if (g_tree_lookup (used, name))
      continue;
    group = group_of (name);
    so_far = GPOINTER_TO_UINT (g_tree_lookup (groups, group));
    g_tree_insert (groups, group, GUINT_TO_POINTER (so_far + 1));
    n++;
  }
  g_tree_foreach (groups, print_group, &list);
  report_line ("unused", "%u%s", n, text->str);
}

static void
check_tensors (Report *report, const SiambanCheckpoint *checkpoint,
    const SiambanNetwork *network)
{
  g_autoptr (GPtrArray) expected = expected_tensors (network);
  g_autoptr (GTree) used = g_tree_new_full (compare_names, NULL, NULL, NULL);
  guint64 parameters = 0;

  for (guint i = 0; i < expected->len; i++) {
    Expected *one = g_ptr_array_index (expected, i);
    const SiambanTensor *tensor =
        siamban_checkpoint_find (checkpoint, one->name);

    g_tree_insert (used, one->name, one);
    check_expected (report, checkpoint, one);
    if (!tensor)
      continue;
    parameters += tensor->n_elements;
    check_finite (report, tensor);
  }
  report_line ("used", "%" G_GUINT64_FORMAT " parameters of %u tensors",
      parameters, expected->len);
  print_unused (checkpoint, used);
}

/* The last word is that of the executor, which stops at its first problem. */
static void
check_compiles (Report *report, const SiambanCheckpoint *checkpoint,
    const SiambanNetwork *network)
{
  const SiambanGraph *graphs[] = {
      network->template_graph, network->search_graph};
  SiambanWeights *weights =
      siamban_weights_new (checkpoint, siamban_cpu_level ());
  GError *error = NULL;

  for (int i = 0; i < 2 && !error; i++)
    siamban_program_free (siamban_program_compile (graphs[i], weights, &error));
  if (error)
    report_error (report, error);
  siamban_weights_free (weights);
}

static void
check_network (Report *report, const SiambanCheckpoint *checkpoint,
    const SiambanConfig *config)
{
  GError *error = NULL;
  SiambanNetwork *network =
      siamban_network_describe (config, checkpoint, &error);

  if (!network) {
    report_error (report, error);
    return;
  }
  print_network (network, config);
  check_tensors (report, checkpoint, network);
  if (report->problems->len == 0)
    check_compiles (report, checkpoint, network);
  siamban_network_free (network);
}

void
report_checkpoint (Report *report, const char *path,
    const SiambanConfig *config, gboolean list_tensors)
{
  GError *error = NULL;
  SiambanCheckpoint *checkpoint = siamban_checkpoint_open (path, &error);

  if (!checkpoint) {
    report_error (report, error);
    return;
  }
  print_kind (checkpoint);
  print_totals (checkpoint);
  print_foreign (checkpoint);
  if (!siamban_checkpoint_verify (checkpoint, &error))
    report_error (report, error);
  check_network (report, checkpoint, config);
  if (list_tensors)
    print_tensors (checkpoint);
  siamban_checkpoint_close (checkpoint);
}
