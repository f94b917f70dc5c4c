/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_MAPS_H
#define TESTS_MAPS_H

#include "kernels/conv.h"

/* Maps with numbers in -1..1, junk in the channels behind, and a guard behind
 * the last pixel. @ld 0: @c rounded up. */
SiambanMaps test_maps_new (int n, int h, int w, int c, int ld);
SiambanMaps test_maps_copy (const SiambanMaps *maps);
/* Fails the test where the guard was written to. */
void test_maps_clear (SiambanMaps *maps);

/* Value (image, row, column, channel); 0 outside of rows and columns. */
double test_maps_at (
    const SiambanMaps *maps, int image, int row, int column, int channel);
/* The same images one by one: a view of image @i. */
SiambanMaps test_maps_image (const SiambanMaps *maps, int i);

void test_maps_assert_same (const SiambanMaps *a, const SiambanMaps *b);
/* Channels c..ld-1 are 0. */
void test_maps_assert_padded (const SiambanMaps *maps);

float *test_floats (size_t n);

/* Fills the parts of @to, which was made without weights, by those of @from. */
void test_copy_parts (const SiambanConv *from, SiambanConv *to);

#endif
