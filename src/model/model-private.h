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

/* The map that the search branch makes of a crop on its way, before the
 * template has any part in it: SiamBAN's last neck, NanoTrack's backbone. Rows
 * of pixels of channels, dense. Pixel i of a row or column lies @first + i *
 * @stride search-crop pixels from the crop's centre. */
typedef struct
{
  int side; /* pixels */
  int channels;
  double stride, first;
} SiambanFeatureInfo;
void siamban_model_get_feature_info (
    const SiambanModel *model, SiambanFeatureInfo *info);

/* The search branch, and on the way the maps of those crops for which @features
 * (array length=n) is not NULL. */
void siamban_model_search_features (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const guint8 *const *x, float *cls,
    float *loc, float *const *features, unsigned threads);
/* Only the maps, none NULL, of search crops: the same bits for less time. */
void siamban_model_features_pixels (SiambanModel *model, unsigned n,
    const guint8 *const *x, float *const *features, unsigned threads);

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
