/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_PICKLE_GLOBALS_H
#define SIAMBAN_PICKLE_GLOBALS_H

#include "checkpoint/pickle.h"

/* The global of that name (texts not terminated), or NULL if it is none that a
 * checkpoint needs. */
const SiambanGlobal *siamban_global_find (const char *module,
    gsize module_length, const char *name, gsize name_length);

#endif
