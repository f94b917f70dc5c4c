/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BENCH_ROOF_H
#define SIAMBAN_BENCH_ROOF_H

#include "kernels/cpu.h"

/* The most fused multiply-adds that one core at @level does, in GFLOP/s: the
 * best of several short loops on registers only. */
double bench_roof (SiambanCpu level);

#endif
