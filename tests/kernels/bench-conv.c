/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times the convolutions of a SiamBAN-R50 search frame, every algorithm in
 * turn, best of ROUNDS: bench-conv [THREADS [ROUNDS [GROUP]]]. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels/conv-bf16.h"
#include "kernels/conv-int.h"

typedef struct
{
  const char *group;
  int count, in, out, kernel, stride, pad, dilation, size, residual;
} Layer;

static const Layer layers[] = {
    {"stem", 1, 3, 64, 7, 2, 0, 1, 255, 0},
    {"layer1 1x1", 1, 64, 64, 1, 1, 0, 1, 63, 0},
    {"layer1 3x3", 3, 64, 64, 3, 1, 1, 1, 63, 0},
    {"layer1 1x1", 4, 64, 256, 1, 1, 0, 1, 63, 1},
    {"layer1 1x1", 2, 256, 64, 1, 1, 0, 1, 63, 0},
    {"layer2 1x1", 1, 256, 128, 1, 1, 0, 1, 63, 0},
    {"layer2 s2", 1, 128, 128, 3, 2, 0, 1, 63, 0},
    {"layer2 s2", 1, 256, 512, 3, 2, 0, 1, 63, 0},
    {"layer2 1x1", 4, 128, 512, 1, 1, 0, 1, 31, 1},
    {"layer2 1x1", 3, 512, 128, 1, 1, 0, 1, 31, 0},
    {"layer2 3x3", 3, 128, 128, 3, 1, 1, 1, 31, 0},
    {"layer3 1x1", 1, 512, 256, 1, 1, 0, 1, 31, 0},
    {"layer3 3x3", 1, 256, 256, 3, 1, 1, 1, 31, 0},
    {"layer3 down", 1, 512, 1024, 3, 1, 1, 1, 31, 0},
    {"layer3 1x1", 6, 256, 1024, 1, 1, 0, 1, 31, 1},
    {"layer3 1x1", 5, 1024, 256, 1, 1, 0, 1, 31, 0},
    {"layer3 3x3", 5, 256, 256, 3, 1, 2, 2, 31, 0},
    {"layer4 1x1", 1, 1024, 512, 1, 1, 0, 1, 31, 0},
    {"layer4 3x3", 1, 512, 512, 3, 1, 2, 2, 31, 0},
    {"layer4 down", 1, 1024, 2048, 3, 1, 2, 2, 31, 0},
    {"layer4 1x1", 3, 512, 2048, 1, 1, 0, 1, 31, 1},
    {"layer4 1x1", 2, 2048, 512, 1, 1, 0, 1, 31, 0},
    {"layer4 3x3", 2, 512, 512, 3, 1, 4, 4, 31, 0},
    {"neck", 1, 512, 256, 1, 1, 0, 1, 31, 0},
    {"neck", 1, 1024, 256, 1, 1, 0, 1, 31, 0},
    {"neck", 1, 2048, 256, 1, 1, 0, 1, 31, 0},
    {"head 3x3", 6, 256, 256, 3, 1, 0, 1, 31, 0},
    {"head 1x1", 6, 256, 256, 1, 1, 0, 1, 25, 0},
};

static const SiambanConvAlgorithm *const algorithms[] = {
    &siamban_conv_blas,
    &siamban_conv_gemm,
    &siamban_conv_winograd,
    &siamban_conv_bf16,
    &siamban_conv_amx16,
};
#define N_ALGORITHMS G_N_ELEMENTS (algorithms)

typedef struct
{
  const char *group;
  double macs, best, ms[N_ALGORITHMS];
} Group;

static SiambanMaps
maps_new (int size, int c)
{
  SiambanMaps maps = {.n = 1, .h = size, .w = size, .c = c};

  maps.ld = c == 3 ? 4 : siamban_round_up (c, SIAMBAN_LANES);
  size_t n = (size_t)size * size * maps.ld;
  maps.data = siamban_alloc_floats (n);
  for (size_t i = 0; i < n; i++)
    maps.data[i] = g_random_double_range (-1, 1);
  return maps;
}

