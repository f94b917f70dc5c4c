/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CONV_H
#define SIAMBAN_CONV_H

#include <stddef.h>

#include "graph/graph.h"
#include "kernels/cpu.h"
#include "pool/pool.h"

/* @n images of h x w pixels of @c channels, channels last: value (i, y, x, k)
 * is data[((i * h + y) * w + x) * ld + k]. ld is c rounded up to SIAMBAN_LANES
 * (4 for the image, whose fourth channel is 0) and data is 64-byte aligned.
 * Channels c..ld-1 exist and are finite, usually 0; nothing may depend on their
 * value. */
typedef struct
{
  float *data;
  int n, h, w, c, ld;
} SiambanMaps;

#define SIAMBAN_LANES 16
#define SIAMBAN_ALIGN 64

typedef struct
{
  int in, out, kernel, stride, pad, dilation;
  gboolean depthwise;
  gboolean has_residual;
  SiambanAct act;
} SiambanConvShape;

/* A convolution ready to run: weights packed for the algorithm chosen for this
 * CPU level and shape. Immutable. */
typedef struct _SiambanConv SiambanConv;

/* @weight: out x in x kernel x kernel (depthwise: out x 1 x k x k), @bias: out;
 * BatchNorm already folded in. Both are copied. Where both are NULL, the parts
 * are the caller's to fill before the first run. */
SiambanConv *siamban_conv_new (SiambanCpu level, const SiambanConvShape *shape,
    const float *weight, const float *bias);
/* The same with integer products: of 16 bits, or of 8 where @range is given,
 * in which nearly all values of the input are. NULL where @level has no such
 * kernel for the shape. */
typedef struct
{
  float low, high;
} SiambanRange;
SiambanConv *siamban_conv_new_int8 (SiambanCpu level,
    const SiambanConvShape *shape, const SiambanRange *range,
    const float *weight, const float *bias);
/* Whether that would make use of a range. */
gboolean siamban_conv_takes_range (
    SiambanCpu level, const SiambanConvShape *shape);
/* The same with products of 16 bits: integers where Winograd's algorithm takes
 * the shape, which they serve better, and bfloat16 elsewhere. NULL as above. */
SiambanConv *siamban_conv_new_bf16 (SiambanCpu level,
    const SiambanConvShape *shape, const float *weight, const float *bias);
void siamban_conv_free (SiambanConv *conv);
/* Whether @level has such kernels at all. */
gboolean siamban_conv_has_int8 (SiambanCpu level);
gboolean siamban_conv_has_bf16 (SiambanCpu level);

/* Name of the algorithm, for benchmarks. */
const char *siamban_conv_algorithm (const SiambanConv *conv);
/* Bytes that the packed weights take. */
size_t siamban_conv_size (const SiambanConv *conv);

/* Where the packed weights are, to be kept on disk: convolutions made for the
 * same level, shape and range have parts of the same sizes in the same order,
 * and compute the same where they hold the same bytes. Returns their number. */
typedef struct
{
  void *data;
  size_t size;
} SiambanPart;
#define SIAMBAN_MAX_PARTS 4
guint siamban_conv_parts (
    const SiambanConv *conv, SiambanPart parts[SIAMBAN_MAX_PARTS]);

/* Bytes of 64-byte aligned scratch that siamban_conv_run() needs. */
size_t siamban_conv_scratch (const SiambanConv *conv, const SiambanMaps *in,
    const SiambanMaps *out, unsigned threads);

/* @residual: NULL, or of out's shape; may be @out's own memory. @in and @out do
 * not overlap. Channels out.c..out.ld-1 are written 0. */
void siamban_conv_run (const SiambanConv *conv, const SiambanMaps *in,
    const SiambanMaps *residual, const SiambanMaps *out, void *scratch,
    SiambanTeam *team);

/* The same, of images of bytes, h x w x c, rows dense, instead of @in's values,
 * where the algorithm can; without a residual. Gives the same values. */
gboolean siamban_conv_takes_bytes (const SiambanConv *conv);
void siamban_conv_run_bytes (const SiambanConv *conv,
    const guint8 *const *images, const SiambanMaps *in, const SiambanMaps *out,
    void *scratch, SiambanTeam *team);

#endif
