/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CONV_PRIVATE_H
#define SIAMBAN_CONV_PRIVATE_H

#include <math.h>
#include <string.h>

#include "kernels/conv.h"
#include "kernels/alloc.h"
#include "kernels/dsp.h"

/* One way to compute a convolution. conv.c lists them in rising order of
 * @level; a convolution gets the last whose level the CPU has and whose
 * @suits says yes.
 *
 * All but @suits and @prepare get what @prepare made, which is immutable: any
 * number of runs may use it at once. @run's results must not depend on the
 * team's size, nor an image's results on the other images of the batch. */
typedef struct
{
  const char *name;
  SiambanCpu level;
  gboolean (*suits) (const SiambanConvShape *shape);
  /* Copies @weight and @bias, or leaves the parts as they are where @weight is
   * NULL; @cpu is the level asked for, >= level. */
  void *(*prepare) (SiambanCpu cpu, const SiambanConvShape *shape,
      const float *weight, const float *bias);
  void (*free) (void *self);
  /* Lists, always in the same order, all that prepare makes of weights and
   * bias. How many and how large they are depends on nothing but the shape and
   * the level. Returns their number. */
  guint (*parts) (const void *self, SiambanPart parts[SIAMBAN_MAX_PARTS]);
  size_t (*scratch) (const void *self, const SiambanMaps *in,
      const SiambanMaps *out, unsigned threads); /* NULL: none */
  void (*run) (const void *self, const SiambanMaps *in,
      const SiambanMaps *residual, const SiambanMaps *out, void *scratch,
      SiambanTeam *team);
  /* NULL: cannot. See siamban_conv_run_bytes(). */
  void (*run_bytes) (const void *self, const guint8 *const *images,
      const SiambanMaps *in, const SiambanMaps *out, void *scratch,
      SiambanTeam *team);
} SiambanConvAlgorithm;

extern const SiambanConvAlgorithm siamban_conv_direct;
extern const SiambanConvAlgorithm siamban_conv_depthwise;
extern const SiambanConvAlgorithm siamban_conv_blas;
extern const SiambanConvAlgorithm siamban_conv_gemm;
extern const SiambanConvAlgorithm siamban_conv_stem;
extern const SiambanConvAlgorithm siamban_conv_winograd;
extern const SiambanConvAlgorithm siamban_conv_depthwise_simd;

/* For algorithms that add their products to what is in the map: writes bias
 * (+ residual) to pixels begin..end-1 of @out, counted over all images, and 0
 * to the channels behind. @residual may be @out. */
void siamban_conv_start (const SiambanConvShape *shape, const float *bias,
    const SiambanMaps *residual, const SiambanMaps *out, size_t begin,
    size_t end);
/* Applies the activation to the same pixels. */
void siamban_conv_activate (const SiambanConvShape *shape,
    const SiambanMaps *out, size_t begin, size_t end);

/* For algorithms that write whole panels, first..last-1 of the pixels: what
 * kernels leave to do, the sigmoid and the zeroes behind the channels. */
void siamban_conv_complete (const SiambanConvShape *shape,
    gboolean has_residual, const SiambanMaps *out, size_t begin, size_t end,
    size_t first, size_t last);

/* What kernels do of an activation: all but SIAMBAN_ACT_SIGMOID. */
static inline SiambanFinish
siamban_act_finish (SiambanAct act)
{
  SiambanFinish finish = {SIAMBAN_HARD_NONE, -INFINITY, INFINITY};

  if (act == SIAMBAN_ACT_RELU || act == SIAMBAN_ACT_RELU6)
    finish.low = 0;
  if (act == SIAMBAN_ACT_RELU6)
    finish.high = 6;
  if (act == SIAMBAN_ACT_HARDSWISH)
    finish.hard = SIAMBAN_HARD_SWISH;
  if (act == SIAMBAN_ACT_HARDSIGMOID)
    finish.hard = SIAMBAN_HARD_SIGMOID;
  return finish;
}

/* The input's pixels that one tap takes for the output's, one after another.
 * Both are counted over all images. */
typedef struct
{
  const SiambanMaps *in, *out;
  int stride, dy, dx; /* from an output's place to its input's */
  int y, x;           /* in the output */
  size_t image;
} SiambanTap;

static inline SiambanTap
siamban_tap_start (const SiambanConvShape *shape, const SiambanMaps *in,
    const SiambanMaps *out, int tap, size_t begin)
{
  return (SiambanTap){
      .in = in,
      .out = out,
      .stride = shape->stride,
      .dy = tap / shape->kernel * shape->dilation - shape->pad,
      .dx = tap % shape->kernel * shape->dilation - shape->pad,
      .y = begin / out->w % out->h,
      .x = begin % out->w,
      .image = begin / out->w / out->h,
  };
}

/* The next one, or -1 for one of the padding. */
static inline gssize
siamban_tap_next (SiambanTap *tap)
{
  const SiambanMaps *in = tap->in;
  int y = tap->y * tap->stride + tap->dy, x = tap->x * tap->stride + tap->dx;
  gboolean inside = y >= 0 && y < in->h && x >= 0 && x < in->w;
  gssize pixel = inside ? ((gssize)tap->image * in->h + y) * in->w + x : -1;

  if (++tap->x == tap->out->w) {
    tap->x = 0;
    if (++tap->y == tap->out->h) {
      tap->y = 0;
      tap->image++;
    }
  }
  return pixel;
}

/* Over @n numbers, in place. */
void siamban_activate (SiambanAct act, float *x, size_t n);

/* Of output channels. */
static inline size_t
siamban_n_panels (const SiambanConvShape *shape)
{
  return (shape->out + SIAMBAN_PANEL - 1) / SIAMBAN_PANEL;
}

static inline size_t
siamban_round_up (size_t n, size_t unit)
{
  return (n + unit - 1) / unit * unit;
}

/* Zeroes, for g_aligned_free(). */
static inline float *
siamban_alloc_floats (size_t n)
{
  float *floats = siamban_alloc (n * sizeof *floats);

  memset (floats, 0, n * sizeof *floats);
  return floats;
}

#endif
