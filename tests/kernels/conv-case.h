/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_CONV_CASE_H
#define TESTS_CONV_CASE_H

#include "support/maps.h"

/* A convolution's operands, all numbers in -1..1. An input of 3 channels is an
 * image. */
typedef struct
{
  SiambanConvShape shape;
  SiambanMaps in, residual, out;
  float *weight, *bias;
} TestCase;

TestCase test_case_new (const SiambanConvShape *shape, int n, int h, int w);
void test_case_clear (TestCase *c);

void test_conv_run (const SiambanConv *conv, const SiambanMaps *in,
    const SiambanMaps *residual, const SiambanMaps *out, unsigned threads);

/* Fails unless @conv gives the same again with @twin, made without weights and
 * given its parts, with two threads, with the residual in the output's place,
 * and image by image. Leaves in c->out what it gives. */
void test_case_check_same (
    TestCase *c, const SiambanConv *conv, SiambanConv *twin);
/* And within @bound of floats in plain C. Frees both. */
void test_case_check (
    TestCase *c, SiambanConv *conv, SiambanConv *twin, double bound);

/* Shapes of 16 channels and more, without activations that bend. */
void test_conv_shapes (
    void (*check) (const SiambanConvShape *shape, int n, int h, int w));

#endif
