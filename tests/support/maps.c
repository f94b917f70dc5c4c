/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "support/maps.h"

#include <string.h>

#define GUARD  64
#define CANARY 12345.0f

static size_t
n_floats (const SiambanMaps *maps)
{
  return (size_t)maps->n * maps->h * maps->w * maps->ld;
}

static SiambanMaps
allocate (int n, int h, int w, int c, int ld)
{
  SiambanMaps maps = {NULL, n, h, w, c, ld};

  if (!ld)
    maps.ld = (c + SIAMBAN_LANES - 1) / SIAMBAN_LANES * SIAMBAN_LANES;
  size_t size = n_floats (&maps);
  maps.data = g_aligned_alloc (size + GUARD, sizeof (float), SIAMBAN_ALIGN);
  for (size_t i = 0; i < GUARD; i++)
    maps.data[size + i] = CANARY;
  return maps;
}

SiambanMaps
test_maps_new (int n, int h, int w, int c, int ld)
{
  SiambanMaps maps = allocate (n, h, w, c, ld);
  size_t size = n_floats (&maps);

  for (size_t i = 0; i < size; i++)
    maps.data[i] = g_test_rand_double_range (-1, 1);
  return maps;
}

SiambanMaps
test_maps_copy (const SiambanMaps *maps)
{
  SiambanMaps copy = allocate (maps->n, maps->h, maps->w, maps->c, maps->ld);

  memcpy (copy.data, maps->data, n_floats (maps) * sizeof (float));
  return copy;
}

void
test_maps_clear (SiambanMaps *maps)
{
  size_t size = n_floats (maps);

  for (size_t i = 0; i < GUARD; i++)
    g_assert_true (maps->data[size + i] == CANARY);
  g_aligned_free (maps->data);
  maps->data = NULL;
}

double
test_maps_at (
    const SiambanMaps *maps, int image, int row, int column, int channel)
{
  if (row < 0 || row >= maps->h || column < 0 || column >= maps->w)
    return 0;
  size_t pixel = ((size_t)image * maps->h + row) * maps->w + column;
  return maps->data[pixel * maps->ld + channel];
}

SiambanMaps
test_maps_image (const SiambanMaps *maps, int i)
{
  SiambanMaps image = *maps;

  image.n = 1;
  image.data += i * n_floats (&image);
  return image;
}

void
test_maps_assert_same (const SiambanMaps *a, const SiambanMaps *b)
{
  g_assert_cmpmem (a->data, n_floats (a) * sizeof (float), b->data,
      n_floats (b) * sizeof (float));
}

void
test_maps_assert_padded (const SiambanMaps *maps)
{
  size_t pixels = (size_t)maps->n * maps->h * maps->w;

  for (size_t i = 0; i < pixels; i++)
    for (int k = maps->c; k < maps->ld; k++)
      g_assert_cmpfloat (maps->data[i * maps->ld + k], ==, 0);
}

float *
test_floats (size_t n)
{
  float *values = g_new (float, n);

  for (size_t i = 0; i < n; i++)
    values[i] = g_test_rand_double_range (-1, 1);
  return values;
}

void
test_copy_parts (const SiambanConv *from, SiambanConv *to)
{
  SiambanPart a[SIAMBAN_MAX_PARTS], b[SIAMBAN_MAX_PARTS];
  guint n = siamban_conv_parts (from, a);

  g_assert_cmpstr (
      siamban_conv_algorithm (to), ==, siamban_conv_algorithm (from));
  g_assert_cmpuint (siamban_conv_parts (to, b), ==, n);
  for (guint i = 0; i < n; i++) {
    g_assert_cmpuint (b[i].size, ==, a[i].size);
    memcpy (b[i].data, a[i].data, a[i].size);
  }
}
