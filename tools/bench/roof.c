/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roof.h"

#include <glib.h>

#define CHAINS 12
#define LOOPS  2000000
#define TRIES  9

/* Twelve independent chains hide the latency of any current FMA unit. The loop
 * is the same for every width; the compiler is told which registers it has. */
#define DEFINE_LOOP(name, bytes, isa)                                          \
  typedef float name##_vec __attribute__ ((vector_size (bytes)));              \
  isa static float name (float x, float y)                                     \
  {                                                                            \
    name##_vec acc[CHAINS], vx = {0}, vy = {0};                                \
    vx += x;                                                                   \
    vy += y;                                                                   \
    for (int i = 0; i < CHAINS; i++)                                           \
      acc[i] = vx * (float)i;                                                  \
    for (long n = 0; n < LOOPS; n++) {                                         \
      for (int i = 0; i < CHAINS; i++)                                         \
        acc[i] = acc[i] * vx + vy;                                             \
    }                                                                          \
    for (int i = 1; i < CHAINS; i++)                                           \
      acc[0] += acc[i];                                                        \
    return acc[0][0];                                                          \
  }

DEFINE_LOOP (loop_plain, 16, )
#if defined(__x86_64__)
DEFINE_LOOP (loop_avx2, 32, __attribute__ ((target ("avx2,fma"))))
DEFINE_LOOP (loop_avx512, 64, __attribute__ ((target ("avx512f"))))
#endif

typedef struct
{
  float (*run) (float, float);
  int lanes;
} Loop;

static Loop
pick (SiambanCpu level)
{
#if defined(__x86_64__)
  if (level >= SIAMBAN_CPU_AVX512)
    return (Loop){loop_avx512, 16};
  if (level >= SIAMBAN_CPU_AVX2)
    return (Loop){loop_avx2, 8};
#endif
  (void)level;
  return (Loop){loop_plain, 4};
}

double
bench_roof (SiambanCpu level)
{
  Loop loop = pick (level);
  volatile float sink, x = 0.999f, y = 0.001f;
  gint64 best = G_MAXINT64;

  for (int i = 0; i < TRIES; i++) {
    gint64 start = g_get_monotonic_time ();

    sink = loop.run (x, y);
    best = MIN (best, g_get_monotonic_time () - start);
  }
  (void)sink;
  return 2.0 * loop.lanes * CHAINS * LOOPS / (MAX (best, 1) * 1e3);
}
