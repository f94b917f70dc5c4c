/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_EXEC_H
#define SIAMBAN_EXEC_H

#include "exec/packed.h"
#include "exec/ranges.h"
#include "graph/graph.h"

/* Weights packed for one CPU level, found by parameter name: both graphs of a
 * network, which share their backbone, share them. */
typedef struct _SiambanWeights SiambanWeights;
SiambanWeights *siamban_weights_new (
    const SiambanCheckpoint *checkpoint, SiambanCpu level);
/* From then on, convolutions that have an integer kernel for their shape are
 * packed for that, with what @ranges (transfer full) has for them. */
void siamban_weights_set_ranges (
    SiambanWeights *weights, SiambanRanges *ranges);
/* From then on, convolutions that have a kernel of 16 bits for their shape are
 * packed for that. */
void siamban_weights_use_bf16 (SiambanWeights *weights);
/* Without, the programs compiled next leave the ranges aside: only products of
 * 16 bits and more. */
void siamban_weights_allow_8_bits (SiambanWeights *weights, gboolean allow);
/* From then on, what is in @packed (transfer full, nullable) is read from there
 * instead of being packed. */
void siamban_weights_set_packed (
    SiambanWeights *weights, SiambanPacked *packed);
/* Once every program is compiled: writes what was not in there. */
void siamban_weights_keep (SiambanWeights *weights);
/* After that: whether there was nothing to write. */
gboolean siamban_weights_were_kept (const SiambanWeights *weights);
void siamban_weights_free (SiambanWeights *weights);
/* Numbers in the tensors used so far. */
guint64 siamban_weights_n_parameters (const SiambanWeights *weights);

/* A graph bound to its weights, with its memory planned. Immutable; it borrows
 * @weights, which must outlive it. @graph and the checkpoint may be freed once
 * every program of the weights is compiled. */
typedef struct _SiambanProgram SiambanProgram;

/* Returns NULL with SIAMBAN_ERROR_MODEL naming the tensor that is missing, has
 * another shape or type, or holds a number that is not finite. */
SiambanProgram *siamban_program_compile (
    const SiambanGraph *graph, SiambanWeights *weights, GError **error);
void siamban_program_free (SiambanProgram *program);

/* Where maps live during a run; grows to what the runs given to it need. One
 * run at a time. */
typedef struct _SiambanWorkspace SiambanWorkspace;
SiambanWorkspace *siamban_workspace_new (void);
void siamban_workspace_free (SiambanWorkspace *workspace);

/* Floats of output or feature @index as they are kept: channels first, dense.
 */
size_t siamban_program_output_size (const SiambanProgram *program, int index);

/* What a run reads and writes, for @n images. They take turns in the memory of
 * one, or, where that is little, of one a worker. */
typedef struct
{
  int n;
  const guint8 *const *pixels; /* n crops, B G R bytes, rows dense; or NULL */
  const float *const *planes;  /* n crops, planes B, G, R, if pixels is NULL */
  const float *const
      *features;         /* features[i * n_features + f], channels first */
  float *const *outputs; /* outputs[i * n_outputs + o], channels first; or NULL:
                            only what exposed maps need is computed */
  float *const *exposed; /* exposed[i], channels last, dense; it, or any of
                            them, may be NULL */
} SiambanRun;

void siamban_program_run (const SiambanProgram *program, const SiambanRun *run,
    SiambanWorkspace *workspace, SiambanTeam *team);

/* Runs one image, and shows every convolution's input before it. */
typedef void (*SiambanObserver) (
    void *data, const char *conv, const SiambanMaps *in);
void siamban_program_run_observed (const SiambanProgram *program,
    const SiambanRun *run, SiambanWorkspace *workspace, SiambanTeam *team,
    SiambanObserver observe, void *data);

/* Called before and after every step of a run, for siamban-bench; per program,
 * not while it runs. */
typedef struct
{
  const char *op;        /* "conv", "max-pool" ... */
  const char *name;      /* parameter or "" */
  const char *algorithm; /* "" where there is only one */
  guint64 macs;
  double seconds;
} SiambanStepTime;
/* Runs one image and fills @times, as many as there are steps to outputs. */
guint siamban_program_n_steps (const SiambanProgram *program);
void siamban_program_run_timed (const SiambanProgram *program,
    const SiambanRun *run, SiambanWorkspace *workspace, SiambanTeam *team,
    SiambanStepTime *times);

#endif
