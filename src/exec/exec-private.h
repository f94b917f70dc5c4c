/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_EXEC_PRIVATE_H
#define SIAMBAN_EXEC_PRIVATE_H

#include "exec/exec.h"
#include "kernels/ops.h"

/* The convolution of @node over @in channels, owned by @weights. NULL with
 * @error set: see siamban_program_compile(). */
const SiambanConv *siamban_weights_conv (
    SiambanWeights *weights, const SiambanNode *node, int in, GError **error);
/* Element @index of a vector. */
gboolean siamban_weights_element (SiambanWeights *weights, const char *name,
    int index, float *value, GError **error);
/* Softmax of a vector of @n. */
gboolean siamban_weights_softmax (SiambanWeights *weights, const char *name,
    int n, float *values, GError **error);

SiambanCpu siamban_weights_level (const SiambanWeights *weights);
const char *siamban_weights_path (const SiambanWeights *weights);

/* Bytes that it has grown to. */
size_t siamban_workspace_size (const SiambanWorkspace *workspace);

/* Memory that is in use from step @first to step @last, both included. */
typedef struct
{
  size_t size;
  int first, last;
  size_t offset; /* found by siamban_plan() */
  int branch;    /* that of another, but 0, is in use at the same time */
} SiambanSpan;

static inline gboolean
siamban_spans_meet (const SiambanSpan *a, const SiambanSpan *b)
{
  return (a->first <= b->last && b->first <= a->last) ||
         (a->branch && b->branch && a->branch != b->branch);
}

/* Places spans so that none that are in use at one time overlap. Returns the
 * size of the whole. */
size_t siamban_plan (SiambanSpan *spans, int n);

/* Where a graph goes apart in a branch for each of its two outputs, which two
 * threads can run without waiting for each other: the first map behind what
 * they share. @branches: by map, 1 or 2 from there on. The number of maps where
 * that is not worth while. */
guint siamban_fork_find (const SiambanGraph *graph, int *branches);

/* One map of a program, for one image. */
typedef struct
{
  int c, h, w, ld;
  int span;
} SiambanPlace;

/* Beside the operations of a graph there are those that write an output, and
 * the exposed map. */
#define SIAMBAN_STEP_OUTPUT  (SIAMBAN_OP_WEIGHTED_SUM + 1)
#define SIAMBAN_STEP_EXPOSED (SIAMBAN_STEP_OUTPUT + 1)
#define SIAMBAN_STEP_KINDS   (SIAMBAN_STEP_EXPOSED + 1)

typedef struct
{
  int kind; /* SiambanOp, or SIAMBAN_STEP_... */
  char *name;
  int in[SIAMBAN_MAX_INPUTS];
  int n_in;
  int out;    /* a place; steps that write outputs have none */
  int index;  /* which feature or output */
  int branch; /* 0: it is run before the program forks */
  gboolean for_outputs, for_exposed; /* what needs it */
  gboolean has_residual;
  size_t top;        /* floats of an image's memory that maps take then */
  gboolean of_bytes; /* reads an image's bytes; of an image: all readers do */
  const SiambanConv *conv;
  SiambanOpRows rows;
  SiambanOpArgs args;
  float weights[SIAMBAN_MAX_INPUTS];
  guint64 macs;
  guint64 cost; /* about how many numbers it handles for one image */
} SiambanStep;

struct _SiambanProgram
{
  SiambanPlace *places; /* by map of the graph */
  SiambanSpan *spans;
  GArray *steps; /* of SiambanStep */
  int n_features;
  int n_outputs;
  int *outputs; /* places */
  gboolean forks;
  size_t fork_top; /* floats of an image's memory that maps of branches take */
};

#endif
