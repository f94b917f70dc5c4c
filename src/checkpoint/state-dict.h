/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_STATE_DICT_H
#define SIAMBAN_STATE_DICT_H

#include "checkpoint/pickle.h"

/* Adds the tensors of the state_dict that the value of @pickle is or has under
 * "state_dict". @storages: char * -> SiambanSpan *, the bytes of the storage
 * with key K under the name @prefix K; a tensor that reaches beyond them is
 * refused. */
gboolean siamban_state_dict_read (SiambanCheckpoint *checkpoint,
    const SiambanPickle *pickle, GHashTable *storages, const char *prefix,
    GError **error);

#endif
