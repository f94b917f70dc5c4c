/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/keys.h"

#include <float.h>

#include "config/config.h"

#define FIELD(name) offsetof (SiambanConfig, name)
#define NOT_KEPT    0

#define ROW(...)                                                               \
  {                                                                            \
    __VA_ARGS__                                                                \
  }
#define END           ROW (NULL, SIAMBAN_KEY_IGNORED, 0, 0, NOT_KEPT, 0, NULL)
#define IGNORED(name) ROW (name, SIAMBAN_KEY_IGNORED, 0, 0, NOT_KEPT, 0, NULL)
#define SECTION(name, keys)                                                    \
  ROW (name, SIAMBAN_KEY_SECTION, 0, 0, NOT_KEPT, 0, keys)
#define TEXT(name, value) ROW (name, SIAMBAN_KEY_TEXT, 0, 0, value, 0, NULL)
#define BOOL(name, value) ROW (name, SIAMBAN_KEY_BOOL, 0, 0, value, 0, NULL)
#define INT(name, min, max, value)                                             \
  ROW (name, SIAMBAN_KEY_INT, min, max, value, 0, NULL)
#define NUMBER(name, min, max, value)                                          \
  ROW (name, SIAMBAN_KEY_NUMBER, min, max, value, 0, NULL)
#define LIST(name, min, max, value, count)                                     \
  ROW (name, SIAMBAN_KEY_LIST, min, max, value, count, NULL)

#define MAX_CHANNELS 8192
#define MAX_SIDE     1024

static const SiambanKey backbone_kwargs[] = {
    LIST ("used_layers", 0, 16, FIELD (used_layers), FIELD (n_used_layers)),
    NUMBER ("width_mult", 0.05, 4, FIELD (width_mult)),
    IGNORED ("freeze_bn"),
    IGNORED ("frozen_stages"),
    IGNORED ("norm_eval"),
    IGNORED ("pretrained"),
    END,
};
static const SiambanKey backbone[] = {
    TEXT ("TYPE", FIELD (backbone)),
    SECTION ("KWARGS", backbone_kwargs),
    IGNORED ("PRETRAINED"),
    IGNORED ("TRAIN_LAYERS"),
    IGNORED ("TRAIN_EPOCH"),
    IGNORED ("LAYERS_LR"),
    END,
};
static const SiambanKey adjust_kwargs[] = {
    LIST (
        "in_channels", 1, MAX_CHANNELS, FIELD (adjust_in), FIELD (n_adjust_in)),
    LIST ("out_channels", 1, MAX_CHANNELS, FIELD (adjust_out),
        FIELD (n_adjust_out)),
    END,
};
static const SiambanKey adjust[] = {
    BOOL ("ADJUST", FIELD (adjust)),
    TEXT ("TYPE", FIELD (adjust_type)),
    SECTION ("KWARGS", adjust_kwargs),
    END,
};
static const SiambanKey ban_kwargs[] = {
    LIST ("in_channels", 1, MAX_CHANNELS, FIELD (ban_in), FIELD (n_ban_in)),
    LIST ("out_channels", 1, MAX_CHANNELS, NOT_KEPT, NOT_KEPT),
    INT ("feature_in", 1, MAX_CHANNELS, NOT_KEPT),
    INT ("cls_out_channels", 1, 2, FIELD (cls_out_channels)),
    BOOL ("weighted", FIELD (weighted)),
    END,
};
static const SiambanKey ban[] = {
    BOOL ("BAN", NOT_KEPT),
    TEXT ("TYPE", FIELD (ban_type)),
    IGNORED ("VERSION"),
    SECTION ("KWARGS", ban_kwargs),
    END,
};
static const SiambanKey point[] = {
    INT ("STRIDE", 1, 128, FIELD (stride)),
    END,
};
static const SiambanKey track[] = {
    TEXT ("TYPE", NOT_KEPT),
    NUMBER ("WINDOW_INFLUENCE", 0, 1, FIELD (window_influence)),
    NUMBER ("PENALTY_K", 0, DBL_MAX, FIELD (penalty_k)),
    NUMBER ("LR", 0, 1, FIELD (lr)),
    NUMBER ("CONTEXT_AMOUNT", 0, 10, FIELD (context_amount)),
    INT ("EXEMPLAR_SIZE", 16, MAX_SIDE, FIELD (exemplar_size)),
    INT ("INSTANCE_SIZE", 16, MAX_SIDE, FIELD (instance_size)),
    INT ("BASE_SIZE", 1, 255, FIELD (base_size)),
    INT ("OUTPUT_SIZE", 1, 255, FIELD (output_size)),
    END,
};
const SiambanKey siamban_keys[] = {
    TEXT ("META_ARC", NOT_KEPT),
    BOOL ("CUDA", NOT_KEPT),
    SECTION ("BACKBONE", backbone),
    SECTION ("ADJUST", adjust),
    SECTION ("BAN", ban),
    SECTION ("POINT", point),
    SECTION ("TRACK", track),
    IGNORED ("TRAIN"),
    IGNORED ("DATASET"),
    IGNORED ("SOLVER"),
    IGNORED ("VAL"),
    IGNORED ("TEST"),
    END,
};

int
siamban_keys_are_open (const SiambanKey *section)
{
  return section == siamban_keys || section == backbone;
}
