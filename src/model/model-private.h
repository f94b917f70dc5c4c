/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_MODEL_PRIVATE_H
#define SIAMBAN_MODEL_PRIVATE_H

#include <siamban/model.h>

#include "arch/arch.h"

const SiambanTrackParams *siamban_model_track (const SiambanModel *model);
/* score_size x score_size, shared by the model's targets. */
const double *siamban_model_window (const SiambanModel *model);

/* As the public calls, from byte crops: B, G, R interleaved. */
SiambanTemplate *siamban_model_embed_pixels (
    SiambanModel *model, const guint8 *z, unsigned threads);
void siamban_model_search_pixels (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const guint8 *const *x, float *cls,
    float *loc, unsigned threads);

/* Path of a file under data/: the directory SIAMBAN_DATA_DIR names, or the
 * installed one. */
char *siamban_data_path (const char *name);

#endif
