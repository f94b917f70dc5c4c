/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_STATE_DICT_H
#define SIAMBAN_STATE_DICT_H

#include "checkpoint/pickle.h"

/* Adds the entries of the state_dict that the value of @pickle is or has under
 * "state_dict" or another such key. @storages: char * -> SiambanExtent *, the
 * bytes of each storage by its key; a tensor that reaches beyond them is
 * refused. */
gboolean siamban_state_dict_read (SiambanCheckpoint *checkpoint,
    const SiambanPickle *pickle, GTree *storages, GError **error);

#endif
