/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roof.h"

#include <time.h>

#include "kernels/amx-dsp.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define REGISTER "+v"
#else
#define REGISTER "+w"
#endif

#define CHAINS 12
#define LOOPS  2000000
#define TRIES  9

/* May be anything from here on, for all that the compiler knows. */
#define CHANGED(v) __asm__ volatile("" : REGISTER (v))

/* Twelve independent chains hide the latency of any current unit. Each is a
 * variable of its own, and CHANGED() after every link, to stay in a register.
 */
#define LINK(acc, step)                                                        \
  CHANGED (x);                                                                 \
  acc = step (acc, x, y);                                                      \
  CHANGED (acc);
/* clang-format off */
#define EACH_CHAIN(F, arg)                                                     \
  F (a, arg) F (b, arg) F (c, arg) F (d, arg) F (e, arg) F (f, arg)            \
  F (g, arg) F (h, arg) F (i, arg) F (j, arg) F (k, arg) F (l, arg)
/* clang-format on */
#define START(acc, type) type acc = x;

#define DEFINE_LOOP(name, isa, type, step)                                     \
  isa static void name (void)                                                  \
  {                                                                            \
    type x = {0}, y = {0};                                                     \
    EACH_CHAIN (START, type)                                                   \
    for (long n = 0; n < LOOPS; n++) {                                         \
      CHANGED (y);                                                             \
      EACH_CHAIN (LINK, step)                                                  \
    }                                                                          \
  }

typedef float Plain __attribute__ ((vector_size (16)));
#define PLAIN_STEP(acc, x, y) (acc) * (x) + (y)
DEFINE_LOOP (loop_plain, , Plain, PLAIN_STEP)

#if defined(__x86_64__)
#define AVX2   __attribute__ ((target ("avx2,fma")))
#define AVX512 __attribute__ ((target ("avx512f")))
#define VNNI   __attribute__ ((target ("avx512f,avx512vnni")))
#define BF16   __attribute__ ((target ("avx512f,avx512bf16")))

#define BF16_STEP(acc, x, y)                                                   \
  _mm512_dpbf16_ps (acc, (__m512bh)(x), (__m512bh)(y))
#define BYTES_STEP(acc, x, y)                                                  \
  _mm256_add_epi32 (acc, _mm256_madd_epi16 (_mm256_maddubs_epi16 (x, y), y))

DEFINE_LOOP (loop_avx2, AVX2, __m256, _mm256_fmadd_ps)
DEFINE_LOOP (loop_avx512, AVX512, __m512, _mm512_fmadd_ps)
DEFINE_LOOP (loop_avx2_bytes, AVX2, __m256i, BYTES_STEP)
DEFINE_LOOP (loop_vnni_bytes, VNNI, __m512i, _mm512_dpbusd_epi32)
DEFINE_LOOP (loop_bf16, BF16, __m512, BF16_STEP)
#endif

#ifdef SIAMBAN_HAVE_AMX
#define AMX __attribute__ ((target ("amx-tile,amx-int8,amx-bf16")))
#define FOUR_TILES(DOT)                                                        \
  DOT (0, 4, 6);                                                               \
  DOT (1, 4, 7);                                                               \
  DOT (2, 5, 6);                                                               \
  DOT (3, 5, 7);

#define DEFINE_TILES(name, DOT)                                                \
  AMX static void name (void)                                                  \
  {                                                                            \
    const SiambanAmxDsp *dsp = siamban_amx_dsp (SIAMBAN_CPU_AMX);              \
                                                                               \
    dsp->begin ();                                                             \
    for (long n = 0; n < LOOPS / TILE_LOOPS; n++) {                            \
      FOUR_TILES (DOT)                                                         \
      FOUR_TILES (DOT)                                                         \
      FOUR_TILES (DOT)                                                         \
    }                                                                          \
    dsp->end ();                                                               \
  }
#define TILE_LOOPS 16 /* each takes as many cycles */

DEFINE_TILES (loop_tiles_bytes, _tile_dpbusd)
DEFINE_TILES (loop_tiles_bf16, _tile_dpbf16ps)
#endif

typedef struct
{
  void (*run) (void);
  int macs; /* of one link */
} Loop;

#if defined(__x86_64__)
static Loop
pick_bytes (SiambanCpu level)
{
  if (level >= SIAMBAN_CPU_AVX512_VNNI)
    return (Loop){loop_vnni_bytes, 64};
  return (Loop){loop_avx2_bytes, 32};
}
#endif

static Loop
roof_pick (SiambanCpu level, SiambanPrecision precision)
{
#ifdef SIAMBAN_HAVE_AMX
  if (level >= SIAMBAN_CPU_AMX && precision == SIAMBAN_PRECISION_INT8)
    return (Loop){loop_tiles_bytes, 16 * 16 * 64 / TILE_LOOPS};
  if (level >= SIAMBAN_CPU_AMX && precision == SIAMBAN_PRECISION_BF16)
    return (Loop){loop_tiles_bf16, 16 * 16 * 32 / TILE_LOOPS};
#endif
#if defined(__x86_64__)
  if (level >= SIAMBAN_CPU_AVX2 && precision == SIAMBAN_PRECISION_INT8)
    return pick_bytes (level);
  if (level >= SIAMBAN_CPU_AVX512_BF16 && precision == SIAMBAN_PRECISION_BF16)
    return (Loop){loop_bf16, 32};
  if (level >= SIAMBAN_CPU_AVX512)
    return (Loop){loop_avx512, 16};
  if (level >= SIAMBAN_CPU_AVX2)
    return (Loop){loop_avx2, 8};
#endif
  (void)level;
  (void)precision;
  return (Loop){loop_plain, 4};
}

/* Not the wall's: other programs may run in between. */
static double
cpu_seconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

double
bench_roof (SiambanCpu level, SiambanPrecision precision)
{
  Loop loop = roof_pick (level, precision);
  double best = G_MAXDOUBLE;

  for (int i = 0; i < TRIES; i++) {
    double start = cpu_seconds ();

    loop.run ();
    best = MIN (best, cpu_seconds () - start);
  }
  return 2e-9 * loop.macs * CHAINS * LOOPS / MAX (best, 1e-6);
}
