/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_HALF_H
#define SIAMBAN_HALF_H

#include <glib.h>
#include <math.h>
#include <string.h>

/* IEEE binary16 and bfloat16, as bits, from and to float. Widening is exact;
 * narrowing rounds to nearest, ties to even, and overflows to infinity. */

static inline guint32
siamban_float_bits (float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

static inline float
siamban_bits_float (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline float
siamban_f16_to_f32 (guint16 half)
{
  guint32 sign = (guint32)(half & 0x8000) << 16;
  guint32 exponent = (half >> 10) & 0x1f;
  guint32 fraction = half & 0x3ff;

  if (exponent == 0)
    return siamban_bits_float (
        sign | siamban_float_bits ((float)fraction * 0x1p-24f));
  if (exponent == 31)
    return siamban_bits_float (sign | 0x7f800000 | fraction << 13);
  return siamban_bits_float (sign | (exponent + 112) << 23 | fraction << 13);
}

static inline float
siamban_bf16_to_f32 (guint16 half)
{
  return siamban_bits_float ((guint32)half << 16);
}

/* @bits without its lowest @shift bits, rounded to nearest, ties to even. */
static inline guint32
siamban_round_off (guint32 bits, unsigned shift)
{
  guint32 odd = (bits >> shift) & 1;

  return (bits + (1u << (shift - 1)) - 1 + odd) >> shift;
}

static inline guint16
siamban_f32_to_f16 (float value)
{
  guint32 bits = siamban_float_bits (value);
  guint32 sign = (bits >> 16) & 0x8000;
  guint32 size = bits & 0x7fffffff;

  if (size > 0x7f800000)
    return (guint16)(sign | 0x7e00 | (size >> 13 & 0x3ff));
  if (size >= 0x477ff000)
    return (guint16)(sign | 0x7c00);
  if (size < 0x38800000)
    return (
        guint16)(sign | (guint32)rintf (siamban_bits_float (size) * 0x1p24f));
  return (guint16)(sign | siamban_round_off (size - (112u << 23), 13));
}

static inline guint16
siamban_f32_to_bf16 (float value)
{
  guint32 bits = siamban_float_bits (value);

  if (isnan (value))
    return (guint16)(bits >> 16 | 0x40);
  return (guint16)siamban_round_off (bits, 16);
}

#endif