/* What others take of the CPU does not count, where that can be told. */
static double
milliseconds (SiambanTeam *team)
{
  struct timespec t;

  clock_gettime (
      siamban_team_size (team) == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC,
      &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static double
time_once (const SiambanConvAlgorithm *algorithm, const void *conv,
    const SiambanMaps *in, const SiambanMaps *residual, const SiambanMaps *out,
    void *scratch, SiambanTeam *team)
{
  double start = milliseconds (team);

  algorithm->run (conv, in, residual, out, scratch, team);
  return milliseconds (team) - start;
}

static gboolean
runs (const SiambanConvAlgorithm *algorithm, const SiambanConvShape *shape)
{
  return algorithm->level <= siamban_cpu_level () && algorithm->suits (shape);
}

static void
measure (
    const Layer *l, int rounds, SiambanTeam *team, double best[N_ALGORITHMS])
{
  SiambanConvShape shape = {l->in, l->out, l->kernel, l->stride, l->pad,
      l->dilation, FALSE, l->residual, SIAMBAN_ACT_RELU};
  int o =
      (l->size + 2 * l->pad - l->dilation * (l->kernel - 1) - 1) / l->stride +
      1;
  size_t n = (size_t)l->in * l->out * l->kernel * l->kernel;
  SiambanMaps in = maps_new (l->size, l->in), out = maps_new (o, l->out);
  SiambanMaps residual = maps_new (o, l->out);
  float *weight = siamban_alloc_floats (n), *bias = siamban_alloc_floats (n);
  void *conv[N_ALGORITHMS], *scratch[N_ALGORITHMS];

  for (size_t i = 0; i < n; i++)
    weight[i] = g_random_double_range (-1, 1) / n;
  for (guint a = 0; a < N_ALGORITHMS; a++) {
    best[a] = INFINITY;
    if (!runs (algorithms[a], &shape))
      continue;
    conv[a] =
        algorithms[a]->prepare (siamban_cpu_level (), &shape, weight, bias);
    scratch[a] = siamban_alloc (algorithms[a]->scratch
                                    ? algorithms[a]->scratch (conv[a], &in,
                                          &out, siamban_team_size (team))
                                    : 0);
  }
  for (int r = 0; r < rounds; r++)
    for (guint a = 0; a < N_ALGORITHMS; a++)
      if (runs (algorithms[a], &shape))
        best[a] = MIN (best[a],
            time_once (algorithms[a], conv[a], &in,
                l->residual ? &residual : NULL, &out, scratch[a], team));
  for (guint a = 0; a < N_ALGORITHMS; a++)
    if (runs (algorithms[a], &shape)) {
      algorithms[a]->free (conv[a]);
      g_aligned_free (scratch[a]);
    }
  g_aligned_free (weight);
  g_aligned_free (bias);
  g_aligned_free (in.data);
  g_aligned_free (out.data);
  g_aligned_free (residual.data);
}

static Group *
find (GArray *groups, const char *name)
{
  for (guint i = 0; i < groups->len; i++)
    if (g_str_equal (g_array_index (groups, Group, i).group, name))
      return &g_array_index (groups, Group, i);
  Group group = {.group = name};
  g_array_append_val (groups, group);
  return &g_array_index (groups, Group, groups->len - 1);
}

static void
add (Group *group, const double best[N_ALGORITHMS], int count, double macs)
{
  double least = best[0];

  for (guint a = 0; a < N_ALGORITHMS; a++) {
    group->ms[a] += count * best[a];
    least = MIN (least, best[a]);
  }
  group->best += count * least;
  group->macs += count * macs;
}

static void
print (const Group *group)
{
  g_print ("%-12s %8.0f", group->group, group->macs / 1e6);
  for (guint a = 0; a < N_ALGORITHMS; a++)
    g_print ("  %8.2f %5.0f", group->ms[a], group->macs / group->ms[a] / 5e5);
  g_print ("  %8.2f %5.0f  %5.2f\n", group->best,
      group->macs / group->best / 5e5, group->ms[0] / group->best);
}

int
main (int argc, char **argv)
{
  SiambanTeam *team = siamban_team_acquire (argc > 1 ? atoi (argv[1]) : 1);
  int rounds = argc > 2 ? atoi (argv[2]) : 10;
  GArray *groups = g_array_new (FALSE, TRUE, sizeof (Group));
  Group total = {.group = "all"};

  g_print ("%-12s %8s", "ms, GFLOP/s", "MMAC");
  for (guint a = 0; a < N_ALGORITHMS; a++)
    g_print ("  %14s", algorithms[a]->name);
  g_print ("  %14s  %5s\n", "best", "ratio");
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++) {
    const Layer *l = &layers[i];
    double best[N_ALGORITHMS];

    if (argc > 3 && !strstr (l->group, argv[3]))
      continue;
    measure (l, rounds, team, best);
    int o =
        (l->size + 2 * l->pad - l->dilation * (l->kernel - 1) - 1) / l->stride +
        1;
    double macs = (double)o * o * l->in * l->out * l->kernel * l->kernel;
    add (find (groups, l->group), best, l->count, macs);
    add (&total, best, l->count, macs);
  }
  for (guint i = 0; i < groups->len; i++)
    print (&g_array_index (groups, Group, i));
  print (&total);
  g_array_free (groups, TRUE);
  siamban_team_release (team);
  return 0;
}
