/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>
#include <xxhash.h>

#include "exec/packed.h"

/* Where the header's size and checksum stand. */
#define SIZE_AT     16
#define CHECKSUM_AT 24
#define HEADER_AT   32

static SiambanConv *
make_conv (void)
{
  const SiambanConvShape shape = {
      .in = 16, .out = 16, .kernel = 1, .stride = 1, .dilation = 1};

  return siamban_conv_new (SIAMBAN_CPU_C, &shape, NULL, NULL);
}

/* A checksum that is right: all else would stop there. */
static void
seal (uint8_t *data, size_t size)
{
  static const uint64_t start[] = {
      G_GUINT64_CONSTANT (0x314b434150424953), SIAMBAN_PACKED_FORMAT};
  uint64_t header, sum;

  if (size < HEADER_AT)
    return;
  memcpy (data, start, sizeof start);
  memcpy (&header, data + SIZE_AT, sizeof header);
  if (header > size - HEADER_AT) {
    header = size - HEADER_AT;
    memcpy (data + SIZE_AT, &header, sizeof header);
  }
  sum = XXH3_64bits (data + HEADER_AT, header);
  memcpy (data + CHECKSUM_AT, &sum, sizeof sum);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static SiambanConv *conv;
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  SiambanPacked *packed;
  const char *path;

  if (!conv)
    conv = make_conv ();
  if (copy)
    seal (copy, size);
  path = fuzz_file (copy, size);
  fuzz_begin ();
  packed = siamban_packed_open (path, "key");
  siamban_packed_read (packed, "conv", conv);
  siamban_packed_close (packed);
  fuzz_end (size);
  return 0;
}
