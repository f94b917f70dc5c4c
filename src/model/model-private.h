/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_MODEL_PRIVATE_H
#define SIAMBAN_MODEL_PRIVATE_H

#include <siamban/model.h>

#include "arch/arch.h"
#include "exec/exec.h"

const SiambanTrackParams *siamban_model_track (const SiambanModel *model);

/* As the public calls, from byte crops: B, G, R interleaved. */
SiambanTemplate *siamban_model_embed_pixels (
    SiambanModel *model, const guint8 *z, unsigned threads);
void siamban_model_search_pixels (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const guint8 *const *x, float *cls,
    float *loc, unsigned threads);

/* Runs one byte crop and times its @n_steps layers. Returns (transfer full):
 * freed by g_free(). */
SiambanStepTime *siamban_model_time_search (SiambanModel *model,
    SiambanTemplate *tmpl, const guint8 *x, unsigned threads, guint *n_steps);

/* The search branch from a byte crop, showing every convolution's input to
 * @observe. */
void siamban_model_observe (SiambanModel *model, SiambanTemplate *tmpl,
    const guint8 *x, SiambanObserver observe, void *data);

/* Path of a file under data/: in the directory that the environment variable
 * SIAMBAN_DATA_DIR names, or else in the installed one. */
char *siamban_data_path (const char *name);

#endif
