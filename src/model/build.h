/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_MODEL_BUILD_H
#define SIAMBAN_MODEL_BUILD_H

#include "model/model-private.h"

/* What the files of a model become; everything in it is immutable. */
typedef struct
{
  const char *architecture;
  SiambanPrecision precision; /* not AUTO */
  SiambanTrackParams track;
  SiambanWeights *weights;
  SiambanProgram *template_program;
  SiambanProgram *search_program;
  int n_features;
  SiambanFeatureInfo exposed;
  guint64 template_macs;
  guint64 search_macs;
} SiambanBuild;

/* What @precision comes to with @checkpoint on this CPU, never AUTO. FALSE if
 * they do not go together. */
gboolean siamban_build_precision (
    const char *checkpoint, SiambanPrecision *precision, GError **error);
/* Reads @checkpoint and @config (nullable) and packs the network for
 * @precision, not AUTO. FALSE leaves @build as siamban_build_clear() does. */
gboolean siamban_build_load (SiambanBuild *build, const char *checkpoint,
    const char *config, SiambanPrecision precision, GError **error);
void siamban_build_clear (SiambanBuild *build);

#endif
