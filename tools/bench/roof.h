/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BENCH_ROOF_H
#define SIAMBAN_BENCH_ROOF_H

#include <siamban/model.h>

#include "kernels/cpu.h"

/* The most multiply-adds that one core at @level does with what @precision, not
 * AUTO, may use there, in 1e9 operations a second, two a multiply-add: the best
 * of several short loops on registers only. */
double bench_roof (SiambanCpu level, SiambanPrecision precision);

#endif
