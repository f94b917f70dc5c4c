/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_INPUTS_H
#define EVAL_INPUTS_H

#include "sequence.h"

/**
 * EvalInputs:
 * @paths: folders for eval_sequences_find(); with @redetect stills, too.
 * @boxes: (nullable): x,y,w,h, one for each still.
 * @ini, @max_frames: as for eval_sequences_find().
 * @n_starts: with @redetect, how many frames of a sequence to make stills of.
 * @redetect: whether to make sequences as eval_redetect_new() does.
 */
typedef struct
{
  char **paths;
  char **boxes;
  const char *ini;
  guint max_frames;
  guint n_starts;
  gboolean redetect;
} EvalInputs;

/* (transfer full) (element-type EvalSequence): or NULL with @error set. */
GPtrArray *eval_inputs_find (const EvalInputs *inputs, GError **error);

#endif
